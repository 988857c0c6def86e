WITH a AS (WITH b AS (SELECT sum(line_item_unblended_cost) AS total, max(line_item_usage_start_date) AS until FROM cur) SELECT total, until FROM b)
SELECT c.line_item_product_code AS code, sum(c.line_item_unblended_cost) AS cost, round(100e0 * sum(c.line_item_unblended_cost) / max(a.total), 4) AS pct, max(a.until) = timestamp '2026-10-31 23:00:00' AS complete
FROM cur c CROSS JOIN a
GROUP BY c.line_item_product_code
ORDER BY pct DESC, code
LIMIT 12
