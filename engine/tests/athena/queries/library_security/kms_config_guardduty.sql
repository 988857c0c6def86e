SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date, '%Y-%m') AS month_line_item_usage_start_date,
  product_region,
  line_item_usage_type,
  SPLIT_PART(SPLIT_PART(line_item_resource_id, ':', 6), '/', 2) AS key_id,
  COUNT(DISTINCT line_item_resource_id) AS keys,
  SUM(CAST(line_item_usage_amount AS DOUBLE)) AS sum_line_item_usage_amount,
  SUM(CAST(line_item_unblended_cost AS DECIMAL(16,8))) AS sum_line_item_unblended_cost
FROM cur
WHERE product_product_name IN ('AWS Key Management Service','AWS Config', 'Amazon GuardDuty', 'AWS Security Hub', 'Amazon Macie', 'AWS WAF')
  AND line_item_line_item_type IN ('DiscountedUsage', 'Usage', 'SavingsPlanCoveredUsage')
  AND line_item_usage_start_date >= from_iso8601_timestamp('2026-09-01T00:00:00Z')
  AND line_item_usage_start_date < from_iso8601_date('2026-11-01')
GROUP BY
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT(line_item_usage_start_date,'%Y-%m'),
  product_region,
  line_item_usage_type,
  line_item_resource_id
ORDER BY
  sum_line_item_unblended_cost DESC, 3, 4, 5, 6, 2
