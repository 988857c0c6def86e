//! Ingesting through connections.

use curtail_testaws::{CostRow, Service};

use super::world::{
    Connected, ENGINE, EXTERNAL_ID, MEMBER, PAYER, REGION, ROLE, connected, connected_to,
    connection, only, reads, trust,
};
use crate::harness::csv;

fn sql(connected: &Connected, query: &str) -> String {
    connected.place.ok(&["sql", query]).replace("\r\n", "\n")
}

/// A second payer with a bucket and a role of its own.
const OTHER: &str = "777788889999";

fn two_payers() -> Connected {
    let role = format!("arn:aws:iam::{OTHER}:role/curtail-read");
    let connected = connected_to(|world, folder| {
        let bucket = folder.path().join("other-billing");
        std::fs::create_dir(&bucket).unwrap();
        world
            .role(
                &role,
                &trust(ENGINE, Some(EXTERNAL_ID)),
                &reads("other-billing"),
            )
            .bucket("other-billing", REGION, OTHER, &bucket)
    });
    connected.deliver();
    let place = &connected.place;
    place.ok(&[
        "generate",
        "--out",
        "second",
        "--rows",
        "2000",
        "--profile",
        "tiny",
        "--seed",
        "7",
    ]);
    crate::harness::copy(
        &place.path("second"),
        &connected.folder.path().join("other-billing"),
    );
    connected.configure(&format!(
        "{}{}",
        connection("acme-payer", PAYER, ""),
        connection("other", OTHER, "reports = [\"s3://other-billing/billing\"]")
    ));
    connected
}

#[test]
fn a_connection_leads_to_answers() {
    let connected = connected();
    connected.deliver();
    let (_, rows) = csv(&connected.place.ok(&["ingest"]));
    assert!(
        !rows.is_empty() && rows.iter().all(|row| row[3] == "added"),
        "{rows:?}"
    );
    let (_, rows) = csv(&connected.place.ok(&["ingest"]));
    assert!(rows.iter().all(|row| row[3] == "unchanged"), "{rows:?}");
    let direct = connected
        .place
        .ok(&["--store", "direct", "ingest", "report"]);
    assert!(!direct.is_empty());
    let costs = |store: &[&str]| {
        connected.place.ok(&[
            store,
            &[
                "costs",
                "--by",
                "account,service",
                "--metric",
                "unblended,amortized",
            ],
        ]
        .concat())
    };
    assert_eq!(costs(&[]), costs(&["--store", "direct"]));
}

#[test]
fn several_payers_side_by_side() {
    let connected = two_payers();
    let (_, rows) = csv(&connected.place.ok(&["ingest"]));
    let names: std::collections::BTreeSet<_> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(names.len(), 2, "{rows:?}");
    let total = sql(&connected, "SELECT count(DISTINCT report) AS n FROM cur");
    assert_eq!(total, "n\n2\n");
    // A name that was given once is kept.
    let (_, again) = csv(&connected.place.ok(&["ingest"]));
    let kept: std::collections::BTreeSet<_> = again.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(kept, names);
    assert!(again.iter().all(|row| row[3] == "unchanged"), "{again:?}");
}

#[test]
fn a_failing_connection_does_not_stop_the_others() {
    let connected = two_payers();
    let role = format!("arn:aws:iam::{OTHER}:role/curtail-read");
    connected
        .aws
        .change(|world| world.without_role(&role))
        .unwrap();
    let run = connected.place.run(&["ingest"]);
    assert_eq!(run.status, Some(1), "{run:?}");
    assert!(
        run.stderr.contains(&format!("other ({OTHER})")),
        "{}",
        run.stderr
    );
    let (_, rows) = csv(&run.stdout);
    assert!(
        !rows.is_empty() && rows.iter().all(|row| row[3] == "added"),
        "{rows:?}"
    );
    let only = connected
        .place
        .run(&["ingest", "--connection", "acme-payer"])
        .success();
    assert!(only.stdout.contains("unchanged"));
}

#[test]
fn the_same_report_is_read_once() {
    let connected = connected();
    connected.deliver();
    let twice = format!(
        "{}{}",
        connection("first", PAYER, ""),
        connection("second", PAYER, "reports = [\"s3://acme-billing/billing\"]")
    );
    connected.configure(&twice);
    let run = connected.place.run(&["ingest"]).success();
    let (_, rows) = csv(&run.stdout);
    assert!(rows.iter().all(|row| row[3] == "added"), "{rows:?}");
    assert!(
        run.stderr.contains("is read through another connection"),
        "{}",
        run.stderr
    );
    let once = connected
        .place
        .ok(&["--store", "direct", "ingest", "report"]);
    assert_eq!(csv(&once).1.len(), rows.len());
}

