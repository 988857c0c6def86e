SELECT
  month,
  sum(line_item_net_unblended_cost) AS net_unblended,
  sum(CASE
    WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN savings_plan_net_savings_plan_effective_cost
    WHEN line_item_line_item_type = 'DiscountedUsage' THEN reservation_net_effective_cost
    WHEN line_item_line_item_type = 'SavingsPlanNegation' THEN 0
    ELSE coalesce(line_item_net_unblended_cost, line_item_unblended_cost)
  END) AS net_amortized,
  count(*) - count(line_item_net_unblended_cost) AS without_net
FROM "cur"
GROUP BY month
ORDER BY month DESC
