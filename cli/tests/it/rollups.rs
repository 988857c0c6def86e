//! Answers from rollups: the same digits as from line items, whatever is asked.

use std::fmt::Write as _;

use crate::{
    defined_rollups::define,
    harness::{Place, csv, shared},
};

/// A small generator of numbers, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        // SplitMix64 (public domain, Sebastiano Vigna).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

const DIMENSIONS: &[&str] = &[
    "service",
    "account_id",
    "region",
    "charge_type",
    "usage_type",
    "operation",
    "purchase_option",
    "product_family",
    "usage_date",
    "billing_period",
    "report",
    "currency",
    "invoice_id",
    "resource_id",
    "payer_account_id",
    "provisional",
    "upper(service)",
    "substr(usage_type, 1, 4)",
    "coalesce(region, 'none')",
    "service LIKE 'Amazon%'",
    "date_trunc('day', usage_start)",
    "date_trunc('month', usage_start)",
    "extract(dow FROM usage_start)",
    "tags['user_team']",
    // Not to be told from rollups.
    "date_trunc('hour', usage_start)",
    "usage_start",
    "unblended_cost > 1",
    "extract(hour FROM usage_start)",
];

const SUMS: &[&str] = &[
    "unblended_cost",
    "amortized_cost",
    "list_cost",
    "blended_cost",
    "net_unblended_cost",
    "net_amortized_cost",
    "usage_amount",
    "coalesce(unblended_cost, 0)",
    "coalesce(unblended_cost, 0) - coalesce(amortized_cost, 0)",
    "list_cost - unblended_cost",
    "-unblended_cost",
    "CASE WHEN charge_type = 'Usage' THEN unblended_cost ELSE 0 END",
    "CASE WHEN charge_type = 'Tax' THEN unblended_cost END",
    "CASE service WHEN 'AmazonEC2' THEN unblended_cost WHEN 'AmazonS3' THEN amortized_cost END",
    "CASE WHEN unblended_cost > 0 THEN unblended_cost ELSE 0 END",
    "greatest(unblended_cost, 0)",
];

const CONDITIONS: &[&str] = &[
    "charge_type = 'Usage'",
    "charge_type <> 'Tax'",
    "service IN ('AmazonEC2', 'AmazonS3')",
    "usage_date >= DATE '2026-09-10'",
    "usage_start >= TIMESTAMP '2026-09-20 00:00:00'",
    "usage_start < TIMESTAMP '2026-10-05 00:00:00'",
    "usage_start < TIMESTAMP '2026-10-05 07:00:00'",
    "usage_start > TIMESTAMP '2026-09-20 00:00:00'",
    "usage_start <= TIMESTAMP '2026-09-20 00:00:00'",
    "usage_date BETWEEN DATE '2026-09-03' AND DATE '2026-10-20'",
    "billing_period = '2026-10'",
    "region IS NOT NULL",
    "resource_id IS NULL",
    "unblended_cost <> 0",
    "usage_type LIKE '%Box%'",
    "NOT provisional",
    "invoice_id IS NULL OR account_id > '2'",
];

/// A statement whose answer has one order and no limits that could cut it anywhere.
fn statement(random: &mut Random) -> String {
    let groups: Vec<_> = (0..random.below(4))
        .map(|_| random.one(DIMENSIONS))
        .collect();
    let mut outputs: Vec<String> = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        outputs.push(format!("{group} AS g{index}"));
    }
    for index in 0..=random.below(3) {
        let sum = random.one(SUMS);
        let mut output = match random.below(14) {
            0 => "count(*)".to_owned(),
            1 => format!("count({})", random.one(DIMENSIONS)),
            2 => format!("count({sum})"),
            3 => format!("min({})", random.one(DIMENSIONS)),
            4 => format!("max({})", random.one(DIMENSIONS)),
            5 => format!("count(DISTINCT {})", random.one(DIMENSIONS)),
            6 => format!("max({sum})"),
            7 => format!("min({sum})"),
            8 => format!("avg({sum})"),
            _ => format!("sum({sum})"),
        };
        if random.chance(15) {
            let _ = write!(output, " FILTER (WHERE {})", random.one(CONDITIONS));
        }
        outputs.push(format!("{output} AS a{index}"));
    }
    let mut text = format!("SELECT {} FROM costs", outputs.join(", "));
    let conditions: Vec<_> = (0..random.below(3))
        .map(|_| random.one(CONDITIONS))
        .collect();
    if !conditions.is_empty() {
        let _ = write!(text, " WHERE {}", conditions.join(" AND "));
    }
    if !groups.is_empty() {
        let _ = write!(text, " GROUP BY {}", groups.join(", "));
        if random.chance(10) {
            let _ = write!(text, " HAVING count(*) > {}", random.below(5));
        }
    }
    let inner = text;
    let mut text = match random.below(8) {
        0 => format!("WITH t AS ({inner}) SELECT * FROM t"),
        1 => format!(
            "SELECT count(*) AS n, sum(a0_) AS s FROM (SELECT count(*) AS a0_ FROM ({inner}) GROUP BY a0)"
        ),
        2 => format!(
            "SELECT t.*, x.n FROM ({inner}) t CROSS JOIN (SELECT count(*) AS n FROM costs) x"
        ),
        _ => inner,
    };
    let columns = if text.starts_with("SELECT count(*) AS n, sum") {
        2
    } else {
        outputs.len() + usize::from(text.starts_with("SELECT t.*"))
    };
    let order: Vec<_> = (1..=columns).map(|column| column.to_string()).collect();
    let _ = write!(text, " ORDER BY {}", order.join(", "));
    text
}

