-- title: Cost by service
-- description: What each service cost in a billing period, in every metric.
-- param: period period latest  Billing period
SELECT
    service,
    sum(unblended_cost) AS unblended_cost,
    sum(amortized_cost) AS amortized_cost,
    sum(net_amortized_cost) AS net_amortized_cost,
    sum(list_cost) AS list_cost,
    currency
FROM costs
WHERE billing_period = $period
GROUP BY service, currency
ORDER BY unblended_cost DESC, service
