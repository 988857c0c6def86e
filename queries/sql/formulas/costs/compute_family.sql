-- What Compute Savings Plans price alike: instances of a family, Fargate, Lambda; nothing where they do not apply (storage, traffic, requests …).
CASE
    WHEN service_code = 'AmazonEC2' AND (usage_type LIKE '%BoxUsage%' OR usage_type LIKE '%DedicatedUsage%' OR usage_type LIKE '%HostUsage%'
        OR usage_type LIKE '%UnusedBox:%' OR usage_type LIKE '%UnusedDed:%')
        THEN concat('EC2 ', coalesce(nullif(split_part(split_part(usage_type, ':', 2), '.', 1), ''), 'm1'))
    WHEN service_code IN ('AmazonECS', 'AmazonEKS') AND usage_type LIKE '%Fargate%' AND usage_type NOT LIKE '%Ephemeral%'
        AND (usage_type LIKE '%vCPU-Hours%' OR usage_type LIKE '%GB-Hours%') THEN 'Fargate'
    WHEN service_code = 'AWSLambda' AND (usage_type LIKE '%Lambda-GB-Second%' OR usage_type LIKE '%Lambda-Provisioned%') THEN 'Lambda'
END
