SELECT usage_date, previous_date, date_diff('day', previous_date, usage_date) AS gap
FROM (
  SELECT usage_date, lag(usage_date) OVER (ORDER BY usage_date) AS previous_date
  FROM (SELECT DISTINCT date(line_item_usage_start_date) AS usage_date FROM cur WHERE line_item_product_code = 'AWSConfig')
)
ORDER BY usage_date
