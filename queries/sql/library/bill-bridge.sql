-- title: From the amortized cost to the bill
-- description: Shows that unblended = amortized + true-up + upfront, for each billing period of the line items; the difference is zero.
SELECT
    billing_period,
    sum({{line_items/amortized}}) AS amortized_cost,
    sum({{line_items/true_up}}) AS true_up,
    sum({{line_items/upfront}}) AS upfront,
    sum({{line_items/unblended}}) AS unblended_cost,
    sum({{line_items/amortized}}) + sum({{line_items/true_up}}) + sum({{line_items/upfront}}) - sum({{line_items/unblended}}) AS difference,
    line_item_currency_code AS currency
FROM cur
GROUP BY billing_period, line_item_currency_code
ORDER BY billing_period, currency
