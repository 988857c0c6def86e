SELECT
  cost_category_environment,
  line_item_product_code,
  sum(line_item_unblended_cost) AS cost,
  grouping(cost_category_environment, line_item_product_code) AS level
FROM cur
WHERE line_item_product_code IN ('AmazonEC2', 'AmazonS3', 'AmazonRDS')
GROUP BY ROLLUP (cost_category_environment, line_item_product_code)
ORDER BY level, cost DESC, 1, 2
