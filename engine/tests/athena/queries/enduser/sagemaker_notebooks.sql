-- rows: any order
SELECT
  product_instance_type,
  regexp_extract(line_item_usage_type, 'ml\.([a-z0-9]+)\.([a-z]+)', 1) AS family,
  regexp_extract(line_item_usage_type, 'ml\.([a-z0-9]+)\.([a-z]+)', 2) AS size,
  regexp_extract(line_item_usage_type, 'ml\.') AS prefix,
  regexp_extract(line_item_usage_type, 'GPU') AS no_match,
  sum(line_item_usage_amount) AS hours,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code = 'AmazonSageMaker'
GROUP BY product_instance_type, line_item_usage_type
