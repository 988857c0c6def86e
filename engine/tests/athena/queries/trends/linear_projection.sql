-- rows: any order
WITH daily AS (
  SELECT day(line_item_usage_start_date) AS d, CAST(sum(line_item_unblended_cost) AS double) AS cost
  FROM cur
  WHERE month = '10' AND line_item_line_item_type = 'Usage'
  GROUP BY 1
)
SELECT
  regr_slope(cost, CAST(d AS double)) AS slope,
  regr_intercept(cost, CAST(d AS double)) AS intercept,
  sum(cost) / count(*) * 31 AS month_at_this_rate,
  max(d) AS last_day
FROM daily
