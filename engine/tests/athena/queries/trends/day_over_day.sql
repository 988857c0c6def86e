SELECT
  usage_date,
  cost,
  lag(cost, 1) OVER (ORDER BY usage_date) AS yesterday,
  lead(cost, 1, 0) OVER (ORDER BY usage_date) AS tomorrow,
  cost - lag(cost, 1) OVER (ORDER BY usage_date) AS difference,
  CASE WHEN cost > 2 * lag(cost, 1) OVER (ORDER BY usage_date) THEN 'spike' ELSE 'normal' END AS verdict
FROM (SELECT date(line_item_usage_start_date) AS usage_date, sum(line_item_unblended_cost) AS cost FROM cur WHERE line_item_line_item_type = 'Usage' GROUP BY 1)
ORDER BY usage_date
