(SELECT 'dear' AS kind, line_item_usage_account_id AS account, SUM(line_item_unblended_cost) AS cost FROM cur GROUP BY 2 ORDER BY 3 DESC LIMIT 2)
UNION ALL
(SELECT 'cheap', line_item_usage_account_id, SUM(line_item_unblended_cost) FROM cur GROUP BY 2 ORDER BY 3, 2 LIMIT 2)
ORDER BY cost DESC
