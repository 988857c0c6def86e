//! `change-attribution`: each cause shows in its own column, and all of them add up to the last digit.

use std::collections::BTreeSet;

use curtail_engine::{Engine, EngineError, Params};
use curtail_queries::find;
use curtail_store::{Money, ReportKind};

use crate::{
    fixture::{Fixture, Random, Row, csv, header, usage},
    golden,
};

const TYPE: &str = "line_item_line_item_type";
const COST: &str = "line_item_unblended_cost";
const NET: &str = "line_item_net_unblended_cost";
const AMOUNT: &str = "line_item_usage_amount";
const RESOURCE: &str = "line_item_resource_id";
const UNIT: &str = "pricing_unit";
const START: &str = "line_item_usage_start_date";
const ACCOUNT: &str = "line_item_usage_account_id";
const SP_EFFECTIVE: &str = "savings_plan_savings_plan_effective_cost";
const RI_EFFECTIVE: &str = "reservation_effective_cost";
const LIST: &str = "pricing_public_on_demand_cost";

/// The parts of a change, in the order of their columns.
const CAUSES: [&str; 9] = [
    "days",
    "usage",
    "price",
    "new_resources",
    "gone_resources",
    "commitments",
    "credits_and_discounts",
    "tax",
    "one_offs",
];

type Line<'a> = &'a [(&'a str, &'a str)];

/// Lines of both months, the change that they make, and its causes.
type Case<'a> = (
    &'a [Line<'a>],
    &'a [Line<'a>],
    &'a str,
    &'a [(&'a str, &'a str)],
);

async fn answer(engine: &Engine, params: &[(&str, &str)]) -> Result<Vec<Vec<String>>, EngineError> {
    let params: Params = params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned())))
        .collect();
    let query = find("change-attribution").unwrap();
    let answer = engine.query(query, &params).await?;
    assert_eq!(
        header(&answer),
        format!(
            "account_id,service,from_cost,to_cost,change,{},unattributed,currency",
            CAUSES.join(",")
        )
    );
    let rows = csv(&answer).await;
    Ok(rows
        .iter()
        .map(|row| row.split(',').map(str::to_owned).collect())
        .collect())
}

/// What a row tells: its change, and the causes that are not zero.
fn told(row: &[String]) -> (&str, Vec<(&'static str, &str)>) {
    assert_eq!(row[14], "0", "{row:?}");
    let causes = CAUSES.into_iter().zip(row[5..].iter().map(String::as_str));
    (&row[4], causes.filter(|(_, part)| *part != "0").collect())
}

/// September and October with these lines, and in both of them something that stays from the first to the tenth.
async fn months(before: &[Line<'_>], after: &[Line<'_>]) -> Fixture {
    let fixture = Fixture::empty();
    for (period, lines) in [("2026-09", before), ("2026-10", after)] {
        let starts = ["01", "05", "10"].map(|day| format!("{period}-{day}T00:00:00Z"));
        let mut rows: Vec<Row<'_>> = Vec::new();
        for start in [&starts[0], &starts[2]] {
            let stays = [(START, start.as_str()), (RESOURCE, "i-0"), (COST, "0.1")];
            rows.push(usage(
                &[&stays[..], &[(AMOUNT, "1"), (UNIT, "Hrs")]].concat(),
            ));
        }
        for line in lines {
            let usual = [(START, starts[1].as_str()), (UNIT, "Hrs")];
            let given = |name| line.iter().any(|(other, _)| *other == name);
            let more = usual.into_iter().filter(|(name, _)| !given(*name));
            rows.push(usage(&more.chain(line.iter().copied()).collect::<Vec<_>>()));
        }
        fixture
            .add("acme", ReportKind::LegacyCur, period, &rows)
            .await;
    }
    fixture
}

const HOURS: Line<'_> = &[(RESOURCE, "i-1"), (COST, "5"), (AMOUNT, "10")];
const COVERED: Line<'_> = &[
    (TYPE, "SavingsPlanCoveredUsage"),
    (RESOURCE, "i-1"),
    (COST, "5"),
    (AMOUNT, "10"),
    (SP_EFFECTIVE, "3"),
];
const NEGATION: Line<'_> = &[(TYPE, "SavingsPlanNegation"), (COST, "-5"), (AMOUNT, "10")];
const PLAN: Line<'_> = &[
    (TYPE, "SavingsPlanRecurringFee"),
    (COST, "3.5"),
    ("savings_plan_total_commitment_to_date", "3.5"),
    ("savings_plan_used_commitment", "3"),
];
const RESERVED: Line<'_> = &[
    (TYPE, "DiscountedUsage"),
    (RESOURCE, "i-1"),
    (COST, "0"),
    (AMOUNT, "10"),
    (RI_EFFECTIVE, "2.9"),
    (LIST, "5"),
];

