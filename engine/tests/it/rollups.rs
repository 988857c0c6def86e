//! Aggregates that read rollups or merged line items: the same digits as line by line, whatever is asked.

mod limited;
mod questions;

use arrow::record_batch::RecordBatch;
use curtail_engine::{Engine, Params};
use curtail_store::{Beside, BuiltIn, Fact, Grain, Partly, ReportKind, Rollup, RollupName, Table};
use parquet::arrow::ArrowWriter;

use self::questions::{KNOWN_LATER, question};
use crate::fixture::{Fixture, Random, csv, rows, usage};

const DIMENSIONS: &[&str] = &[
    "bill_payer_account_id",
    "line_item_usage_account_id",
    "line_item_line_item_type",
    "line_item_product_code",
    "line_item_usage_type",
    "line_item_currency_code",
    "product_region_code",
    "resource_tags_user_team",
    "line_item_availability_zone",
    "line_item_line_item_description",
    "reservation_reservation_a_r_n",
];
/// Those of the coarsest rollup, and what it tells of some line items only.
const SERVICES: &[&str] = &[
    "bill_payer_account_id",
    "line_item_usage_account_id",
    "line_item_line_item_type",
    "line_item_product_code",
    "line_item_currency_code",
    "product_region_code",
];
const PARTLY: &[(&str, &str, Option<&str>)] = &[
    ("line_item_availability_zone", "product_region_code", None),
    (
        "line_item_line_item_description",
        "line_item_line_item_type",
        Some("Refund"),
    ),
    (
        "reservation_reservation_a_r_n",
        "line_item_line_item_type",
        Some("Fee"),
    ),
];
const RESOURCE: &str = "line_item_resource_id";
const START: &str = "line_item_usage_start_date";
const MEASURES: &[&str] = &[
    "line_item_unblended_cost",
    "line_item_blended_cost",
    "line_item_usage_amount",
    "pricing_public_on_demand_cost",
    "reservation_effective_cost",
    "savings_plan_savings_plan_effective_cost",
];

/// A month of line items that have about everything in common, or nothing: some amounts are NULL, and some are always. With an
/// account, those of it alone.
async fn month(
    fixture: &Fixture,
    period: &str,
    count: usize,
    account: Option<&str>,
    random: &mut Random,
) {
    let one = |random: &mut Random, of: &[&str]| of[random.below(of.len())].to_owned();
    let mut texts = Vec::new();
    for _ in 0..count {
        let kind = one(
            random,
            &[
                "Usage",
                "Usage",
                "Usage",
                "Tax",
                "DiscountedUsage",
                "SavingsPlanCoveredUsage",
                "Refund",
                "Fee",
            ],
        );
        let amount = |random: &mut Random| match random.below(6) {
            0 => String::new(),
            1 => "0".to_owned(),
            2 => format!("-{}.5", random.below(3)),
            _ => format!("{}.{:018}", random.below(9), random.below(1_000_000)),
        };
        texts.push([
            format!(
                "{period}-{:02}T{:02}:{:02}:00Z",
                1 + random.below(28),
                random.below(24),
                30 * random.below(2)
            ),
            kind,
            one(
                random,
                &["AmazonEC2", "AmazonS3", "AWSLambda", "ComputeSavingsPlans"],
            ),
            one(random, &["000000000007", "000000000008"]),
            one(random, &["", "us-east-1", "eu-west-1"]),
            one(random, &["", "core"]),
            format!("i-{}", random.below(5)),
            // Never NULL.
            format!("{}.{:06}", random.below(3), random.below(100)),
            amount(random),
            amount(random),
            amount(random),
            amount(random),
            one(random, &["", "us-west-2a", "us-west-2b"]),
            one(
                random,
                &["", "Refund for one-time fee for Savings Plan ID 7", "Other"],
            ),
            one(random, &["", "arn:aws:ec2::7:reserved-instances/8"]),
        ]);
    }
    texts.retain(|texts| account.is_none_or(|account| texts[3] == account));
    let names = [
        START,
        "line_item_line_item_type",
        "line_item_product_code",
        "line_item_usage_account_id",
        "product_region_code",
        "resource_tags_user_team",
        RESOURCE,
        "line_item_unblended_cost",
        "line_item_blended_cost",
        "line_item_usage_amount",
        "pricing_public_on_demand_cost",
        "reservation_effective_cost",
        "line_item_availability_zone",
        "line_item_line_item_description",
        "reservation_reservation_a_r_n",
    ];
    let items = texts.iter().map(|texts| {
        let values = names.into_iter().zip(texts.iter().map(String::as_str));
        usage(&values.collect::<Vec<_>>())
    });
    let items: Vec<_> = items.collect();
    let seen = items.iter().flatten().map(|(name, _)| (*name).to_owned());
    let mut seen: Vec<_> = seen.collect();
    seen.sort();
    seen.dedup();
    fixture
        .add_with("acme", ReportKind::LegacyCur, period, &items, |receipt| {
            receipt.columns.seen = seen;
        })
        .await;
}

