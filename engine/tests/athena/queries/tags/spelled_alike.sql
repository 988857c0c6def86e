SELECT
  lower(resource_tags_user_team) AS team,
  array_agg(DISTINCT resource_tags_user_team ORDER BY resource_tags_user_team) AS spellings,
  cardinality(array_agg(DISTINCT resource_tags_user_team)) AS number_of_spellings,
  sum(line_item_unblended_cost) AS cost
FROM cur
GROUP BY lower(resource_tags_user_team)
ORDER BY 3 DESC, cost DESC, team
