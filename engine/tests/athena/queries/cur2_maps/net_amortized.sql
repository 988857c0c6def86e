SELECT
  date_format(line_item_usage_start_date, '%Y-%m') AS usage_month,
  product['product_name'] AS service,
  sum(CASE
    WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN savings_plan_net_savings_plan_effective_cost
    WHEN line_item_line_item_type = 'DiscountedUsage' THEN reservation_net_effective_cost
    WHEN line_item_line_item_type IN ('SavingsPlanNegation', 'SavingsPlanUpfrontFee') THEN 0
    ELSE line_item_net_unblended_cost END) AS net_amortized_cost,
  sum(line_item_unblended_cost) AS unblended_cost
FROM cur2
GROUP BY 1, 2
HAVING sum(line_item_unblended_cost) <> 0
ORDER BY 1, unblended_cost DESC, 2
