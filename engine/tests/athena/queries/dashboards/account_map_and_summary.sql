CREATE OR REPLACE VIEW account_map AS
SELECT DISTINCT
  "line_item_usage_account_id" "account_id"
, "concat"("line_item_usage_account_id", ': ', COALESCE(MAX("line_item_usage_account_name") OVER (PARTITION BY "line_item_usage_account_id"), "line_item_usage_account_id")) "account_name"
, "bill_payer_account_id" "parent_account_id"
FROM
  "cid_cur"."cur";

CREATE OR REPLACE VIEW "ri_sp_mapping" AS
SELECT DISTINCT
  "a"."billing_period" "billing_period_mapping"
, "a"."payer_account_id" "payer_account_id_mapping"
, CASE
    WHEN ("savings_plan_savings_plan_a_r_n" <> '') THEN "savings_plan_savings_plan_a_r_n"
    WHEN ("reservation_reservation_a_r_n" <> '') THEN "reservation_reservation_a_r_n"
  ELSE '' END "ri_sp_arn_mapping"
, CASE
    WHEN ("savings_plan_savings_plan_a_r_n" <> '') THEN CAST("from_iso8601_timestamp"("savings_plan_end_time") AS timestamp)
    WHEN (("reservation_reservation_a_r_n" <> '') AND ("reservation_end_time" <> '')) THEN CAST("from_iso8601_timestamp"("reservation_end_time") AS timestamp)
  ELSE NULL END "ri_sp_end_date"
, CASE
    WHEN ("savings_plan_savings_plan_a_r_n" <> '') THEN "savings_plan_purchase_term"
    WHEN ("reservation_reservation_a_r_n" <> '') THEN "pricing_lease_contract_length"
  ELSE '' END "ri_sp_term"
, CASE
    WHEN ("savings_plan_savings_plan_a_r_n" <> '') THEN "savings_plan_offering_type"
    WHEN ("reservation_reservation_a_r_n" <> '') THEN "pricing_offering_class"
  ELSE '' END "ri_sp_offering"
, CASE
    WHEN ("savings_plan_savings_plan_a_r_n" <> '') THEN "savings_plan_payment_option"
    WHEN ("reservation_reservation_a_r_n" <> '') THEN "pricing_purchase_option"
  ELSE '' END "ri_sp_payment"
FROM
  (SELECT "bill_billing_period_start_date" billing_period, "bill_payer_account_id" payer_account_id, "savings_plan_savings_plan_a_r_n", "reservation_reservation_a_r_n", "savings_plan_end_time", "reservation_end_time", "savings_plan_purchase_term", "pricing_lease_contract_length", "savings_plan_offering_type", "pricing_offering_class", "savings_plan_payment_option", "pricing_purchase_option", "line_item_line_item_type" FROM "cur") a
WHERE (("line_item_line_item_type" = 'RIFee') OR ("line_item_line_item_type" = 'SavingsPlanRecurringFee'));

SELECT m."parent_account_id", r."ri_sp_term", r."RI_SP_Payment", r."ri_sp_offering", date_format(r."ri_sp_end_date", '%Y-%m') "ends", count(*) n, count(distinct m."account_name") accounts
FROM "ri_sp_mapping" r LEFT JOIN account_map m ON m.parent_account_id = r.payer_account_id_mapping
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5
