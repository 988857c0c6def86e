CREATE OR REPLACE VIEW kpi_s3_storage_all AS
SELECT
  bill_billing_period_start_date AS billing_period,
  line_item_usage_account_id AS linked_account_id,
  line_item_resource_id AS resource_id,
  sum(CASE WHEN line_item_operation LIKE '%Storage' THEN line_item_unblended_cost ELSE 0 END) AS s3_all_storage_cost,
  sum(CASE WHEN line_item_operation = 'StandardStorage' THEN line_item_unblended_cost ELSE 0 END) AS s3_standard_storage_cost,
  sum(CASE WHEN line_item_operation IN ('StandardIAStorage', 'GlacierStorage') THEN line_item_unblended_cost ELSE 0 END) AS s3_cold_storage_cost
FROM cur
WHERE line_item_product_code = 'AmazonS3' AND line_item_resource_id <> '' AND line_item_usage_type LIKE '%TimedStorage%'
GROUP BY 1, 2, 3;

SELECT billing_period, count(*) AS buckets, sum(s3_all_storage_cost) AS storage, sum(s3_standard_storage_cost) AS standard, sum(s3_cold_storage_cost) AS cold,
  sum(s3_standard_storage_cost) * 0.3 AS potential
FROM kpi_s3_storage_all
GROUP BY billing_period
ORDER BY billing_period DESC;