#[tokio::test]
async fn each_cause_has_its_column() {
    let twice: Line<'_> = &[(RESOURCE, "i-1"), (COST, "10"), (AMOUNT, "20")];
    let dearer: Line<'_> = &[(RESOURCE, "i-1"), (COST, "7"), (AMOUNT, "10")];
    let both: Line<'_> = &[(RESOURCE, "i-1"), (COST, "14"), (AMOUNT, "20")];
    let larger: Line<'_> = &[
        (RESOURCE, "i-1"),
        ("line_item_usage_type", "BoxUsage:m5.xlarge"),
        (COST, "9"),
        (AMOUNT, "10"),
    ];
    let requests: Line<'_> = &[
        ("line_item_usage_type", "Requests"),
        (COST, "4"),
        (AMOUNT, "9"),
    ];
    let third: Line<'_> = &[(RESOURCE, "i-1"), (COST, "1"), (AMOUNT, "3")];
    let thirds: Line<'_> = &[
        (RESOURCE, "i-1"),
        (COST, "2.333333333333333333"),
        (AMOUNT, "7"),
    ];
    let fee: Line<'_> = &[
        (TYPE, "RIFee"),
        (COST, "1"),
        ("reservation_unused_recurring_fee", "0.2"),
    ];
    let cases: &[Case<'_>] = &[
        (&[HOURS], &[HOURS], "0", &[]),
        (&[HOURS], &[twice], "5", &[("usage", "5")]),
        (&[twice], &[HOURS], "-5", &[("usage", "-5")]),
        (&[HOURS], &[dearer], "2", &[("price", "2")]),
        (&[HOURS], &[both], "9", &[("usage", "5"), ("price", "4")]),
        (&[HOURS], &[larger], "4", &[("usage", "4")]),
        (&[], &[HOURS], "5", &[("new_resources", "5")]),
        (&[HOURS], &[], "-5", &[("gone_resources", "-5")]),
        (&[], &[requests], "4", &[("new_resources", "4")]),
        (&[requests], &[], "-4", &[("gone_resources", "-4")]),
        // Six times and a digit that a report rounded: still the same price.
        (
            &[third],
            &[thirds],
            "1.333333333333333333",
            &[("usage", "1.333333333333333333")],
        ),
        (
            &[HOURS],
            &[COVERED, NEGATION, PLAN],
            "-1.5",
            &[("commitments", "-1.5")],
        ),
        (
            &[HOURS],
            &[RESERVED, fee],
            "-1.9",
            &[("commitments", "-1.9")],
        ),
        (&[COVERED], &[RESERVED], "-0.1", &[("commitments", "-0.1")]),
        (
            &[],
            &[&[(TYPE, "Credit"), (COST, "-3")]],
            "-3",
            &[("credits_and_discounts", "-3")],
        ),
        (
            &[&[(TYPE, "EdpDiscount"), (COST, "-2")]],
            &[],
            "2",
            &[("credits_and_discounts", "2")],
        ),
        (
            &[&[(TYPE, "Tax"), (COST, "1")]],
            &[&[(TYPE, "Tax"), (COST, "1.2")]],
            "0.2",
            &[("tax", "0.2")],
        ),
        (
            &[],
            &[&[(TYPE, "Fee"), (COST, "100")]],
            "100",
            &[("one_offs", "100")],
        ),
        (
            &[],
            &[&[(TYPE, "AsYetUnknown"), (COST, "1")]],
            "1",
            &[("one_offs", "1")],
        ),
    ];
    for (before, after, change, causes) in cases {
        let fixture = months(before, after).await;
        let engine = fixture.engine().await;
        let rows = answer(&engine, &[]).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(told(&rows[0]), (*change, causes.to_vec()));
    }
}

