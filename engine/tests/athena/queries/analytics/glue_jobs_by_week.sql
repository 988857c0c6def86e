SELECT
  week(line_item_usage_start_date) AS iso_week,
  date_trunc('week', line_item_usage_start_date) AS monday,
  quarter(line_item_usage_start_date) AS q,
  sum(line_item_usage_amount) AS dpu_hours,
  sum(line_item_unblended_cost) AS cost,
  lag(sum(line_item_unblended_cost)) OVER (ORDER BY date_trunc('week', line_item_usage_start_date)) AS cost_before
FROM cur
WHERE line_item_usage_type LIKE '%ETL-DPU-Hour%'
GROUP BY 1, 2, 3
ORDER BY monday
