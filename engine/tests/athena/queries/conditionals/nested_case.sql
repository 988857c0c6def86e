SELECT
  CASE line_item_line_item_type
    WHEN 'Usage' THEN CASE WHEN line_item_usage_type LIKE '%Spot%' THEN 'Spot' ELSE 'On-Demand' END
    WHEN 'DiscountedUsage' THEN 'Reserved'
    WHEN 'SavingsPlanCoveredUsage' THEN 'Savings Plan'
    ELSE '-' END AS purchase_option,
  CASE WHEN product_instance_type IS NULL THEN 'no instance' WHEN try_cast(product_vcpu AS integer) >= 8 THEN 'large' WHEN try_cast(product_vcpu AS integer) >= 4 THEN 'medium' ELSE 'small' END AS size,
  count(*) AS n,
  sum(line_item_unblended_cost) AS cost
FROM cur
GROUP BY 1, 2
ORDER BY 1, 2
