-- Whether the row is a discount that the net costs of other rows contain already.
line_item_line_item_type IN ('EdpDiscount', 'PrivateRateDiscount', 'RiVolumeDiscount', 'SppDiscount')
    AND coalesce(line_item_net_unblended_cost, 0) = 0
