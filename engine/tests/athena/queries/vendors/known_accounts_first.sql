SELECT c.line_item_usage_account_id, SUM(c.line_item_unblended_cost) AS cost
FROM cur c
GROUP BY c.line_item_usage_account_id
ORDER BY c.line_item_usage_account_id IN (SELECT bill_payer_account_id FROM cur) DESC, cost DESC
LIMIT 5
