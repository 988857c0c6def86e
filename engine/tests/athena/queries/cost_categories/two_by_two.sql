SELECT
  coalesce(cost_category_cost_center, '(none)') AS cost_center,
  sum(line_item_unblended_cost) FILTER (WHERE cost_category_environment = 'Production') AS production,
  sum(line_item_unblended_cost) FILTER (WHERE cost_category_environment = 'Sandbox') AS sandbox,
  sum(line_item_unblended_cost) FILTER (WHERE cost_category_environment NOT IN ('Production', 'Sandbox')) AS other,
  sum(line_item_unblended_cost) FILTER (WHERE cost_category_environment IS NULL) AS none,
  sum(line_item_unblended_cost) AS total
FROM cur
GROUP BY coalesce(cost_category_cost_center, '(none)')
ORDER BY total DESC
