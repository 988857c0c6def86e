WITH monthly AS (
  SELECT
    line_item_product_code AS service,
    date_trunc('month', line_item_usage_start_date) AS usage_month,
    sum(line_item_unblended_cost) AS cost
  FROM cur
  WHERE line_item_line_item_type = 'Usage'
  GROUP BY 1, 2
)
SELECT
  service,
  date_format(usage_month, '%Y-%m') AS month,
  cost,
  lag(cost) OVER (PARTITION BY service ORDER BY usage_month) AS previous,
  cost - lag(cost) OVER (PARTITION BY service ORDER BY usage_month) AS change,
  round((CAST(cost AS double) / nullif(CAST(lag(cost) OVER (PARTITION BY service ORDER BY usage_month) AS double), 0) - 1) * 100, 2) AS percent
FROM monthly
ORDER BY service, month
