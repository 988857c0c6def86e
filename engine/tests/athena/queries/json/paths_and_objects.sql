-- answer: by hand
SELECT
  json_extract_scalar(json_parse('{"a": {"b": [10, 20]}}'), '$.a.b[0]') AS ten,
  json_extract_scalar('{"user:team": "web"}', '$["user:team"]') AS quoted_key,
  json_array_length('[1, 2, 3]') AS three,
  json_extract_scalar('{"a": [1]}', '$.a') IS NULL AS no_scalar,
  CAST(json_extract_scalar('{"cost": "12.5"}', '$.cost') AS double) AS cost
