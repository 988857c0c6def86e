//! Rollups that the configuration defines, and rollups built and dropped after the ingest.

use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    path::PathBuf,
    thread::sleep,
    time::{Duration, Instant},
};

use curtail_store::Money;

use crate::{
    harness::{Place, content, copy, csv},
    kill::orphans,
};

const HOURS: &str = "\
-- What services cost, hour by hour.
SELECT line_item_product_code, date_trunc('hour', line_item_usage_start_date) AS hour,
    sum(line_item_unblended_cost), count(*)
FROM cur
GROUP BY ALL
";

/// The question that [`HOURS`] answers.
const QUESTION: &str = "\
SELECT line_item_product_code, date_trunc('hour', line_item_usage_start_date) AS hour,
    sum(line_item_unblended_cost) AS cost, count(*) AS n
FROM cur GROUP BY 1, 2 ORDER BY 1, 2";

/// Writes the definitions, and the line of the configuration that names them.
pub(crate) fn define(place: &Place, definitions: &[(&str, &str)]) {
    let folder = place.path(".config/curtail");
    fs::create_dir_all(&folder).unwrap();
    let mut files = Vec::new();
    for (file, text) in definitions {
        fs::write(folder.join(file), text).unwrap();
        files.push(format!("\"{file}\""));
    }
    let line = format!("rollups = [{}]\n", files.join(", "));
    fs::write(folder.join("config.toml"), line).unwrap();
}

fn generate(place: &Place, out: &str, more: &[&str]) {
    let arguments = ["generate", "--out", out, "--rows", "4000", "--name", "bill"];
    let tiny = ["--profile", "tiny"];
    place.ok(&[&arguments[..], &tiny, more].concat());
}

/// Two months, ingested with [`HOURS`] as `team-hours`.
fn ingested() -> Place {
    let place = Place::new();
    define(&place, &[("team-hours.sql", HOURS)]);
    generate(&place, "report", &[]);
    place.ok(&["ingest", "report"]);
    place
}

/// The column of that name of `rollup list`, by billing period and name.
fn listed(place: &Place, column: &str) -> BTreeMap<(String, String), String> {
    let (header, rows) = csv(&place.ok(&["rollup", "list"]));
    let at = header.iter().position(|it| it == column).unwrap();
    let rows = rows.into_iter();
    rows.map(|row| ((row[1].clone(), row[2].clone()), row[at].clone()))
        .collect()
}

fn verified(place: &Place) -> Vec<Vec<String>> {
    let (_, rows) = csv(&place.ok(&["rollup", "verify"]));
    assert!(rows.iter().all(|row| row[4] == "same"), "{rows:?}");
    rows
}

fn explained(place: &Place, question: &str) -> String {
    place.ok(&["sql", &format!("EXPLAIN {question}")])
}

/// An amount as AWS writes it, with an exponent if it is small.
fn amount(text: &str) -> Money {
    let (mantissa, exponent) = text.split_once('E').unwrap_or((text, "0"));
    let (whole, places) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{whole}{places}").parse().unwrap();
    let places = i32::try_from(places.len()).unwrap();
    let scale = 18 - places + exponent.parse::<i32>().unwrap();
    Money::from_units(digits * 10_i128.pow(scale.try_into().unwrap()))
}

/// What the files of a legacy report say of services by the hour: read here, cell by cell.
fn by_hand(place: &Place, report: &str) -> Vec<Vec<String>> {
    let mut totals: BTreeMap<(String, String), (Money, u64)> = BTreeMap::new();
    for (path, bytes) in place.content(report.as_ref()) {
        if !path.to_string_lossy().ends_with(".csv.gz") {
            continue;
        }
        let mut text = String::new();
        let mut gzip = flate2::read::MultiGzDecoder::new(bytes.as_slice());
        gzip.read_to_string(&mut text).unwrap();
        let (header, rows) = csv(&text);
        let at = |name: &str| header.iter().position(|it| it == name).unwrap();
        let (service, start, cost) = (
            at("lineItem/ProductCode"),
            at("lineItem/UsageStartDate"),
            at("lineItem/UnblendedCost"),
        );
        for row in rows {
            let hour = format!("{}:00:00Z", &row[start][..13]);
            let (sum, count) = totals.entry((row[service].clone(), hour)).or_default();
            *sum = sum.checked_add(amount(&row[cost])).unwrap();
            *count += 1;
        }
    }
    let rows = totals.into_iter();
    rows.map(|((service, hour), (sum, count))| {
        vec![service, hour, sum.to_string(), count.to_string()]
    })
    .collect()
}

