SELECT
  COALESCE(line_item_usage_account_id, 'All accounts') account,
  COALESCE(line_item_product_code, 'All services') service,
  GROUPING(line_item_usage_account_id, line_item_product_code) AS level,
  ROUND(SUM(line_item_unblended_cost), 2) cost
FROM cur
WHERE bill_billing_entity = 'AWS' AND year = '2026' AND month = '10'
GROUP BY ROLLUP (line_item_usage_account_id, line_item_product_code)
HAVING SUM(line_item_unblended_cost) > 10
ORDER BY level DESC, cost DESC, account, service
