SELECT step, SUM(amount) AS amount FROM (
  SELECT '1 public' AS step, pricing_public_on_demand_cost AS amount FROM cur WHERE line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
  UNION ALL
  SELECT '2 reserved', -(pricing_public_on_demand_cost - reservation_effective_cost) FROM cur WHERE line_item_line_item_type = 'DiscountedUsage'
  UNION ALL
  SELECT '3 savings plans', -(pricing_public_on_demand_cost - savings_plan_savings_plan_effective_cost) FROM cur WHERE line_item_line_item_type = 'SavingsPlanCoveredUsage'
  UNION ALL
  SELECT '4 credits', line_item_unblended_cost FROM cur WHERE line_item_line_item_type = 'Credit'
) steps
GROUP BY step
ORDER BY step
