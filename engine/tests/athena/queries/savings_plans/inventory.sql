SELECT
  bill_payer_account_id,
  savings_plan_savings_plan_a_r_n,
  split_part(savings_plan_savings_plan_a_r_n, '/', 2) AS plan_id,
  savings_plan_offering_type,
  savings_plan_payment_option,
  savings_plan_purchase_term,
  savings_plan_instance_type_family,
  savings_plan_start_time,
  savings_plan_end_time,
  date_format(from_iso8601_timestamp(savings_plan_end_time), '%Y-%m-%d %H:%i:%s') AS ends,
  sum(savings_plan_recurring_commitment_for_billing_period) AS recurring,
  sum(savings_plan_amortized_upfront_commitment_for_billing_period) AS upfront,
  max(savings_plan_total_commitment_to_date) AS committed,
  max(savings_plan_used_commitment) AS used
FROM cur
WHERE line_item_line_item_type = 'SavingsPlanRecurringFee'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
ORDER BY committed DESC, 2