#[test]
fn throttled_services_are_asked_again() {
    let connected = connected();
    connected.deliver();
    for service in [
        Service::Sts,
        Service::S3,
        Service::Cur,
        Service::Organizations,
    ] {
        connected.aws.throttle(service, 2);
    }
    connected.place.ok(&["ingest"]);
}

#[test]
fn account_names_come_from_the_organisation() {
    let connected = connected();
    connected.deliver();
    connected.place.ok(&["ingest"]);
    let names = sql(
        &connected,
        "SELECT account_id, name, email, status FROM accounts ORDER BY account_id",
    );
    assert_eq!(
        names,
        format!(
            "account_id,name,email,status\n{PAYER},Acme payer,Acme payer@example.com,ACTIVE\n{MEMBER},Web team,Web team@example.com,ACTIVE\n"
        )
    );
}

#[test]
fn accounts_that_left_keep_their_names() {
    let connected = connected();
    connected.deliver();
    connected.place.ok(&["ingest"]);
    let stayed = [curtail_testaws::Member::active(PAYER, "Acme payer")];
    connected
        .aws
        .change(|world| world.organisation(PAYER, &stayed))
        .unwrap();
    connected.place.ok(&["ingest"]);
    let names = sql(&connected, "SELECT name FROM accounts ORDER BY name");
    assert_eq!(names, "name\nAcme payer\nWeb team\n");
}

/// Days of last month and this one.
fn days() -> Vec<chrono::NaiveDate> {
    let today = chrono::Utc::now().date_naive();
    (0..40).map(|ago| today - chrono::Days::new(ago)).collect()
}

/// Costs of two accounts on each of these days, with more places than a double keeps.
fn costs(days: &[chrono::NaiveDate]) -> Vec<CostRow> {
    let rows = days.iter().flat_map(|day| {
        [
            (PAYER, "0.100000000000000001"),
            (MEMBER, "12.345678901234567891"),
        ]
        .map(|(account, cost)| {
            CostRow::new(&day.to_string(), account, "Amazon Simple Storage Service")
                .region(REGION)
                .tag("team", "web")
                .cost(cost)
        })
    });
    rows.collect()
}

#[test]
fn before_the_first_report_cost_explorer_answers() {
    let connected =
        connected_to(|world, _| world.costs(costs(&days())).allocation_tag("team", true));
    let run = connected.place.run(&["ingest"]).success();
    assert!(
        run.stderr.contains("request to Cost Explorer, $0.01"),
        "{}",
        run.stderr
    );
    let provisional = sql(
        &connected,
        "SELECT count(*) AS n, bool_and(provisional) AS all FROM costs",
    );
    assert_eq!(provisional, "n,all\n80,true\n");
    let answer = connected.place.run(&["costs", "--by", "account"]).success();
    assert!(
        answer
            .stdout
            .contains(&format!("{MEMBER},493.82715604938271564")),
        "{}",
        answer.stdout
    );
    assert!(answer.stderr.contains("provisional"), "{}", answer.stderr);
    let before = connected.aws.requests().len();
    // Answers are kept: asking again is not needed, and so not paid for.
    let again = connected.place.run(&["ingest"]).success();
    assert!(!again.stderr.contains("Cost Explorer"), "{}", again.stderr);
    let asked = connected.aws.requests().split_off(before);
    assert!(
        asked
            .iter()
            .all(|request| request.service != Service::CostExplorer),
        "{asked:?}"
    );
}

#[test]
fn amounts_are_taken_as_cost_explorer_writes_them() {
    let day = chrono::Utc::now().date_naive().to_string();
    let told = |service: &str, text: &str| {
        CostRow::new(&day, MEMBER, service)
            .cost("0")
            .told("UnblendedCost", text)
    };
    let rows = [
        told("exponent", "1E-7"),
        told("nothing", "0E-10"),
        // Half of the last place that is kept: to the even neighbour.
        told("places", "0.1234567890123456785"),
        told("large", "1.5E3"),
    ];
    let connected = connected_to(|world, _| world.costs(rows));
    connected.place.ok(&["ingest"]);
    let found = sql(
        &connected,
        "SELECT service, unblended_cost FROM costs ORDER BY service",
    );
    assert_eq!(
        found,
        "service,unblended_cost\nexponent,0.0000001\nlarge,1500\nnothing,0\nplaces,0.123456789012345678\n"
    );
}

