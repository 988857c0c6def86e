SELECT
  line_item_product_code,
  avg(line_item_unblended_cost) AS mean,
  stddev(CAST(line_item_unblended_cost AS double)) AS deviation,
  stddev_pop(CAST(line_item_unblended_cost AS double)) AS population_deviation,
  variance(CAST(line_item_unblended_cost AS double)) AS variance_of_sample,
  corr(CAST(line_item_usage_amount AS double), CAST(line_item_unblended_cost AS double)) AS correlation
FROM cur
WHERE line_item_product_code IN ('AmazonVPC', 'AmazonRDS', 'AWSLambda', 'AmazonEKS')
GROUP BY line_item_product_code
ORDER BY line_item_product_code
