-- title: Cost by the value of a tag
-- description: What each value of a tag cost, with the cost that lacks the tag as (none).
-- param: key text user_team  Key in the map `tags`, such as user_team
-- param: period period latest  Billing period
SELECT
    coalesce(nullif(tags[$key], ''), '(none)') AS value,
    sum(amortized_cost) AS amortized_cost,
    sum(unblended_cost) AS unblended_cost,
    count(DISTINCT resource_id) AS resources,
    currency
FROM costs
WHERE billing_period = $period
GROUP BY coalesce(nullif(tags[$key], ''), '(none)'), currency
ORDER BY amortized_cost DESC, value
