SELECT
  bill_payer_account_id,
  line_item_usage_account_id,
  DATE_FORMAT(bill_billing_period_start_date, '%Y-%m') AS billing_period,
  SUM(CASE
    WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost
    WHEN line_item_line_item_type = 'SavingsPlanRecurringFee' THEN savings_plan_total_commitment_to_date - savings_plan_used_commitment
    WHEN line_item_line_item_type = 'SavingsPlanNegation' THEN 0
    WHEN line_item_line_item_type = 'SavingsPlanUpfrontFee' THEN 0
    WHEN line_item_line_item_type = 'DiscountedUsage' THEN reservation_effective_cost
    WHEN line_item_line_item_type = 'RIFee' THEN reservation_unused_amortized_upfront_fee_for_billing_period + reservation_unused_recurring_fee
    WHEN line_item_line_item_type = 'Fee' AND reservation_reservation_a_r_n <> '' THEN 0
    ELSE line_item_unblended_cost
  END) AS amortized_cost,
  SUM(line_item_unblended_cost) AS unblended_cost
FROM cur
WHERE line_item_line_item_type <> 'Tax'
GROUP BY 1, 2, 3
ORDER BY amortized_cost DESC, 2, 3
