SELECT
  product_database_engine,
  product_deployment_option,
  product_instance_type,
  CASE
    WHEN product_deployment_option LIKE 'Multi-AZ%' THEN 2
    WHEN product_deployment_option = 'Single-AZ' THEN 1
  END AS copies,
  sum(line_item_usage_amount) AS hours,
  sum(line_item_unblended_cost) AS unblended_cost
FROM cur
WHERE line_item_product_code = 'AmazonRDS'
  AND product_product_family IN ('Database Instance')
GROUP BY 1, 2, 3
ORDER BY unblended_cost DESC, 1, 2, 3
