-- Quantity, where it is one of usage: fees count months, negations repeat what they negate. Add up within one usage type and unit only.
CASE WHEN line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'FlatRateSubscription')
     THEN line_item_usage_amount END
