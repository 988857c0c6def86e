SELECT
  DATE_FORMAT(line_item_usage_start_date, '%Y-%m-%d') AS usage_day,
  CASE
    WHEN line_item_usage_type LIKE '%input-tokens%' THEN 'in'
    WHEN line_item_usage_type LIKE '%output-tokens%' THEN 'out'
    WHEN line_item_product_code = 'AmazonSageMaker' THEN REGEXP_EXTRACT(line_item_usage_type, ':(ml\..+)$', 1)
    ELSE line_item_operation END AS token_type,
  ARRAY_JOIN(ARRAY_AGG(DISTINCT line_item_usage_account_id ORDER BY line_item_usage_account_id), '|') AS accounts,
  SUM(line_item_usage_amount) * 1000 AS tokens,
  SUM(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code IN ('AmazonBedrock', 'AmazonSageMaker', 'AmazonAthena') OR LOWER(product_product_name) LIKE '%(amazon bedrock edition)%'
GROUP BY 1, 2
ORDER BY 1, 2
