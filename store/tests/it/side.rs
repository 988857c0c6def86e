//! What is kept beside reports: provisional costs and linked accounts.

use std::{fs, path::Path};

use chrono::{DateTime, NaiveDate, Utc};
use curtail_store::{
    AsOf, BillingPeriod, Fetched, LinkedAccount, Money, Problem, ProvisionalCost, SideTable,
    SideVersion, Snapshot, Store, StoreError,
};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::data::{in_memory, money, name, period, read, replace, rows};

pub(crate) const PAYER: &str = "011122223333";
const OTHER: &str = "000000000042";

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn fetched(at: &str) -> Fetched {
    Fetched {
        connection: "main".to_owned(),
        fetched_at: time(at),
        requests: 3,
        estimated: false,
    }
}

pub(crate) fn cost(day: &str, account: &str, unblended: &str) -> ProvisionalCost {
    ProvisionalCost {
        usage_date: day.parse().unwrap(),
        account_id: Some(account.to_owned()),
        service: Some("Amazon EC2".to_owned()),
        unblended_cost: Some(money(unblended)),
        currency: "USD".to_owned(),
        ..ProvisionalCost::default()
    }
}

pub(crate) fn account(id: &str, name: Option<&str>) -> LinkedAccount {
    LinkedAccount {
        account_id: id.to_owned(),
        name: name.map(str::to_owned),
        email: Some("ops@example.com".to_owned()),
        status: Some("ACTIVE".to_owned()),
        joined_at: None,
        seen_at: time("2026-10-20T08:00:00.123456Z"),
    }
}

/// Replaces October of [`PAYER`] by one row of this cost.
async fn october(store: &Store, unblended: &str, at: &str) -> SideVersion {
    let rows = [cost("2026-10-03", PAYER, unblended)];
    let at = fetched(at);
    let replaced = store.replace_provisional(PAYER, period("2026-10"), &rows, &at);
    replaced.await.unwrap()
}

/// What each part of provisional costs comes to, by its receipt and by its files.
async fn totals(store: &Store, snapshot: &Snapshot) -> Vec<(String, BillingPeriod, Money)> {
    let mut found = Vec::new();
    for version in snapshot.provisional() {
        let receipt = &version.receipt;
        let files = &snapshot.side(SideTable::CostExplorer).unwrap().files;
        let files = files.iter().filter(|file| file.part == receipt.part);
        let files = files.map(|file| (file.path.clone(), file.size)).collect();
        let sums = curtail_store::sums(store, files).await.unwrap();
        let total = receipt
            .totals
            .get("USD")
            .map(|totals| totals["unblended_cost"]);
        assert_eq!(sums.sums.get("unblended_cost").copied(), total);
        assert_eq!(sums.rows, receipt.rows);
        let (payer, period) = (&receipt.part.payer_account_id, receipt.part.billing_period);
        found.push((payer.clone(), period.unwrap(), total.unwrap_or_default()));
    }
    found
}

async fn now(store: &Store) -> Vec<(String, BillingPeriod, Money)> {
    totals(store, &store.snapshot().await.unwrap()).await
}

fn expected(parts: &[(&str, &str, &str)]) -> Vec<(String, BillingPeriod, Money)> {
    let parts = parts.iter();
    parts
        .map(|(payer, month, cost)| ((*payer).to_owned(), period(month), money(cost)))
        .collect()
}

