SELECT
  upper(split_part(line_item_resource_id, '-', 1)) AS owner,
  split_part(line_item_resource_id, '-', 2) AS purpose,
  split_part(line_item_resource_id, '-', 4) AS fourth,
  length(line_item_resource_id) AS name_length,
  count(*) AS n,
  approx_distinct(line_item_operation) AS operations
FROM cur
WHERE line_item_product_code = 'AmazonS3' AND line_item_resource_id LIKE 'acme-%'
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3 NULLS FIRST, 4
