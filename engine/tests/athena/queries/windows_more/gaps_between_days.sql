WITH days AS (SELECT DISTINCT line_item_resource_id AS r, date(line_item_usage_start_date) AS d FROM cur WHERE line_item_resource_id LIKE 'i-%' AND line_item_line_item_type = 'Usage'),
islands AS (SELECT r, d, date_add('day', -CAST(ROW_NUMBER() OVER (PARTITION BY r ORDER BY d) AS integer), d) AS island FROM days)
SELECT r, MIN(d) AS first_day, MAX(d) AS last_day, COUNT(*) AS days
FROM islands GROUP BY r, island HAVING COUNT(*) > 1 ORDER BY days DESC, r, first_day LIMIT 20
