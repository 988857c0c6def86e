-- title: Cost by charge type
-- description: How usage, commitments, discounts, credits, refunds and tax make up a bill.
-- param: period period latest  Billing period
SELECT
    charge_type,
    count(*) AS line_items,
    sum(unblended_cost) AS unblended_cost,
    sum(amortized_cost) AS amortized_cost,
    sum(net_unblended_cost) AS net_unblended_cost,
    sum(net_amortized_cost) AS net_amortized_cost,
    currency
FROM costs
WHERE billing_period = $period
GROUP BY charge_type, currency
ORDER BY unblended_cost DESC, charge_type
