SELECT
  label,
  json_extract_scalar(j, '$.team') AS team,
  json_extract_scalar(j, '$.owner.name') AS owner,
  json_extract_scalar(j, '$.tags[1]') AS second_tag,
  json_array_length(json_extract(j, '$.tags')) AS tags,
  json_extract_scalar(j, '$.missing') IS NULL AS missing
FROM (VALUES
  ('full', '{"team": "web", "owner": {"name": "ann"}, "tags": ["a", "b"]}'),
  ('partial', '{"team": null, "tags": []}'),
  ('number', '{"team": 5, "owner": {"name": true}}')
) AS t (label, j)
ORDER BY label
