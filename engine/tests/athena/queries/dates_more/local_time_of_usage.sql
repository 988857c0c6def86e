-- answer: by hand
SELECT hour(line_item_usage_start_date AT TIME ZONE 'America/New_York') AS h, COUNT(*) AS n
FROM cur WHERE line_item_line_item_type = 'Usage' GROUP BY 1 ORDER BY 1