/// The answers to all statements, one after the other.
fn answers(place: &Place, text: &str, more: &[&str]) -> String {
    let file = place.path("random.sql");
    std::fs::write(&file, text).unwrap();
    place.ok(&[&["sql", "-F", file.to_str().unwrap()], more].concat())
}

#[test]
fn random_questions_have_the_same_digits() {
    same_digits("tiny", "legacy-csv", 7, |_| {});
}

#[test]
fn random_questions_over_defined_rollups_have_the_same_digits() {
    same_digits("tiny", "legacy-csv", 13, |place| {
        // As daily ones, but by the hour, in one of the months, and by the month, in all of them.
        let columns = "SELECT array_to_string(dimensions, ', '), \
            array_to_string(measures, '), sum(') FROM meta.rollups \
            WHERE name = 'daily' AND billing_period = '2026-10'";
        let (_, rows) = csv(&place.ok(&["sql", columns]));
        let (dimensions, sums) = (&rows[0][0], &rows[0][1]);
        let text = |unit: &str| {
            format!(
                "SELECT {dimensions}, date_trunc('{unit}', line_item_usage_start_date), sum({sums}), count(*) \
                 FROM cur GROUP BY ALL"
            )
        };
        define(
            place,
            &[("hours.sql", &text("hour")), ("months.sql", &text("month"))],
        );
        place.ok(&["rollup", "build", "hours", "--period", "2026-10"]);
        place.ok(&["rollup", "build", "months"]);
        place.ok(&[
            "rollup",
            "drop",
            "daily",
            "daily_resources",
            "--period",
            "2026-10",
        ]);
        let explain = |question: &str| place.ok(&["sql", &format!("EXPLAIN {question}")]);
        for (question, told) in [
            (
                "SELECT service, sum(unblended_cost) FROM costs GROUP BY 1",
                "rollup months of line_items",
            ),
            (
                "SELECT service, count(*) FROM costs WHERE usage_start >= timestamp '2026-10-01 00:00:00' GROUP BY 1",
                "rollup months of",
            ),
            (
                "SELECT usage_date, count(*) FROM costs GROUP BY 1",
                "rollup daily and hours of line_items in 2 of 3",
            ),
            (
                "SELECT date_trunc('hour', usage_start), count(*) FROM costs GROUP BY 1",
                "rollup hours of line_items in 1 of 3",
            ),
            (
                "SELECT extract(hour FROM usage_start), count(*) FROM costs GROUP BY 1",
                "rollup hours of line_items in 1 of 3",
            ),
            (
                "SELECT usage_start, count(*) FROM costs GROUP BY 1",
                "tells minutes apart",
            ),
        ] {
            let found = explain(question);
            assert!(found.contains(told), "{question}: {found}");
        }
    });
}

#[test]
fn random_questions_about_several_kinds_of_costs_have_the_same_digits() {
    same_digits("small", "cur2-csv", 11, |_| {});
}

/// Line items are merged while they are read.
const MERGING: &[&str] = &["--no-rollups"];
/// Line items are handed on one by one.
const PLAIN: &[&str] = &["--no-rollups", "--no-merging"];

/// A hundred questions a round; more rounds search for longer.
fn rounds() -> usize {
    let wanted = std::env::var("CURTAIL_RANDOM_ROUNDS").ok();
    wanted.map_or(1, |wanted| wanted.parse().unwrap())
}

