SELECT
  cost_category['environment'] AS environment,
  try(cost_category['cost_center']) AS cost_center,
  bill_payer_account_name,
  sum(line_item_unblended_cost) AS cost
FROM cur2
WHERE billing_period = '2026-10'
GROUP BY 1, 2, 3
ORDER BY cost DESC, 1, 2
