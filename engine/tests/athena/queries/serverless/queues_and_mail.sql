SELECT
  product_product_name AS "Service",
  substr(line_item_usage_type, strpos(line_item_usage_type, '-') + 1) AS "After First Dash",
  CASE WHEN line_item_usage_type LIKE '%FIFO%' THEN 'FIFO' END AS queue_kind,
  sum(line_item_usage_amount) / 1000000 AS millions,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code IN ('AWSQueueService', 'AmazonSES', 'AmazonSNS')
GROUP BY product_product_name, line_item_usage_type
ORDER BY "Service", line_item_usage_type
