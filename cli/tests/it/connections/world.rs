//! An account to connect to, and one to connect from.

use std::path::PathBuf;

use curtail_testaws::{Aws, Member, World};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Place, Run, csv};

/// The account that pays, whose reports are read.
pub(crate) const PAYER: &str = "011122000000";
/// Another account of its organisation.
pub(crate) const MEMBER: &str = "222233334444";
/// The account that curtail runs in.
pub(crate) const ENGINE: &str = "444455556666";
pub(crate) const ROLE: &str = "arn:aws:iam::011122000000:role/curtail-read";
pub(crate) const EXTERNAL_ID: &str = "curtail-0f8b7c1e";
pub(crate) const KEY: &str = "AKIAEXAMPLEENGINE";
pub(crate) const SECRET: &str = "planted-secret-of-the-engine";
pub(crate) const REGION: &str = "eu-central-1";

/// A server, and a place whose credentials and configuration lead there.
pub(crate) struct Connected {
    pub(crate) aws: Aws,
    pub(crate) place: Place,
    /// The folder of `acme-billing`.
    pub(crate) bucket: PathBuf,
    /// Holds the folders of buckets.
    pub(crate) folder: TempDir,
}

/// A payer with a bucket, a report definition and a role that reads them.
pub(crate) fn connected() -> Connected {
    connected_to(|world, _| world)
}

/// The same in a world that was changed before it began.
pub(crate) fn connected_to(change: impl FnOnce(World, &TempDir) -> World) -> Connected {
    with_report(&definition(), change)
}

/// The same with another definition of its report.
pub(crate) fn with_report(
    report: &Value,
    change: impl FnOnce(World, &TempDir) -> World,
) -> Connected {
    without_report(|world, folder| change(world.report_definition(PAYER, report), folder))
}

/// The same without a report.
pub(crate) fn without_report(change: impl FnOnce(World, &TempDir) -> World) -> Connected {
    let folder = TempDir::new().unwrap();
    let bucket = folder.path().join("acme-billing");
    std::fs::create_dir(&bucket).unwrap();
    let members = [
        Member::active(PAYER, "Acme payer"),
        Member::active(MEMBER, "Web team"),
    ];
    let world = World::new()
        .user(KEY, SECRET, ENGINE, "engine", &may_assume("*"))
        .role(
            ROLE,
            &trust(ENGINE, Some(EXTERNAL_ID)),
            &reads("acme-billing"),
        )
        .bucket("acme-billing", REGION, PAYER, &bucket)
        .organisation(PAYER, &members);
    let aws = Aws::start(change(world, &folder)).unwrap();
    let place = Place::new()
        .with("AWS_ENDPOINT_URL", &aws.url())
        .with("AWS_REGION", REGION)
        .with("AWS_ACCESS_KEY_ID", KEY)
        .with("AWS_SECRET_ACCESS_KEY", SECRET);
    let connected = Connected {
        aws,
        place,
        bucket,
        folder,
    };
    connected.configure(&connection("acme-payer", PAYER, ""));
    connected
}

/// A connection to an account through the role `curtail-read`, and more lines for it.
pub(crate) fn connection(name: &str, account: &str, more: &str) -> String {
    format!(
        "[[connection]]\nname = \"{name}\"\naccount_id = \"{account}\"\nrole = \"curtail-read\"\nexternal_id = \"{EXTERNAL_ID}\"\n{more}\n"
    )
}

impl Connected {
    /// Replaces the configuration.
    pub(crate) fn configure(&self, text: &str) {
        let file = self.place.path(".config/curtail/config.toml");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// Changes one thing in the configuration.
    pub(crate) fn reconfigure(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.place.path(".config/curtail/config.toml")).unwrap();
        assert!(text.contains(from), "{text}");
        self.configure(&text.replace(from, to));
    }

