-- rows: any order
SELECT COUNT(*) AS lines, SUM(line_item_unblended_cost) AS cost, COUNT(DISTINCT line_item_usage_account_id) AS accounts
FROM cur
GROUP BY ()
