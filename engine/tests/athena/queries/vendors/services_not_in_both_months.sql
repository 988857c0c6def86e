SELECT DISTINCT line_item_usage_account_id, line_item_product_code
FROM cur
WHERE month = '10'
  AND (line_item_usage_account_id, line_item_product_code) NOT IN (SELECT line_item_usage_account_id, line_item_product_code FROM cur WHERE month = '9')
ORDER BY 1, 2
