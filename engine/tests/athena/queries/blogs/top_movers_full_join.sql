SELECT
  COALESCE(o.svc, s.svc) AS svc,
  COALESCE(o.cost, 0) AS october,
  COALESCE(s.cost, 0) AS september,
  COALESCE(o.cost, 0) - COALESCE(s.cost, 0) AS delta,
  CASE WHEN s.cost IS NULL THEN 'new' WHEN o.cost IS NULL THEN 'gone' WHEN o.cost > s.cost THEN 'up' ELSE 'down' END AS direction
FROM (SELECT line_item_product_code AS svc, SUM(line_item_unblended_cost) AS cost FROM cur WHERE month = '10' GROUP BY 1) o
FULL OUTER JOIN (SELECT line_item_product_code AS svc, SUM(line_item_unblended_cost) AS cost FROM cur WHERE month = '9' GROUP BY 1) s
ON o.svc = s.svc
ORDER BY ABS(COALESCE(o.cost, 0) - COALESCE(s.cost, 0)) DESC, 1