#[test]
fn one_line_of_config_makes_a_rollup_that_answers() {
    let place = ingested();
    let told = explained(&place, QUESTION);
    assert!(
        told.contains("read from rollup team-hours of line_items"),
        "{told}"
    );
    let (_, rows) = csv(&place.ok(&["sql", QUESTION]));
    assert_eq!(rows, by_hand(&place, "report"));
    let (_, plain) = csv(&place.ok(&["sql", "--no-rollups", QUESTION]));
    assert_eq!(rows, plain);
    // Coarser questions go to the smallest rollup that tells enough, finer ones to none.
    for (question, told) in [
        (
            "SELECT date_trunc('hour', line_item_usage_start_date), count(*) FROM cur GROUP BY 1",
            "rollup team-hours of",
        ),
        (
            "SELECT sum(line_item_unblended_cost) FROM cur WHERE line_item_usage_start_date < timestamp '2026-10-05 07:00:00'",
            "rollup team-hours of",
        ),
        (
            "SELECT count(*) FROM cur WHERE line_item_usage_start_date < timestamp '2026-10-05 07:00:01'",
            "line items, because",
        ),
        (
            "SELECT line_item_usage_start_date, count(*) FROM cur GROUP BY 1",
            "tells minutes apart",
        ),
        (
            "SELECT service, usage_date, sum(unblended_cost) FROM costs GROUP BY 1, 2",
            "rollup daily of",
        ),
    ] {
        let found = explained(&place, question);
        assert!(found.contains(told), "{question}: {found}");
    }
    let states = listed(&place, "state");
    let state = |name: &str| states[&("2026-10".to_owned(), name.to_owned())].clone();
    assert_eq!(state("team-hours"), "current");
    assert_eq!(state("daily"), "built-in");
    let per = listed(&place, "per");
    assert!(
        per.iter()
            .all(|((_, name), per)| { per == if name == "team-hours" { "hour" } else { "day" } })
    );
    let checked = verified(&place);
    let hours: Vec<_> = checked
        .iter()
        .filter(|row| row[2] == "team-hours")
        .collect();
    assert_eq!(hours.len(), 2);
    let groups: usize = hours
        .iter()
        .map(|row| row[3].parse::<usize>().unwrap())
        .sum();
    assert_eq!(groups, rows.len(), "every group is compared");
    place.ok(&["verify"]);
    let definition = "SELECT DISTINCT definition FROM meta.rollups WHERE name = 'team-hours'";
    let (_, told) = csv(&place.ok(&["sql", definition]));
    assert_eq!(
        told,
        [[
            "SELECT line_item_product_code, date_trunc('hour', line_item_usage_start_date), sum(line_item_unblended_cost), count(*) FROM cur GROUP BY 1, 2"
        ]]
    );
    // Nothing of it is shown as a secret would be, or lost.
    assert!(
        place
            .ok(&["config", "show"])
            .contains("rollups = [\"team-hours.sql\"]")
    );
}

