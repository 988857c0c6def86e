-- Upfront payments of this period for commitments, and refunds of such: in unblended, not in amortized.
CASE line_item_line_item_type
    WHEN 'SavingsPlanUpfrontFee' THEN coalesce(line_item_unblended_cost, 0)
    WHEN 'Fee' THEN CASE WHEN coalesce(reservation_reservation_a_r_n, '') <> '' THEN coalesce(line_item_unblended_cost, 0) ELSE 0 END
    WHEN 'Refund' THEN CASE WHEN {{line_items/refunds_upfront}} THEN coalesce(line_item_unblended_cost, 0) ELSE 0 END
    ELSE 0
END
