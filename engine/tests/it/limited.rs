//! Engines that show a part of the rows: every question has the answer of a store that has no others.

mod around;
mod conditions;
mod told;

use curtail_engine::{Dialect, Engine, Params};
use curtail_store::{Fetched, LinkedAccount, ProvisionalCost, ReportKind};

use crate::fixture::{Fixture, Row, lines, usage};

const PAYER: &str = "011122223333";
/// Whose rows are shown.
const SHOWN: &str = "000000000007";
/// Whose rows are not.
const OTHER: &str = "000000000008";
/// What only the other's rows say.
const SECRETS: [&str; 6] = [OTHER, "secret", "Secret", "hush", "777", "066666666666"];
const CONDITION: &str = "account_id in ('000000000007')";

fn item<'a>(account: &'a str, cost: &'a str, more: &[(&'a str, &'a str)]) -> Row<'a> {
    let always = [
        ("line_item_usage_account_id", account),
        ("line_item_unblended_cost", cost),
        ("line_item_usage_amount", cost),
    ];
    usage(&[&always, more].concat())
}

fn focus<'a>(account: &'a str, cost: &'a str, more: &[(&'a str, &'a str)]) -> Row<'a> {
    let always = [
        ("billingaccountid", "099988880000"),
        ("subaccountid", account),
        ("billedcost", cost),
        ("effectivecost", cost),
        ("chargecategory", "Usage"),
        ("billingcurrency", "USD"),
        ("chargeperiodstart", "2026-10-05T10:00:00Z"),
        ("chargeperiodend", "2026-10-05T11:00:00Z"),
    ];
    [&always, more].concat()
}

fn provisional(account: &str, service: &str, cost: &str) -> ProvisionalCost {
    ProvisionalCost {
        usage_date: "2026-11-04".parse().unwrap(),
        account_id: Some(account.to_owned()),
        service: Some(service.to_owned()),
        unblended_cost: Some(cost.parse().unwrap()),
        currency: "USD".to_owned(),
        ..ProvisionalCost::default()
    }
}

fn account(id: &str, name: &str) -> LinkedAccount {
    LinkedAccount {
        account_id: id.to_owned(),
        name: Some(name.to_owned()),
        email: None,
        status: Some("ACTIVE".to_owned()),
        joined_at: None,
        seen_at: "2026-10-20T06:00:00Z".parse().unwrap(),
    }
}

/// Line items, FOCUS rows, provisional costs and accounts, of all or without those of the other account.
async fn world(all: bool) -> Fixture {
    let fixture = Fixture::empty();
    let mut acme = vec![
        item(
            SHOWN,
            "1.000000000000000001",
            &[
                ("resource_tags_user_team", "core"),
                ("line_item_usage_type", "42"),
                ("line_item_resource_id", "i-1"),
            ],
        ),
        item(
            SHOWN,
            "2.5",
            &[
                ("line_item_product_code", "AmazonS3"),
                ("line_item_usage_type", "43"),
                ("cost_category_unit", "web"),
            ],
        ),
        item(
            SHOWN,
            "0.5",
            &[
                ("resource_tags_user_team", "core"),
                ("line_item_usage_type", "42"),
                ("line_item_resource_id", "i-2"),
            ],
        ),
    ];
    let mut bills = vec![focus(
        SHOWN,
        "8",
        &[("servicename", "Amazon S3"), ("tags", "team=web")],
    )];
    let mut told = vec![provisional(SHOWN, "Amazon EC2", "16")];
    let mut linked = vec![account(SHOWN, "shop")];
    if all {
        acme.push(item(
            OTHER,
            "777",
            &[
                ("resource_tags_user_team", "hush"),
                ("resource_tags_user_secret", "hush"),
                ("cost_category_secret_unit", "hush"),
                ("line_item_product_code", "SecretService"),
                ("line_item_usage_type", "not a number"),
                ("line_item_resource_id", "i-secret"),
                ("line_item_usage_account_name", "Secret"),
            ],
        ));
        // Without an account: of nobody who is shown.
        acme.push(item("", "7.77", &[("line_item_usage_type", "hush")]));
        bills.push(focus(
            OTHER,
            "777",
            &[
                ("servicename", "Secret Service"),
                ("tags", "team=hush,secret=hush"),
                ("subaccountname", "Secret"),
                ("x_secret", "hush"),
            ],
        ));
        told.push(provisional(OTHER, "Secret Service", "777"));
        linked.push(account(OTHER, "Secret"));
    }
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &acme)
        .await
        .add("bill", ReportKind::Focus, "2026-10", &bills)
        .await;
    if all {
        let only = [item(
            OTHER,
            "777",
            &[("bill_payer_account_id", "066666666666")],
        )];
        fixture
            .add("secret", ReportKind::Cur2, "2026-10", &only)
            .await;
    }
    let fetched = Fetched {
        connection: "main".to_owned(),
        fetched_at: "2026-11-05T06:00:00Z".parse().unwrap(),
        requests: 1,
        estimated: true,
    };
    let store = &fixture.store;
    let month = "2026-11".parse().unwrap();
    store
        .replace_provisional(PAYER, month, &told, &fetched)
        .await
        .unwrap();
    store
        .replace_accounts(PAYER, &linked, &fetched)
        .await
        .unwrap();
    fixture
}

/// Engines over all rows that show one account's, in every way of reading, with their names.
async fn limited(whole: &Fixture) -> Vec<(String, Engine)> {
    let mut engines = Vec::new();
    for (dialect, merging) in [
        (Dialect::Trino, true),
        (Dialect::Trino, false),
        (Dialect::Generic, true),
    ] {
        let engine = whole.engine_that(merging).await;
        let engine = engine.limited_to(CONDITION).await.unwrap();
        engines.push((
            format!("{dialect}, merging {merging}"),
            engine.with_dialect(dialect),
        ));
    }
    engines
}

/// The last answer of a script, or what is wrong with it.
async fn answer(engine: &Engine, sql: &str) -> Result<Vec<String>, String> {
    let answers = engine.script(sql, &Params::new()).await;
    let answers = answers.map_err(|error| format!("{error} {error:?}"))?;
    let rows = answers.last().unwrap().collect().await;
    let rows = rows.map_err(|error| format!("{error} {error:?}"))?;
    Ok(lines(&rows))
}

/// Nothing that only the other's rows say.
fn tells_nothing(text: &str, of: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{of} tells {secret}: {text}");
    }
}