#[tokio::test]
async fn longer_months_are_told_apart() {
    let on = |start: &'static str, amount: &'static str, unit: &'static str| -> Vec<_> {
        vec![
            (START, start),
            (RESOURCE, "i-1"),
            (COST, amount),
            (AMOUNT, amount),
            (UNIT, unit),
        ]
    };
    // Ten days in September, twenty in October. What stays, for 0.2, came at half the pace there.
    for (amounts, unit, change, days, usage) in [
        (["3", "6"], "Hrs", "3", "3.2", "-0.2"),
        (["3", "3"], "Hrs", "0", "3.2", "-3.2"),
        (["3", "7"], "Hrs", "4", "3.2", "0.8"),
        (["3", "3"], "GB-Mo", "0", "0.2", "-0.2"),
        (["3", "4"], "GB-Mo", "1", "0.2", "0.8"),
    ] {
        let before = on("2026-09-03T00:00:00Z", amounts[0], unit);
        let after = on("2026-10-20T00:00:00Z", amounts[1], unit);
        let fixture = months(&[&before], &[&after]).await;
        let engine = fixture.engine().await;
        let rows = answer(&engine, &[]).await.unwrap();
        let causes = vec![("days", days), ("usage", usage)];
        assert_eq!(told(&rows[0]), (change, causes), "{amounts:?} {unit}");
        let rows = answer(&engine, &[("days", "10")]).await.unwrap();
        assert_eq!(
            told(&rows[0]).1,
            [("gone_resources", &*format!("-{}", amounts[0]))]
        );
    }
}

#[tokio::test]
async fn metrics_and_groups() {
    let line = |account: &'static str, cost: &'static str, net: &'static str| {
        [
            (RESOURCE, "i-1"),
            (ACCOUNT, account),
            (COST, cost),
            (NET, net),
            (AMOUNT, "1"),
        ]
    };
    let upfront: Line<'_> = &[
        (TYPE, "SavingsPlanUpfrontFee"),
        ("line_item_product_code", "ComputeSavingsPlans"),
        (COST, "50"),
    ];
    let (one, two) = (line("1", "10", "9"), line("2", "20", "18"));
    let (three, four) = (line("1", "10", "8"), line("2", "22", "19.8"));
    let fixture = months(&[&one, &two], &[&three, &four, upfront]).await;
    let engine = fixture.engine().await;
    let run = async |params: &[(&str, &str)]| {
        let rows = answer(&engine, params).await.unwrap();
        let rows = rows.iter().map(|row| {
            let (change, causes) = told(row);
            let causes = causes.iter().map(|(name, part)| format!(" {name}={part}"));
            format!(
                "{}/{} {change}:{}",
                row[0],
                row[1],
                causes.collect::<String>()
            )
        });
        rows.collect::<Vec<_>>()
    };
    assert_eq!(run(&[("by", "total")]).await, ["/ 2: price=2"]);
    assert_eq!(
        run(&[("by", "total"), ("metric", "unblended")]).await,
        ["/ 52: price=2 commitments=50"]
    );
    assert_eq!(
        run(&[("by", "total"), ("metric", "net-amortized")]).await,
        ["/ 0.8: price=2 credits_and_discounts=-1.2"]
    );
    assert_eq!(
        run(&[("by", "total"), ("metric", "net-unblended")]).await,
        ["/ 50.8: price=2 commitments=50 credits_and_discounts=-1.2"]
    );
    assert_eq!(
        run(&[("metric", "unblended")]).await,
        [
            "/ComputeSavingsPlans 50: commitments=50",
            "/AmazonEC2 2: price=2"
        ]
    );
    assert_eq!(
        run(&[("by", "account")]).await,
        ["2/ 2: price=2", "000000000007/ 0:", "1/ 0:"]
    );
    assert_eq!(
        run(&[("by", "account,service"), ("account", "2")]).await,
        ["2/AmazonEC2 2: price=2"]
    );
    assert_eq!(
        run(&[("by", "total"), ("from", "2026-10"), ("to", "2026-09")]).await,
        ["/ -2: price=-2"]
    );
    // With nothing to compare there is no answer.
    assert_eq!(run(&[("from", "2026-08")]).await, [""; 0]);
    assert_eq!(run(&[("from", "2026-10")]).await, [""; 0]);
    for (name, value) in [
        ("by", "region"),
        ("metric", "list"),
        ("by", "total|service"),
    ] {
        let error = answer(&engine, &[(name, value)]).await.unwrap_err();
        assert!(
            matches!(&error, EngineError::Parameter { name: found, .. } if found == name),
            "{error}"
        );
    }
}

