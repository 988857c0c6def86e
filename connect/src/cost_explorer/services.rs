//! What reports call the services that Cost Explorer has other names for.

/// Cost Explorer's names, and the codes of reports (`product_servicecode`). Both as AWS writes them in its consoles and price
/// lists; what is missing here keeps Cost Explorer's name.
const CODES: &[(&str, &str)] = &[
    ("AWS Amplify", "AWSAmplify"),
    ("AWS AppSync", "AWSAppSync"),
    ("AWS Backup", "AWSBackup"),
    ("AWS Certificate Manager", "AWSCertificateManager"),
    ("AWS CloudTrail", "AWSCloudTrail"),
    ("AWS CodeArtifact", "AWSCodeArtifact"),
    ("AWS CodePipeline", "AWSCodePipeline"),
    ("AWS Config", "AWSConfig"),
    ("AWS Cost Explorer", "AWSCostExplorer"),
    ("AWS Data Transfer", "AWSDataTransfer"),
    ("AWS Database Migration Service", "AWSDatabaseMigrationSvc"),
    ("AWS Direct Connect", "AWSDirectConnect"),
    ("AWS Directory Service", "AWSDirectoryService"),
    ("AWS Glue", "AWSGlue"),
    ("AWS IoT", "AWSIoT"),
    ("AWS Key Management Service", "awskms"),
    ("AWS Lambda", "AWSLambda"),
    ("AWS Secrets Manager", "AWSSecretsManager"),
    ("AWS Security Hub", "AWSSecurityHub"),
    ("AWS Shield", "AWSShield"),
    ("AWS Step Functions", "AmazonStates"),
    ("AWS Storage Gateway", "AWSStorageGateway"),
    ("AWS Systems Manager", "AWSSystemsManager"),
    ("AWS Transfer Family", "AWSTransfer"),
    ("AWS WAF", "awswaf"),
    ("AWS X-Ray", "AWSXRay"),
    ("Amazon API Gateway", "AmazonApiGateway"),
    ("Amazon Athena", "AmazonAthena"),
    ("Amazon Bedrock", "AmazonBedrock"),
    ("Amazon CloudFront", "AmazonCloudFront"),
    ("AmazonCloudWatch", "AmazonCloudWatch"),
    ("Amazon Cognito", "AmazonCognito"),
    ("Amazon Detective", "AmazonDetective"),
    (
        "Amazon DocumentDB (with MongoDB compatibility)",
        "AmazonDocDB",
    ),
    ("Amazon DynamoDB", "AmazonDynamoDB"),
    ("Amazon EC2 Container Registry (ECR)", "AmazonECR"),
    ("Amazon ElastiCache", "AmazonElastiCache"),
    ("Amazon Elastic Compute Cloud - Compute", "AmazonEC2"),
    ("EC2 - Other", "AmazonEC2"),
    ("Amazon Elastic Container Service", "AmazonECS"),
    (
        "Amazon Elastic Container Service for Kubernetes",
        "AmazonEKS",
    ),
    ("Amazon Elastic File System", "AmazonEFS"),
    ("Amazon Elastic Load Balancing", "AWSELB"),
    ("Amazon Elastic MapReduce", "ElasticMapReduce"),
    ("Amazon FSx", "AmazonFSx"),
    ("Amazon GuardDuty", "AmazonGuardDuty"),
    ("Amazon Inspector", "AmazonInspectorV2"),
    ("Amazon Kinesis", "AmazonKinesis"),
    ("Amazon Kinesis Firehose", "AmazonKinesisFirehose"),
    ("Amazon MQ", "AmazonMQ"),
    ("Amazon Macie", "AmazonMacie"),
    ("Amazon Managed Streaming for Apache Kafka", "AmazonMSK"),
    ("Amazon Neptune", "AmazonNeptune"),
    ("Amazon OpenSearch Service", "AmazonES"),
    ("Amazon QuickSight", "AmazonQuickSight"),
    ("Amazon Redshift", "AmazonRedshift"),
    ("Amazon Relational Database Service", "AmazonRDS"),
    ("Amazon Route 53", "AmazonRoute53"),
    ("Amazon SageMaker", "AmazonSageMaker"),
    ("Amazon Simple Email Service", "AmazonSES"),
    ("Amazon Simple Notification Service", "AmazonSNS"),
    ("Amazon Simple Queue Service", "AWSQueueService"),
    ("Amazon Simple Storage Service", "AmazonS3"),
    ("Amazon Timestream", "AmazonTimestream"),
    ("Amazon Virtual Private Cloud", "AmazonVPC"),
    ("Amazon WorkSpaces", "AmazonWorkSpaces"),
    ("AWS Support (Business)", "AWSSupportBusiness"),
    ("AWS Support (Enterprise)", "AWSSupportEnterprise"),
    ("Savings Plans for AWS Compute usage", "ComputeSavingsPlans"),
];

/// The code of a service; its name where that is all that is known.
pub(super) fn code(name: &str) -> &str {
    let known = CODES.iter().find(|(known, _)| *known == name);
    known.map_or(name, |(_, code)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_called_as_in_reports() {
        assert_eq!(code("EC2 - Other"), "AmazonEC2");
        assert_eq!(code("Amazon Brand New Thing"), "Amazon Brand New Thing");
    }
}
