CREATE OR REPLACE VIEW "kpi_s3_storage_all" AS
WITH
inputs AS ( SELECT * FROM ( VALUES ROW (current_date, 'current') ) t (today, label) ),
s3_usage_all_time AS (
SELECT
  year
, month
, bill_billing_period_start_date AS billing_period
, line_item_usage_start_date AS usage_start_date
, bill_payer_account_id AS payer_account_id
, line_item_usage_account_id AS linked_account_id
, line_item_resource_id AS resource_id
, line_item_operation AS operation
, CASE
    WHEN ((line_item_usage_type LIKE '%EarlyDelete%')) THEN 'EarlyDelete' ELSE line_item_operation END "early_delete_adjusted_operation"
, CASE
    WHEN line_item_product_code = 'AmazonGlacier' AND line_item_operation = 'Storage' THEN 'Amazon Glacier'
    WHEN line_item_product_code = 'AmazonS3' AND product_volume_type LIKE '%Intelligent%' AND line_item_operation LIKE '%IntelligentTiering%' THEN 'Intelligent-Tiering'
    ELSE product_volume_type END AS storage_class_type
, pricing_unit
, sum(line_item_usage_amount) AS usage_quantity
, sum(line_item_unblended_cost) unblended_cost
, sum(CASE WHEN (pricing_unit = 'GB-Mo' AND line_item_operation LIKE '%Storage%' AND product_volume_type LIKE '%Glacier Deep Archive%') THEN line_item_unblended_cost ELSE 0 END) AS s3_all_deep
, sum(CASE WHEN (pricing_unit = 'GB-Mo' AND line_item_operation LIKE '%Storage%') THEN line_item_unblended_cost ELSE 0 END) AS s3_all_storage_cost
, sum(CASE WHEN (pricing_unit = 'GB-Mo' AND line_item_operation LIKE '%Storage%') THEN line_item_usage_amount ELSE 0 END) s3_all_storage_usage_quantity
FROM cur
, inputs
WHERE (bill_payer_account_id <> '')
AND line_item_resource_id <> ''
AND line_item_line_item_type LIKE '%Usage%'
AND (line_item_product_code LIKE '%AmazonGlacier%' OR line_item_product_code LIKE '%AmazonS3%')
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,11
)
, most_recent_request AS (
SELECT DISTINCT
  resource_id
, max(usage_start_date) AS last_request_date
FROM s3_usage_all_time
WHERE usage_quantity > 0
  AND operation IN ('PutObject', 'PutObjectForRepl', 'GetObject', 'CopyObject', 'StandardStorage', 'StandardIAStorage')
GROUP BY 1
)
, month_usage AS (
SELECT DISTINCT
  billing_period
, date_trunc('month', usage_start_date) AS "usage_date"
, payer_account_id
, linked_account_id
, s3.resource_id
, storage_class_type
, date_diff('day', last_request_date, timestamp '2026-11-01 00:00:00') as idle_days
, SUM(s3_all_storage_cost) AS s3_all_storage_cost
, SUM(s3_all_storage_usage_quantity) s3_all_storage_usage_quantity
, SUM(CASE WHEN last_request_date IS NULL THEN s3_all_storage_cost ELSE 0 END) never_requested
FROM s3_usage_all_time s3
LEFT JOIN most_recent_request mrr ON mrr.resource_id = s3.resource_id
WHERE CAST(concat(s3.year, '-', s3.month, '-01') AS date) >= (date_trunc('month', date '2026-10-02') - INTERVAL '3' month)
GROUP BY 1, 2, 3, 4, 5, 6, 7
)
SELECT * FROM month_usage;
SELECT storage_class_type, billing_period, count(DISTINCT resource_id) buckets, sum(s3_all_storage_cost) cost, sum(s3_all_storage_cost)*0.4 AS savings, max(idle_days) idle
FROM kpi_s3_storage_all
GROUP BY 1, 2
ORDER BY cost DESC, 1, 2
