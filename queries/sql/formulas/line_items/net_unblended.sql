-- After discounts. Discount rows are the same money told again: where the period has net costs, they count only if they have one.
CASE
    WHEN NOT has_net_columns THEN line_item_unblended_cost
    WHEN {{line_items/is_discount_in_net}} THEN 0
    ELSE coalesce(line_item_net_unblended_cost, line_item_unblended_cost)
END
