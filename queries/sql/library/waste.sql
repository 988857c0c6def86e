-- title: Waste
-- description: What the report itself proves to be idle, unused or out of date, with what it cost (amortized) and what ending it would save where that can be told.
-- param: period period latest  Billing period
-- param: hours integer 24  A load balancer, NAT gateway or endpoint is idle if it moved nothing in at least so many hours
-- param: snapshot_days integer 90  A snapshot is old if it has been billed for so many days
-- param: min_cost decimal 0  Only what cost more than this
-- Left out, because a report does not tell: whether a volume is attached, how busy an instance is, unfinished uploads to S3.
-- The saving is all of the cost where the thing does nothing, a fifth of it for gp2 (the price of gp3 is that much lower, IOPS
-- and throughput beyond the included ones apart), and unknown where it depends on what would be used instead. On fee rows of
-- commitments, the amortized cost is the unused part: it is paid already.
WITH used AS (
    SELECT
        account_id,
        region,
        resource_id,
        service_code,
        usage_type,
        CASE WHEN charge_type IN ('RIFee', 'SavingsPlanRecurringFee') THEN charge_type ELSE 'Usage' END AS kind,
        sum(usage_amount) AS amount,
        sum(amortized_cost) AS cost,
        max(usage_date) AS last_day,
        currency
    FROM costs
    WHERE billing_period = $period
        AND charge_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'FlatRateSubscription', 'RIFee', 'SavingsPlanRecurringFee')
    GROUP BY account_id, region, resource_id, service_code, usage_type, kind, currency
),
-- What a resource did beside being there; an unknown amount is some.
work AS (
    SELECT
        account_id,
        resource_id,
        sum(CASE WHEN usage_type LIKE '%LCUUsage' OR usage_type LIKE '%Bytes' THEN coalesce(amount, 1) ELSE 0 END) AS done
    FROM used
    GROUP BY account_id, resource_id
),
-- The first day on which anything that is stored has the snapshot.
snapshots AS (
    SELECT account_id, resource_id, min(usage_date) AS first_day
    FROM costs
    WHERE usage_type LIKE '%EBS:SnapshotUsage'
    GROUP BY account_id, resource_id
),
found AS (
    SELECT
        CASE
            WHEN kind = 'RIFee' THEN 'unused reservation'
            WHEN kind = 'SavingsPlanRecurringFee' THEN 'unused Savings Plan'
            WHEN usage_type LIKE '%ElasticIP:IdleAddress' OR usage_type LIKE '%PublicIPv4:IdleAddress' THEN 'idle address'
            WHEN usage_type LIKE '%UnusedBox:%' OR usage_type LIKE '%UnusedDed:%' THEN 'unused capacity reservation'
            WHEN usage_type LIKE '%LoadBalancerUsage' AND amount >= $hours AND done = 0 THEN 'idle load balancer'
            WHEN usage_type LIKE '%NatGateway-Hours' AND amount >= $hours AND done = 0 THEN 'idle NAT gateway'
            WHEN usage_type LIKE '%VpcEndpoint-Hours' AND amount >= $hours AND done = 0 THEN 'idle VPC endpoint'
            WHEN usage_type LIKE '%EBS:VolumeUsage.gp2' THEN 'gp2 volume'
            WHEN usage_type LIKE '%EBS:VolumeUsage.piops' OR usage_type LIKE '%EBS:VolumeP-IOPS.piops' THEN 'io1 volume'
            WHEN usage_type LIKE '%EBS:VolumeUsage' THEN 'magnetic volume'
            WHEN usage_type LIKE '%EBS:SnapshotUsage'
                AND CAST(last_day AS INTEGER) - CAST(first_day AS INTEGER) >= $snapshot_days THEN 'old snapshot'
            WHEN usage_type LIKE '%ExtendedSupport:%' OR usage_type LIKE '%:extendedSupport' THEN 'extended support'
            WHEN service_code = 'AmazonEC2' AND regexp_like(usage_type,
                '(Box|Heavy|Spot|Dedicated|Host)Usage:(t1|t2|m1|m2|m3|m4|c1|c3|c4|cc1|cc2|cg1|cr1|r3|r4|i2|d2|g2|g3|p2|hi1|hs1)[.]')
                THEN 'old instance type'
            WHEN service_code IN ('AmazonRDS', 'AmazonElastiCache', 'AmazonES') AND regexp_like(usage_type,
                '(Usage|UsageIOOptimized|ESInstance):(db[.]|cache[.])?(t1|t2|m1|m2|m3|m4|c1|c4|r3|r4|i2)[.]')
                THEN 'old database class'
        END AS finding,
        used.*,
        first_day
    FROM used
    LEFT JOIN work ON work.account_id = used.account_id AND work.resource_id = used.resource_id
    LEFT JOIN snapshots ON snapshots.account_id = used.account_id AND snapshots.resource_id = used.resource_id
)
SELECT
    finding,
    account_id,
    region,
    resource_id,
    usage_type,
    cost,
    CASE
        WHEN finding LIKE 'idle %' OR finding = 'unused capacity reservation' OR usage_type LIKE '%ExtendedSupport:%' THEN CAST(cost AS DOUBLE)
        WHEN finding = 'gp2 volume' THEN cost * 0.2
    END AS estimated_saving,
    CASE finding
        WHEN 'unused reservation' THEN 'hours of the reservation that no usage matched'
        WHEN 'unused Savings Plan' THEN 'commitment that no usage drew on'
        WHEN 'idle address' THEN 'billed as an address that nothing uses'
        WHEN 'unused capacity reservation' THEN 'reserved capacity without an instance in it'
        WHEN 'idle load balancer' THEN 'billed by the hour with no capacity units and no bytes'
        WHEN 'idle NAT gateway' THEN 'billed by the hour with no bytes'
        WHEN 'idle VPC endpoint' THEN 'billed by the hour with no bytes'
        WHEN 'gp2 volume' THEN 'gp3 costs a fifth less per GB'
        WHEN 'io1 volume' THEN 'gp3 includes IOPS and sells more of them for less; io2 lasts longer at the same price'
        WHEN 'magnetic volume' THEN 'previous generation of volumes'
        WHEN 'old snapshot' THEN concat('billed since ', CAST(first_day AS VARCHAR), ' or longer')
        WHEN 'extended support' THEN 'surcharge for a version that is out of standard support'
        ELSE 'newer generations do the same for less'
    END AS why,
    last_day,
    currency
FROM found
WHERE finding IS NOT NULL AND cost > $min_cost
ORDER BY estimated_saving DESC, cost DESC, finding, account_id, region, resource_id, usage_type
