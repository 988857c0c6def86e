-- How the row is paid. The line item type decides first: reservation ARNs stand on fees and credits too.
CASE
    WHEN line_item_line_item_type IN ('DiscountedUsage', 'RIFee') THEN 'Reserved'
    WHEN line_item_line_item_type = 'Fee' AND coalesce(reservation_reservation_a_r_n, '') <> '' THEN 'Reserved'
    WHEN line_item_line_item_type LIKE 'SavingsPlan%' THEN 'Savings Plan'
    WHEN line_item_line_item_type = 'Usage' AND line_item_usage_type LIKE '%Spot%' THEN 'Spot'
    WHEN line_item_line_item_type = 'Usage' THEN 'On-Demand'
END
