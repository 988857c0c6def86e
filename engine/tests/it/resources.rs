//! Resources: what they have cost, by the hour, and by the end of the month.

use std::path::Path;

use curtail_engine::{CostQuery, Engine, EngineError, Metric, ResourceQuery};
use curtail_store::{Fetched, Money, ProvisionalCost, ReportKind};

use crate::{
    fixture::{Fixture, Row, csv, usage},
    golden::assert_golden,
};

const COST: &str = "line_item_unblended_cost";
const RESOURCE: &str = "line_item_resource_id";
const TYPE: &str = "line_item_usage_type";
const CODE: &str = "line_item_product_code";
const CHARGE: &str = "line_item_line_item_type";

/// A line item of a resource between two times of October.
fn item<'a>(from: &'a str, to: &'a str, resource: &'a str, more: &[(&'a str, &'a str)]) -> Row<'a> {
    let own = [
        ("line_item_usage_start_date", from),
        ("line_item_usage_end_date", to),
        (RESOURCE, resource),
        ("product_region_code", "eu-west-1"),
    ];
    usage(&[&own, more].concat())
}

/// Usage is told until the 5th at 11 o'clock, from the 4th at midnight on: 637 hours of October are left.
fn october() -> Vec<Row<'static>> {
    let (first, first_end) = ("2026-10-04T00:00:00Z", "2026-10-04T01:00:00Z");
    let (last, end) = ("2026-10-05T10:00:00Z", "2026-10-05T11:00:00Z");
    let (month, month_end) = ("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z");
    let instance = (TYPE, "EU-BoxUsage:m5.large");
    vec![
        item(first, first_end, "i-1", &[instance, (COST, "1")]),
        item(last, end, "i-1", &[instance, (COST, "2")]),
        // Of a resource that runs, though not in the latest hours.
        item(
            first,
            first_end,
            "i-1",
            &[
                (TYPE, "EU-DataTransfer-Out-Bytes"),
                ("product_servicecode", "AWSDataTransfer"),
                (COST, "0.5"),
                ("resource_tags_user_team", "core"),
            ],
        ),
        item(first, first_end, "i-gone", &[instance, (COST, "7")]),
        item(
            last,
            end,
            "i-covered",
            &[
                instance,
                (CHARGE, "SavingsPlanCoveredUsage"),
                (COST, "4"),
                ("savings_plan_savings_plan_effective_cost", "2.4"),
            ],
        ),
        // A day, of which thirteen hours are in question; the day that has begun says nothing of where hours end.
        item(
            "2026-10-04T00:00:00Z",
            "2026-10-05T00:00:00Z",
            "bucket",
            &[
                (TYPE, "EU-TimedStorage-ByteHrs"),
                (CODE, "AmazonS3"),
                (COST, "2.4"),
            ],
        ),
        item(
            "2026-10-05T00:00:00Z",
            "2026-10-06T00:00:00Z",
            "bucket",
            &[
                (TYPE, "EU-TimedStorage-ByteHrs"),
                (CODE, "AmazonS3"),
                (COST, "4.8"),
            ],
        ),
        item(
            month,
            month_end,
            "zone",
            &[(TYPE, "HostedZone"), (CODE, "AmazonRoute53"), (COST, "0.5")],
        ),
        item(month, month_end, "", &[(CHARGE, "Tax"), (COST, "3")]),
        // Fees are told ahead.
        item(
            "2026-10-20T00:00:00Z",
            "2026-10-20T01:00:00Z",
            "",
            &[
                (CHARGE, "SavingsPlanRecurringFee"),
                (TYPE, "ComputeSP:1yrNoUpfront"),
                (CODE, "ComputeSavingsPlans"),
                (COST, "2.5"),
                ("savings_plan_total_commitment_to_date", "2.5"),
                ("savings_plan_used_commitment", "2.4"),
            ],
        ),
    ]
}

