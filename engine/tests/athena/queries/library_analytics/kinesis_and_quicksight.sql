SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date,'%Y-%m-%d') AS day_line_item_usage_start_date,
  SPLIT_PART(line_item_resource_id, ':', 6) AS split_line_item_resource_id,
  product_product_name,
  SUM(CASE line_item_usage_type WHEN 'USE1-QS-User-Enterprise-Month' THEN 1 WHEN NULL THEN 2 ELSE 0 END) AS users,
  SUM(TRY_CAST(line_item_usage_amount AS REAL)) AS sum_line_item_usage_amount,
  SUM(TRY_CAST(line_item_unblended_cost AS DECIMAL(16, 8))) AS sum_line_item_unblended_cost
FROM cur
WHERE product_product_name LIKE '%Kinesis%' OR product_product_name LIKE 'Amazon Q%' OR line_item_product_code IN ('AWSQueueService')
GROUP BY 1, 2, 3, 4, 5
ORDER BY day_line_item_usage_start_date, sum_line_item_unblended_cost DESC, 2, 4
