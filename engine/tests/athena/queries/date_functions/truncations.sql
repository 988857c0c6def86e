SELECT
  date_trunc('quarter', line_item_usage_start_date) AS quarter_start,
  date_trunc('month', line_item_usage_start_date) AS month_start,
  date_trunc('week', line_item_usage_start_date) AS week_start,
  date_trunc('day', line_item_usage_start_date) AS day_start,
  count(*) AS n
FROM cur
WHERE line_item_product_code = 'AmazonRDS'
GROUP BY 1, 2, 3, 4
ORDER BY 4