#[test]
fn what_is_no_amount_is_an_error_with_its_place() {
    let day = chrono::Utc::now().date_naive().to_string();
    let row = CostRow::new(&day, MEMBER, "Amazon Simple Storage Service").cost("1");
    let connected = connected_to(|world, _| world.costs([row.told("NetUnblendedCost", "n/a")]));
    let told = connected.place.fails(&["ingest"]);
    let what = format!(
        "Cost Explorer tells `n/a` as the NetUnblendedCost of AmazonS3 in account {MEMBER} on {day}, which is no amount"
    );
    assert!(told.contains(&what), "{told}");
    assert!(told.contains("hint: AWS tells decimal numbers"), "{told}");
    assert!(!told.contains("defect"), "{told}");
}

#[test]
fn a_configured_report_that_is_not_there_yet_is_waited_for() {
    let connected = connected_to(|world, _| world.costs(costs(&days())));
    connected.reconfigure(
        "[[connection]]",
        "[[connection]]\nreports = [\"s3://acme-billing/billing/acme-legacy-csv\"]",
    );
    let run = connected.place.run(&["ingest"]).success();
    assert!(
        run.stderr.contains("waits for its first delivery"),
        "{}",
        run.stderr
    );
    connected.reconfigure("billing/acme-legacy-csv", "elsewhere");
    let told = connected.place.fails(&["ingest"]);
    assert!(told.contains("s3://acme-billing/elsewhere"), "{told}");
}

#[test]
fn two_connections_to_one_account_pay_once() {
    let connected = connected_to(|world, _| world.costs(costs(&days())));
    let twice = format!(
        "{}{}",
        connection("first", PAYER, ""),
        connection("second", PAYER, "")
    );
    connected.configure(&twice);
    let asked = || {
        let requests = connected.aws.requests().into_iter();
        requests
            .filter(|request| request.service == Service::CostExplorer)
            .count()
    };
    connected.place.ok(&["ingest"]);
    assert_eq!(asked(), 1);
    connected.deliver();
    connected.place.ok(&["ingest", "--force"]);
    assert_eq!(
        sql(
            &connected,
            "SELECT count(*) AS n FROM costs WHERE provisional AND billing_period < '2026-11'"
        ),
        "n\n0\n"
    );
}

#[test]
fn a_member_that_is_connected_too_is_not_counted_twice() {
    let role = format!("arn:aws:iam::{MEMBER}:role/curtail-read");
    let connected = connected_to(|world, _| {
        world.costs(costs(&days())).role(
            &role,
            &trust(ENGINE, Some(EXTERNAL_ID)),
            &reads("acme-billing"),
        )
    });
    let both = format!(
        "{}{}",
        connection("payer", PAYER, ""),
        connection("member", MEMBER, "")
    );
    connected.configure(&both);
    connected.place.ok(&["ingest", "--connection", "payer"]);
    let before = connected.place.ok(&["costs", "--by", "account"]);
    connected.place.ok(&["ingest"]);
    assert_eq!(connected.place.ok(&["costs", "--by", "account"]), before);
}

#[test]
fn requests_that_are_repeated_are_counted() {
    let connected = connected_to(|world, _| world.costs(costs(&days())));
    connected
        .aws
        .fail_next(Service::CostExplorer, curtail_testaws::Failure::Internal, 2);
    let run = connected.place.run(&["ingest"]).success();
    let sent = connected
        .aws
        .requests()
        .into_iter()
        .filter(|request| request.service == Service::CostExplorer);
    assert_eq!(sent.count(), 3);
    assert!(
        run.stderr.contains("3 requests to Cost Explorer, $0.03"),
        "{}",
        run.stderr
    );
}

#[test]
fn there_is_a_limit_to_what_is_paid() {
    let connected = connected_to(|world, _| world.costs(costs(&days())).group_pages(7));
    connected.reconfigure(
        "[[connection]]",
        "[[connection]]\ncost_explorer = { most_requests = 5 }",
    );
    let told = connected.place.fails(&["ingest"]);
    assert!(
        told.contains("more than 5 requests") && told.contains("$0.05"),
        "{told}"
    );
}

#[test]
fn costs_by_resource_wait_for_the_report() {
    let connected = connected_to(|world, _| world.costs(costs(&days())));
    connected.place.ok(&["ingest"]);
    let told = connected.place.fails(&["costs", "--by", "resource"]);
    assert!(
        told.contains("unavailable until the first report"),
        "{told}"
    );
}

