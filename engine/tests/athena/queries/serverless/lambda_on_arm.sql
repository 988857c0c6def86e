-- rows: any order
SELECT
  if(line_item_usage_type LIKE '%ARM%', 'arm64', 'x86_64') AS architecture,
  count(DISTINCT line_item_resource_id) AS functions,
  sum(line_item_unblended_cost) AS cost,
  sum(line_item_usage_amount) AS gb_seconds,
  avg(line_item_usage_amount) AS mean_gb_seconds,
  min_by(line_item_resource_id, identity_line_item_id) AS first_of_ids
FROM cur
WHERE line_item_product_code = 'AWSLambda' AND line_item_usage_type LIKE '%GB-Second%' AND line_item_usage_type LIKE '%ARM%'
GROUP BY 1
