//! The cost formulas: the golden vectors and the fixture of Appendix A of the format's description, through the view `costs`.

use curtail_store::ReportKind;

use crate::fixture::{Fixture, Row, rows, usage};

const TYPE: &str = "line_item_line_item_type";
const COST: &str = "line_item_unblended_cost";
const NET: &str = "line_item_net_unblended_cost";
const SP_COST: &str = "savings_plan_savings_plan_effective_cost";
const SP_TOTAL: &str = "savings_plan_total_commitment_to_date";
const SP_USED: &str = "savings_plan_used_commitment";
const SP_UPFRONT: &str = "savings_plan_amortized_upfront_commitment_for_billing_period";
const RI: &str = "reservation_reservation_a_r_n";
const RI_COST: &str = "reservation_effective_cost";
const RI_UPFRONT: &str = "reservation_amortized_upfront_fee_for_billing_period";
const RI_UNUSED_UPFRONT: &str = "reservation_unused_amortized_upfront_fee_for_billing_period";
const RI_UNUSED_FEE: &str = "reservation_unused_recurring_fee";

/// Unblended, amortized, true-up, upfront, and what the identity leaves over.
async fn totals(rows_of: &[Row<'_>]) -> String {
    let fixture = Fixture::empty();
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", rows_of)
        .await;
    let formula = |name: &str| curtail_queries::formula(&format!("line_items/{name}")).unwrap();
    let [unblended, amortized, true_up, upfront] =
        ["unblended", "amortized", "true_up", "upfront"].map(formula);
    let sql = format!(
        "SELECT sum({unblended}), sum({amortized}), sum({true_up}), sum({upfront}),
            sum({amortized}) + sum({true_up}) + sum({upfront}) - sum({unblended}) FROM cur"
    );
    rows(&fixture.engine().await, &sql).await.remove(0)
}

#[tokio::test]
async fn savings_plan_without_upfront() {
    let rows = [
        usage(&[
            (TYPE, "SavingsPlanCoveredUsage"),
            (COST, "12"),
            (SP_COST, "8"),
        ]),
        usage(&[(TYPE, "SavingsPlanNegation"), (COST, "-12")]),
        usage(&[
            (TYPE, "SavingsPlanRecurringFee"),
            (COST, "10"),
            (SP_TOTAL, "10"),
            (SP_USED, "8"),
            (SP_UPFRONT, "0"),
        ]),
    ];
    assert_eq!(totals(&rows).await, "10,10,0,0,0");
}

#[tokio::test]
async fn savings_plan_all_upfront_in_the_month_of_purchase() {
    let rows = [
        usage(&[(TYPE, "SavingsPlanUpfrontFee"), (COST, "8760")]),
        usage(&[
            (TYPE, "SavingsPlanRecurringFee"),
            (COST, "0"),
            (SP_TOTAL, "1.00"),
            (SP_USED, "0.90"),
            (SP_UPFRONT, "1.00"),
        ]),
        usage(&[
            (TYPE, "SavingsPlanCoveredUsage"),
            (COST, "1.30"),
            (SP_COST, "0.90"),
        ]),
        usage(&[(TYPE, "SavingsPlanNegation"), (COST, "-1.30")]),
    ];
    assert_eq!(totals(&rows).await, "8760,1,-1,8760,0");
}

#[tokio::test]
async fn reservation_with_partial_upfront() {
    let rows = [
        usage(&[(TYPE, "DiscountedUsage"), (COST, "0"), (RI_COST, "32.40")]),
        usage(&[
            (TYPE, "RIFee"),
            (COST, "21.60"),
            (RI_UPFRONT, "14.40"),
            (RI_UNUSED_UPFRONT, "1.44"),
            (RI_UNUSED_FEE, "2.16"),
        ]),
    ];
    assert_eq!(totals(&rows).await, "21.6,36,-14.4,0,0");
}

#[tokio::test]
async fn upfront_fees_and_their_refunds_are_upfront() {
    let refund = "Refund for one-time fee for Savings Plan ID 0f0f";
    let rows = [
        usage(&[
            (TYPE, "Fee"),
            (COST, "175.2"),
            (RI, "arn:aws:ec2:us-east-1:1:reserved-instances/a"),
        ]),
        usage(&[(TYPE, "Fee"), (COST, "100")]),
        usage(&[
            (TYPE, "Refund"),
            (COST, "-50"),
            ("line_item_product_code", "ComputeSavingsPlans"),
            ("line_item_line_item_description", refund),
        ]),
        usage(&[(TYPE, "Refund"), (COST, "-5")]),
        usage(&[(TYPE, "SomethingNew"), (COST, "1")]),
    ];
    assert_eq!(totals(&rows).await, "221.2,96,0,125.2,0");
}

#[tokio::test]
async fn discounts_count_once_in_net_costs() {
    let sql =
        "SELECT sum(unblended_cost), sum(net_unblended_cost), sum(net_amortized_cost) FROM costs";
    let edp = |net: &'static str| {
        [
            usage(&[(COST, "100"), (NET, net)]),
            usage(&[(TYPE, "EdpDiscount"), (COST, "-9")]),
        ]
    };
    // With net columns, the discount row is told already; without, it is the only one to tell; CUR 2.0 has them, but zero.
    for (net, expected) in [("91", "91,91,91"), ("", "91,91,91"), ("0", "91,91,91")] {
        let fixture = Fixture::empty();
        fixture
            .add("acme", ReportKind::Cur2, "2026-10", &edp(net))
            .await;
        assert_eq!(
            rows(&fixture.engine().await, sql).await,
            [expected],
            "net {net:?}"
        );
    }
}

