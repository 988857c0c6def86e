SELECT CASE WHEN SUM(line_item_unblended_cost) >= 100 THEN 'large' WHEN SUM(line_item_unblended_cost) >= 1 THEN 'medium' ELSE 'small' END AS bucket, line_item_product_code, SUM(line_item_unblended_cost) AS cost
FROM cur GROUP BY line_item_product_code
ORDER BY CASE WHEN SUM(line_item_unblended_cost) >= 100 THEN 1 WHEN SUM(line_item_unblended_cost) >= 1 THEN 2 ELSE 3 END, 3 DESC, 2
