CREATE OR REPLACE VIEW "summary_view" AS
SELECT
  split_part("billing_period", '-', 1) "year"
, split_part("billing_period", '-', 2) "month"
, "bill_billing_period_start_date" "billing_period"
, (CASE WHEN ("date_trunc"('month', "line_item_usage_start_date") >= ("date_trunc"('month', date '2026-10-20') - INTERVAL  '1' MONTH)) THEN "date_trunc"('day', "line_item_usage_start_date") ELSE "date_trunc"('month', "line_item_usage_start_date") END) "usage_date"
, "bill_payer_account_id" "payer_account_id"
, "line_item_usage_account_id" "linked_account_id"
, "bill_invoice_id" "invoice_id"
, "line_item_line_item_type" "charge_type"
, (CASE WHEN ("savings_plan_savings_plan_a_r_n" <> '') THEN 'SavingsPlan' WHEN ("reservation_reservation_a_r_n" <> '') THEN 'Reserved' WHEN ("line_item_usage_type" LIKE '%Spot%') THEN 'Spot' ELSE 'OnDemand' END) "purchase_option"
, (CASE WHEN (("bill_billing_entity" = 'AWS Marketplace') AND (NOT ("line_item_line_item_type" LIKE '%Discount%'))) THEN "product"['product_name'] WHEN ("product_servicecode" = '') THEN "line_item_product_code" ELSE "product_servicecode" END) "service"
, "product_region_code" "region"
, "product"['database_engine'] "database_engine"
, COALESCE("product"['operating_system'], "product"['platform'], 'n/a') "platform"
, "sum"((CASE WHEN ("line_item_line_item_type" IN ('SavingsPlanCoveredUsage', 'DiscountedUsage', 'Usage')) THEN "line_item_usage_amount" ELSE 0 END)) "usage_quantity"
, "sum"("line_item_unblended_cost") "unblended_cost"
FROM "cid_data_export"."cur2"
WHERE ("bill_billing_period_start_date" >= ("date_trunc"('month', timestamp '2026-10-01 00:00:00') - INTERVAL  '7' MONTH) AND (billing_period >= date_format(date_trunc('month', date '2026-10-01') - INTERVAL '7' MONTH, '%Y-%m')))
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;
SELECT "year", "month", purchase_option, platform, database_engine, count(*) n, sum(usage_quantity) q, sum(unblended_cost) c
FROM summary_view
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5
