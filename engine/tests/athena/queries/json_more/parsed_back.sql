SELECT json_extract_scalar(j, '$.a') AS a, CAST(json_extract(j, '$.n') AS bigint) AS n, json_array_length(json_extract(j, '$.l')) AS l, CAST(json_parse(j) AS map(varchar, json))['a'] IS NOT NULL AS has_a
FROM (VALUES '{"a": "x", "n": 5, "l": [1, 2]}', '{"n": 7}') AS t (j) ORDER BY 2
