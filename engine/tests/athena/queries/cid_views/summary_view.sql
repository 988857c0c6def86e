CREATE OR REPLACE VIEW "summary_view" AS
SELECT
  "year",
  "month",
  "bill_billing_period_start_date" "billing_period",
  (CASE WHEN ("date_trunc"('month', "line_item_usage_start_date") >= ("date_trunc"('month', date '2026-10-20') - INTERVAL '7' DAY)) THEN "date_trunc"('day', "line_item_usage_start_date") ELSE "date_trunc"('month', "line_item_usage_start_date") END) "usage_date",
  "bill_payer_account_id" "payer_account_id",
  "line_item_usage_account_id" "linked_account_id",
  "bill_invoice_id" "invoice_id",
  "line_item_line_item_type" "charge_type",
  (CASE WHEN ("line_item_line_item_type" = 'DiscountedUsage') THEN 'Running_Usage' WHEN ("line_item_line_item_type" = 'SavingsPlanCoveredUsage') THEN 'Running_Usage' WHEN ("line_item_line_item_type" = 'Usage') THEN 'Running_Usage' ELSE 'non_usage' END) "charge_category",
  (CASE WHEN ("savings_plan_savings_plan_a_r_n" <> '') THEN 'SavingsPlan' WHEN ("reservation_reservation_a_r_n" <> '') THEN 'Reserved' WHEN ("line_item_usage_type" LIKE '%Spot%') THEN 'Spot' ELSE 'OnDemand' END) "purchase_option",
  "product_product_name" "service",
  "line_item_product_code" "product_code",
  "product_product_family" "product_family",
  "product_region" "region",
  (CASE WHEN (("bill_billing_entity" = 'AWS Marketplace') AND (NOT ("line_item_line_item_type" LIKE '%Discount%'))) THEN "product_product_name" WHEN ("product_servicecode" = '') THEN "line_item_product_code" ELSE "product_servicecode" END) "servicecode",
  "sum"((CASE WHEN ("line_item_line_item_type" = 'SavingsPlanCoveredUsage') THEN "line_item_usage_amount" WHEN ("line_item_line_item_type" = 'DiscountedUsage') THEN "line_item_usage_amount" WHEN ("line_item_line_item_type" = 'Usage') THEN "line_item_usage_amount" ELSE 0 END)) "usage_quantity",
  "sum"("line_item_unblended_cost") "unblended_cost",
  "sum"((CASE WHEN ("line_item_line_item_type" = 'SavingsPlanCoveredUsage') THEN "savings_plan_savings_plan_effective_cost" WHEN ("line_item_line_item_type" = 'SavingsPlanRecurringFee') THEN ("savings_plan_total_commitment_to_date" - "savings_plan_used_commitment") WHEN ("line_item_line_item_type" = 'SavingsPlanNegation') THEN 0 WHEN ("line_item_line_item_type" = 'SavingsPlanUpfrontFee') THEN 0 WHEN ("line_item_line_item_type" = 'DiscountedUsage') THEN "reservation_effective_cost" WHEN ("line_item_line_item_type" = 'RIFee') THEN ("reservation_unused_amortized_upfront_fee_for_billing_period" + "reservation_unused_recurring_fee") WHEN (("line_item_line_item_type" = 'Fee') AND ("reservation_reservation_a_r_n" <> '')) THEN 0 ELSE "line_item_unblended_cost" END)) "amortized_cost",
  "sum"("pricing_public_on_demand_cost") "public_cost"
FROM
  "cur_database"."cur"
WHERE (("bill_billing_period_start_date" >= ("date_trunc"('month', timestamp '2026-10-20 00:00:00') - INTERVAL '7' MONTH)) AND (CAST("concat"("year", '-', "month", '-01') AS varchar) IS NOT NULL))
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15;

SELECT billing_period, charge_category, purchase_option, count(DISTINCT usage_date) AS dates,
  sum(usage_quantity) AS usage_quantity, sum(unblended_cost) AS unblended_cost, sum(amortized_cost) AS amortized_cost, sum(public_cost) AS public_cost
FROM "Summary_View"
GROUP BY billing_period, charge_category, purchase_option
ORDER BY 1, 2, 3;
