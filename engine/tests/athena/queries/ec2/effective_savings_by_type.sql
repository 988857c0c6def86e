SELECT
  product_instance_type,
  product_region,
  sum(CASE
    WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost
    WHEN line_item_line_item_type = 'DiscountedUsage' THEN reservation_effective_cost
    ELSE line_item_unblended_cost
  END) AS amortized_cost,
  sum(pricing_public_on_demand_cost) AS on_demand_cost,
  sum(pricing_public_on_demand_cost) - sum(CASE
    WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost
    WHEN line_item_line_item_type = 'DiscountedUsage' THEN reservation_effective_cost
    ELSE line_item_unblended_cost
  END) AS savings
FROM cur
WHERE line_item_product_code = 'AmazonEC2'
  AND product_instance_type IS NOT NULL
  AND line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
  AND line_item_operation <> 'NatGateway'
GROUP BY product_instance_type, product_region
HAVING sum(pricing_public_on_demand_cost) <> 0
ORDER BY savings DESC, product_instance_type, product_region
