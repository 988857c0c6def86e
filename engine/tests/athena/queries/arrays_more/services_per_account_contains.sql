SELECT account, cardinality(services) AS n, contains(services, 'AmazonRDS') AS has_rds, array_position(services, 'AmazonEC2') AS ec2_at,
  cardinality(filter(services, s -> s LIKE 'Amazon%')) AS amazon, array_join(transform(slice(services, 1, 2), s -> lower(s)), '+') AS two
FROM (SELECT line_item_usage_account_id AS account, array_agg(DISTINCT line_item_product_code ORDER BY line_item_product_code) AS services FROM cur GROUP BY 1)
ORDER BY n DESC, account
