-- title: Cost by region
-- description: What each region cost in a billing period.
-- param: period period latest  Billing period
SELECT
    region,
    sum(unblended_cost) AS unblended_cost,
    sum(amortized_cost) AS amortized_cost,
    count(DISTINCT service) AS services,
    currency
FROM costs
WHERE billing_period = $period
GROUP BY region, currency
ORDER BY unblended_cost DESC, region
