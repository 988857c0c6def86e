//! The report and its bucket.

use crate::template::{NewReport, columns::COLUMNS, delivery::Delivery, text::quoted, yaml};

/// The bucket, its policy and the report.
pub(super) fn resources(delivery: &Delivery) -> String {
    let report = match delivery.report {
        NewReport::Cur2 => cur2(delivery),
        NewReport::Legacy => legacy(delivery),
    };
    bucket(delivery) + &report
}

/// Where the reports will be.
pub(super) fn output(delivery: &Delivery) -> String {
    format!(
        r"  Reports:
    Description: Where reports are delivered to, for the connection's configuration.
    Value: {}
",
        quoted(&delivery.place.to_string())
    )
}

fn bucket(delivery: &Delivery) -> String {
    format!(
        r"
  ReportBucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      BucketName: {}
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
      OwnershipControls:
        Rules:
          - ObjectOwnership: BucketOwnerEnforced
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault:
              SSEAlgorithm: AES256
      VersioningConfiguration:
        Status: Enabled
      # Reports are delivered several times a day: what was overwritten is not kept for ever.
      LifecycleConfiguration:
        Rules:
          - Id: old-versions
            Status: Enabled
            NoncurrentVersionExpiration:
              NoncurrentDays: 30
            AbortIncompleteMultipartUpload:
              DaysAfterInitiation: 7

  ReportBucketPolicy:
    Type: AWS::S3::BucketPolicy
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      Bucket: !Ref ReportBucket
      PolicyDocument:
{}",
        quoted(&delivery.place.bucket),
        yaml::block(&(&delivery.bucket_policy).into(), 8)
    )
}

fn cur2(delivery: &Delivery) -> String {
    format!(
        r#"
  Report:
    Type: AWS::BCMDataExports::Export
    DependsOn: ReportBucketPolicy
    Properties:
      Export:
        Name: {}
        Description: Hourly costs by resource, for curtail
        DataQuery:
          QueryStatement: >-
            SELECT
            {}
            FROM COST_AND_USAGE_REPORT
          TableConfigurations:
            COST_AND_USAGE_REPORT:
              TIME_GRANULARITY: HOURLY
              INCLUDE_RESOURCES: "TRUE"
              INCLUDE_SPLIT_COST_ALLOCATION_DATA: "TRUE"
              INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY: "FALSE"
        DestinationConfigurations:
          S3Destination:
            S3Bucket: !Ref ReportBucket
            S3Prefix: {}
            S3Region: {}
            S3OutputConfigurations:
              OutputType: CUSTOM
              Format: PARQUET
              Compression: PARQUET
              Overwrite: OVERWRITE_REPORT
        RefreshCadence:
          Frequency: SYNCHRONOUS
"#,
        quoted(&delivery.name),
        // YAML folds these lines to one.
        COLUMNS.join(",\n            "),
        quoted(&delivery.place.prefix),
        delivery.region
    )
}

fn legacy(delivery: &Delivery) -> String {
    format!(
        r"
  Report:
    Type: AWS::CUR::ReportDefinition
    DependsOn: ReportBucketPolicy
    Properties:
      ReportName: {}
      TimeUnit: HOURLY
      Format: textORcsv
      Compression: GZIP
      AdditionalSchemaElements:
        - RESOURCES
      RefreshClosedReports: true
      ReportVersioning: CREATE_NEW_REPORT
      S3Bucket: !Ref ReportBucket
      S3Prefix: {}
      S3Region: {}
",
        quoted(&delivery.name),
        quoted(&delivery.place.prefix),
        delivery.region
    )
}
