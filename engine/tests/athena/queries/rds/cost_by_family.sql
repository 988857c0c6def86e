SELECT
  line_item_usage_account_id,
  coalesce(nullif(product_product_family, ''), 'None') AS family,
  DATE_FORMAT(line_item_usage_start_date, '%Y-%m-%d') AS day_line_item_usage_start_date,
  line_item_usage_type,
  line_item_operation,
  reverse(split_part(reverse(line_item_resource_id), ':', 1)) AS split_line_item_resource_id,
  SUM(CAST(line_item_usage_amount AS double)) AS sum_line_item_usage_amount,
  SUM(CAST(line_item_unblended_cost AS decimal(16, 8))) AS sum_line_item_unblended_cost
FROM cur
WHERE year = '2026' AND month BETWEEN '1' AND '9'
  AND line_item_product_code = 'AmazonRDS'
  AND line_item_line_item_type IN ('DiscountedUsage', 'Usage')
GROUP BY line_item_usage_account_id, product_product_family, DATE_FORMAT(line_item_usage_start_date, '%Y-%m-%d'), line_item_usage_type, line_item_operation, line_item_resource_id
ORDER BY day_line_item_usage_start_date, sum_line_item_unblended_cost DESC, split_line_item_resource_id, line_item_usage_type, line_item_usage_account_id
LIMIT 60