#[test]
fn dropped_rollups_are_built_again_and_costs_have_no_new_version() {
    let place = ingested();
    let (history, status) = (place.ok(&["history", "2026-10"]), place.ok(&["status"]));
    let answer = place.ok(&["sql", QUESTION]);
    let (dimensions, sizes) = (listed(&place, "dimensions"), listed(&place, "rows"));

    let run = place.run(&["rollup", "drop"]).success();
    let (header, rows) = csv(&run.stdout);
    assert_eq!(
        header,
        ["report", "billing_period", "name", "rows", "bytes"]
    );
    assert_eq!(rows.len(), sizes.len());
    assert!(run.stderr.contains("curtail vacuum"), "{run:?}");
    assert_eq!(listed(&place, "rows"), BTreeMap::new());
    assert!(!explained(&place, QUESTION).contains("read from rollup"));
    assert_eq!(place.ok(&["sql", QUESTION]), answer);
    let again = place.run(&["rollup", "drop"]).success();
    assert!(
        again.stdout.is_empty() && again.stderr.contains("unchanged"),
        "{again:?}"
    );

    let (header, rows) = csv(&place.ok(&["rollup", "build", "--period", "2026-10", "daily"]));
    assert_eq!(
        header,
        [
            "report",
            "billing_period",
            "name",
            "rows",
            "bytes",
            "seconds"
        ]
    );
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0][..3], ["bill", "2026-10", "daily"]);
    let (_, rows) = csv(&place.ok(&["rollup", "build"]));
    assert_eq!(rows.len(), sizes.len() - 1);
    // What was measured at ingest is measured again, and says the same.
    assert_eq!(listed(&place, "dimensions"), dimensions);
    assert_eq!(listed(&place, "rows"), sizes);
    assert_eq!(verified(&place).len(), sizes.len());
    let again = place.run(&["rollup", "build"]).success();
    assert!(
        again.stdout.is_empty() && again.stderr.contains("unchanged"),
        "{again:?}"
    );
    assert!(explained(&place, QUESTION).contains("rollup team-hours of"));
    assert_eq!(place.ok(&["sql", QUESTION]), answer);

    assert_eq!(place.ok(&["history", "2026-10"]), history);
    assert_eq!(place.ok(&["status"]), status);
    let (_, rows) = csv(&place.ok(&["ingest", "report"]));
    assert!(rows.iter().all(|row| row[3] == "unchanged"), "{rows:?}");
    place.ok(&["verify"]);
    let run = place.run(&["vacuum", "--dry-run"]).success();
    // One file of each that was dropped.
    let files = format!("{} files of rollups", sizes.len());
    assert!(run.stderr.contains(&files), "{run:?}");
    place.ok(&["vacuum"]);
    assert!(!place.run(&["vacuum"]).success().stderr.contains("rollups"));
    verified(&place);
    // Any state of the log answers, whose rollups may be gone by now.
    let log = place.content(&place.store().join("line_items/_delta_log"));
    for version in 0..log.len() {
        let as_of = version.to_string();
        let months = if version == 0 { "= '2026-09'" } else { "> ''" };
        let question = QUESTION.replace("GROUP", &format!("WHERE billing_period {months} GROUP"));
        let (_, then) = csv(&place.ok(&["sql", "--as-of", &as_of, &question]));
        let (_, now) = csv(&place.ok(&["sql", "--no-rollups", &question]));
        assert_eq!(then, now, "as of {as_of}");
    }
    let told = place.fails(&["rollup", "drop", "nonesuch"]);
    assert!(
        told.contains("no rollup named `nonesuch`")
            && told.contains("daily, daily_resources, team-hours"),
        "{told}"
    );
    assert!(
        place
            .fails(&["rollup", "build", "nonesuch"])
            .contains("no rollup named `nonesuch`")
    );
}

#[test]
fn restated_months_have_rollups_of_their_own() {
    let place = ingested();
    place.ok(&["rollup", "drop", "daily"]);
    generate(&place, "again", &["--month", "2026-10", "--restate"]);
    place.ok(&["ingest", "again", "--force"]);
    let names: Vec<_> = listed(&place, "rows").into_keys().collect();
    assert!(
        names.contains(&("2026-10".to_owned(), "daily".to_owned())),
        "{names:?}"
    );
    assert!(
        !names.contains(&("2026-09".to_owned(), "daily".to_owned())),
        "{names:?}"
    );
    verified(&place);
    // What changed is told from rollups of the version before, which has fewer now.
    let diff = |more: &[&str]| place.ok(&[&["diff", "2026-10", "--by", "service"], more].concat());
    assert_eq!(diff(&[]), diff(&["--no-rollups"]));
    place.ok(&["vacuum", "--keep", "1"]);
    place.ok(&["verify"]);
    assert_eq!(orphans(&place), [] as [PathBuf; 0]);
}

#[test]
fn a_definition_that_changed_is_noticed() {
    let place = ingested();
    let sizes = listed(&place, "rows");
    // Another layout of the same is no change.
    let same = HOURS
        .replace('\n', " ")
        .replace("-- What services cost, hour by hour.", "");
    define(&place, &[("team-hours.sql", &same)]);
    assert!(
        listed(&place, "state")
            .values()
            .all(|state| state != "changed")
    );
    define(
        &place,
        &[("team-hours.sql", &HOURS.replace("hour'", "day'"))],
    );
    let run = place.run(&["rollup", "list"]).success();
    assert!(run.stdout.contains(",changed"), "{run:?}");
    assert!(
        run.stderr.contains(
            "rollup team-hours is missing, or is defined otherwise by now, in 2 billing periods"
        ),
        "{run:?}"
    );
    let run = place.run(&["ingest", "report"]).success();
    assert!(
        run.stdout.contains("unchanged") && run.stderr.contains("curtail rollup build"),
        "{run:?}"
    );
    let (_, rows) = csv(&place.ok(&["rollup", "build"]));
    assert_eq!(rows.len(), 2, "{rows:?}");
    let remade = listed(&place, "rows");
    for (key, rows) in &sizes {
        let (before, after): (u64, u64) = (rows.parse().unwrap(), remade[key].parse().unwrap());
        assert!(
            if key.1 == "team-hours" {
                after < before
            } else {
                after == before
            },
            "{key:?}"
        );
    }
    verified(&place);
    // Nobody asks for it any more: it stays, and says so, until it is dropped.
    define(&place, &[]);
    let states = listed(&place, "state");
    assert!(
        states.values().any(|state| state == "not configured"),
        "{states:?}"
    );
    place.ok(&["rollup", "drop", "team-hours"]);
    assert_eq!(listed(&place, "state").len(), sizes.len() - 2);
}

