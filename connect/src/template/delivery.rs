//! A report to be made: what it is called, where it goes, and who may put it there.

use super::{
    NewReport, TemplateError,
    place::bucket_arn,
    policy::{Effect, Policy, Statement, Whom},
    text::Text,
};
use crate::{Connection, ReportPlace, region::home};

/// A new report with its bucket.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    /// Which one.
    pub(super) report: NewReport,
    /// Its name.
    pub(super) name: String,
    /// Where it is delivered to.
    pub(super) place: ReportPlace,
    /// The one region that has the API to make it, and so the bucket's.
    pub(super) region: &'static str,
    /// The bucket's policy.
    pub(super) bucket_policy: Policy,
}

impl Delivery {
    /// The report goes to the first place that is configured, else to a bucket named after the account.
    pub(super) fn new(connection: &Connection, report: NewReport) -> Result<Self, TemplateError> {
        let partition = connection.partition();
        // CloudFormation's registry has no data exports in China, and neither kind in the governments' regions.
        let there = matches!(
            (partition, report),
            ("aws", _) | ("aws-cn", NewReport::Legacy)
        );
        if !there {
            return Err(TemplateError::NoSuchReport { report, partition });
        }
        let place = connection
            .reports
            .first()
            .cloned()
            .unwrap_or_else(|| ReportPlace {
                bucket: format!("curtail-reports-{}", connection.account_id),
                prefix: report.short().to_owned(),
            });
        if !is_bucket_name(&place.bucket) {
            return Err(TemplateError::BucketName(place.bucket));
        }
        if !is_prefix(&place.prefix) {
            return Err(TemplateError::Prefix(place.prefix));
        }
        Ok(Self {
            report,
            name: format!("curtail-{}-{}", connection.name, report.short()),
            region: home(partition),
            bucket_policy: bucket_policy(connection, report, &place.bucket),
            place,
        })
    }
}

/// The names that S3 takes for new buckets; older ones may be freer.
fn is_bucket_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = [name.bytes().next(), name.bytes().next_back()];
    (3..=63).contains(&name.len())
        && name
            .bytes()
            .all(|byte| plain(byte) || b".-".contains(&byte))
        && ends.into_iter().flatten().all(plain)
        && !name.contains("..")
}

/// What `cur:PutReportDefinition` takes. Without a prefix, keys would begin with a slash.
fn is_prefix(prefix: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"!-_.*'()/".contains(&byte);
    (1..=256).contains(&prefix.len()) && prefix.bytes().all(known)
}

fn bucket_policy(connection: &Connection, report: NewReport, bucket: &str) -> Policy {
    let partition = connection.partition();
    let account = connection.account_id.as_str();
    let bucket = bucket_arn(partition, &bucket.into());
    let objects = bucket.clone().then("/*");
    let api = home(partition);
    let reports = format!("arn:{partition}:cur:{api}:{account}:definition/*");
    let exports = format!("arn:{partition}:bcm-data-exports:{api}:{account}:export/*");
    let (services, sources): (Vec<_>, Vec<Text>) = match report {
        NewReport::Legacy => (vec!["billingreports.amazonaws.com"], vec![reports.into()]),
        // AWS's own policy for data exports names both: the older service still checks the bucket.
        NewReport::Cur2 => (
            vec![
                "bcm-data-exports.amazonaws.com",
                "billingreports.amazonaws.com",
            ],
            vec![exports.into(), reports.into()],
        ),
    };
    let deliver = |sid, comment, actions: &[&'static str], resource| {
        Statement {
            comment: Some(comment),
            principal: Some(Whom::Services(services.clone())),
            resources: vec![resource],
            ..Statement::allow(sid, actions)
        }
        .when("StringEquals", "aws:SourceAccount", [account.into()])
        .when("ArnLike", "aws:SourceArn", sources.clone())
    };
    let check =
        "Billing looks at the bucket's policy before it delivers, for this account's reports only.";
    let write =
        "Anywhere in the bucket: before the first report, AWS writes a test object at its top.";
    Policy {
        statements: vec![
            Statement {
                comment: Some("No request without TLS."),
                effect: Effect::Deny,
                principal: Some(Whom::Anybody),
                resources: vec![bucket.clone(), objects.clone()],
                ..Statement::allow("TlsOnly", &["s3:*"])
            }
            .when("Bool", "aws:SecureTransport", ["false".into()]),
            deliver(
                "CheckBucket",
                check,
                &["s3:GetBucketAcl", "s3:GetBucketPolicy"],
                bucket,
            ),
            deliver("DeliverReports", write, &["s3:PutObject"], objects),
        ],
    }
}
