SELECT
  line_item_resource_id AS bucket,
  line_item_operation,
  CASE WHEN line_item_usage_type LIKE '%Tier1' THEN 'PUT, COPY, POST, LIST' WHEN line_item_usage_type LIKE '%Tier2' THEN 'GET and all other' END AS request_kind,
  sum(line_item_usage_amount) AS requests,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code = 'AmazonS3'
  AND line_item_usage_type LIKE '%Requests-Tier_'
  AND line_item_resource_id IS NOT NULL
GROUP BY line_item_resource_id, line_item_operation, line_item_usage_type
ORDER BY cost DESC, bucket, line_item_operation
LIMIT 40
