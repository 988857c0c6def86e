SELECT DISTINCT
  resource_tags_user_cost_center_2 AS tag,
  length(resource_tags_user_cost_center_2) AS characters,
  upper(resource_tags_user_cost_center_2) AS upper_case,
  lower(resource_tags_user_cost_center_2) AS lower_case,
  reverse(resource_tags_user_cost_center_2) AS backwards,
  substr(resource_tags_user_cost_center_2, 1, 2) AS first_two,
  strpos(resource_tags_user_cost_center_2, 'bau') AS bau_at,
  lpad(resource_tags_user_cost_center_2, 9, 'ä') AS padded,
  regexp_like(resource_tags_user_cost_center_2, '^.bau|^.berbau$') AS matches
FROM cur
ORDER BY tag
