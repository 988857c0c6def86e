SELECT
  resource_tags_user_cost_center,
  length(resource_tags_user_cost_center) AS characters,
  regexp_like(resource_tags_user_cost_center, '^[0-9]{4}$') AS is_number,
  try_cast(resource_tags_user_cost_center AS bigint) AS as_number,
  regexp_replace(resource_tags_user_cost_center, '[^A-Za-z0-9]+', '_') AS slug,
  replace(resource_tags_user_cost_center, '"', '') AS unquoted,
  concat('cc:', resource_tags_user_cost_center) AS labelled,
  'cc:' || coalesce(resource_tags_user_cost_center, '?') AS always_labelled,
  count(*) AS n
FROM cur
GROUP BY resource_tags_user_cost_center
ORDER BY resource_tags_user_cost_center
