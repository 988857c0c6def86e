SELECT
  json_extract_scalar(CAST(resource_tags AS JSON), '$.user_team') AS team,
  COALESCE(json_extract_scalar(json_format(CAST(MAP(ARRAY['a', 'b'], ARRAY[line_item_product_code, line_item_operation]) AS JSON)), '$.a'), '') AS code,
  sum(line_item_unblended_cost) AS cost
FROM cur2
WHERE resource_tags IS NOT NULL AND element_at(resource_tags, 'user_team') IS NOT NULL
GROUP BY 1, 2
ORDER BY 3 DESC, 1, 2
LIMIT 20
