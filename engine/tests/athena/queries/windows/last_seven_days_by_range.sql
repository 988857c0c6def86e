WITH daily AS (
  SELECT line_item_product_code AS service, date(line_item_usage_start_date) AS d, sum(line_item_unblended_cost) AS cost
  FROM cur
  WHERE line_item_product_code IN ('AWSGlue', 'AmazonEKS')
  GROUP BY 1, 2
)
SELECT service, d, cost,
  sum(cost) OVER (PARTITION BY service ORDER BY d RANGE BETWEEN INTERVAL '6' DAY PRECEDING AND CURRENT ROW) AS last_seven_days,
  count(*) OVER (PARTITION BY service ORDER BY d RANGE BETWEEN INTERVAL '6' DAY PRECEDING AND CURRENT ROW) AS days_with_costs
FROM daily
ORDER BY service, d
