-- Whether a Reserved Instance or a Savings Plan can pay for what a row of `costs` is: running instances and nodes, reserved capacity of tables, Fargate, Lambda
-- and machine learning instances; not volumes, data transfer or requests, whatever service they are of.
CASE
    WHEN purchase_option IN ('Reserved', 'Savings Plan') THEN true
    WHEN usage_type LIKE '%EBSOptimized%' OR usage_type LIKE '%SpotUsage%' THEN false
    WHEN ({{costs/kind}}) IN ('Compute/Instance', 'Compute/Function', 'Database/Instance') THEN true
    WHEN service_code = 'AmazonDynamoDB' THEN usage_type LIKE '%CapacityUnit-Hrs%'
    ELSE usage_type LIKE '%Fargate-%' OR usage_type LIKE '%ESInstance%' OR usage_type LIKE '%:ml.%'
END
