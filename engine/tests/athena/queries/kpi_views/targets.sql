WITH goals AS (
  SELECT * FROM (VALUES ROW (CAST(0.2 AS double), 'spot'), ROW (0.7, 'commitments'), ROW (0.9, 'tagged')) AS g (goal, kpi)
), actual AS (
  SELECT 'spot' AS kpi, CAST(sum(if(line_item_usage_type LIKE '%Spot%', line_item_usage_amount, 0)) AS double) / CAST(sum(line_item_usage_amount) AS double) AS reached
  FROM cur WHERE product_product_family = 'Compute Instance'
  UNION ALL
  SELECT 'tagged', CAST(count(resource_tags_user_team) AS double) / CAST(count(*) AS double) FROM cur
)
SELECT g.kpi, g.goal, a.reached, a.reached >= g.goal AS achieved
FROM goals g LEFT JOIN actual a ON a.kpi = g.kpi
ORDER BY g.kpi
