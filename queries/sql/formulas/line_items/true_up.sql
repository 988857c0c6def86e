-- Share of earlier upfront payments that the amortized cost of this period contains, negative: unblended = amortized + true-up + upfront.
CASE line_item_line_item_type
    WHEN 'SavingsPlanRecurringFee' THEN 0 - coalesce(savings_plan_amortized_upfront_commitment_for_billing_period, 0)
    WHEN 'RIFee' THEN 0 - coalesce(reservation_amortized_upfront_fee_for_billing_period, 0)
    ELSE 0
END
