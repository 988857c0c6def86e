WITH bands (name, low, high) AS (VALUES ('free', 0E0, 0.000001E0), ('cents', 0.000001E0, 1E0), ('dollars', 1E0, 1000000E0))
SELECT b.name, COUNT(*) AS n, SUM(c.line_item_unblended_cost) AS cost
FROM cur c JOIN bands b ON c.line_item_unblended_cost >= b.low AND c.line_item_unblended_cost < b.high
WHERE c.line_item_line_item_type = 'Usage' GROUP BY b.name ORDER BY 3 DESC
