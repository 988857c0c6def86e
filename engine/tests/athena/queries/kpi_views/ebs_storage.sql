CREATE OR REPLACE VIEW kpi_ebs_storage_all AS
WITH ebs_all AS (
  SELECT
    bill_billing_period_start_date,
    line_item_usage_start_date,
    bill_payer_account_id,
    line_item_usage_account_id,
    line_item_resource_id,
    product_volume_api_name,
    line_item_usage_type,
    pricing_unit,
    line_item_unblended_cost,
    line_item_usage_amount
  FROM cur
  WHERE (line_item_product_code = 'AmazonEC2') AND (line_item_line_item_type = 'Usage')
    AND bill_payer_account_id <> '' AND line_item_usage_account_id <> ''
    AND line_item_usage_type LIKE '%EBS:Volume%' AND product_product_family IN ('Storage', 'System Operation', 'Provisioned Throughput')
), ebs_spend AS (
  SELECT DISTINCT
    bill_billing_period_start_date AS billing_period,
    date_trunc('month', line_item_usage_start_date) AS usage_date,
    bill_payer_account_id AS payer_account_id,
    line_item_usage_account_id AS linked_account_id,
    line_item_resource_id AS resource_id,
    coalesce(product_volume_api_name, regexp_extract(line_item_usage_type, '\.(gp[23]|io[12])$', 1)) AS volume_api_name,
    SUM(CASE WHEN (((pricing_unit = 'GB-Mo' OR pricing_unit = 'GB-month') OR pricing_unit = 'GB-month') AND line_item_usage_type LIKE '%EBS:VolumeUsage%') THEN line_item_usage_amount ELSE 0 END) "usage_storage_gb_mo",
    SUM(CASE WHEN (pricing_unit = 'IOPS-Mo' AND line_item_usage_type LIKE '%EBS:VolumeP-IOPS%') THEN line_item_usage_amount ELSE 0 END) "usage_iops_mo",
    SUM(CASE WHEN line_item_usage_type LIKE '%EBS:VolumeUsage%' THEN line_item_unblended_cost ELSE 0 END) "cost_storage_gb_mo",
    SUM(CASE WHEN line_item_usage_type LIKE '%EBS:VolumeP-IOPS%' THEN line_item_unblended_cost ELSE 0 END) "cost_iops_mo"
  FROM ebs_all
  GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT DISTINCT
  billing_period,
  payer_account_id,
  linked_account_id,
  resource_id,
  volume_api_name,
  usage_storage_gb_mo,
  usage_iops_mo,
  cost_storage_gb_mo + cost_iops_mo AS ebs_all_cost,
  CASE WHEN volume_api_name = 'gp2' THEN cost_storage_gb_mo ELSE 0 END AS ebs_gp2_cost,
  CASE WHEN volume_api_name = 'gp3' THEN cost_storage_gb_mo + cost_iops_mo ELSE 0 END AS ebs_gp3_cost,
  CASE WHEN volume_api_name = 'gp2' THEN CAST(cost_storage_gb_mo AS double) * 0.2E0 ELSE 0E0 END AS ebs_gp3_potential_savings
FROM ebs_spend;

SELECT date_format(billing_period, '%Y-%m') AS billing_period, volume_api_name, count(*) AS volumes, sum(ebs_all_cost) AS cost, sum(ebs_gp2_cost) AS gp2, sum(ebs_gp3_cost) AS gp3, sum(ebs_gp3_potential_savings) AS savings
FROM kpi_ebs_storage_all
GROUP BY 1, 2
ORDER BY 1, 2;
