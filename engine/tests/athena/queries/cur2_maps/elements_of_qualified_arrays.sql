-- rows: any order
SELECT cur2.line_item_product_code, p.parts[1] AS first, p.parts[cardinality(p.parts)] AS last, p.kv['a'] AS a, count(*) AS n
FROM cur2 JOIN (SELECT DISTINCT line_item_usage_type AS usage_type, split(line_item_usage_type, '-') AS parts, map(array['a'], array[length(line_item_usage_type)]) AS kv FROM cur2 WHERE line_item_usage_type LIKE '%-%') AS p ON p.usage_type = cur2.line_item_usage_type AND p.parts[1] <> 'x'
WHERE cur2.line_item_line_item_type = 'Usage'
GROUP BY 1, 2, 3, 4
ORDER BY n DESC, 1, 2, 3