/// Random questions, asked three ways, of a store that `prepare` has changed.
fn same_digits(profile: &str, format: &str, seed: u64, prepare: impl FnOnce(&Place)) {
    let place = Place::new();
    place.ok(&[
        "generate",
        "--out",
        "report",
        "--rows",
        "8000",
        "--profile",
        profile,
        "--format",
        format,
    ]);
    place.ok(&["ingest", "report"]);
    // A month that is too small for a rollup, so that both are read in one scan.
    place.ok(&[
        "generate",
        "--out",
        "more",
        "--rows",
        "60",
        "--month",
        "2026-08",
        "--profile",
        profile,
        "--format",
        format,
    ]);
    place.ok(&["ingest", "more"]);
    let (_, rolled) = csv(&place.ok(&["rollup", "list"]));
    assert!(rolled.iter().all(|row| row[1] != "2026-08"), "{rolled:?}");
    prepare(&place);
    let mut random = Random(seed);
    for round in 0..rounds() {
        let statements: Vec<_> = (0..100).map(|_| statement(&mut random)).collect();
        if round == 0 {
            // Not all alike: many can be answered from rollups, many cannot.
            let explained: Vec<_> = statements
                .iter()
                .map(|it| format!("EXPLAIN {it}"))
                .collect();
            let told = answers(&place, &explained.join(";\n"), &[]);
            let hits = told.matches("read from rollup").count();
            assert!((25..300).contains(&hits), "{hits}");
            let plans = answers(
                &place,
                &statements.join(";\n"),
                &["--no-rollups", "--explain"],
            );
            let merged = plans.matches("MergingScan").count();
            assert!((50..400).contains(&merged), "{merged}");
        }
        let text = statements.join(";\n");
        let plain = answers(&place, &text, PLAIN);
        for shortcut in [&[], MERGING] {
            if answers(&place, &text, shortcut) == plain {
                continue;
            }
            for statement in &statements {
                let quick = answers(&place, statement, shortcut);
                let plain = answers(&place, statement, PLAIN);
                assert_eq!(quick, plain, "round {round}, {shortcut:?}: {statement}");
            }
            panic!("answers differ only together");
        }
    }
}

#[test]
fn explain_names_the_rollup_or_the_reason() {
    let place = shared();
    let explain = |statement: &str| place.ok(&["sql", &format!("EXPLAIN {statement}")]);
    for statement in [
        "SELECT service, sum(unblended_cost) FROM costs GROUP BY 1",
        "SELECT account_id, sum(amortized_cost) FROM costs GROUP BY 1",
        "SELECT line_item_product_code, sum(line_item_unblended_cost), count(*) FROM cur GROUP BY 1",
        "SELECT usage_date, count(*) FROM costs WHERE charge_type = 'Usage' GROUP BY 1",
        "SELECT service, avg(unblended_cost), count(list_cost) FROM costs GROUP BY 1",
        "SELECT region, max(unblended_cost), min(usage_amount) FROM costs GROUP BY 1",
        "SELECT kind, sum(unblended_cost) FROM costs JOIN (VALUES ('AmazonEC2', 'compute')) AS k(code, kind) \
         ON service = code GROUP BY 1",
    ] {
        let told = explain(statement);
        assert!(
            told.contains("read from rollup daily") && !told.contains("daily_resources"),
            "{statement}: {told}"
        );
    }
    let told = explain("SELECT resource_id, sum(unblended_cost) FROM costs GROUP BY 1");
    assert!(
        told.contains("read from rollup daily_resources of line_items"),
        "{told}"
    );
    for (statement, reason) in [
        (
            "SELECT usage_start, sum(unblended_cost) FROM costs GROUP BY 1",
            "tells hours apart",
        ),
        (
            "SELECT sum(unblended_cost - blended_cost) FROM costs",
            "coalesce",
        ),
        (
            "SELECT max(greatest(unblended_cost, 0)) FROM costs",
            "is not linear",
        ),
    ] {
        let told = explain(statement);
        assert!(
            told.contains("read from line items, because") && told.contains(reason),
            "{statement}: {told}"
        );
    }
    let told = place.ok(&[
        "sql",
        "--no-rollups",
        "EXPLAIN SELECT service, sum(unblended_cost) FROM costs GROUP BY 1",
    ]);
    assert!(!told.contains("read from"), "{told}");
}

