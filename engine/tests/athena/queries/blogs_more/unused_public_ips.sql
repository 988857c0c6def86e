SELECT line_item_usage_account_id, line_item_usage_type, SUM(line_item_usage_amount) / 730 AS ips, SUM(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_usage_type LIKE '%PublicIPv4:%'
GROUP BY GROUPING SETS ((line_item_usage_account_id, line_item_usage_type), ())
ORDER BY line_item_usage_account_id, line_item_usage_type
