-- What a row of `costs` pays for, as `Category/Subcategory`. The charge type decides first, then the usage type (whose region's
-- prefix does not matter), then the service, then the product family. The order matters: data transfer is that of any service,
-- volumes are EC2's, and what nothing here knows is `Other` under its product family.
CASE
    WHEN charge_type = 'Tax' THEN 'Tax/Tax'
    WHEN charge_type IN ('Credit', 'Refund', 'Adjustment') THEN concat('Correction/', charge_type)
    WHEN charge_type LIKE '%Discount' THEN 'Discount/Discount'
    WHEN charge_type = 'RIFee' OR charge_type = 'Fee' AND purchase_option = 'Reserved' THEN 'Commitment/Reservation'
    WHEN charge_type LIKE 'SavingsPlan%' AND charge_type <> 'SavingsPlanCoveredUsage' THEN 'Commitment/Savings Plan'
    WHEN service LIKE '%Support%' THEN 'Fee/Support'
    WHEN charge_type IN ('Fee', 'Purchase') THEN 'Fee/Fee'

    WHEN usage_type LIKE 'MP:%' OR usage_type LIKE '%SoftwareUsage%' THEN 'Marketplace/Software'
    WHEN usage_type LIKE '%NatGateway-%' THEN 'Network/NAT gateway'
    WHEN usage_type LIKE '%PublicIPv4:%' OR usage_type LIKE '%ElasticIP:%' THEN 'Network/Public address'
    WHEN usage_type LIKE '%VpcEndpoint-%' THEN 'Network/VPC endpoint'
    WHEN usage_type LIKE '%TransitGateway-%' THEN 'Network/Transit gateway'
    WHEN usage_type LIKE '%VPN-%' OR usage_type LIKE '%ClientVPN%' THEN 'Network/VPN'
    WHEN usage_type LIKE '%DataTransfer-Regional-%' THEN 'Network/Data transfer between zones'
    WHEN usage_type LIKE '%AWS-Out-%' OR usage_type LIKE '%AWS-In-%' THEN 'Network/Data transfer between regions'
    WHEN usage_type LIKE '%DataTransfer-Out-%' THEN 'Network/Data transfer out'
    WHEN usage_type LIKE '%DataTransfer-In-%' THEN 'Network/Data transfer in'
    WHEN usage_type LIKE '%DataTransfer-%' OR product_family = 'Data Transfer' THEN 'Network/Data transfer'
    WHEN service_code = 'AWSELB' OR usage_type LIKE '%LoadBalancerUsage' OR usage_type LIKE '%LCUUsage' THEN 'Network/Load balancer'

    WHEN usage_type LIKE '%EBS:Snapshot%' THEN 'Storage/Snapshot'
    WHEN usage_type LIKE '%EBS:%' THEN 'Storage/Volume'
    WHEN usage_type LIKE '%BoxUsage%' OR usage_type LIKE '%SpotUsage%' OR usage_type LIKE '%DedicatedUsage%'
        OR usage_type LIKE '%HostUsage%' OR usage_type LIKE '%UnusedBox%' OR usage_type LIKE '%UnusedDed%'
        OR usage_type LIKE '%EBSOptimized%' OR service_code = 'AmazonEC2' AND usage_type LIKE '%HeavyUsage%' THEN 'Compute/Instance'
    WHEN usage_type LIKE '%CPUCredits%' THEN 'Compute/CPU credits'
    WHEN usage_type LIKE '%Fargate-%' OR usage_type LIKE '%EKS-%' OR usage_type LIKE '%ECS-%'
        OR service_code IN ('AmazonECS', 'AmazonEKS', 'AmazonECR') THEN 'Compute/Container'
    WHEN service_code = 'AWSLambda' THEN 'Compute/Function'

    WHEN service_code IN ('AmazonRDS', 'AmazonDynamoDB', 'AmazonElastiCache', 'AmazonMemoryDB', 'AmazonDocDB', 'AmazonNeptune',
        'AmazonRedshift', 'AmazonTimestream', 'AmazonMCS') THEN
        CASE
            WHEN usage_type LIKE '%Backup%' OR usage_type LIKE '%Snapshot%' THEN 'Database/Backup'
            WHEN usage_type LIKE '%Storage%' THEN 'Database/Storage'
            WHEN usage_type LIKE '%IOUsage%' OR usage_type LIKE '%PIOPS%' OR usage_type LIKE '%Throughput%' THEN 'Database/Input and output'
            WHEN usage_type LIKE '%Capacity%' OR usage_type LIKE '%Request%' THEN 'Database/Capacity'
            WHEN usage_type LIKE '%Usage%' OR usage_type LIKE '%Node%' THEN 'Database/Instance'
            ELSE 'Database/Other'
        END
    WHEN service_code IN ('AmazonS3', 'AmazonGlacier', 'AmazonS3GlacierDeepArchive') THEN
        CASE WHEN usage_type LIKE '%Request%' THEN 'Storage/Requests' ELSE 'Storage/Objects' END
    WHEN service_code IN ('AmazonEFS', 'AmazonFSx') THEN 'Storage/Files'
    WHEN service_code = 'AWSBackup' THEN 'Storage/Backup'
    WHEN service_code = 'AmazonCloudFront' THEN 'Network/Content delivery'
    WHEN service_code = 'AmazonRoute53' THEN 'Network/Names'
    WHEN service_code IN ('AWSDirectConnect', 'AWSGlobalAccelerator', 'AmazonApiGateway', 'AmazonVPC') THEN 'Network/Other'
    WHEN service_code IN ('AmazonCloudWatch', 'AWSCloudTrail', 'AWSConfig', 'AWSXRay', 'AmazonPrometheus') THEN
        CASE
            WHEN usage_type LIKE '%Metric%' THEN 'Monitoring/Metrics'
            WHEN usage_type LIKE '%Alarm%' THEN 'Monitoring/Alarms'
            WHEN service_code = 'AmazonCloudWatch' AND (usage_type LIKE '%Bytes' OR usage_type LIKE '%ByteHrs') THEN 'Monitoring/Logs'
            ELSE 'Monitoring/Other'
        END
    ELSE concat('Other/', coalesce(nullif(product_family, ''), 'Other'))
END
