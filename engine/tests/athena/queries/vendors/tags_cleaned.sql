SELECT lower(trim(regexp_replace(COALESCE(NULLIF(resource_tags_user_env, ''), 'unknown'), '[^A-Za-z0-9]+', '-'))) AS env,
  COUNT(DISTINCT COALESCE(resource_tags_user_team, 'none')) AS teams,
  SUM(line_item_unblended_cost) AS cost
FROM cur
GROUP BY 1
ORDER BY 1
