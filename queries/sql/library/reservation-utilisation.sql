-- title: Utilisation of Reserved Instances
-- description: Amortized cost of each reservation that usage drew on, and what was left unused (line items only).
-- param: period period latest  Billing period
SELECT
    reservation_reservation_a_r_n AS reservation,
    max(line_item_product_code) AS service,
    sum(CASE WHEN line_item_line_item_type = 'DiscountedUsage' THEN reservation_effective_cost ELSE 0 END) AS used,
    sum(CASE WHEN line_item_line_item_type = 'RIFee' THEN {{line_items/reservation_unused}} ELSE 0 END) AS unused,
    round(100 * sum(CASE WHEN line_item_line_item_type = 'DiscountedUsage' THEN reservation_effective_cost ELSE 0 END)
        / nullif(sum({{line_items/amortized}}), 0), 2) AS used_percent,
    line_item_currency_code AS currency
FROM cur
WHERE billing_period = $period
    AND line_item_line_item_type IN ('DiscountedUsage', 'RIFee')
    AND reservation_reservation_a_r_n IS NOT NULL
GROUP BY reservation_reservation_a_r_n, line_item_currency_code
ORDER BY unused DESC, reservation
