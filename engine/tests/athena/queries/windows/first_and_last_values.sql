SELECT DISTINCT
  line_item_product_code,
  first_value(line_item_usage_start_date) OVER w AS first_start,
  last_value(line_item_usage_start_date) OVER w AS last_start,
  nth_value(line_item_usage_start_date, 2) OVER w AS second_start
FROM cur
WHERE line_item_product_code IN ('AWSGlue', 'AmazonAthena', 'AmazonEKS', 'AmazonGuardDuty')
WINDOW w AS (PARTITION BY line_item_product_code ORDER BY line_item_usage_start_date ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
ORDER BY line_item_product_code