async fn fixture() -> Fixture {
    let fixture = Fixture::empty();
    let september = [item(
        "2026-09-30T23:00:00Z",
        "2026-10-01T00:00:00Z",
        "i-before",
        &[(COST, "1")],
    )];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-09", &september)
        .await;
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &october())
        .await;
    fixture
}

async fn ask(engine: &Engine, query: ResourceQuery) -> Vec<String> {
    csv(&engine.resources(&query).await.unwrap()).await
}

fn golden(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/resources")
        .join(name)
}

fn numbers(row: &str) -> [f64; 3] {
    let cells: Vec<_> = row.split(',').collect();
    [6, 7, 8].map(|place| cells[place].parse().unwrap())
}

fn close(found: [f64; 3], expected: [f64; 3]) {
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }
}

#[tokio::test]
async fn what_runs_is_told_by_the_hour() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let answer = engine.resources(&ResourceQuery::default()).await.unwrap();
    assert_golden(&answer, &golden("active.csv")).await;
    assert_eq!(
        answer.notes(),
        [
            "report `acme`: the rate is that of 24 hours until 2026-10-05 11:00 UTC, and 637 hours are left in 2026-10"
        ]
    );
    let rows = ask(&engine, ResourceQuery::default()).await;
    let start = |row: &str| row.split(',').skip(3).take(3).collect::<Vec<_>>().join(",");
    let kinds: Vec<_> = rows.iter().map(|row| start(row)).collect();
    assert_eq!(
        kinds,
        [
            "bucket,Storage,Objects",
            "i-covered,Compute,Instance",
            "i-1,Compute,Instance",
            "i-1,Network,Data transfer out",
        ]
    );
    // 2.4 * 13 / 24 and 4.8 * 11 / 24 in 24 hours.
    let bucket = (1.3 + 2.2) / 24.0;
    close(numbers(&rows[0]), [7.2, bucket, 7.2 + bucket * 637.0]);
    close(numbers(&rows[1]), [2.4, 0.1, 2.4 + 63.7]);
    close(
        numbers(&rows[2]),
        [3.0, 2.0 / 24.0, 3.0 + 2.0 / 24.0 * 637.0],
    );
    close(numbers(&rows[3]), [0.5, 0.0, 0.5]);
}

#[tokio::test]
async fn hours_reach_no_further_than_the_data() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let query = ResourceQuery {
        hours: 48,
        services: vec!["AmazonEC2".to_owned()],
        ..ResourceQuery::default()
    };
    let rows = ask(&engine, query.clone()).await;
    // From midnight of the 4th on there are 35 hours.
    close(numbers(&rows[0]), [7.0, 0.2, 7.0 + 0.2 * 637.0]);
    assert!(rows[0].contains("i-gone"), "{rows:?}");
    let rows = ask(&engine, ResourceQuery { hours: 1, ..query }).await;
    close(numbers(&rows[0]), [2.4, 2.4, 2.4 + 2.4 * 637.0]);
    assert_eq!(rows.len(), 2, "{rows:?}");
    let september = ResourceQuery {
        period: Some("2026-09".parse().unwrap()),
        ..ResourceQuery::default()
    };
    let rows = ask(&engine, september).await;
    close(numbers(&rows[0]), [1.0, 1.0, 1.0]);
}

