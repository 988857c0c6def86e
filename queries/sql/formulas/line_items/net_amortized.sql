-- The amortized cost after discounts. AWS publishes no net form of a Savings Plan's used commitment: its unused part stays gross.
CASE
    WHEN NOT has_net_columns THEN {{line_items/amortized}}
    WHEN {{line_items/is_discount_in_net}} THEN 0
    ELSE CASE line_item_line_item_type
        WHEN 'SavingsPlanCoveredUsage' THEN coalesce(savings_plan_net_savings_plan_effective_cost, savings_plan_savings_plan_effective_cost, 0)
        WHEN 'SavingsPlanRecurringFee' THEN {{line_items/savings_plan_unused}}
        WHEN 'SavingsPlanNegation' THEN 0
        WHEN 'SavingsPlanUpfrontFee' THEN 0
        WHEN 'DiscountedUsage' THEN coalesce(reservation_net_effective_cost, reservation_effective_cost, 0)
        WHEN 'RIFee' THEN coalesce(reservation_net_unused_amortized_upfront_fee_for_billing_period,
                                   reservation_unused_amortized_upfront_fee_for_billing_period, 0)
                        + coalesce(reservation_net_unused_recurring_fee, reservation_unused_recurring_fee, 0)
        WHEN 'Fee' THEN CASE WHEN coalesce(reservation_reservation_a_r_n, '') <> '' THEN 0
                             ELSE coalesce(line_item_net_unblended_cost, line_item_unblended_cost, 0) END
        WHEN 'Refund' THEN CASE WHEN {{line_items/refunds_upfront}} THEN 0
                                ELSE coalesce(line_item_net_unblended_cost, line_item_unblended_cost, 0) END
        ELSE coalesce(line_item_net_unblended_cost, line_item_unblended_cost, 0)
    END
END
