CREATE OR REPLACE VIEW ri_sp_mapping AS
SELECT DISTINCT
  a.billing_period,
  a.payer_account_id,
  a.ri_sp_arn,
  a.ri_sp_end_date,
  b.ri_sp_Term,
  b.ri_sp_Offering,
  b.ri_sp_Payment
FROM ((
  SELECT DISTINCT
    bill_billing_period_start_date billing_period,
    bill_payer_account_id payer_account_id,
    CASE
      WHEN (savings_plan_savings_plan_a_r_n <> '') THEN savings_plan_savings_plan_a_r_n
      WHEN (reservation_reservation_a_r_n <> '') THEN reservation_reservation_a_r_n
      ELSE '' END ri_sp_arn,
    CASE
      WHEN (savings_plan_savings_plan_a_r_n <> '') THEN CAST(from_iso8601_timestamp(savings_plan_end_time) AS timestamp)
      WHEN (reservation_reservation_a_r_n <> '' AND reservation_end_time <> '') THEN CAST(from_iso8601_timestamp(reservation_end_time) AS timestamp)
      ELSE NULL END ri_sp_end_date
  FROM cur
  WHERE line_item_line_item_type IN ('RIFee', 'SavingsPlanRecurringFee')
) a
LEFT JOIN (
  SELECT DISTINCT
    bill_billing_period_start_date billing_period,
    bill_payer_account_id payer_account_id,
    CASE
      WHEN (savings_plan_savings_plan_a_r_n <> '') THEN savings_plan_savings_plan_a_r_n
      WHEN (reservation_reservation_a_r_n <> '') THEN reservation_reservation_a_r_n
      ELSE '' END ri_sp_arn,
    CASE WHEN (savings_plan_savings_plan_a_r_n <> '') THEN savings_plan_purchase_term WHEN (reservation_reservation_a_r_n <> '') THEN pricing_lease_contract_length ELSE '' END ri_sp_Term,
    CASE WHEN (savings_plan_savings_plan_a_r_n <> '') THEN savings_plan_offering_type WHEN (reservation_reservation_a_r_n <> '') THEN pricing_offering_class ELSE '' END ri_sp_Offering,
    CASE WHEN (savings_plan_savings_plan_a_r_n <> '') THEN savings_plan_payment_option WHEN (reservation_reservation_a_r_n <> '') THEN pricing_purchase_option ELSE '' END ri_sp_Payment
  FROM cur
  WHERE line_item_line_item_type IN ('RIFee', 'SavingsPlanRecurringFee')
) b ON (((a.ri_sp_arn = b.ri_sp_arn) AND (a.billing_period = b.billing_period)) AND (a.payer_account_id = b.payer_account_id)));

SELECT "billing_period", "ri_sp_arn", "ri_sp_end_date", "ri_sp_term" AS term, "RI_SP_Offering" AS offering, ri_sp_payment AS payment
FROM ri_sp_mapping
WHERE "ri_sp_Payment" <> ''
ORDER BY 1, 2;