#[test]
fn rollups_of_every_kind_of_report_are_built_from_the_store() {
    for format in ["legacy-parquet", "cur2-csv", "cur2-parquet", "focus"] {
        let place = Place::new();
        generate(
            &place,
            "report",
            &["--format", format, "--month", "2026-10"],
        );
        place.ok(&["ingest", "report"]);
        let dimensions = listed(&place, "dimensions");
        assert!(!dimensions.is_empty(), "{format}");
        place.ok(&["rollup", "drop"]);
        let (text, question) = if format == "focus" {
            (
                "SELECT servicename, date_trunc('month', chargeperiodstart), sum(billedcost), count(*) FROM focus GROUP BY 1, 2",
                "SELECT servicename, sum(billedcost), count(*) FROM focus GROUP BY 1 ORDER BY 1",
            )
        } else {
            (
                "SELECT resource_tags_user_team, source, sum(line_item_unblended_cost) FROM cur GROUP BY 1, 2",
                "SELECT source, resource_tags_user_team, sum(line_item_unblended_cost) FROM cur GROUP BY 1, 2 ORDER BY 1, 2",
            )
        };
        define(&place, &[("mine.sql", text)]);
        place.ok(&["rollup", "build"]);
        let mut built = listed(&place, "dimensions");
        let mine = built.remove(&("2026-10".to_owned(), "mine".to_owned()));
        assert!(mine.is_some() && built == dimensions, "{format}: {built:?}");
        verified(&place);
        let told = explained(&place, question);
        assert!(
            told.contains("read from rollup mine of"),
            "{format}: {told}"
        );
        assert_eq!(
            place.ok(&["sql", question]),
            place.ok(&["sql", "--no-rollups", question]),
            "{format}"
        );
        place.ok(&["verify"]);
    }
}

#[test]
fn a_defined_rollup_that_was_tampered_with_is_found() {
    let place = ingested();
    let file = |place: &Place| {
        let files = content(&place.store().join("rollups/line_items/team-hours"));
        files.into_keys().next().unwrap()
    };
    let good = fs::read(file(&place)).unwrap();
    let mut bad = good.clone();
    bad[good.len() / 2] ^= 1;
    fs::write(file(&place), bad).unwrap();
    let run = place.run(&["verify"]);
    assert_eq!(run.status, Some(3), "{run:?}");
    let name = file(&place);
    let name = name.file_name().unwrap().to_str().unwrap();
    assert!(run.stderr.contains(name), "{run:?}");

    // One of other line items in its place: as a file it is well, but it says something else.
    let other = Place::new();
    define(&other, &[("team-hours.sql", HOURS)]);
    generate(&other, "report", &["--seed", "4711"]);
    other.ok(&["ingest", "report"]);
    fs::copy(file(&other), file(&place)).unwrap();
    let run = place.run(&["rollup", "verify"]);
    assert_ne!(run.status, Some(0), "{run:?}");
    // Dropped and built, all is well again.
    place.ok(&["rollup", "drop", "team-hours"]);
    place.ok(&["rollup", "build"]);
    verified(&place);
    place.ok(&["verify"]);
}

