WITH account_map AS (
  SELECT DISTINCT line_item_usage_account_id account_id, concat('Account ', substr(line_item_usage_account_id, -4)) account_name FROM cur
)
SELECT
  split_part("billing_period_text", '-', 1) "year_part"
, "m"."account_name"
, "charge_type"
, "pricing_unit"
, "sum"("unblended_cost") "unblended_cost"
, "sum"("amortized_cost") "amortized_cost"
, "sum"("ri_sp_trueup") "ri_sp_trueup"
, "sum"("ri_sp_upfront_fees") "ri_sp_upfront_fees"
FROM (
  SELECT
    CAST("date_format"("bill_billing_period_start_date", '%Y-%m-%d') AS varchar) "billing_period_text"
  , "line_item_usage_account_id" "linked_account_id"
  , "line_item_line_item_type" "charge_type"
  , (CASE WHEN ("pricing_unit" IN ('Hrs', 'Hours', 'hours', 'Hr')) THEN 'Hrs' ELSE "pricing_unit" END) "pricing_unit"
  , "line_item_unblended_cost" "unblended_cost"
  , (CASE
      WHEN ("line_item_line_item_type" = 'SavingsPlanCoveredUsage') THEN "savings_plan_savings_plan_effective_cost"
      WHEN ("line_item_line_item_type" = 'SavingsPlanRecurringFee') THEN ("savings_plan_total_commitment_to_date" - "savings_plan_used_commitment")
      WHEN ("line_item_line_item_type" = 'SavingsPlanNegation') THEN 0
      WHEN ("line_item_line_item_type" = 'SavingsPlanUpfrontFee') THEN 0
      WHEN ("line_item_line_item_type" = 'DiscountedUsage') THEN "reservation_effective_cost"
      WHEN ("line_item_line_item_type" = 'RIFee') THEN ("reservation_unused_amortized_upfront_fee_for_billing_period" + "reservation_unused_recurring_fee")
      WHEN (("line_item_line_item_type" = 'Fee') AND ("reservation_reservation_a_r_n" <> '')) THEN 0
      ELSE "line_item_unblended_cost" END) "amortized_cost"
  , (CASE
      WHEN ("line_item_line_item_type" = 'SavingsPlanRecurringFee') THEN (-"savings_plan_amortized_upfront_commitment_for_billing_period")
      WHEN ("line_item_line_item_type" = 'RIFee') THEN (-"reservation_amortized_upfront_fee_for_billing_period")
      ELSE 0 END) "ri_sp_trueup"
  , (CASE
      WHEN ("line_item_line_item_type" = 'SavingsPlanUpfrontFee') THEN "line_item_unblended_cost"
      WHEN (("line_item_line_item_type" = 'Fee') AND ("reservation_reservation_a_r_n" <> '')) THEN "line_item_unblended_cost"
      ELSE 0 END) "ri_sp_upfront_fees"
  FROM "cur"
  WHERE (("bill_billing_period_start_date" >= ("date_trunc"('month', (timestamp '2026-10-15 00:00:00' - INTERVAL '7' MONTH)))) AND (CAST("concat"("year", '-', "month", '-01') AS varchar) <> ''))
) s
LEFT JOIN account_map m ON "s"."linked_account_id" = "m"."account_id"
GROUP BY 1, "m"."account_name", 3, "pricing_unit"
ORDER BY 1, 2, 3, 4
