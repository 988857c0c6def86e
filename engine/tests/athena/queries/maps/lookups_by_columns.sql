SELECT d.k AS key, c.product[d.k] AS value, count(*) AS n, sum(c.line_item_unblended_cost) AS cost
FROM cur2 c CROSS JOIN (VALUES 'operating_system', 'vcpu', 'no such key') AS d (k)
WHERE c.line_item_product_code = 'AmazonEC2' AND product[lower('Region')] IS NOT NULL
GROUP BY 1, 2
ORDER BY n DESC, 1, 2
