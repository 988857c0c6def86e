SELECT c.line_item_product_code, u.part, count(*) AS n
FROM (SELECT DISTINCT line_item_product_code, line_item_operation FROM cur WHERE line_item_product_code LIKE 'AWS%' OR line_item_product_code = 'ComputeSavingsPlans') c
LEFT JOIN UNNEST(split(c.line_item_operation, ':')) AS u (part) ON true
GROUP BY 1, 2
ORDER BY 1, 2
