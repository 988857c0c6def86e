SELECT c.line_item_product_code, c.line_item_usage_type, sum(c.line_item_unblended_cost) AS cost
FROM cur c
WHERE c.line_item_unblended_cost = (SELECT max(d.line_item_unblended_cost) FROM cur d WHERE d.line_item_product_code = c.line_item_product_code)
  AND c.line_item_line_item_type = 'Usage'
GROUP BY c.line_item_product_code, c.line_item_usage_type
HAVING sum(c.line_item_unblended_cost) > 0
ORDER BY 1, 2
