SELECT
  line_item_product_code,
  avg(CASE WHEN day_of_week(usage_date) >= 6 THEN cost END) AS weekend,
  avg(CASE WHEN day_of_week(usage_date) < 6 THEN cost END) AS weekday,
  count_if(day_of_week(usage_date) >= 6) AS weekend_days
FROM (
  SELECT line_item_product_code, date(line_item_usage_start_date) AS usage_date, sum(line_item_unblended_cost) AS cost
  FROM cur WHERE line_item_line_item_type = 'Usage' GROUP BY 1, 2
) daily
GROUP BY line_item_product_code
ORDER BY line_item_product_code
