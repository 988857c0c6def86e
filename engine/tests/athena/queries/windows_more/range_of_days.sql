SELECT d, cost, SUM(cost) OVER (ORDER BY d RANGE BETWEEN INTERVAL '6' DAY PRECEDING AND CURRENT ROW) AS week
FROM (SELECT CAST(line_item_usage_start_date AS date) AS d, SUM(line_item_unblended_cost) AS cost FROM cur WHERE line_item_product_code = 'AmazonRDS' GROUP BY 1)
ORDER BY d
