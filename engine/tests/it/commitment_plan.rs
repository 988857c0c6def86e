//! `commitment-plan`: against plans reckoned by hand, and against filling every hour's usage by brute force.

use std::collections::BTreeMap;

use curtail_engine::{EngineError, Params};
use curtail_queries::find;
use curtail_store::ReportKind;

use crate::{
    fixture::{Fixture, Random, Row, csv, header, usage},
    golden,
};

const COST: &str = "line_item_unblended_cost";
const TYPE: &str = "line_item_line_item_type";
const CODE: &str = "line_item_product_code";
const USAGE: &str = "line_item_usage_type";
const EFFECTIVE: &str = "savings_plan_savings_plan_effective_cost";

/// A line item of the hour that so many hours after the beginning of October begins.
struct Hour {
    start: String,
    end: String,
    more: Vec<(&'static str, String)>,
}

fn hour(number: usize, more: &[(&'static str, &str)]) -> Hour {
    let at = |number: usize| format!("2026-10-{:02}T{:02}:00:00Z", number / 24 + 1, number % 24);
    Hour {
        start: at(number),
        end: at(number + 1),
        more: more
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
    }
}

fn row(hour: &Hour) -> Row<'_> {
    let mut more = vec![
        ("line_item_usage_start_date", hour.start.as_str()),
        ("line_item_usage_end_date", hour.end.as_str()),
    ];
    more.extend(
        hour.more
            .iter()
            .map(|(name, value)| (*name, value.as_str())),
    );
    usage(&more)
}

async fn store(hours: &[Hour]) -> Fixture {
    let fixture = Fixture::empty();
    let rows: Vec<_> = hours.iter().map(row).collect();
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &rows)
        .await;
    fixture
}

async fn answer(fixture: &Fixture, params: &[(&str, &str)]) -> Result<Vec<String>, EngineError> {
    let params: Params = params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned())))
        .collect();
    let engine = fixture.engine().await;
    let answer = engine
        .query(find("commitment-plan").unwrap(), &params)
        .await?;
    assert_eq!(
        header(&answer),
        "commitment,best,saving,saving_percent,coverage_percent,utilisation_percent,hours,on_demand_cost,\
         not_hourly_cost,observed_percent,currency,remark"
    );
    Ok(csv(&answer).await)
}

/// Commitment and saving of the best row.
fn best(rows: &[String]) -> (&str, &str) {
    let mut best = rows.iter().filter(|row| row.contains(",true,"));
    let mut cells = best.next().unwrap().split(',');
    assert!(best.next().is_none(), "{rows:?}");
    (cells.next().unwrap(), cells.nth(1).unwrap())
}

#[tokio::test]
async fn a_curve_is_what_one_reckons_by_hand() {
    // At half the price these hours take 5, 5, 5 and 1 dollars of a plan.
    let fixture = store(&[
        hour(0, &[(COST, "10")]),
        hour(1, &[(COST, "6")]),
        hour(1, &[(COST, "4")]),
        hour(2, &[(COST, "10")]),
        hour(3, &[(COST, "2")]),
    ])
    .await;
    assert_eq!(
        answer(&fixture, &[("discount", "0.5"), ("steps", "5")])
            .await
            .unwrap(),
        [
            "0.0,false,0.0,0.0,0.0,,4,32,0,0.0,USD,",
            "1.0,false,4.0,12.5,25.0,100.0,4,32,0,0.0,USD,",
            "2.0,false,6.0,18.75,43.75,87.5,4,32,0,0.0,USD,",
            "3.0,false,8.0,25.0,62.5,83.33,4,32,0,0.0,USD,",
            "4.0,false,10.0,31.25,81.25,81.25,4,32,0,0.0,USD,",
            "5.0,true,12.0,37.5,100.0,80.0,4,32,0,0.0,USD,",
        ]
    );
    // 7, 7, 7 and 1.4: three hours that fill it save more than the fourth loses. At 0.8 of the price they do not.
    let rows = answer(&fixture, &[("discount", "0.3"), ("steps", "1")]).await;
    assert_eq!(best(&rows.unwrap()), ("7.0", "4.0"));
    let rows = answer(&fixture, &[("discount", "0.2"), ("steps", "1")]).await;
    assert_eq!(best(&rows.unwrap()), ("1.6", "1.6"));
}

