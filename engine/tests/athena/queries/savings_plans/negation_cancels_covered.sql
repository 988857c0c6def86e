SELECT
  savings_plan_savings_plan_a_r_n,
  date_trunc('hour', line_item_usage_start_date) AS usage_hour,
  sum(CASE line_item_line_item_type WHEN 'SavingsPlanCoveredUsage' THEN line_item_unblended_cost END) AS covered,
  sum(CASE line_item_line_item_type WHEN 'SavingsPlanNegation' THEN line_item_unblended_cost END) AS negated,
  sum(line_item_unblended_cost) AS remains,
  sum(savings_plan_savings_plan_effective_cost) AS effective
FROM cur
WHERE line_item_line_item_type IN ('SavingsPlanCoveredUsage', 'SavingsPlanNegation')
GROUP BY 1, 2
ORDER BY 1, 2