#[tokio::test]
async fn currencies_stay_apart() {
    let euros = [
        (RESOURCE, "i-2"),
        ("line_item_currency_code", "EUR"),
        (COST, "7"),
    ];
    let fixture = months(&[], &[&euros]).await;
    let rows = answer(&fixture.engine().await, &[]).await.unwrap();
    assert_eq!((rows.len(), rows[0][15].as_str()), (2, "EUR"));
    assert_eq!(told(&rows[0]), ("7", vec![("new_resources", "7")]));
    assert_eq!(told(&rows[1]), ("0", vec![]));
}

#[tokio::test]
async fn focus_tells_as_much() {
    let row = |more: &[(&'static str, &'static str)]| {
        let mut row: Row<'_> = vec![
            ("billingaccountid", "1"),
            ("billingcurrency", "USD"),
            ("servicename", "Amazon Elastic Compute Cloud"),
            ("consumedunit", "Hrs"),
        ];
        row.extend(more);
        row
    };
    let hours = |start, more: &[(&'static str, &'static str)]| {
        let usage = [
            ("chargecategory", "Usage"),
            ("resourceid", "i-1"),
            ("x_usagetype", "BoxUsage:m5.large"),
            ("consumedquantity", "10"),
            ("chargeperiodstart", start),
        ];
        row(&[&usage[..], more].concat())
    };
    let (before, now) = ("2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z");
    let plan = [
        ("commitmentdiscountid", "arn:sp"),
        ("commitmentdiscounttype", "Compute Savings Plan"),
        ("chargeperiodstart", now),
    ];
    let covered = [
        ("billedcost", "0"),
        ("effectivecost", "3"),
        ("listcost", "5"),
    ];
    let unused = [
        ("chargecategory", "Usage"),
        ("effectivecost", "0.5"),
        ("listcost", "0"),
    ];
    let fee = [
        ("chargecategory", "Purchase"),
        ("billedcost", "3.5"),
        ("effectivecost", "0"),
    ];
    let on_demand = [
        ("billedcost", "5"),
        ("effectivecost", "5"),
        ("listcost", "5"),
    ];
    let fixture = Fixture::empty();
    fixture
        .add(
            "f",
            ReportKind::Focus,
            "2026-09",
            &[hours(before, &on_demand)],
        )
        .await;
    let rows = [
        hours(now, &[&plan[..2], &covered].concat()),
        row(&[&plan[..], &unused].concat()),
        row(&[&plan[..], &fee].concat()),
    ];
    fixture.add("f", ReportKind::Focus, "2026-10", &rows).await;
    let engine = fixture.engine().await;
    for metric in ["amortized", "unblended"] {
        let rows = answer(&engine, &[("metric", metric)]).await.unwrap();
        assert_eq!(
            told(&rows[0]),
            ("-1.5", vec![("commitments", "-1.5")]),
            "{metric}"
        );
    }
}

/// What is charged in random data: types, with a sign.
const TYPES: [(&str, &str); 12] = [
    ("Usage", ""),
    ("Usage", ""),
    ("Usage", ""),
    ("DiscountedUsage", ""),
    ("SavingsPlanCoveredUsage", ""),
    ("SavingsPlanNegation", "-"),
    ("SavingsPlanRecurringFee", ""),
    ("RIFee", ""),
    ("Credit", "-"),
    ("EdpDiscount", "-"),
    ("Tax", ""),
    ("Fee", ""),
];

