SELECT line_item_resource_id, min_by(line_item_usage_account_id, line_item_usage_start_date) AS first_account,
  date_format(min(line_item_usage_start_date), '%Y-%m-%dT%H:%i:%sZ') AS first_seen, format_datetime(max(line_item_usage_end_date), 'yyyy-MM-dd HH:mm') AS last_seen,
  date_diff('hour', min(line_item_usage_start_date), max(line_item_usage_end_date)) AS alive_hours,
  to_unixtime(max(line_item_usage_end_date)) - to_unixtime(min(line_item_usage_start_date)) AS alive_seconds
FROM cur
WHERE line_item_resource_id LIKE 'i-0%'
GROUP BY line_item_resource_id
ORDER BY alive_hours DESC, 1
LIMIT 15