#[tokio::test]
async fn hours_without_usage_are_paid_for() {
    let busy = [hour(4, &[(COST, "10")]), hour(5, &[(COST, "10")])];
    let rows = answer(&store(&busy).await, &[("discount", "0.5")]).await;
    assert_eq!(best(&rows.unwrap()), ("5.0", "10.0"));
    // Other usage tells that the report goes on, so that a plan would have gone on for it.
    let [first, second] = busy;
    let later = hour(13, &[(CODE, "AmazonS3"), (USAGE, "Requests"), (COST, "1")]);
    let fixture = store(&[first, second, later]).await;
    let rows = answer(&fixture, &[("discount", "0.5")]).await.unwrap();
    assert_eq!(best(&rows), ("0.0", "0.0"));
    assert!(rows[0].contains(",10,20,"), "{rows:?}");
    // What is charged ahead does not.
    let ahead = hour(700, &[(TYPE, "SavingsPlanRecurringFee"), (COST, "1")]);
    let fixture = store(&[hour(4, &[(COST, "10")]), ahead]).await;
    let rows = answer(&fixture, &[("discount", "0.5")]).await.unwrap();
    assert_eq!(best(&rows), ("5.0", "5.0"));
}

#[tokio::test]
async fn discounts_are_those_observed_and_the_largest_comes_first() {
    let covered = |offering: &'static str, effective: &'static str| {
        hour(
            0,
            &[
                (TYPE, "SavingsPlanCoveredUsage"),
                (COST, "4"),
                (EFFECTIVE, effective),
                ("savings_plan_offering_type", offering),
            ],
        )
    };
    let lambda = hour(
        0,
        &[
            (CODE, "AWSLambda"),
            (USAGE, "USW2-Lambda-GB-Second-ARM"),
            (COST, "10"),
        ],
    );
    let fixture = store(&[
        covered("ComputeSavingsPlans", "2"),
        covered("EC2InstanceSavingsPlans", "0.4"),
        hour(0, &[(COST, "2")]),
        lambda,
    ])
    .await;
    // Half off m5 is observed, 12 % off Lambda typical: 1 and 8.8 dollars of a plan.
    let rows = answer(&fixture, &[("steps", "98")]).await.unwrap();
    assert_eq!(best(&rows), ("9.8", "2.2"));
    assert!(rows[5].starts_with("0.5,false,0.5,"), "{}", rows[5]);
    assert!(rows[10].starts_with("1.0,false,1.0,"), "{}", rows[10]);
    assert!(rows[54].starts_with("5.4,false,1.6,"), "{}", rows[54]);
    assert!(rows[54].ends_with(",1,12,0,16.67,USD,"), "{}", rows[54]);
    let rows = answer(&fixture, &[("service", "AmazonEC2")]).await.unwrap();
    assert_eq!(best(&rows), ("1.0", "1.0"));
    let rows = answer(&fixture, &[("account", "000000000008")]).await;
    assert_eq!(rows.unwrap(), [""; 0]);
}

#[tokio::test]
async fn only_what_such_plans_cover_counts() {
    let not = [
        ("AmazonEC2", "EBS:VolumeUsage.gp3"),
        ("AmazonEC2", "USW2-SpotUsage:m5.large"),
        ("AmazonEC2", "NatGateway-Hours"),
        ("AmazonEC2", "CPUCredits:t3"),
        ("AmazonRDS", "InstanceUsage:db.m5.large"),
        ("ElasticMapReduce", "BoxUsage:m5.large"),
        ("AmazonECS", "USE1-Fargate-EphemeralStorage-GB-Hours"),
        ("AmazonECS", "SpotUsage-Fargate-vCPU-Hours:perCPU"),
        ("AWSLambda", "Request"),
        ("AWSLambda", "Lambda-Storage-GB-Second"),
    ];
    let plain = |(code, usage): (&'static str, &'static str)| {
        hour(0, &[(CODE, code), (USAGE, usage), (COST, "100")])
    };
    let mut hours: Vec<_> = not.into_iter().map(plain).collect();
    for kind in ["DiscountedUsage", "SavingsPlanNegation", "Tax", "Fee"] {
        hours.push(hour(0, &[(TYPE, kind), (COST, "100")]));
    }
    assert_eq!(answer(&store(&hours).await, &[]).await.unwrap(), [""; 0]);
    let covered = [
        ("AmazonEC2", "BoxUsage"),
        ("AmazonEC2", "EUC1-DedicatedUsage:c6i.large"),
        ("AmazonEC2", "HostUsage:mac1"),
        ("AmazonEC2", "UnusedBox:m5.large"),
        ("AmazonEKS", "USE1-Fargate-GB-Hours"),
        ("AmazonECS", "Fargate-ARM-vCPU-Hours:perCPU"),
        ("AWSLambda", "USW2-Lambda-Provisioned-Concurrency"),
    ];
    hours.extend(covered.into_iter().map(plain));
    let rows = answer(&store(&hours).await, &[("discount", "0.5")]).await;
    assert_eq!(best(&rows.unwrap()), ("350.0", "350.0"));
}

