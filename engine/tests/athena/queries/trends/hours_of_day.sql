SELECT
  hour(line_item_usage_start_date) AS h,
  format_datetime(line_item_usage_start_date, 'HH:mm') AS clock,
  count(*) AS n,
  sum(line_item_unblended_cost) AS cost,
  sum(count(*)) OVER (ORDER BY hour(line_item_usage_start_date)) AS running
FROM cur
WHERE line_item_line_item_type = 'Usage' AND report = 'legacy'
GROUP BY hour(line_item_usage_start_date), format_datetime(line_item_usage_start_date, 'HH:mm')
ORDER BY h
