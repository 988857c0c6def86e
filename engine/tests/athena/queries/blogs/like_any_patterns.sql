SELECT p.pattern, count(*) AS n, sum(c.line_item_unblended_cost) AS cost
FROM cur c JOIN UNNEST(ARRAY['%BoxUsage%', '%SpotUsage%', '%EBS:%', '%Bytes']) AS p (pattern) ON c.line_item_usage_type LIKE p.pattern
GROUP BY p.pattern ORDER BY 1
