SELECT
  line_item_usage_account_id,
  round(100 * sum(CASE WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN CAST(line_item_unblended_cost AS double) ELSE 0 END)
    / sum(CAST(pricing_public_on_demand_cost AS double)), 3) AS covered_percent,
  sum(CASE WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN line_item_unblended_cost ELSE 0 END) AS covered,
  sum(CASE WHEN line_item_line_item_type = 'Usage' THEN line_item_unblended_cost ELSE 0 END) AS on_demand
FROM cur
WHERE line_item_line_item_type IN ('SavingsPlanCoveredUsage', 'Usage')
  AND product_product_family = 'Compute Instance'
  AND line_item_usage_type NOT LIKE '%SpotUsage%'
GROUP BY line_item_usage_account_id
ORDER BY covered_percent DESC, 1
