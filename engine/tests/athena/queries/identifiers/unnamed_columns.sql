SELECT line_item_product_code, count(*), sum(line_item_unblended_cost) + 1, upper(line_item_product_code), 'constant', 42
FROM cur
WHERE line_item_product_code LIKE 'AWS%'
GROUP BY line_item_product_code
ORDER BY 2 DESC, 1