#[test]
fn broken_definitions_are_refused_before_anything_is_ingested() {
    let place = Place::new();
    generate(&place, "report", &["--month", "2026-10"]);
    for (file, text, told) in [
        (
            "a.sql",
            "SELECT count(*)\nFROM cur\nWHERE true",
            "`[DIR]/.config/curtail/a.sql`, line 3, column 1: `WHERE` is not supported",
        ),
        (
            "a.sql",
            "SELECT sum(line_item_unblended_cost * 2) FROM cur",
            "line 1, column 37: `*` is not supported",
        ),
        (
            "a.sql",
            "SELECT avg(line_item_unblended_cost) FROM cur",
            "line 1, column 8: `avg(…)` is not supported",
        ),
        (
            "a.sql",
            "SELECT count(*) FROM cur JOIN focus ON true",
            "line 1, column 26: `JOIN` is not supported",
        ),
        (
            "a.sql",
            "SELECT sum(line_item_unblendet_cost) FROM cur",
            "did you mean one of `line_item_unblended_cost`",
        ),
        ("a.sql", "SELECT sum('a) FROM cur", "line 1, column 12: "),
        ("daily.sql", HOURS, "`daily` is built in"),
        ("team hours.sql", HOURS, "cannot name a rollup"),
    ] {
        define(&place, &[(file, text)]);
        for command in [&["ingest", "report"][..], &["rollup", "build"]] {
            let error = place.fails(command);
            assert!(error.contains(told), "{text}: {error}");
        }
        assert!(!place.store().join("line_items").exists(), "{text}");
    }
    fs::create_dir_all(place.path(".config/curtail/sub")).unwrap();
    define(&place, &[("a.sql", HOURS), ("sub/../a.sql", HOURS)]);
    assert!(
        place
            .fails(&["ingest", "report"])
            .contains("two rollups named `a`")
    );
    fs::remove_file(place.path(".config/curtail/a.sql")).unwrap();
    assert!(place.fails(&["ingest", "report"]).contains("cannot read"));
}

#[test]
fn a_killed_build_leaves_nothing_visible() {
    let place = Place::new();
    let arguments = [
        "generate", "--out", "report", "--rows", "40000", "--month", "2026-10",
    ];
    place.ok(&[
        &arguments[..],
        &["--rows-per-file", "9000", "--name", "bill"],
    ]
    .concat());
    place.ok(&["ingest", "report"]);
    place.ok(&["rollup", "drop"]);
    define(&place, &[("team-hours.sql", HOURS)]);
    let answer = place.ok(&["sql", QUESTION]);
    let untouched = place.path("untouched");
    copy(&place.store(), &untouched);
    let began = Instant::now();
    place.ok(&["rollup", "build"]);
    let whole = began.elapsed();
    let built = listed(&place, "rows");
    let mut kept = 0;
    for round in 0..8_u32 {
        fs::remove_dir_all(place.store()).unwrap();
        copy(&untouched, &place.store());
        let mut child = place.start(&["rollup", "build"]);
        if round % 2 == 0 {
            sleep(whole * (round * 5 % 9) / 8);
        } else {
            // When it has begun, or when its first file is about to be there.
            let begun = ["_attempts", "rollups/line_items/team-hours"];
            let begun = place.store().join(begun[usize::from(round % 4 == 3)]);
            let there = || fs::read_dir(&begun).is_ok_and(|mut it| it.next().is_some());
            while !there() && child.try_wait().unwrap().is_none() {
                sleep(Duration::from_millis(1));
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let found = listed(&place, "rows");
        assert!(
            found.is_empty() || found == built,
            "round {round}: {found:?}"
        );
        kept += usize::from(found.is_empty());
        assert_eq!(place.ok(&["sql", QUESTION]), answer, "round {round}");
        place.ok(&["rollup", "build"]);
        assert_eq!(listed(&place, "rows"), built, "round {round}");
        verified(&place);
        place.ok(&["vacuum"]);
        assert_eq!(orphans(&place), [] as [PathBuf; 0], "round {round}");
    }
    // Else nothing was shown.
    assert!(kept > 0);
}

#[test]
fn an_ingest_at_the_same_time_wins() {
    let place = Place::new();
    for (out, more) in [("first", None), ("second", Some("--restate"))] {
        let mut arguments = vec![
            "generate", "--out", out, "--rows", "20000", "--month", "2026-10",
        ];
        arguments.extend(["--rows-per-file", "9000", "--name", "bill"]);
        arguments.extend(more);
        place.ok(&arguments);
    }
    place.ok(&["ingest", "first"]);
    define(&place, &[("team-hours.sql", HOURS)]);
    for round in 0..4_u64 {
        let report = ["second", "first"][usize::from(round % 2 == 1)];
        let building = place.start(&["rollup", "build"]);
        sleep(Duration::from_millis(round * 30));
        let ingesting = place.start(&["ingest", report, "--force"]);
        for child in [ingesting, building] {
            let output = child.wait_with_output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "round {round}: {told}");
        }
        let (_, rows) = csv(&place.ok(&["sql", QUESTION]));
        assert_eq!(rows, by_hand(&place, report), "round {round}");
        verified(&place);
        place.ok(&["verify"]);
        assert_eq!(orphans(&place), [] as [PathBuf; 0], "round {round}");
        place.ok(&["rollup", "drop", "team-hours"]);
    }
}
