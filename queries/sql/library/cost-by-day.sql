-- title: Cost by day
-- description: Cost of each day (by the start of usage), without the charges that stand for a whole month, and those apart.
-- param: period period latest  Billing period
SELECT
    usage_date,
    sum(CASE WHEN charge_type IN ('Tax', 'Fee', 'RIFee', 'Credit', 'Refund', 'Purchase', 'Adjustment') THEN 0 ELSE unblended_cost END)
        AS daily_unblended_cost,
    sum(CASE WHEN charge_type IN ('Tax', 'Fee', 'RIFee', 'Credit', 'Refund', 'Purchase', 'Adjustment') THEN unblended_cost ELSE 0 END)
        AS other_unblended_cost,
    sum(amortized_cost) AS amortized_cost,
    currency
FROM costs
WHERE billing_period = $period
GROUP BY usage_date, currency
ORDER BY usage_date, currency
