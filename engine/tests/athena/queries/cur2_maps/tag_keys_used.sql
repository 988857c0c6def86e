SELECT k AS tag_key, count(*) AS line_items, count(DISTINCT line_item_resource_id) AS resources
FROM cur2
CROSS JOIN UNNEST(map_keys(resource_tags)) AS u (k)
GROUP BY k
ORDER BY line_items DESC
