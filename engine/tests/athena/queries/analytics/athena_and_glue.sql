SELECT
  line_item_product_code,
  split_part(line_item_resource_id, ':', 6) AS resource,
  CASE line_item_product_code WHEN 'AmazonAthena' THEN sum(line_item_usage_amount) END AS terabytes,
  CASE line_item_product_code WHEN 'AWSGlue' THEN sum(line_item_usage_amount) END AS dpu_hours,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code IN ('AmazonAthena', 'AWSGlue')
GROUP BY 1, line_item_resource_id
ORDER BY 1, cost DESC, line_item_resource_id