/// What a rollup tells of amounts.
#[derive(Clone, Copy)]
enum Tells {
    Sums,
    Nulls,
    Everything,
}

/// Gives a month a rollup that is computed in SQL, line by line.
async fn roll_up(fixture: &Fixture, plain: &Engine, period: &str, name: RollupName, tells: Tells) {
    let (mut dimensions, mut partly) = (DIMENSIONS.to_vec(), &[][..]);
    if name == BuiltIn::DailyServices.name() {
        (dimensions, partly) = (SERVICES.to_vec(), PARTLY);
    }
    if name == BuiltIn::DailyResources.name() {
        dimensions.push(RESOURCE);
    }
    let told: &[Beside] = match tells {
        Tells::Sums => &[],
        Tells::Nulls => &[Beside::Nulls],
        Tells::Everything => &Beside::ALL,
    };
    let mut outputs: Vec<_> = dimensions.iter().map(|it| (*it).to_owned()).collect();
    for (column, of, value) in partly {
        let is = value.map_or("IS NULL".to_owned(), |value| format!("= '{value}'"));
        outputs.push(format!("CASE WHEN {of} {is} THEN {column} END AS {column}"));
    }
    outputs.push(format!("date_trunc('day', {START}) AS {START}"));
    let groups = outputs.len();
    let mut beside = Vec::new();
    for name in MEASURES {
        outputs.push(format!("sum({name}) AS {name}"));
        for told in told {
            let value = match told {
                Beside::Nulls => format!("nullif(count(*) - count({name}), 0)"),
                Beside::Least => format!("nullif(min({name}), sum({name}))"),
                Beside::Most => format!("nullif(max({name}), min({name}))"),
            };
            let column = told.column(name);
            outputs.push(format!("{value} AS \"{column}\""));
            beside.push(column);
        }
    }
    outputs.push("count(*) AS row_count".to_owned());
    let groups = (1..=groups).map(|place| place.to_string());
    let sql = format!(
        "SELECT {} FROM cur WHERE billing_period = '{period}' GROUP BY {}",
        outputs.join(", "),
        groups.collect::<Vec<_>>().join(", ")
    );
    let answer = plain.sql(&sql, &Params::new()).await.unwrap();
    let batches = answer.collect().await.unwrap();
    let report = "acme".parse().unwrap();
    let period = period.parse().unwrap();
    let replacement = fixture.store.replace(Table::LineItems, &report, period);
    let replacement = replacement.await.unwrap();
    let rows = batches.iter().map(RecordBatch::num_rows).sum::<usize>();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batches[0].schema(), None).unwrap();
    for batch in &batches {
        writer.write(batch).unwrap();
    }
    writer.close().unwrap();
    let file = replacement
        .write_rollup(&name, bytes.into(), rows as u64)
        .await
        .unwrap();
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let rollup = Rollup {
        name,
        per: Grain::Day,
        dimensions: owned(&dimensions),
        measures: owned(MEASURES),
        beside,
        partly: (partly.iter())
            .map(|(name, of, value)| Partly {
                column: (*name).to_owned(),
                of: vec![fact(of, *value)],
            })
            .collect(),
        definition: None,
        files: vec![file],
    };
    let previous = replacement.previous().unwrap().receipt.rollups.clone();
    let rollups = previous.into_iter().chain([rollup]).collect();
    replacement.amend(rollups, Vec::new()).await.unwrap();
}

