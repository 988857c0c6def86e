SELECT 'total' AS level, NULL AS name, sum(line_item_unblended_cost) AS cost FROM cur
UNION ALL
SELECT 'service', line_item_product_code, sum(line_item_unblended_cost) FROM cur GROUP BY line_item_product_code
UNION ALL
(SELECT 'account' AS level, line_item_usage_account_id, sum(line_item_unblended_cost) FROM cur GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT 3)
ORDER BY level, cost DESC, name
