SELECT line_item_usage_type, sum(line_item_usage_amount) AS amount, sum(line_item_unblended_cost) AS cost
FROM cur2
WHERE resource_tags['user_env'] IN ('prod', 'Prod')
  AND product['region'] = 'us-east-1'
  AND product['storage_class'] IS NOT NULL
GROUP BY line_item_usage_type
ORDER BY cost DESC, 1
