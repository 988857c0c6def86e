WITH daily AS (
  SELECT date(line_item_usage_start_date) AS usage_date, sum(line_item_unblended_cost) AS cost
  FROM cur
  WHERE line_item_product_code = 'AmazonEC2' AND line_item_line_item_type = 'Usage'
  GROUP BY 1
)
SELECT
  usage_date,
  cost,
  avg(cost) OVER (ORDER BY usage_date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS seven_rows,
  sum(cost) OVER (ORDER BY usage_date ROWS UNBOUNDED PRECEDING) AS cumulated,
  max(cost) OVER (ORDER BY usage_date ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS neighbourhood,
  count(*) OVER (ORDER BY usage_date ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING) AS ahead
FROM daily
ORDER BY usage_date
