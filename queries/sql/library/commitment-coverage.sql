-- title: Coverage by Reserved Instances and Savings Plans
-- description: How much of the usage that commitments can pay for, at public prices, they did pay for, by service; storage, data transfer and requests do not count.
-- param: period period latest  Billing period
SELECT
    service,
    sum(CASE WHEN purchase_option = 'Reserved' THEN list_cost ELSE 0 END) AS reserved_list_cost,
    sum(CASE WHEN purchase_option = 'Savings Plan' THEN list_cost ELSE 0 END) AS savings_plan_list_cost,
    sum(CASE WHEN purchase_option = 'On-Demand' THEN list_cost ELSE 0 END) AS on_demand_list_cost,
    round(100 * sum(CASE WHEN purchase_option IN ('Reserved', 'Savings Plan') THEN list_cost ELSE 0 END)
        / nullif(sum(list_cost), 0), 2) AS covered_percent,
    currency
FROM costs
WHERE billing_period = $period
    AND charge_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
    AND purchase_option IN ('Reserved', 'Savings Plan', 'On-Demand')
    AND {{costs/coverable}}
GROUP BY service, currency
HAVING sum(CASE WHEN purchase_option IN ('Reserved', 'Savings Plan') THEN 1 ELSE 0 END) > 0
ORDER BY on_demand_list_cost DESC, service
