-- title: Dearest resources
-- description: The resources with the largest amortized cost; rows without a resource are one line.
-- param: period period latest  Billing period
-- param: service text optional  Only this service
-- param: top integer 50  How many
SELECT
    coalesce(resource_id, '(none)') AS resource_id,
    service,
    account_id,
    region,
    sum(amortized_cost) AS amortized_cost,
    sum(unblended_cost) AS unblended_cost,
    currency
FROM costs
WHERE billing_period = $period AND ($service IS NULL OR service = $service)
GROUP BY coalesce(resource_id, '(none)'), service, account_id, region, currency
ORDER BY amortized_cost DESC, resource_id, service
LIMIT $top
