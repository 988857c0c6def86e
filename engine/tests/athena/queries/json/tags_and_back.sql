WITH t AS (
  SELECT
    line_item_resource_id,
    json_format(CAST(MAP_FROM_ENTRIES(ARRAY[('env', coalesce(max(resource_tags_user_env), 'none')), ('team', coalesce(max(resource_tags_user_team), 'none'))]) AS JSON)) AS tags_json
  FROM cur
  WHERE line_item_resource_id LIKE 'vol-%'
  GROUP BY line_item_resource_id
)
SELECT json_extract_scalar(tags_json, '$.team') AS team, json_extract_scalar(tags_json, '$.env') AS env, count(*) AS volumes
FROM t
GROUP BY 1, 2
ORDER BY 1, 2
