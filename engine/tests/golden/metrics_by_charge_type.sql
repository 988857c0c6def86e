SELECT charge_type, sum(unblended_cost) AS unblended, sum(amortized_cost) AS amortized, sum(net_unblended_cost) AS net,
    sum(net_amortized_cost) AS net_amortized
FROM costs WHERE billing_period = '2026-10' GROUP BY charge_type ORDER BY charge_type
