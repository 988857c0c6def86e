SELECT
  date_trunc('week', line_item_usage_start_date) AS wk,
  date_trunc('quarter', line_item_usage_start_date) AS q,
  sum(coalesce(line_item_net_unblended_cost, line_item_unblended_cost, 0)) AS net,
  sum(cast(coalesce(savings_plan_net_savings_plan_effective_cost, reservation_net_effective_cost, line_item_net_unblended_cost, line_item_unblended_cost) AS decimal(20, 6))) AS net_amortized,
  round(sum(line_item_unblended_cost - coalesce(line_item_net_unblended_cost, line_item_unblended_cost)), 4) AS saved
FROM cur
GROUP BY 1, 2
ORDER BY 1, 2
