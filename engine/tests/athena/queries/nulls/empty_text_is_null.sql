-- rows: any order
SELECT
  count(*) AS n,
  count(line_item_resource_id) AS with_resource,
  count_if(line_item_resource_id IS NULL) AS is_null,
  count_if(line_item_resource_id = '') AS is_empty,
  count_if(line_item_resource_id <> '') AS not_empty,
  count_if(coalesce(line_item_resource_id, '') = '') AS either
FROM cur
