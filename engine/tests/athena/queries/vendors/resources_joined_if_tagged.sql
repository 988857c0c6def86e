SELECT a.line_item_resource_id, COUNT(b.split_line_item_parent_resource_id) AS pods, SUM(b.split_line_item_split_cost) AS split_cost
FROM (SELECT DISTINCT line_item_resource_id FROM cur WHERE line_item_resource_id LIKE 'i-%') a
LEFT JOIN cur b ON b.split_line_item_parent_resource_id = a.line_item_resource_id
  AND EXISTS (SELECT 1 FROM cur t WHERE t.line_item_resource_id = a.line_item_resource_id AND t.resource_tags_user_team IS NOT NULL)
GROUP BY 1
ORDER BY 3 DESC, 1
LIMIT 12
