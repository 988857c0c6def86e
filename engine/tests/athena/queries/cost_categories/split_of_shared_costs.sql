WITH direct AS (
  SELECT cost_category_environment AS env, sum(line_item_unblended_cost) AS cost
  FROM cur
  WHERE cost_category_environment IS NOT NULL AND line_item_line_item_type <> 'Tax'
  GROUP BY cost_category_environment
), shared AS (
  SELECT sum(line_item_unblended_cost) AS cost FROM cur WHERE cost_category_environment IS NULL
), total AS (
  SELECT sum(cost) AS cost FROM direct
)
SELECT d.env, d.cost AS direct_cost,
  CAST(s.cost AS double) * CAST(d.cost AS double) / CAST(t.cost AS double) AS shared_part,
  CAST(d.cost AS double) / CAST(t.cost AS double) AS weight
FROM direct d CROSS JOIN shared s CROSS JOIN total t
ORDER BY d.cost DESC