#[test]
fn most_questions_about_costs_read_the_smallest_rollup() {
    let place = Place::new();
    place.ok(&[
        "generate",
        "--out",
        "report",
        "--rows",
        "120000",
        "--profile",
        "tiny",
        "--month",
        "2026-10",
    ]);
    place.ok(&["ingest", "report"]);
    let (services, daily) = ("rollup daily_services of", "rollup daily of");
    for (told, statement) in [
        (
            services,
            "SELECT service, sum(unblended_cost) FROM costs GROUP BY 1 ORDER BY 1",
        ),
        (
            services,
            "SELECT account_id, sum(amortized_cost), count(*) FROM costs GROUP BY 1 ORDER BY 1",
        ),
        (
            services,
            "SELECT usage_date, charge_type, max(unblended_cost) FROM costs GROUP BY 1, 2 ORDER BY 1, 2",
        ),
        (
            services,
            "SELECT count(*), sum(line_item_unblended_cost) FROM cur WHERE line_item_product_code = 'AmazonEC2'",
        ),
        (
            daily,
            "SELECT usage_type, sum(unblended_cost) FROM costs GROUP BY 1 ORDER BY 1",
        ),
    ] {
        let explained = place.ok(&["sql", &format!("EXPLAIN {statement}")]);
        assert!(explained.contains(told), "{statement}: {explained}");
        assert_eq!(
            place.ok(&["sql", statement]),
            place.ok(&["sql", "--no-rollups", "--no-merging", statement]),
            "{statement}"
        );
    }
    let (_, rows) = csv(&place.ok(&["rollup", "verify"]));
    let checked = rows.iter().map(|row| (row[2].as_str(), row[4].as_str()));
    assert_eq!(
        checked.collect::<Vec<_>>(),
        ["daily_services", "daily", "daily_resources"].map(|name| (name, "same"))
    );
}

#[test]
fn rollups_are_listed() {
    let place = shared();
    let (header, rows) = csv(&place.ok(&["rollup", "list"]));
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (name, rolled, items) = (at("name"), at("rows"), at("line_items"));
    assert!(rows.iter().any(|row| row[name] == "daily"), "{rows:?}");
    for row in &rows {
        let (rolled, items): (u64, u64) =
            (row[rolled].parse().unwrap(), row[items].parse().unwrap());
        assert!(
            rolled < items && row[at("dimensions")].contains("line_item_product_code"),
            "{row:?}"
        );
    }
}

#[test]
fn rollups_are_verified() {
    let place = shared();
    let (_, rows) = csv(&place.ok(&["rollup", "verify"]));
    assert!(
        !rows.is_empty() && rows.iter().all(|row| row[4] == "same" && row[3] != "0"),
        "{rows:?}"
    );
    let (_, one) = csv(&place.ok(&["rollup", "verify", "--period", "2026-10"]));
    assert!(
        one.len() < rows.len() && one.iter().all(|row| row[1] == "2026-10"),
        "{one:?}"
    );
    let none = place.run(&["rollup", "verify", "--period", "2019-01"]);
    assert_ne!(none.status, Some(0), "{none:?}");
    assert!(none.stdout.is_empty(), "{none:?}");
    assert!(
        none.stderr.contains("no rollup of such a billing period"),
        "{none:?}"
    );
}

#[test]
fn a_rollup_that_differs_is_found() {
    let place = Place::new();
    place.ok(&[
        "generate",
        "--out",
        "report",
        "--rows",
        "3000",
        "--profile",
        "tiny",
        "--month",
        "2026-10",
    ]);
    place.ok(&["ingest", "report"]);
    place.ok(&[
        "--store",
        "other",
        "ingest",
        "report",
        "--name",
        "acme-legacy-csv",
    ]);
    // The rollup of a restated month in the place of this one's.
    place.ok(&[
        "generate",
        "--out",
        "again",
        "--rows",
        "3000",
        "--profile",
        "tiny",
        "--month",
        "2026-10",
        "--restate",
    ]);
    place.ok(&["--store", "other", "ingest", "again", "--force"]);
    let daily = |store: &std::path::Path| {
        let files = crate::harness::content(&store.join("rollups/line_items/daily"));
        let newest = files
            .into_keys()
            .max_by_key(|path| std::fs::metadata(path).unwrap().modified().unwrap());
        newest.unwrap()
    };
    std::fs::copy(daily(&place.path("other")), daily(&place.store())).unwrap();
    let run = place.run(&["rollup", "verify"]);
    assert_ne!(run.status, Some(0), "{run:?}");
}
