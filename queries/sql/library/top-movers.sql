-- title: Top movers between months
-- description: The accounts' services whose amortized cost changed most between two billing periods.
-- param: period period latest  Billing period
-- param: before period previous  The period to compare with
-- param: top integer 20  How many
SELECT
    account_id,
    service,
    sum(CASE WHEN billing_period = $before THEN amortized_cost ELSE 0 END) AS cost_before,
    sum(CASE WHEN billing_period = $period THEN amortized_cost ELSE 0 END) AS cost_now,
    sum(CASE WHEN billing_period = $period THEN amortized_cost ELSE 0 END)
        - sum(CASE WHEN billing_period = $before THEN amortized_cost ELSE 0 END) AS change,
    currency
FROM costs
WHERE billing_period IN ($period, $before)
GROUP BY account_id, service, currency
ORDER BY abs(change) DESC, account_id, service
LIMIT $top