#[tokio::test]
async fn accrued_costs_tie_with_costs() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let answer = engine
        .resources(&ResourceQuery {
            all: true,
            ..ResourceQuery::default()
        })
        .await
        .unwrap();
    assert_golden(&answer, &golden("all.csv")).await;
    let filters = [
        ResourceQuery::default(),
        ResourceQuery {
            services: vec!["AmazonEC2".to_owned()],
            ..ResourceQuery::default()
        },
        ResourceQuery {
            tags: vec![("team".to_owned(), "core".to_owned())],
            ..ResourceQuery::default()
        },
        ResourceQuery {
            condition: Some("resource_id IS NULL OR region = 'eu-west-1'".to_owned()),
            ..ResourceQuery::default()
        },
    ];
    for metric in [Metric::Amortized, Metric::Unblended, Metric::NetAmortized] {
        for filter in &filters {
            let query = ResourceQuery {
                all: true,
                metric,
                ..filter.clone()
            };
            let period = "2026-10".parse().unwrap();
            let costs = CostQuery {
                metrics: vec![metric],
                periods: vec![period..=period],
                services: query.services.clone(),
                tags: query.tags.clone(),
                condition: query.condition.clone(),
                ..CostQuery::default()
            };
            let total = csv(&engine.costs(&costs).await.unwrap()).await;
            let rows = ask(&engine, query).await;
            let accrued = rows.iter().map(|row| row.split(',').nth(6).unwrap());
            let accrued: Money = accrued.map(|text| text.parse::<Money>().unwrap()).sum();
            assert_eq!(total, [format!("{accrued},USD")]);
        }
    }
}

#[tokio::test]
async fn rows_come_in_the_order_that_was_asked_for() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let query = ResourceQuery {
        sort: Some("accrued".parse().unwrap()),
        top: Some(1),
        all: true,
        ..ResourceQuery::default()
    };
    let rows = ask(&engine, query).await;
    assert_eq!(rows.len(), 1);
    assert!(rows[0].contains(",bucket,"), "{rows:?}");
}

#[tokio::test]
async fn months_without_hours_have_no_rates() {
    let fixture = Fixture::empty();
    let row = item(
        "2026-10-01T00:00:00Z",
        "2026-11-01T00:00:00Z",
        "i-1",
        &[(COST, "5")],
    );
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &[row])
        .await;
    let engine = fixture.engine().await;
    assert_eq!(
        ask(&engine, ResourceQuery::default()).await,
        Vec::<String>::new()
    );
    let all = ResourceQuery {
        all: true,
        ..ResourceQuery::default()
    };
    assert_eq!(
        ask(&engine, all).await,
        ["000000000007,AmazonEC2,eu-west-1,i-1,Compute,Instance,5,,,USD"]
    );
}

#[tokio::test]
async fn each_report_has_its_own_hours() {
    let fixture = Fixture::empty();
    let (to, end) = ("2026-10-05T10:00:00Z", "2026-10-05T11:00:00Z");
    fixture
        .add(
            "acme",
            ReportKind::LegacyCur,
            "2026-10",
            &[item(to, end, "i-1", &[(COST, "2")])],
        )
        .await;
    // Another payer's, a day ahead; in the same report, a resource of the same name.
    let other = [("bill_payer_account_id", "099988887777"), (COST, "3")];
    let ahead = item(
        "2026-10-06T10:00:00Z",
        "2026-10-06T11:00:00Z",
        "i-1",
        &other,
    );
    fixture
        .add("other", ReportKind::LegacyCur, "2026-10", &[ahead])
        .await;
    let engine = fixture.engine().await;
    let rows = ask(&engine, ResourceQuery::default()).await;
    // An hour of each.
    close(
        numbers(&rows[0]),
        [5.0, 5.0, 5.0 + 2.0 * 637.0 + 3.0 * 613.0],
    );
}

#[tokio::test]
async fn resources_are_unavailable_until_the_first_report() {
    let fixture = Fixture::empty();
    let rows = [ProvisionalCost {
        usage_date: "2026-10-05".parse().unwrap(),
        unblended_cost: Some("5".parse().unwrap()),
        currency: "USD".to_owned(),
        ..ProvisionalCost::default()
    }];
    let at = Fetched {
        connection: "main".to_owned(),
        fetched_at: "2026-10-20T06:00:00Z".parse().unwrap(),
        requests: 1,
        estimated: true,
    };
    let period = "2026-10".parse().unwrap();
    let told = fixture
        .store
        .replace_provisional("011122223333", period, &rows, &at);
    told.await.unwrap();
    let engine = fixture.engine().await;
    for name in ["tag-coverage", "waste"] {
        let query = curtail_queries::find(name).unwrap();
        let error = engine.query(query, &curtail_engine::Params::new()).await;
        assert!(matches!(error, Err(EngineError::Unavailable(_))), "{name}");
    }
    let error = engine
        .resources(&ResourceQuery::default())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, EngineError::Unavailable(what) if what == "resource"),
        "{error}"
    );
}

