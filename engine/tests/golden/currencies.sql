SELECT billing_period, currency, sum(unblended_cost) AS unblended_cost FROM costs GROUP BY billing_period, currency ORDER BY 1, 2
