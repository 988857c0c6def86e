SELECT
  split_part(split_part(line_item_usage_type, ':', 2), '.', 2) AS size,
  day_of_week(line_item_usage_start_date) AS weekday,
  CASE WHEN day_of_week(line_item_usage_start_date) IN (6, 7) THEN 'weekend' ELSE 'weekday' END AS kind,
  sum(line_item_usage_amount) AS hours
FROM cur
WHERE line_item_usage_type LIKE '%BoxUsage:%' AND line_item_operation LIKE 'Run%'
GROUP BY 1, 2, 3
ORDER BY 1, 2
