-- title: Cost by month
-- description: Each billing period's totals and the change to the one before.
SELECT
    billing_period,
    unblended_cost,
    unblended_cost - lag(unblended_cost) OVER (PARTITION BY currency ORDER BY billing_period) AS change,
    round(100 * (unblended_cost - lag(unblended_cost) OVER (PARTITION BY currency ORDER BY billing_period))
        / nullif(lag(unblended_cost) OVER (PARTITION BY currency ORDER BY billing_period), 0), 2) AS change_percent,
    amortized_cost,
    currency
FROM (
    SELECT billing_period, currency, sum(unblended_cost) AS unblended_cost, sum(amortized_cost) AS amortized_cost
    FROM costs
    GROUP BY billing_period, currency
)
ORDER BY billing_period, currency
