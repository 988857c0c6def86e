SELECT team, array_agg(DISTINCT spelling ORDER BY spelling) AS spellings, sum(cost) AS cost, cardinality(array_agg(DISTINCT spelling)) > 1 AS untidy
FROM (
  SELECT lower(trim(coalesce(resource_tags_user_team, '(none)'))) AS team, coalesce(resource_tags_user_team, '(none)') AS spelling, line_item_unblended_cost AS cost FROM cur
) t
GROUP BY team
ORDER BY cost DESC, team