#[tokio::test]
async fn everything_charged_has_a_kind() {
    // Product code, usage type, product family, charge type.
    let cases = [
        (
            "AmazonEC2",
            "USW2-BoxUsage:m5.large",
            "Compute Instance",
            "Usage",
            "Compute,Instance",
        ),
        (
            "AmazonEC2",
            "SpotUsage:c5.large",
            "Compute Instance",
            "Usage",
            "Compute,Instance",
        ),
        (
            "AmazonEC2",
            "BoxUsage:m5.large",
            "",
            "SavingsPlanCoveredUsage",
            "Compute,Instance",
        ),
        (
            "AmazonEC2",
            "BoxUsage:m5.large",
            "",
            "SavingsPlanNegation",
            "Commitment,Savings Plan",
        ),
        (
            "AmazonEC2",
            "HeavyUsage:m5.large",
            "",
            "DiscountedUsage",
            "Compute,Instance",
        ),
        (
            "AmazonEC2",
            "HeavyUsage:m5.large",
            "",
            "RIFee",
            "Commitment,Reservation",
        ),
        (
            "AmazonEC2",
            "EU-CPUCredits:t3",
            "CPU Credits",
            "Usage",
            "Compute,CPU credits",
        ),
        (
            "AmazonECS",
            "EU-Fargate-GB-Hours",
            "Compute",
            "Usage",
            "Compute,Container",
        ),
        (
            "AmazonEKS",
            "EU-EKS-EC2-vCPU-Hours",
            "",
            "Usage",
            "Compute,Container",
        ),
        (
            "AWSLambda",
            "EU-Lambda-GB-Second",
            "Serverless",
            "Usage",
            "Compute,Function",
        ),
        (
            "AmazonEC2",
            "EU-EBS:VolumeUsage.gp3",
            "Storage",
            "Usage",
            "Storage,Volume",
        ),
        (
            "AmazonEC2",
            "EU-EBS:VolumeP-IOPS.piops",
            "System Operation",
            "Usage",
            "Storage,Volume",
        ),
        (
            "AmazonEC2",
            "EU-EBS:SnapshotUsage",
            "Storage Snapshot",
            "Usage",
            "Storage,Snapshot",
        ),
        (
            "AmazonS3",
            "EU-TimedStorage-ByteHrs",
            "Storage",
            "Usage",
            "Storage,Objects",
        ),
        (
            "AmazonS3",
            "EU-Requests-Tier1",
            "API Request",
            "Usage",
            "Storage,Requests",
        ),
        (
            "AmazonEFS",
            "EU-TimedStorage-ByteHrs",
            "Storage",
            "Usage",
            "Storage,Files",
        ),
        (
            "AmazonRDS",
            "EU-InstanceUsage:db.r5.large",
            "Database Instance",
            "Usage",
            "Database,Instance",
        ),
        (
            "AmazonRDS",
            "EU-Multi-AZUsage:db.r5.large",
            "Database Instance",
            "Usage",
            "Database,Instance",
        ),
        (
            "AmazonRDS",
            "EU-RDS:GP2-Storage",
            "Database Storage",
            "Usage",
            "Database,Storage",
        ),
        (
            "AmazonRDS",
            "EU-RDS:ChargedBackupUsage",
            "Storage Snapshot",
            "Usage",
            "Database,Backup",
        ),
        (
            "AmazonDynamoDB",
            "EU-ReadRequestUnits",
            "",
            "Usage",
            "Database,Capacity",
        ),
        (
            "AmazonElastiCache",
            "EU-NodeUsage:cache.t3.micro",
            "",
            "Usage",
            "Database,Instance",
        ),
        (
            "AmazonEC2",
            "EU-NatGateway-Bytes",
            "NAT Gateway",
            "Usage",
            "Network,NAT gateway",
        ),
        (
            "AmazonVPC",
            "EU-PublicIPv4:IdleAddress",
            "IP Address",
            "Usage",
            "Network,Public address",
        ),
        (
            "AmazonVPC",
            "EU-VpcEndpoint-Hours",
            "VpcEndpoint",
            "Usage",
            "Network,VPC endpoint",
        ),
        (
            "AWSELB",
            "EU-LCUUsage",
            "Load Balancer-Application",
            "Usage",
            "Network,Load balancer",
        ),
        (
            "AWSELB",
            "EU-DataProcessing-Bytes",
            "Load Balancer",
            "Usage",
            "Network,Load balancer",
        ),
        (
            "AmazonEC2",
            "EU-DataTransfer-Regional-Bytes",
            "Data Transfer",
            "Usage",
            "Network,Data transfer between zones",
        ),
        (
            "AmazonS3",
            "EU-USE1-AWS-Out-Bytes",
            "Data Transfer",
            "Usage",
            "Network,Data transfer between regions",
        ),
        (
            "AWSELB",
            "EU-DataTransfer-Out-Bytes",
            "Data Transfer",
            "Usage",
            "Network,Data transfer out",
        ),
        (
            "AmazonEC2",
            "DataTransfer-In-Bytes",
            "Data Transfer",
            "Usage",
            "Network,Data transfer in",
        ),
        (
            "AmazonCloudWatch",
            "EU-CW:AlarmMonitorUsage",
            "Alarm",
            "Usage",
            "Monitoring,Alarms",
        ),
        (
            "AmazonCloudWatch",
            "EU-DataProcessing-Bytes",
            "Data Payload",
            "Usage",
            "Monitoring,Logs",
        ),
        (
            "abc123",
            "MP:EU-HostHours",
            "",
            "Usage",
            "Marketplace,Software",
        ),
        (
            "awskms",
            "EU-KMS-Requests",
            "Encryption/Keys",
            "Usage",
            "Other,Encryption/Keys",
        ),
        ("novel", "", "", "Usage", "Other,Other"),
        ("AmazonEC2", "", "", "Tax", "Tax,Tax"),
        (
            "AmazonEC2",
            "BoxUsage:m5.large",
            "",
            "Credit",
            "Correction,Credit",
        ),
        (
            "AmazonEC2",
            "BoxUsage:m5.large",
            "",
            "EdpDiscount",
            "Discount,Discount",
        ),
        ("AWSSupportBusiness", "Dollar", "", "Fee", "Fee,Support"),
        ("AmazonRegistrar", "", "", "Fee", "Fee,Fee"),
    ];
    let numbers: Vec<_> = (100..).take(cases.len()).map(|n| n.to_string()).collect();
    let rows: Vec<_> = cases
        .iter()
        .zip(&numbers)
        .map(|((code, kind, family, charge, _), number)| {
            usage(&[
                (RESOURCE, number),
                (CODE, code),
                (TYPE, kind),
                ("product_product_family", family),
                (CHARGE, charge),
            ])
        })
        .collect();
    let fixture = Fixture::empty();
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &rows)
        .await;
    let [category, subcategory] = ["category", "subcategory"]
        .map(|name| curtail_queries::formula(&format!("costs/{name}")).unwrap());
    let sql = format!("SELECT {category}, {subcategory} FROM costs ORDER BY resource_id");
    let found = crate::fixture::rows(&fixture.engine().await, &sql).await;
    for (case, found) in cases.iter().zip(&found) {
        assert_eq!(case.4, found, "{case:?}");
    }
    assert_eq!(found.len(), cases.len());
}
