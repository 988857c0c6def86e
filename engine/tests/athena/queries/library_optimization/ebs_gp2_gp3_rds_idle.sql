WITH
-- Step 1: volumes and their hours
ebs_all AS (
  SELECT
    bill_billing_period_start_date
  , line_item_usage_start_date
  , bill_payer_account_id
  , line_item_usage_account_id
  , line_item_resource_id
  , product_volume_api_name
  , line_item_usage_type
  , pricing_unit
  , line_item_unblended_cost
  , line_item_usage_amount
  FROM
    cur
  WHERE (line_item_product_code = 'AmazonEC2') AND (line_item_line_item_type = 'Usage')
  AND bill_billing_period_start_date >= date_trunc('month', date '2026-10-20' - interval '3' month)
  AND line_item_usage_type LIKE '%EBS:Volume%'
)
, ebs_spend AS (
  SELECT DISTINCT
    bill_billing_period_start_date AS billing_period
  , date_trunc('month',line_item_usage_start_date) AS usage_date
  , bill_payer_account_id AS payer_account_id
  , line_item_usage_account_id AS linked_account_id
  , line_item_resource_id AS resource_id
  , product_volume_api_name AS volume_api_name
  , SUM (CASE
    WHEN (((pricing_unit = 'GB-Mo' or pricing_unit = 'GB-month') or pricing_unit = 'GB-month') AND  line_item_usage_type LIKE '%EBS:VolumeUsage%') THEN line_item_usage_amount ELSE 0
    END) AS "usage_storage_gb_mo"
  , SUM (CASE
    WHEN (pricing_unit = 'IOPS-Mo' AND  line_item_usage_type LIKE '%IOPS%') THEN line_item_usage_amount ELSE 0
    END) AS "usage_iops_mo"
  , SUM (CASE
    WHEN (pricing_unit = 'GiBps-mo' AND  line_item_usage_type LIKE '%Throughput%') THEN  line_item_usage_amount ELSE 0
    END) AS "usage_throughput_gibps_mo"
  , SUM (CASE
    WHEN ((pricing_unit = 'GB-Mo' or pricing_unit = 'GB-month') AND  line_item_usage_type LIKE '%EBS:VolumeUsage%') THEN (line_item_unblended_cost) ELSE 0
    END) AS "cost_storage_gb_mo"
  , SUM (CASE
    WHEN (pricing_unit = 'IOPS-Mo' AND  line_item_usage_type LIKE '%IOPS%') THEN (line_item_unblended_cost) ELSE 0
    END) AS "cost_iops_mo"
  FROM
  ebs_all
  GROUP BY 1, 2, 3, 4, 5,6
)
, ebs_spend_with_unit_cost AS (
  SELECT
    *
  , cost_storage_gb_mo/usage_storage_gb_mo AS "current_unit_cost"
  , CASE
    WHEN usage_storage_gb_mo <= 150 THEN 'under 150GB-Mo'
    WHEN usage_storage_gb_mo > 150 AND usage_storage_gb_mo <= 1000 THEN 'between 150-1000GB-Mo'
    ELSE 'over 1000GB-Mo'
    END AS storage_summary
  , CASE
    WHEN volume_api_name <> 'gp2' THEN 0
    WHEN usage_storage_gb_mo*3 < 3000 THEN 3000 - 3000
    WHEN usage_storage_gb_mo*3 > 16000 THEN 16000 - 3000
    ELSE usage_storage_gb_mo*3 - 3000
    END AS gp2_usage_added_iops_mo
  , CASE
    WHEN volume_api_name <> 'gp2' THEN 0
    WHEN usage_storage_gb_mo <= 150 THEN 0
    ELSE 125
    END AS gp2_usage_added_throughput_gibps_mo
  , cost_storage_gb_mo + cost_iops_mo AS ebs_all_cost
  FROM
    ebs_spend
)
, ebs_before_map AS (
  SELECT DISTINCT
    billing_period
  , payer_account_id
  , linked_account_id
  , resource_id
  , volume_api_name
  , storage_summary
  , SUM (usage_storage_gb_mo) AS usage_storage_gb_mo
  , SUM (usage_iops_mo) AS usage_iops_mo
  , SUM (usage_throughput_gibps_mo) AS usage_throughput_gibps_mo
  , SUM (gp2_usage_added_iops_mo) gp2_usage_added_iops_mo
  , SUM (gp2_usage_added_throughput_gibps_mo) AS gp2_usage_added_throughput_gibps_mo
  , SUM (ebs_all_cost) AS ebs_all_cost
  , SUM (CASE
    WHEN volume_api_name = 'gp2' THEN cost_storage_gb_mo * 0.8/12.0
    ELSE 0
    END) AS ebs_gp3_cost
  FROM ebs_spend_with_unit_cost
  GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT DISTINCT
    billing_period
  , linked_account_id
  , resource_id
  , volume_api_name
  , storage_summary
  , usage_storage_gb_mo
  , usage_iops_mo
  , gp2_usage_added_iops_mo
  , ebs_all_cost
  , ebs_gp3_cost
  , CASE WHEN volume_api_name = 'gp2' THEN ebs_all_cost - ebs_gp3_cost ELSE 0 END AS ebs_gp3_potential_savings
FROM ebs_before_map
ORDER BY 1, 2, 3, 4, 5
