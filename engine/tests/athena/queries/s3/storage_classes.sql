SELECT
  bill_payer_account_id,
  CASE
    WHEN line_item_usage_type LIKE '%TimedStorage-SIA%' THEN 'S3 Standard-IA'
    WHEN line_item_usage_type LIKE '%TimedStorage-INT%' THEN 'S3 Intelligent-Tiering'
    WHEN line_item_usage_type LIKE '%TimedStorage-Glacier%' THEN 'S3 Glacier'
    WHEN line_item_usage_type LIKE '%TimedStorage-ByteHrs' THEN 'S3 Standard'
    WHEN line_item_usage_type LIKE '%EarlyDelete%' THEN 'Early Delete'
    WHEN line_item_usage_type LIKE '%Requests%' THEN 'Requests'
    WHEN line_item_usage_type LIKE '%Bytes' THEN 'Data Transfer'
    ELSE 'Other ' || line_item_usage_type
  END AS storage_class,
  date_trunc('month', line_item_usage_start_date) AS usage_month,
  pricing_unit,
  sum(line_item_usage_amount) AS amount,
  sum(line_item_unblended_cost) AS cost
FROM cur
WHERE line_item_product_code = 'AmazonS3' AND line_item_line_item_type = 'Usage'
GROUP BY 1, 2, 3, 4
ORDER BY usage_month, cost DESC, storage_class, pricing_unit
