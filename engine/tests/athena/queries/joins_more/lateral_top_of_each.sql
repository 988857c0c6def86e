SELECT a.account, t.code, t.cost
FROM (SELECT DISTINCT line_item_usage_account_id AS account FROM cur) a
CROSS JOIN LATERAL (SELECT line_item_product_code AS code, SUM(line_item_unblended_cost) AS cost FROM cur c WHERE c.line_item_usage_account_id = a.account AND c.month = '9' GROUP BY 1) t
WHERE t.cost > 50
ORDER BY 1, 3 DESC
