-- title: Data transfer
-- description: Cost and quantity of data transfer by direction, service and region.
-- param: period period latest  Billing period
SELECT
    CASE
        WHEN usage_type LIKE '%NatGateway%' THEN 'NAT gateway'
        WHEN usage_type LIKE '%DataTransfer-Regional%' THEN 'between zones'
        WHEN usage_type LIKE '%AWS-Out-Bytes%' OR usage_type LIKE '%AWS-In-Bytes%' THEN 'between regions'
        WHEN usage_type LIKE '%DataTransfer-Out%' THEN 'to the internet'
        WHEN usage_type LIKE '%DataTransfer-In%' THEN 'from the internet'
        WHEN usage_type LIKE '%CloudFront%' THEN 'CloudFront'
        ELSE 'other'
    END AS direction,
    service,
    region,
    sum(usage_amount) AS usage_amount,
    usage_unit,
    sum(unblended_cost) AS unblended_cost,
    currency
FROM costs
WHERE billing_period = $period
    AND (usage_type LIKE '%DataTransfer%' OR usage_type LIKE '%-Bytes' OR usage_type LIKE '%NatGateway-Bytes%')
GROUP BY direction, service, region, usage_unit, currency
ORDER BY unblended_cost DESC, direction, service, region
