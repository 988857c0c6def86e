SELECT
  IF(resource_tags_user_team IS NULL OR trim(resource_tags_user_team) = '', 'shared', lower(trim(resource_tags_user_team))) AS owner,
  coalesce(cost_category_environment, resource_tags_user_env, 'unknown') AS env,
  sum(line_item_unblended_cost) AS cost,
  sum(line_item_unblended_cost) - lag(sum(line_item_unblended_cost), 1, 0) OVER (PARTITION BY coalesce(cost_category_environment, resource_tags_user_env, 'unknown') ORDER BY IF(resource_tags_user_team IS NULL OR trim(resource_tags_user_team) = '', 'shared', lower(trim(resource_tags_user_team)))) AS more_than_previous
FROM cur
WHERE line_item_line_item_type = 'Usage'
GROUP BY 1, 2
ORDER BY env, owner
