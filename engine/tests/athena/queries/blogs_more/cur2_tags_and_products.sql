SELECT resource_tags['user_team'] AS team, product['region'] AS region, product['operating_system'] AS os, COUNT(*) AS n,
  SUM(CAST(line_item_unblended_cost AS double)) AS cost
FROM cur2
WHERE product['product_name'] = 'Amazon Elastic Compute Cloud' AND element_at(resource_tags, 'user_env') IS NOT NULL
GROUP BY resource_tags['user_team'], product['region'], product['operating_system']
ORDER BY 1, 2, 3
