SELECT product['region'] AS region, resource_tags['user_team'] AS team, sum(line_item_unblended_cost) AS cost
FROM cur2 WHERE billing_period = '2026-10' GROUP BY 1, 2 ORDER BY cost DESC
