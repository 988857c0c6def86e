-- rows: any order
SELECT COUNT(DISTINCT a.line_item_resource_id) AS resources
FROM cur a
WHERE a.line_item_resource_id <> '' AND NOT EXISTS (SELECT 1 FROM cur b WHERE b.line_item_resource_id = a.line_item_resource_id AND b.resource_tags_user_env IS NOT NULL)
  AND a.line_item_usage_account_id IN (SELECT line_item_usage_account_id FROM cur GROUP BY 1 HAVING SUM(line_item_unblended_cost) > 1)
