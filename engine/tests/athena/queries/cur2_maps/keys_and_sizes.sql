SELECT
  cardinality(resource_tags) AS tags,
  array_join(array_sort(map_keys(resource_tags)), ',') AS keys,
  contains(map_keys(resource_tags), 'user_team') AS has_team,
  count(*) AS n
FROM cur2
GROUP BY 1, 2, 3
ORDER BY 1, 2
