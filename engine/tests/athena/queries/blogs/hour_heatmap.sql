SELECT
  date_format(line_item_usage_start_date, '%a') AS weekday,
  hour(line_item_usage_start_date) AS h,
  sum(line_item_unblended_cost) AS cost,
  repeat('#', CAST(least(ceil(sum(line_item_unblended_cost) / 50), 20) AS integer)) IS NOT NULL AS bar
FROM cur
WHERE line_item_line_item_type LIKE '%Usage'
GROUP BY date_format(line_item_usage_start_date, '%a'), hour(line_item_usage_start_date), day_of_week(line_item_usage_start_date)
ORDER BY day_of_week(line_item_usage_start_date), h
