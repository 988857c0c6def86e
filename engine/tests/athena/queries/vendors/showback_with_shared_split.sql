WITH direct AS (
  SELECT cost_category_cost_center AS center, SUM(line_item_unblended_cost) AS cost
  FROM cur WHERE cost_category_cost_center IS NOT NULL AND cost_category_cost_center <> 'Shared Services' GROUP BY 1
), shared AS (
  SELECT SUM(line_item_unblended_cost) AS cost FROM cur WHERE cost_category_cost_center = 'Shared Services'
), totals AS (SELECT SUM(cost) AS cost FROM direct)
SELECT d.center, d.cost AS direct_cost,
  CAST(d.cost AS double) / CAST(t.cost AS double) AS weight,
  CAST(s.cost AS double) * CAST(d.cost AS double) / CAST(t.cost AS double) AS allocated
FROM direct d CROSS JOIN shared s CROSS JOIN totals t
ORDER BY d.cost DESC
