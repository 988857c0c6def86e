SELECT d, cost, sum(cost) OVER (PARTITION BY date_trunc('month', d) ORDER BY d) AS month_to_date,
  sum(cost) OVER (PARTITION BY date_trunc('month', d) ORDER BY d) / day(d) * day(last_day_of_month(d)) AS projected,
  avg(cost) OVER (ORDER BY d ROWS 2 PRECEDING) AS moving
FROM (SELECT date(line_item_usage_start_date) AS d, sum(line_item_unblended_cost) AS cost FROM cur WHERE line_item_line_item_type = 'Usage' GROUP BY 1)
ORDER BY d
