SELECT t.key AS tag_key, t.value AS tag_value, sum(line_item_unblended_cost) AS cost, count(*) AS n
FROM cur2
CROSS JOIN UNNEST(resource_tags) AS t (key, value)
WHERE line_item_product_code = 'AmazonEC2'
GROUP BY t.key, t.value
HAVING sum(line_item_unblended_cost) > 0
ORDER BY tag_key, cost DESC, tag_value