fn fact(column: &str, value: Option<&str>) -> Fact {
    let column = column.to_owned();
    match value {
        Some(value) => Fact::Is {
            column,
            value: value.to_owned(),
        },
        None => Fact::Null { column },
    }
}

/// Three months: with rollups that tell everything, with such of an earlier version, and without.
async fn fixture() -> Fixture {
    fixture_of(None).await
}

/// The same, or the line items of one account alone.
async fn fixture_of(account: Option<&str>) -> Fixture {
    let fixture = Fixture::empty();
    let mut random = Random(3);
    for (period, count) in [("2026-08", 60), ("2026-09", 1500), ("2026-10", 1500)] {
        month(&fixture, period, count, account, &mut random).await;
    }
    let plain = fixture.engine_with(false, false).await;
    for (period, name, tells) in [
        ("2026-09", BuiltIn::Daily, Tells::Sums),
        ("2026-09", BuiltIn::DailyResources, Tells::Nulls),
        ("2026-10", BuiltIn::Daily, Tells::Everything),
        ("2026-10", BuiltIn::DailyResources, Tells::Nulls),
        ("2026-10", BuiltIn::DailyServices, Tells::Everything),
    ] {
        roll_up(&fixture, &plain, period, name.name(), tells).await;
    }
    fixture
}

