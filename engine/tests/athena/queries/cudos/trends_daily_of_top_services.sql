WITH daily AS (
  SELECT date(line_item_usage_start_date) AS usage_date, product_product_name, SUM(line_item_unblended_cost) AS cost
  FROM cur WHERE line_item_line_item_type = 'Usage' GROUP BY 1, 2
), top AS (
  SELECT product_product_name FROM daily GROUP BY 1 ORDER BY SUM(cost) DESC, 1 LIMIT 5
)
SELECT d.usage_date, d.product_product_name, d.cost,
  AVG(CAST(d.cost AS double)) OVER (PARTITION BY d.product_product_name ORDER BY d.usage_date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS moving_average,
  d.cost - LAG(d.cost) OVER (PARTITION BY d.product_product_name ORDER BY d.usage_date) AS change
FROM daily d
WHERE d.product_product_name IN (SELECT product_product_name FROM top)
ORDER BY 2, 1