#[tokio::test]
async fn without_hours_nothing_is_made_up() {
    let mut daily = hour(0, &[(COST, "240")]);
    daily.end = "2026-10-02T00:00:00Z".to_owned();
    assert_eq!(
        answer(&store(&[daily]).await, &[]).await.unwrap(),
        [
            ",false,,,,,,,240,,USD,unavailable: the reports tell this usage by the day or month, and a Savings Plan is \
             used up hour by hour"
        ]
    );
    // Beside hours it is told apart.
    let mut daily = hour(0, &[(COST, "240")]);
    daily.end = "2026-10-02T00:00:00Z".to_owned();
    let fixture = store(&[daily, hour(0, &[(COST, "10")])]).await;
    let rows = answer(&fixture, &[("discount", "0.5"), ("steps", "1")]).await;
    assert_eq!(
        rows.unwrap(),
        [
            "0.0,false,0.0,0.0,0.0,,1,10,240,0.0,USD,",
            "5.0,true,5.0,50.0,100.0,100.0,1,10,240,0.0,USD,"
        ]
    );
}

#[tokio::test]
async fn a_discount_is_a_share() {
    let fixture = store(&[hour(0, &[(COST, "10")])]).await;
    for wrong in ["27", "1", "-0.1", "much"] {
        let error = answer(&fixture, &[("discount", wrong)]).await.unwrap_err();
        assert!(
            matches!(&error, EngineError::Parameter { name, .. } if name == "discount"),
            "{error}"
        );
    }
    for right in ["0", "0.999"] {
        answer(&fixture, &[("discount", right)]).await.unwrap();
    }
}

#[tokio::test]
async fn focus_tells_as_much() {
    let at = |start, end, more: &[(&'static str, &'static str)]| {
        let mut row: Row<'_> = vec![
            ("billingaccountid", "1"),
            ("subaccountid", "2"),
            ("billingcurrency", "USD"),
            ("chargecategory", "Usage"),
            ("chargeperiodstart", start),
            ("chargeperiodend", end),
            ("consumedquantity", "1"),
            ("x_servicecode", "AmazonEC2"),
            ("x_usagetype", "BoxUsage:m5.large"),
        ];
        row.extend(more);
        row
    };
    let (one, two, three) = (
        "2026-10-01T00:00:00Z",
        "2026-10-01T01:00:00Z",
        "2026-10-01T02:00:00Z",
    );
    let on_demand = [
        ("pricingcategory", "Standard"),
        ("billedcost", "10"),
        ("effectivecost", "10"),
        ("listcost", "10"),
    ];
    let covered = [
        ("pricingcategory", "Committed"),
        ("commitmentdiscountid", "arn:sp"),
        ("commitmentdiscounttype", "Compute Savings Plan"),
        ("billedcost", "0"),
        ("effectivecost", "3"),
        ("listcost", "4"),
    ];
    let fixture = Fixture::empty();
    let rows = [
        at(one, two, &on_demand),
        at(two, three, &on_demand),
        at(two, three, &covered),
    ];
    fixture
        .add("focus", ReportKind::Focus, "2026-10", &rows)
        .await;
    let rows = answer(&fixture, &[]).await.unwrap();
    assert_eq!(best(&rows), ("7.5", "5.0"));
    assert!(rows[0].ends_with(",2,20,0,100.0,USD,"), "{}", rows[0]);
}

/// What a plan takes off each family, in the order in which it is used up.
const FAMILIES: [(&str, &str, f64); 4] = [
    ("AmazonEC2", "BoxUsage:c7g.large", 0.41),
    ("AmazonEC2", "BoxUsage:m5.large", 0.27),
    ("AmazonECS", "Fargate-GB-Hours", 0.15),
    ("AWSLambda", "Lambda-GB-Second", 0.12),
];

