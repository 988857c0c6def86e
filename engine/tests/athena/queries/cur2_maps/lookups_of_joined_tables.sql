WITH named AS (SELECT DISTINCT resource_tags['user_team'] AS team, upper(resource_tags['user_team']) AS shown FROM cur2 WHERE resource_tags['user_team'] IS NOT NULL)
SELECT c.product['operating_system'] AS system, n.shown, split(c.line_item_usage_type, ':')[1] AS first_part, c.resource_tags['user_env'] AS env,
  sum(c.line_item_unblended_cost) AS cost
FROM cur2 c
LEFT JOIN named AS n ON n.team = c.resource_tags['user_team'] AND cardinality(c.resource_tags) > 0
WHERE c.product['operating_system'] LIKE 'L%' AND "C"."Product"['vcpu'] = '2'
GROUP BY c.product['operating_system'], n.shown, 3, c.resource_tags['user_env']
ORDER BY cost DESC, 1, 2, 3, 4
