CREATE OR REPLACE VIEW kpi_ebs_snap AS
WITH
snapshot_usage_all_time AS (
SELECT
  year
, month
, bill_billing_period_start_date billing_period
, line_item_usage_start_date usage_start_date
, bill_payer_account_id payer_account_id
, line_item_usage_account_id linked_account_id
, line_item_resource_id resource_id
, (CASE WHEN (line_item_usage_type LIKE '%EBS:SnapshotArchive%') THEN 'Snapshot_Archive' WHEN (line_item_usage_type LIKE '%EBS:Snapshot%') THEN 'Snapshot' ELSE "line_item_operation" END) snapshot_type
, line_item_usage_amount
, line_item_unblended_cost
, pricing_public_on_demand_cost
FROM cur
WHERE (((((bill_payer_account_id <> '') AND (line_item_resource_id <> '')) AND (line_item_line_item_type LIKE '%Usage%')) AND (line_item_product_code = 'AmazonEC2')) AND (line_item_usage_type LIKE '%EBS:%'))
)
, request_dates AS (
SELECT DISTINCT
  resource_id request_dates_resource_id
, "min"(usage_start_date) request_date
FROM snapshot_usage_all_time
WHERE (snapshot_type <> '')
GROUP BY 1
)
SELECT DISTINCT
  billing_period
, request_date
, payer_account_id
, linked_account_id
, snapshot_type
, resource_id
, "sum"(line_item_usage_amount) usage_quantity
, "sum"(line_item_unblended_cost) ebs_snapshot_cost
, "sum"(pricing_public_on_demand_cost) public_cost
, "sum"((CASE WHEN ((request_date > (billing_period - INTERVAL  '12' MONTH)) AND (snapshot_type = 'Snapshot')) THEN line_item_unblended_cost ELSE 0 END)) "ebs_snapshots_under_1yr_cost"
, "sum"((CASE WHEN ((request_date <= (billing_period - INTERVAL  '12' MONTH)) AND (snapshot_type = 'Snapshot')) THEN line_item_unblended_cost ELSE 0 END)) "ebs_snapshots_over_1yr_cost"
FROM (snapshot_usage_all_time snapshot
LEFT JOIN request_dates ON (request_dates_resource_id = snapshot.resource_id))
WHERE (CAST("concat"(snapshot.year, '-', snapshot.month, '-01') AS date) >= ("date_trunc"('month', date '2026-10-20') - INTERVAL  '3' MONTH))
GROUP BY 1, 2, 3, 4, 5, 6;
SELECT billing_period, snapshot_type, count(DISTINCT resource_id) resources, min(request_date) first, sum(ebs_snapshot_cost) cost, sum(ebs_snapshots_under_1yr_cost) under_1yr, sum(public_cost - ebs_snapshot_cost) discount
FROM kpi_ebs_snap GROUP BY billing_period, snapshot_type ORDER BY 1, 2
