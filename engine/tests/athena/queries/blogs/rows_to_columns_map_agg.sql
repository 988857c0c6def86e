SELECT account, kv['AmazonEC2'] AS ec2, element_at(kv, 'AmazonS3') AS s3, coalesce(element_at(kv, 'NoSuchService'), 0) AS none, cardinality(map_keys(kv)) AS services
FROM (
  SELECT account, map_agg(svc, cost) AS kv
  FROM (SELECT line_item_usage_account_id AS account, line_item_product_code AS svc, sum(line_item_unblended_cost) AS cost FROM cur GROUP BY 1, 2) x
  GROUP BY account
) y
ORDER BY account
