CREATE OR REPLACE VIEW resources_with_tags AS
SELECT
  line_item_resource_id AS resource_id,
  line_item_usage_account_id AS account_id,
  json_format(CAST(MAP_FROM_ENTRIES(ARRAY[
    ('team', resource_tags_user_team),
    ('env', resource_tags_user_env),
    ('cost_center', resource_tags_user_cost_center)
  ]) AS JSON)) AS tags_json,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_resource_id IS NOT NULL
GROUP BY 1, 2, 3;

SELECT tags_json, count(*) AS resources, sum(cost) AS cost
FROM resources_with_tags
GROUP BY tags_json
ORDER BY cost DESC, tags_json
LIMIT 30;
