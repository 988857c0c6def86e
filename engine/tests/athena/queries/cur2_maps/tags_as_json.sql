SELECT
  json_format(CAST(resource_tags AS JSON)) AS tags_json,
  count(*) AS n,
  sum(line_item_unblended_cost) AS cost
FROM cur2
WHERE line_item_line_item_type = 'Usage' AND line_item_product_code IN ('AmazonS3', 'AmazonRDS')
GROUP BY 1
ORDER BY n DESC, tags_json
LIMIT 25