    /// A small report where the definition says that it is delivered.
    pub(crate) fn deliver(&self) {
        self.place.generate("legacy-csv");
        let prefix = self.bucket.join("billing");
        crate::harness::copy(&self.place.path("report/billing"), &prefix);
    }

    /// The findings of a check, and how it ended.
    pub(crate) fn check(&self, arguments: &[&str]) -> Checked {
        let arguments = [&["connections", "check", "--retries", "1"], arguments].concat();
        let run = self.place.run(&arguments);
        let (header, rows) = csv(&run.stdout);
        let at = |name: &str| header.iter().position(|column| column == name).unwrap();
        let columns = ["link", "state", "reason", "found", "remedy"].map(at);
        let findings = rows
            .iter()
            .map(|row| columns.map(|column| row[column].clone()));
        Checked {
            findings: findings.collect(),
            run,
        }
    }
}

/// What `connections check` printed.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) findings: Vec<[String; 5]>,
    pub(crate) run: Run,
}

impl Checked {
    /// State and reason of a link.
    pub(crate) fn link(&self, link: &str) -> Vec<(&str, &str)> {
        let of = self.findings.iter().filter(|finding| finding[0] == link);
        of.map(|finding| (finding[1].as_str(), finding[2].as_str()))
            .collect()
    }

    /// Whether there is such a finding; if it is not green, that it says what to do, and that the exit status fits.
    pub(crate) fn expect(&self, link: &str, state: &str, reason: &str) {
        let found = self.findings.iter().find(|finding| {
            [link, state, reason] == [&finding[0], &finding[1], &finding[2]].map(String::as_str)
        });
        let found = found.unwrap_or_else(|| panic!("no {link} {state} {reason}: {self:#?}"));
        if ["red", "yellow"].contains(&state) {
            assert!(found[4].len() > 10, "no remedy: {found:?}");
        }
        let red = self.findings.iter().any(|finding| finding[1] == "red");
        assert_eq!(self.run.status, Some(if red { 3 } else { 0 }), "{self:#?}");
    }
}

pub(crate) fn may_assume(role: &str) -> String {
    policy(&json!([{ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role }]))
}

/// Trust in an account, with or without an external id.
pub(crate) fn trust(account: &str, external_id: Option<&str>) -> String {
    let mut statement = json!({
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "AWS": format!("arn:aws:iam::{account}:root") },
    });
    if let Some(id) = external_id {
        statement["Condition"] = json!({ "StringEquals": { "sts:ExternalId": id } });
    }
    policy(&json!([statement]))
}

/// All that reading reports, Cost Explorer and Organizations takes.
pub(crate) fn reads(bucket: &str) -> String {
    policy(&json!([
        { "Effect": "Allow", "Resource": "*", "Action": [
            "cur:DescribeReportDefinitions", "bcm-data-exports:ListExports", "bcm-data-exports:GetExport",
            "bcm-data-exports:ListExecutions", "ce:GetCostAndUsage", "ce:GetTags", "ce:ListCostAllocationTags",
            "organizations:DescribeOrganization", "organizations:ListAccounts",
        ]},
        { "Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": format!("arn:aws:s3:::{bucket}") },
        { "Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{bucket}/*") },
    ]))
}

/// Nothing but these actions.
pub(crate) fn only(actions: &[&str]) -> String {
    policy(&json!([{ "Effect": "Allow", "Action": actions, "Resource": "*" }]))
}

pub(crate) fn policy(statements: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// The definition of the report that `generate` writes.
pub(crate) fn definition() -> Value {
    json!({
        "ReportName": "acme-legacy-csv", "TimeUnit": "HOURLY", "Format": "textORcsv", "Compression": "GZIP",
        "AdditionalSchemaElements": ["RESOURCES"], "S3Bucket": "acme-billing", "S3Prefix": "billing", "S3Region": REGION,
        "AdditionalArtifacts": [], "RefreshClosedReports": true, "ReportVersioning": "CREATE_NEW_REPORT",
    })
}
