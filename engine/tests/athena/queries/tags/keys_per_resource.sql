WITH r AS (
  SELECT
    line_item_resource_id,
    max(resource_tags_user_team) AS team,
    max(resource_tags_user_env) AS env,
    max(resource_tags_user_name) AS name,
    max(resource_tags_user_cost_center) AS cost_center,
    sum(line_item_unblended_cost) AS cost
  FROM cur
  WHERE line_item_resource_id IS NOT NULL
  GROUP BY line_item_resource_id
)
SELECT
  if(team IS NULL, 0, 1) + if(env IS NULL, 0, 1) + if(name IS NULL, 0, 1) + if(cost_center IS NULL, 0, 1) AS number_of_tags,
  count(*) AS resources,
  sum(cost) AS cost,
  max_by(line_item_resource_id, cost) AS dearest
FROM r
GROUP BY 1
ORDER BY 1
