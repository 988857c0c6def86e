SELECT day_of_week(line_item_usage_start_date) AS dow, date_format(line_item_usage_start_date, '%W') AS name,
  COUNT(DISTINCT line_item_usage_account_id) AS accounts, SUM(line_item_unblended_cost) AS cost,
  COUNT(DISTINCT date(line_item_usage_start_date)) AS days
FROM cur
WHERE line_item_line_item_type = 'Usage'
GROUP BY 1, 2
ORDER BY 1
