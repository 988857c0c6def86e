SELECT line_item_product_code, max(line_item_unblended_cost) AS dearest
FROM cur
GROUP BY line_item_product_code
HAVING max(line_item_unblended_cost) >= ALL (SELECT line_item_unblended_cost FROM cur WHERE line_item_product_code = 'AmazonRDS')
  OR max(line_item_unblended_cost) < ANY (SELECT line_item_unblended_cost FROM cur WHERE line_item_product_code = 'awskms' AND line_item_unblended_cost > 0)
ORDER BY dearest DESC, 1
