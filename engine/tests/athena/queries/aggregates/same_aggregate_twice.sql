SELECT
  line_item_usage_account_id,
  SUM(CAST(line_item_unblended_cost AS decimal(16, 8))),
  SUM(TRY_CAST(line_item_unblended_cost AS decimal(16, 8))),
  SUM(line_item_unblended_cost),
  SUM(line_item_unblended_cost),
  COUNT(*),
  COUNT(1)
FROM cur
WHERE line_item_product_code = 'AmazonS3'
GROUP BY line_item_usage_account_id
ORDER BY 1
