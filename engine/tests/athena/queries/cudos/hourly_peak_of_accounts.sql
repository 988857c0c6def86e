SELECT line_item_usage_account_id, max_by(h, cost) AS peak_hour, max(cost) AS peak_cost, min_by(h, cost) AS quiet_hour
FROM (
  SELECT line_item_usage_account_id, hour(line_item_usage_start_date) AS h, SUM(line_item_unblended_cost) + CAST(hour(line_item_usage_start_date) AS decimal(38, 18)) / 1000000000 AS cost
  FROM cur WHERE line_item_line_item_type = 'Usage' GROUP BY 1, 2
)
GROUP BY 1
ORDER BY 1
