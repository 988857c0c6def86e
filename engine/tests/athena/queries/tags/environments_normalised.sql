SELECT
  CASE
    WHEN lower(resource_tags_user_env) IN ('prod', 'production') THEN 'production'
    WHEN lower(resource_tags_user_env) LIKE 'stag%' THEN 'staging'
    WHEN resource_tags_user_env LIKE 'test%' OR resource_tags_user_env = 'dev' THEN 'non-production'
    WHEN resource_tags_user_env IS NULL THEN NULL
    ELSE 'other'
  END AS environment,
  count(DISTINCT resource_tags_user_env) AS spellings,
  min(resource_tags_user_env) AS first_spelling,
  max(resource_tags_user_env) AS last_spelling,
  sum(line_item_unblended_cost) AS cost
FROM cur
GROUP BY 1
ORDER BY environment NULLS FIRST
