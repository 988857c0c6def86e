SELECT line_item_usage_account_id, sum(line_item_unblended_cost) AS cost
FROM cur c
WHERE line_item_usage_account_id IN (SELECT line_item_usage_account_id FROM cur WHERE line_item_line_item_type = 'SavingsPlanCoveredUsage')
  AND EXISTS (SELECT 1 FROM cur d WHERE d.line_item_usage_account_id = c.line_item_usage_account_id AND d.line_item_line_item_type = 'Usage')
  AND line_item_usage_account_id NOT IN (SELECT line_item_usage_account_id FROM cur WHERE line_item_product_code = 'AWSGlue' AND line_item_usage_account_id IS NOT NULL)
GROUP BY line_item_usage_account_id
ORDER BY cost DESC
