SELECT
  line_item_usage_account_id,
  SUM(CASE WHEN line_item_usage_type LIKE '%TimedStorage-ByteHrs' THEN line_item_unblended_cost ELSE 0 END) AS s3_standard_cost,
  SUM(CASE WHEN line_item_usage_type LIKE '%TimedStorage-INT%' THEN line_item_unblended_cost ELSE 0 END) AS s3_it_cost,
  SUM(CASE WHEN line_item_usage_type LIKE '%TimedStorage-%Glacier%' OR line_item_usage_type LIKE '%GDA%' THEN line_item_unblended_cost END) AS s3_glacier_cost,
  100.0 * SUM(CASE WHEN line_item_usage_type LIKE '%TimedStorage-INT%' THEN line_item_usage_amount ELSE 0 END) / NULLIF(SUM(line_item_usage_amount), 0) AS pct_it
FROM cur
WHERE line_item_product_code = 'AmazonS3' AND line_item_usage_type LIKE '%TimedStorage%'
GROUP BY line_item_usage_account_id
HAVING SUM(line_item_unblended_cost) > 0
ORDER BY 1