#[tokio::test]
async fn net_columns_are_a_matter_of_each_period() {
    let fixture = Fixture::empty();
    fixture
        .add(
            "acme",
            ReportKind::LegacyCur,
            "2026-09",
            &[usage(&[(TYPE, "EdpDiscount"), (COST, "-3")])],
        )
        .await;
    let october = [
        usage(&[(COST, "100"), (NET, "91")]),
        usage(&[(TYPE, "EdpDiscount"), (COST, "-9")]),
    ];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &october)
        .await;
    let sql = "SELECT billing_period, sum(net_unblended_cost) FROM costs GROUP BY 1 ORDER BY 1";
    assert_eq!(
        rows(&fixture.engine().await, sql).await,
        ["2026-09,-3", "2026-10,91"]
    );
}

#[tokio::test]
async fn appendix_a() {
    let fixture = Fixture::empty();
    fixture
        .add("acme", ReportKind::LegacyCur, "2024-03", &appendix_a_rows())
        .await;
    let engine = fixture.engine().await;
    assert_eq!(
        totals(&appendix_a_rows()).await,
        "197.76736,37.44736,-14.88,175.2,0"
    );
    let sql = "SELECT count(*), sum(unblended_cost), sum(amortized_cost), sum(list_cost), sum(usage_amount) FROM costs";
    assert_eq!(rows(&engine, sql).await, ["10,197.76736,37.44736,0.642,3"]);
    let sql = "SELECT sum(unblended_cost) FROM costs WHERE resource_id IS NULL";
    assert_eq!(rows(&engine, sql).await, ["197.50136"]);
    let sql = "SELECT charge_type, sum(amortized_cost) FROM costs WHERE charge_type IN ('RIFee', 'SavingsPlanRecurringFee') GROUP BY 1 ORDER BY 1";
    assert_eq!(
        rows(&engine, sql).await,
        ["RIFee,37.15", "SavingsPlanRecurringFee,0.03"]
    );
}

/// The amounts, types and resources of Appendix A.
fn appendix_a_rows() -> Vec<Row<'static>> {
    const LIST: &str = "pricing_public_on_demand_cost";
    const AMOUNT: &str = "line_item_usage_amount";
    const RESOURCE: &str = "line_item_resource_id";
    vec![
        usage(&[
            (COST, "0.0960000000"),
            (LIST, "0.0960000000"),
            (AMOUNT, "1"),
            (RESOURCE, "i-0a1b2c3d4e5f60718"),
        ]),
        usage(&[
            (TYPE, "SavingsPlanCoveredUsage"),
            (COST, "0.1700000000"),
            (LIST, "0.1700000000"),
            (AMOUNT, "1"),
            (RESOURCE, "i-0b1b2c3d4e5f60718"),
            (SP_COST, "0.1200000000"),
        ]),
        usage(&[
            (TYPE, "SavingsPlanNegation"),
            (COST, "-0.1700000000"),
            (AMOUNT, "1"),
        ]),
        usage(&[
            (TYPE, "SavingsPlanRecurringFee"),
            (COST, "0.1500000000"),
            (AMOUNT, "1"),
            (SP_TOTAL, "0.1500000000"),
            (SP_USED, "0.1200000000"),
            (SP_UPFRONT, "0.0000000000"),
        ]),
        usage(&[
            (TYPE, "DiscountedUsage"),
            (COST, "0.0000000000"),
            (LIST, "0.3760000000"),
            (AMOUNT, "1"),
            (RESOURCE, "i-0c1b2c3d4e5f60718"),
            (
                RI,
                "arn:aws:ec2:us-east-1:111122223333:reserved-instances/aaaa",
            ),
            (RI_COST, "0.0500000000"),
        ]),
        usage(&[
            (TYPE, "RIFee"),
            (COST, "22.3200000000"),
            (AMOUNT, "744"),
            (
                RI,
                "arn:aws:ec2:us-east-1:111122223333:reserved-instances/aaaa",
            ),
            (RI_UPFRONT, "14.8800000000"),
            (RI_UNUSED_UPFRONT, "14.8600000000"),
            (RI_UNUSED_FEE, "22.2900000000"),
        ]),
        usage(&[
            (TYPE, "Fee"),
            (COST, "175.2000000000"),
            (AMOUNT, "1"),
            (
                RI,
                "arn:aws:ec2:us-east-1:111122223333:reserved-instances/aaaa",
            ),
        ]),
        usage(&[(TYPE, "Tax"), (COST, "0.0200000000"), (AMOUNT, "1")]),
        usage(&[(TYPE, "Credit"), (COST, "-0.01"), (AMOUNT, "1")]),
        usage(&[
            (TYPE, "EdpDiscount"),
            (COST, "-0.0086400000"),
            (AMOUNT, "1"),
        ]),
    ]
}
