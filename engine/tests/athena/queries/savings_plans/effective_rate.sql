SELECT
  product_instance_type,
  pricing_public_on_demand_rate,
  try_cast(savings_plan_savings_plan_rate AS double) AS plan_rate,
  1 - CAST(sum(savings_plan_savings_plan_effective_cost) AS double) / CAST(sum(pricing_public_on_demand_cost) AS double) AS discount,
  CAST(pricing_public_on_demand_rate AS double) * 730 AS monthly_list_price,
  count(*) AS n
FROM cur
WHERE line_item_line_item_type = 'SavingsPlanCoveredUsage' AND pricing_public_on_demand_rate IS NOT NULL
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