#[tokio::test]
async fn no_commitment_is_better_than_the_best() {
    const HOURS: usize = 30;
    const ACCOUNTS: usize = 6;
    let mut random = Random(7);
    // 41 % off c7g is observed, what is left is typical.
    let observed = [
        (TYPE, "SavingsPlanCoveredUsage"),
        (USAGE, "BoxUsage:c7g.xlarge"),
        (COST, "100"),
        (EFFECTIVE, "59"),
        ("line_item_usage_account_id", "000000000099"),
    ];
    let mut hours = vec![hour(0, &observed), hour(HOURS - 1, &observed)];
    let mut spent: BTreeMap<String, Vec<[f64; 4]>> = BTreeMap::new();
    for number in 0..ACCOUNTS {
        let account = format!("{number:012}");
        let spent = spent.entry(account.clone()).or_default();
        let often = 20 + random.below(80);
        for at in 0..HOURS {
            let mut costs = [0.0; 4];
            for ((code, usage, _), cost) in FAMILIES.iter().zip(&mut costs) {
                if random.chance(often) {
                    let text = format!("{}.{:05}", random.below(3), random.below(100_000));
                    *cost = text.parse().unwrap();
                    let account = account.as_str();
                    hours.push(hour(
                        at,
                        &[
                            (CODE, *code),
                            (USAGE, *usage),
                            (COST, text.as_str()),
                            ("line_item_usage_account_id", account),
                        ],
                    ));
                }
            }
            spent.push(costs);
        }
    }
    let fixture = store(&hours).await;
    for (account, costs) in &spent {
        for discount in [None, Some(0.35)] {
            let mut params = vec![("account", account.as_str()), ("steps", "20")];
            params.extend(discount.map(|_| ("discount", "0.35")));
            let rows = answer(&fixture, &params).await.unwrap();
            let told = |row: &str| {
                let mut cells = row.split(',');
                let mut number = |skip| -> f64 { cells.nth(skip).unwrap().parse().unwrap() };
                (number(0), number(1))
            };
            assert!(rows.len() > 20);
            for row in &rows {
                let (commitment, saving) = told(row);
                let expected = filled(costs, commitment, discount);
                assert!((saving - expected).abs() < 2e-6, "{expected}: {row}");
            }
            let row = rows.iter().find(|row| row.contains(",true,")).unwrap();
            let (_, best) = told(row);
            let all = (0..16_000)
                .map(|thousandths| filled(costs, f64::from(thousandths) / 1000.0, discount));
            let brute = all.fold(f64::MIN, f64::max);
            assert!((best - brute).abs() < 2e-6, "{brute}: {row}");
        }
    }
}

/// The saving of a commitment: every hour is filled from what it makes cheapest to what it hardly does.
fn filled(hours: &[[f64; 4]], commitment: f64, discount: Option<f64>) -> f64 {
    let saved = hours.iter().map(|costs| {
        let mut left = commitment;
        let mut paid_for = 0.0;
        for ((_, _, observed), on_demand) in FAMILIES.iter().zip(costs) {
            let share = 1.0 - discount.unwrap_or(*observed);
            let taken = left.min(on_demand * share);
            left -= taken;
            paid_for += taken / share;
        }
        paid_for - commitment
    });
    saved.sum()
}

#[tokio::test]
async fn the_golden_curve() {
    let mut hours = vec![hour(
        0,
        &[
            (TYPE, "SavingsPlanCoveredUsage"),
            (COST, "1"),
            (EFFECTIVE, "0.68"),
        ],
    )];
    for number in 0..48 {
        let busy = if number % 24 < 8 { "0.192" } else { "0.768" };
        hours.push(hour(number, &[(COST, busy)]));
        hours.push(hour(
            number,
            &[
                (CODE, "AWSLambda"),
                (USAGE, "Lambda-GB-Second"),
                (COST, "0.0031"),
            ],
        ));
        hours.push(hour(
            number,
            &[
                (CODE, "AmazonECS"),
                (USAGE, "EUC1-Fargate-vCPU-Hours:perCPU"),
                (COST, "0.0466"),
                ("line_item_currency_code", "EUR"),
            ],
        ));
    }
    let fixture = store(&hours).await;
    let engine = fixture.engine().await;
    let plan = find("commitment-plan").unwrap();
    let answer = engine.query(plan, &Params::new()).await.unwrap();
    golden::assert_golden(&answer, &golden::folder().join("commitment-plan.csv")).await;
}