#[derive(Clone)]
struct Charge {
    kind: &'static str,
    values: Vec<(&'static str, String)>,
    identity: Option<String>,
    cost: Money,
}

fn charge(random: &mut Random, period: &str) -> Charge {
    let (kind, sign) = TYPES[random.below(TYPES.len())];
    let mut amount = |most: usize| {
        let places = random.below(18);
        let digits: String = (0..places).map(|_| random.below(10).to_string()).collect();
        format!("{}.{digits}0", random.below(most))
    };
    let cost = format!("{sign}{}", amount(1000));
    let mut values = vec![(COST, cost.clone()), (AMOUNT, amount(50))];
    for column in [
        SP_EFFECTIVE,
        RI_EFFECTIVE,
        LIST,
        NET,
        "savings_plan_total_commitment_to_date",
        "savings_plan_used_commitment",
        "reservation_unused_recurring_fee",
    ] {
        values.push((column, amount(1000)));
    }
    let service = ["AmazonEC2", "AmazonS3"][random.below(2)];
    let account = ["1", "2"][random.below(2)];
    let meter = ["BoxUsage", "Bytes", "Requests"][random.below(3)];
    values.push(("line_item_product_code", service.to_owned()));
    values.push((ACCOUNT, account.to_owned()));
    values.push(("line_item_usage_type", meter.to_owned()));
    let unit = ["Hrs", "GB-Mo"][random.below(2)];
    values.push((UNIT, unit.to_owned()));
    values.push((
        START,
        format!("{period}-{:02}T03:00:00Z", 1 + random.below(28)),
    ));
    let resource = random.chance(70).then(|| format!("r-{}", random.below(6)));
    let identity = match &resource {
        Some(id) => format!("{account} {service} {id}"),
        None => format!("{account} {service} {meter} {unit}"),
    };
    values.extend(resource.map(|id| (RESOURCE, id)));
    let is_usage = matches!(
        kind,
        "Usage" | "DiscountedUsage" | "SavingsPlanCoveredUsage"
    );
    values.push((TYPE, kind.to_owned()));
    Charge {
        kind,
        values,
        identity: is_usage.then_some(identity),
        cost: cost.parse().unwrap(),
    }
}

/// What the row is at public prices, if it is usage and the bill is what is explained.
fn public(charge: &Charge) -> Money {
    let told = |column| {
        let mut values = charge.values.iter();
        values
            .find(|(name, _)| *name == column)
            .unwrap()
            .1
            .parse()
            .unwrap()
    };
    match charge.kind {
        "DiscountedUsage" => told(LIST),
        "Usage" | "SavingsPlanCoveredUsage" => charge.cost,
        _ => Money::ZERO,
    }
}

#[tokio::test]
async fn all_causes_add_up_to_the_last_digit() {
    const MONTHS: usize = 25;
    let mut random = Random(11);
    let fixture = Fixture::empty();
    let mut months: Vec<(String, Vec<Charge>)> = Vec::new();
    for number in 0..MONTHS {
        let period = format!("{}-{:02}", 2024 + number / 12, number % 12 + 1);
        let charges: Vec<_> = (0..=random.below(80))
            .map(|_| charge(&mut random, &period))
            .chain([charge(&mut Random(2), &period)])
            .collect();
        let rows: Vec<Row<'_>> = charges
            .iter()
            .map(|charge| {
                let values = charge.values.iter();
                usage(
                    &values
                        .map(|(name, value)| (*name, value.as_str()))
                        .collect::<Vec<_>>(),
                )
            })
            .collect();
        fixture
            .add("acme", ReportKind::LegacyCur, &period, &rows)
            .await;
        months.push((period, charges));
    }
    let engine = fixture.engine().await;
    let sum = |rows: &[Vec<String>], column: usize| -> Money {
        rows.iter()
            .map(|row| row[column].parse::<Money>().unwrap())
            .sum()
    };
    for two in months.windows(2) {
        let [(from, before), (to, after)] = two else {
            unreachable!()
        };
        let ids = |charges: &[Charge]| -> BTreeSet<_> {
            charges
                .iter()
                .filter_map(|charge| charge.identity.clone())
                .collect()
        };
        let (ids_before, ids_after) = (ids(before), ids(after));
        if ids_before.is_empty() || ids_after.is_empty() {
            continue;
        }
        let by = ["total", "service", "account", "account,service"][random.below(4)];
        let other = ["amortized", "net-unblended", "net-amortized"][random.below(3)];
        for metric in ["unblended", other] {
            let params = [
                ("from", from.as_str()),
                ("to", to),
                ("by", by),
                ("metric", metric),
            ];
            let rows = answer(&engine, &params).await.unwrap();
            for row in &rows {
                let cells: Vec<Money> = row[2..15]
                    .iter()
                    .map(|cell| cell.parse().unwrap())
                    .collect();
                assert_eq!(cells[1] - cells[0], cells[2], "{row:?}");
                assert_eq!(
                    cells[3..12].iter().copied().sum::<Money>(),
                    cells[2],
                    "{row:?}"
                );
                assert_eq!(cells[12], Money::ZERO, "{row:?}");
            }
            // Costs are those that others tell.
            let column = metric.replace('-', "_");
            let text =
                format!("select sum({column}_cost) from costs where billing_period = '{to}'");
            let costs = crate::fixture::rows(&engine, &text).await;
            assert_eq!(sum(&rows, 3).to_string(), costs[0], "{params:?}");
            if metric != "unblended" {
                continue;
            }
            // And so are the causes that can be told without quantities.
            let of = |charges: &[Charge], what: &dyn Fn(&Charge) -> Money| -> Money {
                charges.iter().map(what).sum()
            };
            let kinds = |kinds: &'static [&'static str]| {
                move |charge: &Charge| {
                    if kinds.contains(&charge.kind) {
                        charge.cost
                    } else {
                        Money::ZERO
                    }
                }
            };
            let unknown = |known: &BTreeSet<String>, charge: &Charge| match &charge.identity {
                Some(identity) if !known.contains(identity) => public(charge),
                _ => Money::ZERO,
            };
            let change = |what: &dyn Fn(&Charge) -> Money| of(after, what) - of(before, what);
            for (cause, expected) in [
                ("tax", change(&kinds(&["Tax"]))),
                ("one_offs", change(&kinds(&["Fee"]))),
                (
                    "credits_and_discounts",
                    change(&kinds(&["Credit", "EdpDiscount"])),
                ),
                (
                    "commitments",
                    change(&kinds(&[
                        "SavingsPlanNegation",
                        "SavingsPlanRecurringFee",
                        "RIFee",
                        "DiscountedUsage",
                    ])) - change(&|charge| {
                        if charge.kind == "DiscountedUsage" {
                            public(charge)
                        } else {
                            Money::ZERO
                        }
                    }),
                ),
                (
                    "new_resources",
                    of(after, &|charge| unknown(&ids_before, charge)),
                ),
                (
                    "gone_resources",
                    -of(before, &|charge| unknown(&ids_after, charge)),
                ),
            ] {
                let column = 5 + CAUSES.iter().position(|name| *name == cause).unwrap();
                assert_eq!(sum(&rows, column), expected, "{cause} {params:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_golden_attribution() {
    let other: Line<'_> = &[
        ("line_item_product_code", "AmazonS3"),
        ("line_item_usage_type", "TimedStorage-ByteHrs"),
        (RESOURCE, "bucket"),
        (COST, "2.3"),
        (AMOUNT, "100"),
        (UNIT, "GB-Mo"),
    ];
    let more: Line<'_> = &[
        ("line_item_product_code", "AmazonS3"),
        ("line_item_usage_type", "TimedStorage-ByteHrs"),
        (RESOURCE, "bucket"),
        (COST, "2.64"),
        (AMOUNT, "120"),
        (UNIT, "GB-Mo"),
    ];
    let gone: Line<'_> = &[(RESOURCE, "i-9"), (COST, "1.25"), (AMOUNT, "2")];
    let new: Line<'_> = &[
        (RESOURCE, "i-10"),
        (COST, "0.75"),
        (AMOUNT, "1"),
        (ACCOUNT, "8"),
    ];
    let tax: Line<'_> = &[(TYPE, "Tax"), (COST, "0.35")];
    let euros: Line<'_> = &[
        (TYPE, "Fee"),
        (COST, "9"),
        ("line_item_currency_code", "EUR"),
    ];
    let credit: Line<'_> = &[(TYPE, "Credit"), (COST, "-0.000000000000000001")];
    let last: Line<'_> = &[
        (START, "2026-10-11T00:00:00Z"),
        (RESOURCE, "i-0"),
        (COST, "0.05"),
        (AMOUNT, "0.4"),
    ];
    let fixture = months(
        &[HOURS, other, gone],
        &[COVERED, NEGATION, PLAN, more, new, tax, euros, credit, last],
    )
    .await;
    let engine = fixture.engine().await;
    let query = find("change-attribution").unwrap();
    let params = Params::from([("by".to_owned(), Some("account,service".to_owned()))]);
    let answer = engine.query(query, &params).await.unwrap();
    golden::assert_golden(&answer, &golden::folder().join("change-attribution.csv")).await;
}
