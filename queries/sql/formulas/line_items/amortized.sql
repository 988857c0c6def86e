-- Upfront and recurring fees of commitments, spread over the usage that they cover; what was not used stays on the fee's row.
CASE line_item_line_item_type
    WHEN 'SavingsPlanCoveredUsage' THEN coalesce(savings_plan_savings_plan_effective_cost, 0)
    WHEN 'SavingsPlanRecurringFee' THEN {{line_items/savings_plan_unused}}
    WHEN 'SavingsPlanNegation' THEN 0
    WHEN 'SavingsPlanUpfrontFee' THEN 0
    WHEN 'DiscountedUsage' THEN coalesce(reservation_effective_cost, 0)
    WHEN 'RIFee' THEN {{line_items/reservation_unused}}
    WHEN 'Fee' THEN CASE WHEN coalesce(reservation_reservation_a_r_n, '') <> '' THEN 0
                         ELSE coalesce(line_item_unblended_cost, 0) END
    WHEN 'Refund' THEN CASE WHEN {{line_items/refunds_upfront}} THEN 0
                            ELSE coalesce(line_item_unblended_cost, 0) END
    ELSE coalesce(line_item_unblended_cost, 0)
END
