WITH s AS (SELECT line_item_usage_account_id, SUM(line_item_unblended_cost) AS s3 FROM cur WHERE line_item_product_code = 'AmazonS3' GROUP BY 1),
r AS (SELECT line_item_usage_account_id, SUM(line_item_unblended_cost) AS rds FROM cur WHERE line_item_product_code = 'AmazonRDS' GROUP BY 1),
l AS (SELECT line_item_usage_account_id, SUM(line_item_unblended_cost) AS lambda FROM cur WHERE line_item_product_code = 'AWSLambda' GROUP BY 1)
SELECT line_item_usage_account_id, s3, rds, lambda FROM s FULL JOIN r USING (line_item_usage_account_id) LEFT JOIN l USING (line_item_usage_account_id) ORDER BY 1
