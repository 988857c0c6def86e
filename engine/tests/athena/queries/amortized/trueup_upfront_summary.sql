SELECT
  line_item_line_item_type,
  sum(CASE
    WHEN line_item_line_item_type = 'SavingsPlanUpfrontFee' THEN line_item_unblended_cost
    WHEN line_item_line_item_type = 'Fee' AND reservation_reservation_a_r_n IS NOT NULL THEN line_item_unblended_cost
    ELSE 0 END) AS ri_sp_upfront_fees,
  sum(CASE
    WHEN line_item_line_item_type = 'SavingsPlanRecurringFee' THEN -savings_plan_amortized_upfront_commitment_for_billing_period
    WHEN line_item_line_item_type = 'RIFee' THEN -reservation_amortized_upfront_fee_for_billing_period
    WHEN line_item_line_item_type = 'SavingsPlanNegation' THEN -line_item_unblended_cost
    ELSE 0 END) AS ri_sp_trueup
FROM cur
WHERE line_item_line_item_type IN ('Fee', 'RIFee', 'SavingsPlanUpfrontFee', 'SavingsPlanRecurringFee', 'SavingsPlanNegation')
GROUP BY line_item_line_item_type
ORDER BY line_item_line_item_type
