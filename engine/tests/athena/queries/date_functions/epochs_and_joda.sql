SELECT DISTINCT
  to_unixtime(line_item_usage_start_date) AS epoch,
  from_unixtime(to_unixtime(line_item_usage_start_date)) AS and_back,
  format_datetime(line_item_usage_start_date, 'yyyy-MM-dd HH:mm') AS shown,
  parse_datetime(format_datetime(line_item_usage_start_date, 'yyyy-MM-dd HH:mm'), 'yyyy-MM-dd HH:mm') AS parsed
FROM cur
WHERE line_item_line_item_type = 'SavingsPlanNegation' AND report = 'cur2'
ORDER BY epoch
