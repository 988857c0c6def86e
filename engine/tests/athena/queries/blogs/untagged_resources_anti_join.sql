SELECT r.line_item_resource_id, max(r.line_item_product_code) AS code, sum(r.line_item_unblended_cost) AS cost
FROM cur r
WHERE r.line_item_resource_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM cur t WHERE t.line_item_resource_id = r.line_item_resource_id AND (t.resource_tags_user_team IS NOT NULL OR t.resource_tags_user_env IS NOT NULL))
GROUP BY r.line_item_resource_id
HAVING sum(r.line_item_unblended_cost) > 0.01
ORDER BY cost DESC, 1
LIMIT 20
