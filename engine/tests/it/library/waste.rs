//! `waste`: what was planted is found, what is in use is not.

use curtail_store::ReportKind;

use super::{check, run};
use crate::fixture::{Fixture, Row, csv, usage};

const COST: &str = "line_item_unblended_cost";
const AMOUNT: &str = "line_item_usage_amount";
const RESOURCE: &str = "line_item_resource_id";
const START: &str = "line_item_usage_start_date";
const TYPE: &str = "line_item_usage_type";
const CODE: &str = "line_item_product_code";
const CHARGE: &str = "line_item_line_item_type";

/// Usage of a resource: its type, amount and cost.
fn of<'a>(resource: &'a str, kind: &'a str, amount: &'a str, cost: &'a str) -> Row<'a> {
    usage(&[
        (RESOURCE, resource),
        (TYPE, kind),
        (AMOUNT, amount),
        (COST, cost),
        ("product_region_code", "eu-west-1"),
    ])
}

/// The same of another service.
fn of_service<'a>(service: &'a str, row: Row<'a>) -> Row<'a> {
    let row = row.into_iter().filter(|(name, _)| *name != CODE);
    row.chain([(CODE, service)]).collect()
}

fn snapshot<'a>(resource: &'a str, day: &'a str) -> Row<'a> {
    usage(&[
        (RESOURCE, resource),
        (TYPE, "EU-EBS:SnapshotUsage"),
        (START, day),
        (COST, "0.05"),
    ])
}

fn reservation(unused: &str) -> Row<'_> {
    usage(&[
        (CHARGE, "RIFee"),
        (TYPE, "EU-HeavyUsage:m5.large"),
        (COST, "22.32"),
        ("reservation_unused_recurring_fee", unused),
    ])
}

fn savings_plan(used: &str) -> Row<'_> {
    usage(&[
        (CHARGE, "SavingsPlanRecurringFee"),
        (TYPE, "ComputeSP:1yrNoUpfront"),
        (CODE, "ComputeSavingsPlans"),
        (COST, "2.5"),
        ("savings_plan_total_commitment_to_date", "2.5"),
        ("savings_plan_used_commitment", used),
    ])
}

async fn store(rows: &[Row<'_>]) -> Fixture {
    let fixture = Fixture::empty();
    let before = [
        snapshot("snap-old", "2026-07-07T00:00:00Z"),
        snapshot("snap-young", "2026-07-08T00:00:00Z"),
    ];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-07", &before)
        .await;
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", rows)
        .await;
    fixture
}

#[tokio::test]
async fn what_was_planted_is_found() {
    let rows = [
        of("eipalloc-1", "EU-ElasticIP:IdleAddress", "744", "3.72"),
        of("eipalloc-2", "PublicIPv4:IdleAddress", "10", "0.05"),
        of("cr-1", "EU-UnusedBox:m5.large", "5", "0.535"),
        of("lb/idle", "EU-LoadBalancerUsage", "24", "0.6"),
        of("lb/idle", "EU-LCUUsage", "0", "0"),
        of("nat-idle", "EU-NatGateway-Hours", "100", "4.8"),
        of("vpce-idle", "EU-VpcEndpoint-Hours", "48", "0.528"),
        of("vol-gp2", "EU-EBS:VolumeUsage.gp2", "100", "11"),
        of("vol-io1", "EU-EBS:VolumeUsage.piops", "100", "13.8"),
        of("vol-io1", "EU-EBS:VolumeP-IOPS.piops", "1000", "72"),
        of("vol-magnetic", "EBS:VolumeUsage", "10", "0.5"),
        snapshot("snap-old", "2026-10-05T00:00:00Z"),
        of("i-old", "EU-BoxUsage:m4.large", "1", "0.111"),
        // The rest of a resource that is wasteful is not.
        of("i-old", "EU-DataTransfer-Out-Bytes", "1", "0.09"),
        of_service(
            "AmazonRDS",
            of("db:one", "EU-InstanceUsage:db.r3.large", "1", "0.3"),
        ),
        of_service(
            "AmazonRDS",
            of("db:one", "EU-ExtendedSupport:Yr1-Yr2:MySQL5.7", "2", "0.2"),
        ),
        of_service(
            "AmazonEKS",
            of("cluster", "EU-AmazonEKS-Hours:extendedSupport", "1", "0.5"),
        ),
        of_service(
            "AmazonElastiCache",
            of("cache", "NodeUsage:cache.m3.medium", "1", "0.09"),
        ),
        reservation("2.16"),
        savings_plan("2"),
    ];
    let fixture = store(&rows).await;
    let engine = fixture.engine().await;
    check(&engine, "waste", &["period=2026-10"], "waste").await;
    let dear = csv(&run(&engine, "waste", &["min_cost=4.8"]).await.unwrap()).await;
    assert_eq!(dear.len(), 3, "{dear:?}");
}

#[tokio::test]
async fn what_is_in_use_is_left_alone() {
    let rows = [
        of("eipalloc-1", "EU-PublicIPv4:InUseAddress", "744", "3.72"),
        of("cr-1", "EU-BoxUsage:m5.large", "5", "0.535"),
        of("lb/busy", "EU-LoadBalancerUsage", "744", "18.6"),
        of("lb/busy", "EU-LCUUsage", "0.01", "0.00008"),
        of("lb/new", "EU-LoadBalancerUsage", "23", "0.575"),
        of("lb/unknown", "EU-LoadBalancerUsage", "744", "18.6"),
        of("lb/unknown", "EU-LCUUsage", "", "0.1"),
        of("nat-busy", "EU-NatGateway-Hours", "100", "4.8"),
        of("nat-busy", "EU-NatGateway-Bytes", "0.001", "0.00005"),
        of("vpce-busy", "EU-VpcEndpoint-Hours", "48", "0.528"),
        of("vpce-busy", "EU-VpcEndpoint-Bytes", "1", "0.01"),
        of("vol-gp3", "EU-EBS:VolumeUsage.gp3", "100", "8.8"),
        of("vol-io2", "EU-EBS:VolumeUsage.io2", "100", "13.8"),
        // Free of charge.
        of("vol-free", "EU-EBS:VolumeUsage.gp2", "30", "0"),
        snapshot("snap-young", "2026-10-05T00:00:00Z"),
        of("i-new", "EU-BoxUsage:m6i.large", "1", "0.111"),
        of("i-new", "EU-EBSOptimized:m4.large", "1", "0.111"),
        of_service(
            "AmazonRDS",
            of("db:one", "EU-InstanceUsage:db.m5.large", "1", "0.3"),
        ),
        of_service(
            "AmazonRDS",
            of("db:one", "EU-RDS:GP2-Storage", "100", "12.7"),
        ),
        reservation("0"),
        savings_plan("2.5"),
        // Taxed is not wasted.
        usage(&[
            (CHARGE, "Tax"),
            (TYPE, "EU-ElasticIP:IdleAddress"),
            (COST, "1"),
        ]),
    ];
    let fixture = store(&rows).await;
    let engine = fixture.engine().await;
    let found = csv(&run(&engine, "waste", &[]).await.unwrap()).await;
    assert_eq!(found, Vec::<String>::new());
    // The same thresholds, moved, find what was just below.
    let found = csv(&run(&engine, "waste", &["hours=23", "snapshot_days=89"])
        .await
        .unwrap())
    .await;
    assert_eq!(found.len(), 2, "{found:?}");
}
