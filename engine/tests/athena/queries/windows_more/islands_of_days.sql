WITH days AS (SELECT DISTINCT line_item_product_code AS service, CAST(line_item_usage_start_date AS date) AS day FROM cur),
numbered AS (SELECT service, day, date_add('day', -row_number() OVER (PARTITION BY service ORDER BY day), day) AS island FROM days)
SELECT service, min(day) AS first_day, max(day) AS last_day, count(*) AS days
FROM numbered
GROUP BY service, island
ORDER BY service, first_day
