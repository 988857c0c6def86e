SELECT
  line_item_resource_id,
  COALESCE(resource_tags_user_team, '(untagged)') AS team,
  COALESCE(NULLIF(resource_tags_user_env, 'Prod'), 'prod?') AS env,
  SUM(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_resource_id LIKE 'vol-%'
  AND (resource_tags_user_team IS NULL OR resource_tags_user_env IS NULL)
GROUP BY 1, 2, 3
ORDER BY cost DESC, line_item_resource_id, 2, 3
LIMIT 25
