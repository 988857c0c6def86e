SELECT line_item_product_code FROM cur WHERE month = '9' AND line_item_line_item_type = 'Usage'
INTERSECT
SELECT line_item_product_code FROM cur WHERE month = '10' AND line_item_line_item_type = 'Usage'
EXCEPT
SELECT line_item_product_code FROM cur WHERE line_item_line_item_type = 'DiscountedUsage'
ORDER BY 1
