//! An example organisation on this machine, to try curtail by hand: `curtail-testaws [PORT [FOLDER]]`.
//!
//! The folder holds the objects of the bucket `acme-billing`; without one, it is made below the current folder. More roles of
//! the account are made, and changed, by writing `roles/NAME/trust.json` and `roles/NAME/policy.json` below the current
//! folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    error::Error,
    fs,
    io::{self, Write as _},
    net::SocketAddr,
    path::PathBuf,
    thread,
    time::Duration,
};

use chrono::{Days, Utc};
use curtail_testaws::{Aws, CostRow, Member, World};
use serde_json::json;

// The accounts of the reports that `curtail generate` writes.
const PAYER: &str = "011122000000";
const TEAMS: [(&str, &str); 2] = [("261356700001", "web"), ("378424400002", "data")];
const ENGINE: &str = "444455556666";
const ROLE: &str = "arn:aws:iam::011122000000:role/curtail";
const EXTERNAL_ID: &str = "an-example-external-id";
const KEY: &str = "AKIAEXAMPLEENGINE";
const SECRET: &str = "example-secret";
const REGION: &str = "eu-central-1";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let port = arguments.next().map_or(Ok(9876), |port| port.parse())?;
    let folder = arguments
        .next()
        .map_or_else(|| PathBuf::from("acme-billing"), PathBuf::from);
    let folder = env::current_dir()?.join(folder);
    let aws = Aws::start_at(world(&folder), SocketAddr::from(([127, 0, 0, 1], port)))?;
    let url = aws.url();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "# s3://acme-billing is {}\n\
         # The role {ROLE} reads it and the costs of account {PAYER}, for those with the external id {EXTERNAL_ID}.\n\
         export AWS_ENDPOINT_URL={url}\n\
         export AWS_REGION={REGION}\n\
         export AWS_ACCESS_KEY_ID={KEY}\n\
         export AWS_SECRET_ACCESS_KEY={SECRET}",
        folder.display()
    )?;
    let mut told = BTreeSet::new();
    let mut roles = BTreeMap::new();
    loop {
        for (name, documents) in made_by_hand() {
            if roles.get(&name) == Some(&documents) {
                continue;
            }
            let (trust, policy) = &documents;
            let arn = format!("arn:aws:iam::{PAYER}:role/{name}");
            match aws.change(|world| world.role(&arn, trust, policy)) {
                Ok(()) => writeln!(out, "# role {arn} is there")?,
                Err(error) => writeln!(out, "# role {arn} cannot be made: {error}")?,
            }
            roles.insert(name, documents);
        }
        for (place, request) in aws.requests().iter().enumerate() {
            // Whoever did not wait for an answer got none.
            let Some(status) = request.status.filter(|_| !told.contains(&place)) else {
                continue;
            };
            told.insert(place);
            let (action, resource) = (&request.action, &request.resource);
            let who = request.principal.as_deref().unwrap_or("somebody");
            let code = request.code.as_deref().unwrap_or_default();
            writeln!(out, "# {status} {action} on {resource} by {who} {code}")?;
        }
        thread::sleep(Duration::from_millis(200));
    }
}

/// Names, trust and policies of the roles that have both documents.
fn made_by_hand() -> Vec<(String, (String, String))> {
    let folders = fs::read_dir("roles").into_iter().flatten().flatten();
    let role = |folder: fs::DirEntry| {
        let read = |name| fs::read_to_string(folder.path().join(name)).ok();
        let name = folder.file_name().into_string().ok()?;
        Some((name, (read("trust.json")?, read("policy.json")?)))
    };
    folders.filter_map(role).collect()
}

/// A payer with two teams, a bucket, a report that delivers there, and costs of the last three months.
fn world(folder: &std::path::Path) -> World {
    let may_assume = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE,
    }});
    let trust = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": format!("arn:aws:iam::{ENGINE}:root") },
        "Condition": { "StringEquals": { "sts:ExternalId": EXTERNAL_ID } },
    }});
    let reads = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Resource": "*", "Action": [
            "cur:DescribeReportDefinitions", "bcm-data-exports:Get*", "bcm-data-exports:List*",
            "ce:Get*", "ce:ListCostAllocationTags", "organizations:DescribeOrganization", "organizations:ListAccounts",
        ]},
        { "Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": "arn:aws:s3:::acme-billing" },
        { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-billing/*" },
    ]});
    let definition = json!({
        "ReportName": "acme-legacy-csv", "TimeUnit": "HOURLY", "Format": "textORcsv", "Compression": "GZIP",
        "AdditionalSchemaElements": ["RESOURCES"], "S3Bucket": "acme-billing", "S3Prefix": "billing", "S3Region": REGION,
        "AdditionalArtifacts": [], "RefreshClosedReports": true, "ReportVersioning": "CREATE_NEW_REPORT",
    });
    let mut members = vec![Member::active(PAYER, "payer")];
    members.extend(TEAMS.map(|(id, name)| Member::active(id, name)));
    World::new()
        .user(KEY, SECRET, ENGINE, "engine", &may_assume.to_string())
        .role(ROLE, &trust.to_string(), &reads.to_string())
        .bucket("acme-billing", REGION, PAYER, folder)
        .organisation(PAYER, &members)
        .report_definition(PAYER, &definition)
        .allocation_tag("team", true)
        .costs(costs())
}

fn costs() -> Vec<CostRow> {
    let today = Utc::now().date_naive();
    let services = [
        ("Amazon Elastic Compute Cloud - Compute", "12.34567891"),
        ("Amazon Simple Storage Service", "0.0123"),
    ];
    let mut rows = Vec::new();
    for day in (0..90).map(|ago| (today - Days::new(ago)).to_string()) {
        for (account, team) in TEAMS {
            let of = |(service, cost)| {
                CostRow::new(&day, account, service)
                    .region(REGION)
                    .tag("team", team)
                    .cost(cost)
            };
            rows.extend(services.map(of));
        }
    }
    rows
}
