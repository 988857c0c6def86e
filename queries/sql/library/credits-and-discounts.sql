-- title: Credits, refunds and discounts
-- description: What lowered the bill, month by month and by service.
SELECT
    billing_period,
    charge_type,
    service,
    sum(unblended_cost) AS unblended_cost,
    currency
FROM costs
WHERE charge_type IN ('Credit', 'Refund', 'Adjustment') OR charge_type LIKE '%Discount'
GROUP BY billing_period, charge_type, service, currency
ORDER BY billing_period, unblended_cost, charge_type, service
