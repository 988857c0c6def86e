SELECT format_datetime(d, 'yyyy/MM/dd') AS f, date_format(d, '%a %e. %M %y, week %v, day %j') AS g, day_of_week(d) AS dow, EXTRACT(DAY FROM d) AS dom
FROM (SELECT DISTINCT date_trunc('day', line_item_usage_start_date) AS d FROM cur) ORDER BY d
