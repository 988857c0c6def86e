SELECT m.names[line_item_usage_account_id] AS name, SUM(line_item_unblended_cost) AS cost
FROM cur CROSS JOIN (SELECT map(ARRAY['011122000000', '378424400002'], ARRAY['management', 'second']) AS names) m
WHERE line_item_usage_account_id IN ('011122000000', '378424400002')
GROUP BY 1
ORDER BY 1
