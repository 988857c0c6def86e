WITH days AS (
  SELECT line_item_product_code AS service, CAST(line_item_usage_start_date AS date) AS day, sum(line_item_unblended_cost) AS cost
  FROM cur
  WHERE line_item_line_item_type = 'Usage'
  GROUP BY 1, 2
)
SELECT s.service, t.day, t.cost
FROM (SELECT DISTINCT service FROM days) s
CROSS JOIN LATERAL (SELECT day, cost FROM days d WHERE d.service = s.service ORDER BY cost DESC, day LIMIT 2) t
ORDER BY s.service, t.cost DESC, t.day
