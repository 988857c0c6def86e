-- Whether a Refund row gives an upfront fee of a Savings Plan back.
coalesce(line_item_product_code = 'ComputeSavingsPlans'
    AND line_item_line_item_description LIKE 'Refund for one-time fee for Savings Plan ID%', false)
