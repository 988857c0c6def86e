WITH bucket_usage AS (
SELECT
      line_item_usage_account_id AS linked_account_id
    , CASE
        WHEN line_item_resource_id LIKE 'arn:%' THEN split_part(line_item_resource_id, ':', 6) ELSE line_item_resource_id END bucket
    , CASE
        WHEN (line_item_operation = 'StandardStorage') THEN 'S3 Standard'
        WHEN (line_item_operation IN ('StandardIAStorage','StandardIASizeOverhead')) THEN 'S3 Standard-IA'
        WHEN (line_item_operation LIKE 'IntelligentTiering%') THEN 'S3 Intelligent-Tiering'
        WHEN (line_item_operation = 'GlacierStorage') THEN 'S3 Glacier Flexible Retrieval'
        ELSE 'Other' END storage_class
    , date_trunc('month', line_item_usage_start_date) AS "usage_month"
    , sum(line_item_usage_amount) usage
    , sum(line_item_unblended_cost) cost
FROM cur
WHERE line_item_product_code = 'AmazonS3' AND line_item_usage_type LIKE '%TimedStorage%'
GROUP BY 1, 2, 3, 4)
SELECT
  bucket, storage_class, usage_month, usage, cost,
  lag(cost, 1, 0) OVER (PARTITION BY linked_account_id, bucket, storage_class ORDER BY usage_month) prev_cost,
  cost - lag(cost) OVER (w) delta,
  first_value(usage_month) OVER (PARTITION BY linked_account_id, bucket, storage_class ORDER BY usage_month ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) "first"
FROM bucket_usage
WINDOW w AS (PARTITION BY linked_account_id, bucket, storage_class ORDER BY usage_month)
ORDER BY 1, 2, 3, 4, 5, 6