#[test]
fn regions_and_tags_are_asked_for_on_request() {
    let connected =
        connected_to(|world, _| world.costs(costs(&days())).allocation_tag("team", true));
    connected.reconfigure(
        "[[connection]]",
        "[[connection]]\ncost_explorer = { by = \"region\" }",
    );
    connected.place.ok(&["ingest"]);
    let regions = connected.place.ok(&["costs", "--by", "region"]);
    assert!(regions.contains(&format!("{REGION},497.8")), "{regions}");
    connected.reconfigure("by = \"region\"", "by = \"tag:team\"");
    connected.place.ok(&["ingest"]);
    let teams = connected.place.ok(&["costs", "--by", "tag:team"]);
    assert!(teams.contains("web,497.8"), "{teams}");
}

#[test]
fn cost_explorer_alone_is_enough() {
    let alone = only(&["ce:GetCostAndUsage", "ce:GetTags"]);
    let connected = connected_to(|world, _| {
        world
            .role(ROLE, &trust(ENGINE, Some(EXTERNAL_ID)), &alone)
            .costs(costs(&days()))
    });
    let run = connected.place.run(&["ingest"]).success();
    assert!(
        run.stderr.contains("its reports cannot be looked up"),
        "{}",
        run.stderr
    );
    assert_eq!(
        sql(&connected, "SELECT count(*) AS n FROM costs"),
        "n\n80\n"
    );
}

#[test]
fn pages_are_read_to_the_end() {
    let connected = connected_to(|world, _| world.costs(costs(&days())).group_pages(7));
    let run = connected.place.run(&["ingest"]).success();
    assert!(
        run.stderr.contains("requests to Cost Explorer"),
        "{}",
        run.stderr
    );
    assert_eq!(
        sql(&connected, "SELECT count(*) AS n FROM costs"),
        "n\n80\n"
    );
}

#[test]
fn good_data_stays_when_cost_explorer_fails() {
    let connected = connected_to(|world, _| world.costs(costs(&days())));
    connected.place.ok(&["ingest"]);
    let before = connected.place.ok(&["costs", "--by", "account"]);
    connected
        .aws
        .fail(Service::CostExplorer, curtail_testaws::Failure::Internal);
    let told = connected
        .place
        .fails(&["ingest", "--force", "--retries", "0"]);
    assert!(
        told.contains("ce:GetCostAndUsage") && told.contains("$0.03"),
        "{told}"
    );
    assert_eq!(connected.place.ok(&["costs", "--by", "account"]), before);
}

#[test]
fn the_report_replaces_what_was_provisional() {
    let connected = connected_to(|world, _| world.costs(costs(&days())));
    connected.place.ok(&["ingest"]);
    let today = chrono::Utc::now().date_naive();
    let first = today - chrono::Days::new(39);
    let status = || connected.place.run(&["status"]).success().stderr;
    let provisional = |last| {
        format!("until a report covers them: {first} to {last} of payer account {PAYER} (fetched ")
    };
    assert!(status().contains(&provisional(today)), "{}", status());
    let month = chrono::Utc::now().format("%Y-%m").to_string();
    connected.place.ok(&[
        "generate",
        "--out",
        "now",
        "--rows",
        "2000",
        "--profile",
        "tiny",
        "--month",
        &month,
    ]);
    crate::harness::copy(
        &connected.place.path("now/billing"),
        &connected.bucket.join("billing"),
    );
    let run = connected.place.run(&["ingest"]).success();
    let told = format!("{month} of payer {PAYER}: the report replaces provisional costs up to");
    let note = run.stderr.lines().find(|line| line.contains(&told));
    let note = note.unwrap_or_else(|| panic!("{}", run.stderr));
    let direct = connected.place.ok(&["--store", "direct", "ingest", "now"]);
    assert!(!direct.is_empty());
    let query = format!(
        "SELECT sum(unblended_cost) AS cost FROM costs WHERE NOT provisional AND billing_period = '{month}'"
    );
    let reported = sql(&connected, &query);
    let expected = connected.place.ok(&["--store", "direct", "sql", &query]);
    assert_eq!(reported, expected.replace("\r\n", "\n"));
    let total = reported.lines().nth(1).unwrap();
    assert!(
        note.contains(&format!(": {total} USD instead of ")) && note.contains("a difference of "),
        "{note}"
    );
    let left =
        format!("SELECT count(*) AS n FROM costs WHERE provisional AND billing_period = '{month}'");
    assert_eq!(sql(&connected, &left), "n\n0\n");
    let before = chrono::Datelike::with_day(&today, 1).unwrap() - chrono::Days::new(1);
    assert!(status().contains(&provisional(before)), "{}", status());
}
