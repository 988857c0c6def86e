SELECT * FROM (
  SELECT line_item_resource_id, line_item_usage_type, line_item_usage_start_date,
    ROW_NUMBER() OVER (PARTITION BY line_item_resource_id ORDER BY line_item_usage_start_date DESC, line_item_usage_type, identity_line_item_id) AS newest,
    FIRST_VALUE(line_item_usage_type) OVER (PARTITION BY line_item_resource_id ORDER BY line_item_usage_start_date, line_item_usage_type) AS first_type,
    COUNT(*) OVER (PARTITION BY line_item_resource_id) AS lines
  FROM cur
  WHERE line_item_product_code = 'AmazonRDS' AND line_item_resource_id <> ''
) t
WHERE newest = 1 AND lines > 1
ORDER BY line_item_resource_id
