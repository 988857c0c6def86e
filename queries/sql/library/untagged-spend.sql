-- title: Untagged spend
-- description: Cost of resources that lack a tag, by service and account; what cannot carry tags (no resource) is left out.
-- param: key text user_team  Key in the map `tags`, such as user_team
-- param: period period latest  Billing period
SELECT
    service,
    account_id,
    count(DISTINCT resource_id) AS untagged_resources,
    sum(amortized_cost) AS untagged_cost,
    currency
FROM costs
WHERE billing_period = $period AND resource_id IS NOT NULL AND coalesce(tags[$key], '') = ''
GROUP BY service, account_id, currency
ORDER BY untagged_cost DESC, service, account_id