/// How many random questions are asked.
#[expect(
    clippy::disallowed_methods,
    reason = "raised by hand, to search for longer"
)]
fn wanted() -> usize {
    let wanted = std::env::var("CURTAIL_RANDOM_QUESTIONS").ok();
    wanted.map_or(120, |wanted| wanted.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_questions_have_the_same_digits() {
    let fixture = fixture().await;
    let rolled = fixture.engine_with(true, true).await;
    let merged = fixture.engine_with(false, true).await;
    let plain = fixture.engine_with(false, false).await;
    let mut known = Vec::new();
    for expression in KNOWN_LATER {
        let sql = format!("SELECT {expression} FROM costs");
        match plain.sql(&sql, &Params::new()).await {
            Ok(_) => known.push(*expression),
            // Others of the same names would be other functions.
            Err(_) if known.is_empty() => break,
            Err(error) => panic!("{expression}: {error}"),
        }
    }
    let mut random = Random(17);
    let (mut from_rollups, mut from_merged, mut from_items) = (0, 0, 0);
    for _ in 0..wanted() {
        let question = question(&mut random, &known);
        let expected = match plain.sql(&question, &Params::new()).await {
            Ok(answer) => csv(&answer).await,
            Err(error) => panic!("{question}: {error}"),
        };
        for (engine, way) in [(&rolled, "rollups"), (&merged, "merged")] {
            let answer = engine.sql(&question, &Params::new()).await;
            let answer = answer.unwrap_or_else(|error| panic!("{way}: {question}: {error}"));
            let plan = answer.plan();
            match (plan.contains("/daily"), plan.contains("MergingScan")) {
                (true, _) => from_rollups += 1,
                (_, true) => from_merged += 1,
                _ => from_items += 1,
            }
            assert_eq!(csv(&answer).await, expected, "{way}: {question}\n{plan}");
        }
    }
    let least = wanted() / 10;
    assert!(
        from_rollups > least && from_merged > least && from_items > least,
        "{from_rollups} from rollups, {from_merged} merged, {from_items} line by line"
    );
}

#[tokio::test]
async fn what_is_told_beside_sums_answers() {
    let fixture = fixture().await;
    let engine = fixture.engine_with(true, false).await;
    let plain = fixture.engine_with(false, false).await;
    for (question, of) in [
        (
            "SELECT service, avg(unblended_cost) FROM costs GROUP BY 1",
            "2 of 3",
        ),
        ("SELECT avg(list_cost) FROM costs", "2 of 3"),
        ("SELECT avg(coalesce(list_cost, 0)) FROM costs", "2 of 3"),
        ("SELECT count(usage_amount) FROM costs", "2 of 3"),
        (
            "SELECT service, max(unblended_cost), min(-unblended_cost) FROM costs GROUP BY 1",
            "1 of 3",
        ),
        (
            "SELECT region, max(coalesce(list_cost, 0)) FROM costs GROUP BY 1",
            "1 of 3",
        ),
        (
            "SELECT max(line_item_usage_amount) FILTER (WHERE line_item_product_code = 'AmazonS3') FROM cur",
            "1 of 3",
        ),
        (
            "SELECT min(CASE WHEN service = 'AmazonS3' THEN unblended_cost END) FROM costs",
            "1 of 3",
        ),
        (
            "SELECT kind, sum(unblended_cost), count(*) FROM costs JOIN (VALUES ('AmazonS3', 'storage'), ('AmazonEC2', 'compute'), ('AmazonEC2', 'all')) AS k(code, kind) ON service = code GROUP BY 1",
            "2 of 3",
        ),
        (
            "SELECT kind, avg(unblended_cost), count(*) FROM costs RIGHT JOIN (VALUES ('AmazonS3', 'storage'), ('none', 'nothing')) AS k(code, kind) ON service = code GROUP BY 1",
            "2 of 3",
        ),
        (
            "SELECT sum(unblended_cost) FROM costs WHERE service IN (SELECT code FROM (VALUES ('AmazonS3'), ('AmazonEC2')) AS k(code))",
            "2 of 3",
        ),
        (
            "SELECT sum(unblended_cost) FROM costs WHERE service = (SELECT max(code) FROM (VALUES ('AmazonS3'), ('AWSLambda')) AS k(code))",
            "2 of 3",
        ),
        (
            "SELECT to_char(usage_start, '%Y-%m-%d'), sum(unblended_cost) FROM costs GROUP BY 1",
            "2 of 3",
        ),
        (
            "SELECT CAST(usage_start + INTERVAL '1' DAY AS date), sum(unblended_cost) FROM costs GROUP BY 1",
            "2 of 3",
        ),
    ] {
        let sql = format!("{question} ORDER BY 1");
        let explained = rows(&engine, &format!("EXPLAIN {sql}")).await.join("\n");
        assert!(
            explained.contains("read from rollup") && explained.contains(of),
            "{question}: {explained}"
        );
        assert_eq!(
            rows(&engine, &sql).await,
            rows(&plain, &sql).await,
            "{question}"
        );
    }
    for (question, reason) in [
        (
            "SELECT sum(unblended_cost * 2) FROM costs",
            "depends on what",
        ),
        (
            "SELECT min(unblended_cost + coalesce(list_cost, 0)) FROM costs",
            "coalesce",
        ),
        (
            "SELECT sum(k.x) FROM costs JOIN (VALUES ('AmazonS3', 1)) AS k(code, x) ON service = code",
            "not linear",
        ),
        (
            "SELECT count(*) FROM costs JOIN (VALUES (1.5)) AS k(x) ON unblended_cost = x",
            "line item by line item",
        ),
        (
            "SELECT count(*) FROM costs a JOIN costs b ON a.service = b.service",
            "with line items",
        ),
        (
            "SELECT to_char(usage_start, '%H:%M'), count(*) FROM costs GROUP BY 1",
            "needs the hour",
        ),
        (
            "SELECT count(*) FROM costs WHERE usage_start + INTERVAL '1' HOUR >= TIMESTAMP '2026-10-02 00:00:00'",
            "needs the hour",
        ),
    ] {
        let explained = rows(&engine, &format!("EXPLAIN {question}"))
            .await
            .join("\n");
        assert!(
            explained.contains("line items, because") && explained.contains(reason),
            "{question}: {explained}"
        );
    }
}

#[tokio::test]
async fn the_smallest_rollup_that_tells_it_answers() {
    let fixture = fixture().await;
    let engine = fixture.engine_with(true, false).await;
    let plain = fixture.engine_with(false, false).await;
    let (services, daily) = ("/daily_services/", "/daily/");
    let (costs, items) = ("costs", "cur");
    for (read, from, group, aggregate) in [
        (services, costs, "service", "sum(unblended_cost)"),
        (services, costs, "account_id", "sum(amortized_cost)"),
        (services, costs, "region, usage_date", "max(unblended_cost)"),
        (services, costs, "charge_type", "avg(list_cost)"),
        (
            services,
            items,
            "",
            "count(*), sum(line_item_unblended_cost)",
        ),
        (daily, costs, "tags['user_team']", "count(*)"),
        // Of line items of which the smallest one does not tell it.
        (daily, costs, "purchase_option", "count(*)"),
        (daily, items, "line_item_availability_zone", "count(*)"),
        (daily, items, "", "count(line_item_line_item_description)"),
        (
            daily,
            items,
            "",
            "count(*) FILTER (WHERE line_item_line_item_description LIKE 'Refund%')",
        ),
        (
            daily,
            items,
            "CASE WHEN line_item_line_item_type = 'Fee' THEN line_item_line_item_description END",
            "count(*)",
        ),
        (
            daily,
            items,
            "CASE line_item_line_item_type WHEN 'Tax' THEN '' ELSE line_item_line_item_description END",
            "count(*)",
        ),
        (
            daily,
            items,
            "CASE line_item_line_item_description WHEN 'Other' THEN line_item_line_item_type END",
            "count(*)",
        ),
        (
            daily,
            items,
            "CASE WHEN line_item_line_item_type = 'Refund' OR line_item_product_code = 'AmazonS3' \
             THEN line_item_line_item_description END",
            "count(*)",
        ),
        (
            daily,
            items,
            "coalesce(line_item_availability_zone, product_region_code)",
            "count(*)",
        ),
        // Of those alone of which it does.
        (
            services,
            items,
            "CASE WHEN line_item_line_item_type = 'Refund' AND line_item_product_code = 'AmazonS3' \
             THEN line_item_line_item_description END",
            "count(*)",
        ),
        (
            services,
            items,
            "CASE line_item_line_item_type WHEN 'Tax' THEN '' WHEN 'Refund' \
             THEN coalesce(line_item_line_item_description, 'none') END",
            "count(*)",
        ),
        (
            services,
            items,
            "coalesce(product_region_code, line_item_availability_zone)",
            "count(*)",
        ),
        (
            services,
            items,
            "",
            "sum(CASE WHEN line_item_line_item_type = 'Refund' THEN CASE WHEN line_item_line_item_description \
             LIKE 'Refund%' THEN 0 ELSE line_item_unblended_cost END ELSE line_item_blended_cost END)",
        ),
    ] {
        let (first, by) = match group {
            "" => (String::new(), String::new()),
            group => (format!("{group}, "), format!(" GROUP BY {group}")),
        };
        let sql =
            format!("SELECT {first}{aggregate} FROM {from} WHERE billing_period = '2026-10'{by}");
        let answer = engine.sql(&sql, &Params::new()).await;
        let answer = answer.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let plan = answer.plan();
        assert!(plan.contains(read), "{sql}: {plan}");
        let (mut found, mut expected) = (csv(&answer).await, rows(&plain, &sql).await);
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{sql}");
    }
}

#[tokio::test]
async fn rollups_are_verified_with_all_that_they_tell() {
    let fixture = fixture().await;
    let snapshot = fixture.store.snapshot().await.unwrap();
    let options = Fixture::options(true, true);
    let checks = Engine::verify_rollups(&fixture.store, snapshot, &options, |_| true).await;
    let checks = checks.unwrap();
    assert_eq!(checks.len(), 5);
    assert!(
        checks.iter().all(|check| check.same && check.groups > 0),
        "{checks:?}"
    );
}
