WITH a AS (
  SELECT line_item_usage_account_id AS account, array_agg(DISTINCT line_item_product_code) AS services
  FROM cur
  WHERE line_item_line_item_type = 'Usage'
  GROUP BY line_item_usage_account_id
)
SELECT account,
  cardinality(services) AS n,
  contains(services, 'AmazonEC2') AS has_ec2,
  array_position(array_sort(services), 'AmazonEC2') AS ec2_at,
  element_at(array_sort(services), 1) AS first_service,
  element_at(array_sort(services), -1) AS last_service,
  slice(array_sort(services), 1, 2) AS first_two,
  array_min(services) AS least,
  array_max(services) AS greatest
FROM a
ORDER BY n DESC, account
