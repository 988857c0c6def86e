WITH tagged AS (
  SELECT line_item_resource_id AS resource, line_item_usage_start_date AS t, identity_line_item_id AS id, resource_tags_user_team AS team
  FROM cur
  WHERE line_item_resource_id LIKE 'arn:aws:ecs:%' AND identity_line_item_id LIKE 'made%'
)
SELECT id, team,
  last_value(team) IGNORE NULLS OVER (ORDER BY t, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS last_known,
  lag(team, 2, '-') OVER (ORDER BY t, id) AS two_before,
  count(team) FILTER (WHERE team <> 'ml') OVER (ORDER BY t, id) AS others_so_far
FROM tagged
ORDER BY t, id
