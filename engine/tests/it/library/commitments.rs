//! Coverage and utilisation of commitments.

use curtail_store::ReportKind;

use super::run;
use crate::fixture::{Fixture, csv, usage};

async fn answers(fixture: &Fixture, name: &str) -> Vec<String> {
    let engine = fixture.engine().await;
    csv(&run(&engine, name, &[]).await.unwrap()).await
}

#[tokio::test]
async fn what_no_commitment_can_pay_for_is_not_uncovered() {
    let covered = usage(&[
        ("line_item_line_item_type", "SavingsPlanCoveredUsage"),
        ("line_item_unblended_cost", "4"),
        ("pricing_public_on_demand_cost", "4"),
    ]);
    let on_demand = |usage_type: &'static str, cost: &'static str| {
        usage(&[
            ("line_item_usage_type", usage_type),
            ("line_item_unblended_cost", cost),
            ("pricing_public_on_demand_cost", cost),
            ("pricing_term", "OnDemand"),
        ])
    };
    let fixture = Fixture::empty();
    let rows = [
        covered,
        on_demand("BoxUsage:m5.large", "1"),
        on_demand("EBS:VolumeUsage.gp3", "100"),
        on_demand("DataTransfer-Out-Bytes", "1000"),
        on_demand("EUC1-EBSOptimized:m4.large", "10000"),
    ];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &rows)
        .await;
    assert_eq!(
        answers(&fixture, "commitment-coverage").await,
        ["AmazonEC2,0,4,1,80.0,USD"]
    );
}

#[tokio::test]
async fn fees_dated_ahead_are_not_unused_yet() {
    let fee = |start: &'static str, end: &'static str, used: &'static str| {
        usage(&[
            ("line_item_line_item_type", "SavingsPlanRecurringFee"),
            ("line_item_usage_start_date", start),
            ("line_item_usage_end_date", end),
            ("line_item_unblended_cost", "2"),
            ("savings_plan_savings_plan_a_r_n", "arn:sp"),
            ("savings_plan_total_commitment_to_date", "2"),
            ("savings_plan_used_commitment", used),
        ])
    };
    // Usage is told up to eleven.
    let rows = [
        usage(&[("line_item_unblended_cost", "1")]),
        fee("2026-10-05T10:00:00Z", "2026-10-05T11:00:00Z", "1.5"),
        fee("2026-10-05T11:00:00Z", "2026-10-05T12:00:00Z", "0"),
        fee("2026-10-31T23:00:00Z", "2026-11-01T00:00:00Z", "0"),
    ];
    let fixture = Fixture::empty();
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &rows)
        .await;
    assert_eq!(
        answers(&fixture, "savings-plan-utilisation").await,
        ["arn:sp,,,2,1.5,0.5,75.0,USD"]
    );
    assert_eq!(
        answers(&fixture, "unused-commitments").await,
        ["2026-10,Savings Plan,000000000007,0.5,USD"]
    );
}

#[tokio::test]
async fn fees_without_any_usage_all_count() {
    let fee = usage(&[
        ("line_item_line_item_type", "SavingsPlanRecurringFee"),
        ("savings_plan_savings_plan_a_r_n", "arn:sp"),
        ("savings_plan_total_commitment_to_date", "2"),
        ("savings_plan_used_commitment", "0"),
    ]);
    let fixture = Fixture::empty();
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &[fee])
        .await;
    assert_eq!(
        answers(&fixture, "unused-commitments").await,
        ["2026-10,Savings Plan,000000000007,2,USD"]
    );
}

#[tokio::test]
async fn focus_tells_what_is_unused_in_rows_of_their_own() {
    let row = |status: &'static str, kind: &'static str, cost: &'static str| {
        vec![
            ("billingaccountid", "1"),
            ("subaccountid", "7"),
            ("chargecategory", "Usage"),
            ("commitmentdiscountid", "arn:one"),
            ("commitmentdiscounttype", kind),
            ("commitmentdiscountstatus", status),
            ("effectivecost", cost),
            ("billingcurrency", "USD"),
        ]
    };
    let rows = [
        row("Used", "Compute Savings Plans", "3"),
        row("Unused", "Compute Savings Plans", "1"),
        row("Unused", "Reserved", "0.25"),
    ];
    let fixture = Fixture::empty();
    fixture
        .add("focus", ReportKind::Focus, "2026-10", &rows)
        .await;
    assert_eq!(
        answers(&fixture, "savings-plan-utilisation").await,
        ["arn:one,Compute Savings Plans,,4,3,1,75.0,USD"]
    );
    assert_eq!(
        answers(&fixture, "unused-commitments").await,
        [
            "2026-10,Savings Plan,7,1,USD",
            "2026-10,Reserved,7,0.25,USD"
        ]
    );
}
