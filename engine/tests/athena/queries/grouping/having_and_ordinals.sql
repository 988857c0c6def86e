SELECT line_item_operation, line_item_product_code, count(*), sum(line_item_unblended_cost)
FROM cur
GROUP BY 2, 1
HAVING count(*) > 20 AND sum(line_item_unblended_cost) > 0.01
ORDER BY 4 DESC, 3 DESC, 1, 2
