-- rows: any order
SELECT
  count_if(resource_tags_user_team = 'payments') AS equal,
  count_if(resource_tags_user_team <> 'payments') AS unequal,
  count_if(NOT (resource_tags_user_team = 'payments')) AS not_equal,
  count_if(resource_tags_user_team IS DISTINCT FROM 'payments') AS distinct_from,
  count_if(resource_tags_user_team IS NOT DISTINCT FROM NULL) AS null_too,
  count_if(resource_tags_user_team = 'payments' OR resource_tags_user_team IS NULL) AS or_null,
  count_if(resource_tags_user_team NOT IN ('payments', 'search')) AS not_in,
  count_if(resource_tags_user_team NOT IN ('payments', NULL)) AS not_in_null,
  count_if(coalesce(resource_tags_user_team = 'payments', false)) AS coalesced,
  count(*) AS n
FROM cur
