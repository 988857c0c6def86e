SELECT
  element_at(resource_tags, 'user_team') AS team,
  coalesce(element_at(resource_tags, 'user_env'), 'no env') AS env,
  element_at(resource_tags, 'user_nothing') IS NULL AS never_there,
  sum(line_item_unblended_cost) AS cost
FROM data_exports.cur2
WHERE line_item_line_item_type IN ('Usage', 'DiscountedUsage')
GROUP BY 1, 2, 3
ORDER BY cost DESC, team, env
LIMIT 25
