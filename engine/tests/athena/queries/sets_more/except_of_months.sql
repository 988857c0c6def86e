SELECT line_item_usage_account_id, line_item_usage_type FROM cur WHERE month = '9' AND line_item_product_code = 'AmazonEC2'
EXCEPT
SELECT line_item_usage_account_id, line_item_usage_type FROM cur WHERE month = '10' AND line_item_product_code = 'AmazonEC2'
ORDER BY 1, 2
