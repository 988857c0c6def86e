-- title: Cost by linked account
-- description: What each linked account cost in a billing period, and its share of the whole.
-- param: period period latest  Billing period
SELECT
    account_id,
    max(account_name) AS account_name,
    sum(unblended_cost) AS unblended_cost,
    sum(amortized_cost) AS amortized_cost,
    round(100 * sum(unblended_cost) / nullif(sum(sum(unblended_cost)) OVER (PARTITION BY currency), 0), 2) AS percent,
    currency
FROM costs
WHERE billing_period = $period
GROUP BY account_id, currency
ORDER BY unblended_cost DESC, account_id