#[tokio::test]
async fn a_part_is_replaced_whole_and_apart() {
    let folder = TempDir::new().unwrap();
    for store in [
        in_memory(),
        Store::local(&folder.path().join("new é")).unwrap(),
    ] {
        let exact = [
            cost(
                "2026-10-01",
                PAYER,
                "99999999999999999999.999999999999999998",
            ),
            cost(
                "2026-10-31",
                OTHER,
                "-99999999999999999999.999999999999999997",
            ),
        ];
        let at = fetched("2026-10-20T08:00:00Z");
        let first = store
            .replace_provisional(PAYER, period("2026-10"), &exact, &at)
            .await
            .unwrap();
        assert_eq!(first.version, 0);
        assert_eq!(
            now(&store).await,
            expected(&[(PAYER, "2026-10", "0.000000000000000001")])
        );

        let november = [cost("2026-11-01", PAYER, "5")];
        store
            .replace_provisional(PAYER, period("2026-11"), &november, &at)
            .await
            .unwrap();
        let other = [cost("2026-10-02", OTHER, "7")];
        store
            .replace_provisional(OTHER, period("2026-10"), &other, &at)
            .await
            .unwrap();
        assert_eq!(
            october(&store, "2.5", "2026-10-21T08:00:00Z").await.version,
            3
        );
        let all = [
            (OTHER, "2026-10", "7"),
            (PAYER, "2026-10", "2.5"),
            (PAYER, "2026-11", "5"),
        ];
        assert_eq!(now(&store).await, expected(&all));
        let snapshot = store.snapshot().await.unwrap();
        assert_eq!(snapshot.periods().count(), 0);
        assert!(store.history().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_receipt_tells_what_there_is() {
    let store = in_memory();
    let mut rows = vec![
        cost("2026-10-02", PAYER, "1"),
        cost("2026-10-09", OTHER, "2"),
    ];
    rows[0].region = Some("eu-central-1".to_owned());
    rows[1].region = Some(String::new());
    rows[1].currency = "EUR".to_owned();
    rows[1].estimated = true;
    rows[1].usage_amount = Some(money("12"));
    for row in &mut rows {
        row.tag_key = Some("team".to_owned());
    }
    let at = fetched("2026-11-03T08:00:00Z");
    store
        .replace_provisional(PAYER, period("2026-10"), &rows, &at)
        .await
        .unwrap();
    let snapshot = store.snapshot().await.unwrap();
    let [version] = &snapshot.provisional().cloned().collect::<Vec<_>>()[..] else {
        panic!("one part")
    };
    let receipt = &version.receipt;
    assert_eq!(
        (receipt.rows, receipt.requests, receipt.connection.as_str()),
        (2, 3, "main")
    );
    assert_eq!(receipt.fetched_at, at.fetched_at);
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    assert_eq!(
        (receipt.first_day, receipt.last_day),
        (day("2026-10-02"), day("2026-10-09"))
    );
    assert_eq!(receipt.dimensions, ["account_id", "service", "region"]);
    assert_eq!(receipt.tag_key.as_deref(), Some("team"));
    assert_eq!(
        receipt.totals["USD"],
        [("unblended_cost".to_owned(), money("1"))].into()
    );
    let euros = [("unblended_cost", "2"), ("usage_amount", "12")];
    let euros = euros.map(|(column, sum)| (column.to_owned(), money(sum)));
    assert_eq!(receipt.totals["EUR"], euros.into());
    assert!(
        receipt.estimated && !receipt.is_final(),
        "one row is an estimate"
    );
}

#[tokio::test]
async fn a_closed_month_without_estimates_is_final() {
    let store = in_memory();
    let closed = october(&store, "1", "2026-11-01T00:00:00Z").await;
    assert!(closed.receipt.is_final());
    let open = october(&store, "1", "2026-10-31T23:59:59Z").await;
    assert!(!open.receipt.is_final());
    // Nothing was spent, as far as is known: only the answer itself says whether that may change.
    let estimated = Fetched {
        estimated: true,
        ..fetched("2026-11-03T00:00:00Z")
    };
    let empty = store
        .replace_provisional(PAYER, period("2026-10"), &[], &estimated)
        .await
        .unwrap();
    assert!(!empty.receipt.is_final());
    assert_eq!(now(&store).await, expected(&[(PAYER, "2026-10", "0")]));
    let snapshot = store.snapshot().await.unwrap();
    assert!(
        snapshot
            .side(SideTable::CostExplorer)
            .unwrap()
            .files
            .is_empty()
    );
}

#[tokio::test]
async fn what_does_not_add_up_is_refused_without_a_trace() {
    let store = in_memory();
    let at = fetched("2026-10-20T08:00:00Z");
    let mut tagged = cost("2026-10-01", PAYER, "1");
    tagged.tag_key = Some("team".to_owned());
    let mut priceless = cost("2026-10-01", PAYER, "1");
    priceless.currency.clear();
    let large = cost("2026-10-01", PAYER, "99999999999999999999");
    for (column, rows) in [
        ("usage_date", vec![cost("2026-09-30", PAYER, "1")]),
        ("usage_date", vec![cost("2026-11-01", PAYER, "1")]),
        ("tag_key", vec![cost("2026-10-01", PAYER, "1"), tagged]),
        ("currency", vec![priceless]),
        ("unblended_cost", vec![large.clone(), large]),
    ] {
        let refused = store
            .replace_provisional(PAYER, period("2026-10"), &rows, &at)
            .await;
        let of = |refused: &_| match refused {
            Err(StoreError::Column { column, .. }) => column.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(of(&refused), column);
    }
    for payer in ["", "11122223333", "01112222333x", "../122223333"] {
        let refused = store
            .replace_provisional(payer, period("2026-10"), &[], &at)
            .await;
        assert!(matches!(refused, Err(StoreError::Column { .. })), "{payer}");
    }
    assert!(matches!(store.snapshot().await, Err(StoreError::Absent(_))));
}

#[tokio::test]
async fn accounts_are_read_back() {
    let store = in_memory();
    let mut joined = account("000000000007", Some("Ünit, \"one\""));
    joined.joined_at = Some(time("2020-02-29T00:00:00Z"));
    let accounts = [joined, account("000000000008", None)];
    let at = fetched("2026-10-20T08:00:00Z");
    store.replace_accounts(PAYER, &accounts, &at).await.unwrap();
    store
        .replace_accounts(OTHER, &accounts[1..], &at)
        .await
        .unwrap();
    let snapshot = store.snapshot().await.unwrap();
    let found = store.accounts(&snapshot).await.unwrap();
    let expected = [
        (OTHER.to_owned(), accounts[1].clone()),
        (PAYER.to_owned(), accounts[0].clone()),
        (PAYER.to_owned(), accounts[1].clone()),
    ];
    assert_eq!(found, expected);
    store.replace_accounts(PAYER, &[], &at).await.unwrap();
    let snapshot = store.snapshot().await.unwrap();
    assert_eq!(store.accounts(&snapshot).await.unwrap(), expected[..1]);
    let refused = store
        .replace_accounts(PAYER, &[account("7", None)], &at)
        .await;
    assert!(
        matches!(refused, Err(StoreError::Column { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn accounts_that_are_told_no_more_stay() {
    let store = in_memory();
    let at = fetched("2026-10-20T08:00:00Z");
    let of_other = [account("000000000009", Some("another payer's"))];
    store.replace_accounts(OTHER, &of_other, &at).await.unwrap();
    let first = [
        account("000000000007", Some("left")),
        account("000000000008", Some("old")),
    ];
    let update = async |told: &[LinkedAccount]| {
        let updated = store.update_accounts(PAYER, told, &at).await.unwrap();
        updated.map(|version| (version.version, version.receipt.rows))
    };
    assert_eq!(update(&first).await, Some((1, 2)));
    assert_eq!(update(&first).await, None, "nothing is new");
    let renamed = account("000000000008", Some("new"));
    assert_eq!(
        update(std::slice::from_ref(&renamed)).await,
        Some((2, 2)),
        "the other one stays"
    );
    assert_eq!(update(&[]).await, None);
    let found = store
        .accounts(&store.snapshot().await.unwrap())
        .await
        .unwrap();
    let expected = [
        (OTHER.to_owned(), of_other[0].clone()),
        (PAYER.to_owned(), first[0].clone()),
        (PAYER.to_owned(), renamed),
    ];
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_different_parts_all_succeed() {
    let folder = TempDir::new().unwrap();
    for store in [in_memory(), Store::local(folder.path()).unwrap()] {
        let mut writers = JoinSet::new();
        for month in 1..=6 {
            let store = store.clone();
            writers.spawn(async move {
                let month: BillingPeriod = format!("2026-{month:02}").parse().unwrap();
                let mut row = cost("2026-01-01", PAYER, "1.25");
                row.usage_date = month.start();
                let at = fetched("2026-10-20T08:00:00Z");
                store.replace_provisional(PAYER, month, &[row], &at).await
            });
        }
        for written in writers.join_all().await {
            written.unwrap();
        }
        let found = now(&store).await;
        assert_eq!(found.len(), 6);
        assert!(found.iter().all(|(.., cost)| *cost == money("1.25")));
        assert_eq!(store.verify_logs().await.unwrap(), []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_writers_of_one_part_some_may_be_told_of_the_other() {
    let store = in_memory();
    let mut writers = JoinSet::new();
    for cents in 1..=8 {
        let store = store.clone();
        writers.spawn(async move {
            let rows = [cost("2026-10-03", PAYER, &format!("0.0{cents}"))];
            let at = fetched("2026-10-20T08:00:00Z");
            store
                .replace_provisional(PAYER, period("2026-10"), &rows, &at)
                .await
        });
    }
    let mut landed = Vec::new();
    for written in writers.join_all().await {
        match written {
            Ok(version) => landed.push(version),
            Err(StoreError::PartConflict(part)) => assert_eq!(part.payer_account_id, PAYER),
            Err(error) => panic!("{error}"),
        }
    }
    landed.sort_by_key(|version| version.version);
    let versions: Vec<_> = landed.iter().map(|version| version.version).collect();
    assert_eq!(
        versions,
        (0..landed.len() as u64).collect::<Vec<_>>(),
        "each landed once"
    );
    let snapshot = store.snapshot().await.unwrap();
    assert_eq!(
        snapshot.provisional().collect::<Vec<_>>(),
        [landed.last().unwrap()]
    );
    totals(&store, &snapshot).await;
    // Those that lost left nothing behind.
    let vacuumed = store.vacuum(100, false).await.unwrap();
    assert_eq!((vacuumed.orphans, vacuumed.parts), (0, vec![]));
}

/// Reports at two times, and provisional costs before, between and after.
async fn mixed() -> Store {
    let store = in_memory();
    october(&store, "1", "2026-09-30T23:00:00Z").await;
    let (report, month) = (name("a"), period("2026-10"));
    // The tests' receipts say that they were ingested when October began.
    replace(&store, &report, month, &rows(&["10"]), None)
        .await
        .unwrap();
    october(&store, "2", "2026-10-02T00:00:00Z").await;
    replace(&store, &report, month, &rows(&["20"]), None)
        .await
        .unwrap();
    october(&store, "3", "2026-10-04T00:00:00Z").await;
    store
}

#[tokio::test]
async fn a_version_has_beside_it_what_there_was_then() {
    let store = mixed().await;
    let at = async |as_of: &str| {
        let snapshot = store.snapshot_at(as_of.parse().unwrap()).await.unwrap();
        let found = totals(&store, &snapshot).await;
        found.first().map(|(.., cost)| cost.to_string())
    };
    assert_eq!(at("0").await.as_deref(), Some("1"));
    assert_eq!(at("1").await.as_deref(), Some("3"), "the newest version");
    assert_eq!(at("2026-10-02T00:00:00Z").await.as_deref(), Some("2"));
    assert_eq!(at("2026-09-30").await.as_deref(), Some("1"));
    let refused = store.snapshot_at(AsOf::Version(2)).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the store has no version 2: its newest one is 1"
    );
    let refused = store.snapshot_at("2026-09-29".parse().unwrap()).await;
    assert!(
        matches!(refused, Err(StoreError::NoVersion { .. })),
        "{refused:?}"
    );

    // A store without reports has versions of what there is.
    let store = in_memory();
    october(&store, "1", "2026-10-01T00:00:00Z").await;
    october(&store, "2", "2026-10-02T00:00:00Z").await;
    let first = store.snapshot_at(AsOf::Version(0)).await.unwrap();
    assert_eq!(
        totals(&store, &first).await,
        expected(&[(PAYER, "2026-10", "1")])
    );
    assert!(store.snapshot_at(AsOf::Version(2)).await.is_err());
}

#[tokio::test]
async fn vacuum_drops_earlier_answers() {
    let store = mixed().await;
    let told = store.vacuum(2, true).await.unwrap();
    assert_eq!((told.parts.len(), told.versions.len()), (1, 0));
    let done = store.vacuum(2, false).await.unwrap();
    assert_eq!(done, told);
    assert_eq!((done.parts[0].version, done.parts[0].files), (0, 1));
    assert_eq!(now(&store).await, expected(&[(PAYER, "2026-10", "3")]));
    let refused = store.snapshot_at(AsOf::Version(0)).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("`cost_explorer` of payer account 011122223333 in 2026-10 was dropped")
    );
    assert_eq!(store.vacuum(2, false).await.unwrap().parts, []);
    october(&store, "4", "2026-10-05T00:00:00Z").await;
    assert_eq!(now(&store).await, expected(&[(PAYER, "2026-10", "4")]));
    assert_eq!(
        store.vacuum(0, false).await.unwrap().parts.len(),
        2,
        "the current one stays"
    );
    assert_eq!(now(&store).await, expected(&[(PAYER, "2026-10", "4")]));
}

fn commit(folder: &TempDir) -> std::path::PathBuf {
    folder
        .path()
        .join("cost_explorer/_delta_log/00000000000000000000.json")
}

#[tokio::test]
async fn whatever_is_changed_is_found() {
    let folder = TempDir::new().unwrap();
    let store = Store::local(folder.path()).unwrap();
    let version = october(&store, "1.5", "2026-10-20T08:00:00Z").await;
    let problems = async || {
        let logs = store.verify_logs().await.unwrap();
        [logs, store.verify_part(&version).await.unwrap().problems].concat()
    };
    assert_eq!(problems().await, []);
    let verified = store.verify_part(&version).await.unwrap();
    assert_eq!((verified.files, verified.found.rows), (1, 1));
    assert_eq!(verified.found.sums["unblended_cost"], money("1.5"));

    let file = &version.receipt.stored[0].path;
    let path = folder.path().join(file);
    let good = fs::read(&path).unwrap();
    for at in (0..good.len()).step_by(61) {
        let mut bad = good.clone();
        bad[at] ^= 4;
        fs::write(&path, bad).unwrap();
        let found = problems().await;
        assert!(
            matches!(&found[..], [Problem::Altered { path, .. }] if path == file),
            "{found:?}"
        );
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(problems().await, [Problem::Lost { path: file.clone() }]);
    fs::write(&path, good).unwrap();

    let log = fs::read_to_string(commit(&folder)).unwrap();
    assert_eq!(
        log.matches("\"1.5\"").count(),
        2,
        "in the receipt and in the list of parts"
    );
    fs::write(commit(&folder), log.replacen("\"1.5\"", "\"2.5\"", 1)).unwrap();
    assert_eq!(store.verify_logs().await.unwrap().len(), 1);
    fs::write(commit(&folder), log.replace("\"1.5\"", "\"2.5\"")).unwrap();
    assert_eq!(store.verify_logs().await.unwrap().len(), 2);
    fs::write(commit(&folder), log).unwrap();
    assert_eq!(problems().await, []);
}

fn parquet_files(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let found = entries.map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return parquet_files(&path);
        }
        usize::from(path.extension().is_some_and(|end| end == "parquet"))
    });
    found.sum()
}

#[tokio::test]
async fn files_of_a_dead_writer_are_swept() {
    let folder = TempDir::new().unwrap();
    let store = Store::local(folder.path()).unwrap();
    let version = october(&store, "1", "2026-10-20T08:00:00Z").await;
    // As of a process that died after writing its file, with a marker that nobody holds a lock on.
    let id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    let file = folder.path().join(&version.receipt.stored[0].path);
    fs::copy(
        &file,
        file.with_file_name(format!("part-00000-{id}.parquet")),
    )
    .unwrap();
    let marker = format!(
        "{{\"table\":\"cost_explorer\",\"payerAccountId\":\"{PAYER}\",\"billingPeriod\":\"2026-10\",\"since\":1,\"beganAt\":\"2026-10-20T08:00:00Z\"}}"
    );
    let attempts = folder.path().join("_attempts");
    fs::write(attempts.join(format!("{id}.json")), marker).unwrap();
    assert_eq!(parquet_files(folder.path()), 2);
    assert_eq!(store.sweep().await.unwrap(), 1);
    assert_eq!(parquet_files(folder.path()), 1);
    assert_eq!(fs::read_dir(&attempts).unwrap().count(), 0);
    assert_eq!(now(&store).await, expected(&[(PAYER, "2026-10", "1")]));
}

#[tokio::test]
async fn reports_and_what_is_beside_them_do_not_get_in_each_others_way() {
    let store = mixed().await;
    let found: Vec<_> = read(&store).await.into_values().collect();
    assert_eq!(found, [(1, money("20"))]);
    assert_eq!(store.history().await.unwrap().len(), 2);
    assert_eq!(now(&store).await, expected(&[(PAYER, "2026-10", "3")]));
}
