SELECT
  bill_payer_account_id,
  product_region,
  product_instance_type,
  SUM(CASE WHEN line_item_line_item_type = 'DiscountedUsage' THEN line_item_usage_amount ELSE 0 END) AS reserved_hours,
  SUM(CASE WHEN line_item_line_item_type = 'Usage' THEN line_item_usage_amount ELSE 0 END) AS on_demand_hours,
  SUM(line_item_usage_amount) AS total_hours,
  SUM(CASE WHEN line_item_line_item_type = 'DiscountedUsage' THEN CAST(line_item_usage_amount AS double) ELSE 0 END) / SUM(CAST(line_item_usage_amount AS double)) * 100 AS coverage_percent
FROM cur
WHERE line_item_product_code = 'AmazonEC2'
  AND product_product_family = 'Compute Instance'
  AND line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
  AND line_item_usage_type NOT LIKE '%Spot%'
GROUP BY bill_payer_account_id, product_region, product_instance_type
HAVING SUM(line_item_usage_amount) > 0
ORDER BY coverage_percent DESC, product_region, product_instance_type
