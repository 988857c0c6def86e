//! Every fault of an S3 server at every stage: what passes is survived, what does not is one clear error, and the store is
//! never half-changed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    endpoint::Endpoint,
    harness::{Place, Run, content, copy, csv, filtered},
    proxy::{Fault, Proxy, Stage},
    reports::totals_equal_truth,
    s3,
};

/// What can happen to any request.
const ANY: [Fault; 11] = [
    Fault::Internal,
    Fault::SlowDown,
    Fault::Closed,
    Fault::Silent,
    Fault::Stalled,
    Fault::Reset,
    Fault::Garbled,
    Fault::Expired(400),
    Fault::Expired(403),
    Fault::Missing,
    Fault::Precondition,
];

/// What can happen to content.
const CONTENT: [Fault; 3] = [Fault::Short, Fault::Cut, Fault::Longer];

const PATIENCE: [&str; 4] = ["--timeout", "1s", "--retries", "3"];

/// A run that gives up takes some four timeouts and the pauses between them.
const LONGEST: Duration = Duration::from_secs(45);

/// What happens how often at which stage.
#[derive(Clone, Copy, Debug)]
struct Case {
    stage: Stage,
    fault: Fault,
    endless: bool,
}

impl Case {
    /// Whatever can happen to any request, at these stages, and `more` that can happen at one of them.
    fn all(stages: &[Stage], more: impl Fn(Stage) -> Vec<Fault>) -> Vec<Self> {
        Self::of(stages, |stage| ANY.into_iter().chain(more(stage)).collect())
    }

    fn of(stages: &[Stage], faults: impl Fn(Stage) -> Vec<Fault>) -> Vec<Self> {
        let mut cases = Vec::new();
        for &stage in stages {
            for fault in faults(stage) {
                for endless in [false, true] {
                    let case = Self {
                        stage,
                        fault,
                        endless,
                    };
                    // What does not pass even if it ends is tried once.
                    if endless || case.passes() {
                        cases.push(case);
                    }
                }
            }
        }
        cases
    }

    /// Whether the run must succeed.
    fn passes(self) -> bool {
        match (self.fault, self.stage) {
            // The commit that seems to be in the way is looked for, and not found; what could not be read back at once is
            // read back before the commit.
            (Fault::Precondition, Stage::CommitPut | Stage::Data)
            | (Fault::Missing, Stage::Data) => !self.endless,
            // Else, what is said to be gone, or another, is not asked for again.
            (Fault::Missing | Fault::Precondition | Fault::Outage, _) => false,
            // It was carried out, which is found out afterwards.
            (Fault::Silent | Fault::Stalled | Fault::Reset | Fault::Lost, Stage::CommitPut) => true,
            _ => !self.endless,
        }
    }

    fn proxy(self, endpoint: &Endpoint) -> Proxy {
        let times = match self.fault {
            _ if self.endless => usize::MAX,
            Fault::Expired(_) => 1,
            _ => 2,
        };
        Proxy::start(endpoint, (self.stage, self.fault), 0, times)
    }

    fn place(self) -> Place {
        match self.fault {
            Fault::Expired(_) => Endpoint::place_with_program(),
            _ => Endpoint::place(),
        }
    }

    /// Runs `arguments`, which must end as the case says, in time, and without telling secrets. Gives the error, if one
    /// is due.
    fn run(self, proxy: &Proxy, place: &Place, arguments: &[&str]) -> Result<Run, String> {
        let began = Instant::now();
        let run = place.run(&[arguments, &PATIENCE].concat());
        let took = began.elapsed();
        assert!(proxy.injected() > 0, "{self:?} never happened: {run:?}");
        assert!(took < LONGEST, "{self:?} took {took:?}: {run:?}");
        for secret in ["EXAMPLE", "PRIVATE", "token-"] {
            let told = run.stdout.contains(secret) || run.stderr.contains(secret);
            assert!(!told, "{self:?} tells {secret}: {run:?}");
        }
        if let (Fault::Expired(_), true) = (self.fault, self.passes()) {
            let asked = fs::read_to_string(place.path("asked")).unwrap();
            assert_eq!(asked.lines().count(), 2, "credentials are renewed once");
        }
        if self.passes() {
            assert_eq!(run.status, Some(0), "{self:?}: {run:?}");
            return Ok(run);
        }
        assert_eq!(run.status, Some(1), "{self:?}: {run:?}");
        Err(run.failure().replace(&proxy.url(), "http://s3"))
    }
}

/// Runs `check` for all cases, several at a time, and compares the errors of faults that do not pass with the snapshot.
fn each(name: &str, cases: &[Case], check: impl Fn(usize, Case) -> Option<String> + Sync) {
    let next = AtomicUsize::new(0);
    let told = Mutex::new(vec![None; cases.len()]);
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, SeqCst);
                    let Some(&case) = cases.get(index) else { break };
                    let error = check(index, case);
                    told.lock().unwrap()[index] = error;
                }
            });
        }
    });
    let mut text = String::new();
    for (case, error) in cases.iter().zip(told.into_inner().unwrap()) {
        if let (Some(error), true) = (error, case.endless) {
            text.push_str(&format!(
                "> {:?}: {:?}\n{error}\n\n",
                case.stage, case.fault
            ));
        }
    }
    // Of several files, any may be the first that fails.
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"[^`\s]*/part-[^`\s:]*\.parquet", "[FILE]");
    // Expired credentials are refused to whatever comes next.
    settings.add_filter(
        r"cannot (read|write) `\[FILE\]`",
        "cannot [READ OR WRITE] `[FILE]`",
    );
    settings.add_filter(r"\b\d{5}\.csv\.gz", "[NUMBER].csv.gz");
    settings.add_filter(r"\d+ bytes instead of \d+", "[N] bytes instead of [N]");
    settings.add_filter(r"bytes[ =]\d+-\d+(/\d+)?", "bytes [RANGE]");
    settings.add_filter(r"s3://store-\d+/", "s3://[BUCKET]/");
    settings.bind(|| filtered(|| insta::assert_snapshot!(format!("faults-{name}"), text)));
}

/// Every file below `folder`, by its path in it, with its content.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let relative = |path: &Path| path.strip_prefix(folder).unwrap().to_owned();
    content(folder)
        .into_iter()
        .map(|(path, bytes)| (relative(&path), bytes))
        .collect()
}

/// The commit that is made on top of the store's first.
const COMMITTED: &str = "_delta_log/00000000000000000001.json";

const BEFORE: [&str; 11] = [
    "generate",
    "--out",
    "before",
    "--name",
    "before",
    "--rows",
    "500",
    "--profile",
    "tiny",
    "--month",
    "2026-09",
];

#[test]
fn while_a_report_is_read() {
    let endpoint = Endpoint::start();
    let before = Endpoint::place();
    s3::generate(&before, &endpoint, &["--month", "2026-10"]);
    before.ok(&BEFORE);
    before.ok(&["ingest", "before"]);
    let stages = [
        Stage::List,
        Stage::Manifest,
        Stage::ManifestHead,
        Stage::FileHead,
        Stage::File,
    ];
    let cases = Case::all(&stages, |stage| match stage {
        Stage::List => CONTENT.to_vec(),
        Stage::Manifest => [&CONTENT[..], &[Fault::OtherRange]].concat(),
        Stage::File => [&CONTENT[..], &[Fault::OtherRange, Fault::Whole]].concat(),
        _ => Vec::new(),
    });
    each("reading", &cases, |_, case| {
        let place = case.place();
        copy(&before.store(), &place.store());
        let held = files(&place.store());
        let proxy = case.proxy(&endpoint);
        let url = proxy.url();
        match case.run(&proxy, &place, &s3::ingest(&url, "s3://acme-billing/cur")) {
            Ok(run) => {
                let rows = csv(&run.stdout).1;
                assert_eq!((rows.len(), &*rows[0][3]), (1, "added"), "{case:?}");
                fs::copy(
                    endpoint.bucket().join("cur/truth.json"),
                    place.path("truth"),
                )
                .unwrap();
                totals_equal_truth(&place, "truth", &["--report", "acme-legacy-csv"]);
                None
            }
            Err(error) => {
                assert!(files(&place.store()) == held, "{case:?}: the store changed");
                Some(error)
            }
        }
    });
}

#[test]
fn while_a_store_in_a_bucket_is_written() {
    let endpoint = Endpoint::start();
    let at = |place: Place, url: &str, name: &str| {
        let store = format!("s3://{name}/store");
        place
            .with("AWS_ENDPOINT_URL_S3", url)
            .with("CURTAIL_STORE", &store)
    };
    let files = |name: &str| files(&endpoint.other_bucket(name));
    let of_kind = |name: &str, ending: &str| {
        let fits = |path: &&PathBuf| path.to_string_lossy().ends_with(ending);
        files(name).keys().filter(fits).count()
    };
    // Each store has a bucket of its own: the server fails to list a bucket while files go away anywhere in it.
    let copied = |name: &str| copy(&endpoint.other_bucket("base"), &endpoint.other_bucket(name));
    fs::create_dir(endpoint.other_bucket("base")).unwrap();
    let direct = endpoint.url();
    let before = at(Endpoint::place(), &direct, "base");
    before.ok(&BEFORE);
    before.ok(&["ingest", "before"]);
    before.ok(&[
        "generate",
        "--out",
        "report",
        "--rows",
        "1000",
        "--profile",
        "tiny",
        "--month",
        "2026-10",
    ]);
    copied("clean");
    let report = before.path("report").display().to_string();
    at(Endpoint::place(), &direct, "clean").ok(&["ingest", &report]);
    let clean = of_kind("clean", ".parquet");

    let stages = [
        Stage::LogList,
        Stage::Commit,
        Stage::Data,
        Stage::DataPut,
        Stage::CommitPut,
    ];
    let mut cases = Case::all(&stages, |stage| match stage {
        Stage::LogList => CONTENT.to_vec(),
        Stage::Commit => [&CONTENT[..], &[Fault::OtherRange]].concat(),
        Stage::Data => [&CONTENT[..], &[Fault::OtherRange, Fault::Whole]].concat(),
        _ => vec![Fault::Lost, Fault::Outage],
    });
    // That looks like other writers being faster some hundred times, and takes as long.
    cases.retain(|case| {
        case.stage != Stage::CommitPut || case.fault != Fault::Precondition || !case.endless
    });
    each("writing", &cases, |index, case| {
        let name = format!("store-{index}");
        copied(&name);
        let proxy = case.proxy(&endpoint);
        let place = at(case.place(), &proxy.url(), &name);
        match case.run(&proxy, &place, &["ingest", &report]) {
            Ok(run) => {
                let rows = csv(&run.stdout).1;
                let row: Vec<_> = rows[0][2..4].iter().map(String::as_str).collect();
                assert_eq!((rows.len(), &row[..]), (1, &["1", "added"][..]), "{case:?}");
                assert_eq!(of_kind(&name, COMMITTED), 1, "{case:?}");
                assert_eq!(of_kind(&name, "0002.json"), 0, "{case:?}");
                assert_eq!(of_kind(&name, ".parquet"), clean, "{case:?}: orphans");
                let after = at(Endpoint::place(), &direct, &name);
                fs::copy(before.path("report/truth.json"), after.path("truth")).unwrap();
                totals_equal_truth(&after, "truth", &["--report", "acme-legacy-csv"]);
                None
            }
            Err(error) => {
                let (held, now) = (files("base"), files(&name));
                let same = held
                    .iter()
                    .all(|(path, bytes)| now.get(path) == Some(bytes));
                assert!(same, "{case:?}: what was there is not as it was");
                // Of a commit, nobody knows: it may still arrive, and must find its files then.
                if case.stage != Stage::CommitPut && case.fault != Fault::Outage {
                    let paths: Vec<_> = now.keys().collect();
                    assert_eq!(now.len(), held.len(), "{case:?}: orphans among {paths:?}");
                }
                assert_eq!(
                    of_kind(&name, COMMITTED),
                    0,
                    "{case:?}: committed nevertheless"
                );
                Some(error)
            }
        }
    });
}

#[test]
fn content_that_broke_off_is_resumed_where_it_did() {
    let endpoint = Endpoint::start();
    let place = Endpoint::place();
    s3::generate(&place, &endpoint, &["--month", "2026-10"]);
    for fault in [Fault::Reset, Fault::Stalled, Fault::Short] {
        let proxy = Proxy::start(&endpoint, (Stage::File, fault), 1, 1);
        let url = proxy.url();
        let ingest = s3::ingest(&url, "s3://acme-billing/cur");
        place.ok(&[&ingest[..], &["--force"], &PATIENCE].concat());
        assert_eq!(proxy.injected(), 1);
        let ranges: Vec<(u64, u64)> = proxy.ranges().iter().map(|range| parsed(range)).collect();
        let rests: Vec<_> = ranges.iter().filter(|(first, _)| *first > 0).collect();
        // The rest of the one that broke off, and nothing else, is asked for twice.
        assert_eq!(rests.len(), 1, "{fault:?}: {ranges:?}");
        let (first, last) = *rests[0];
        assert!(first < last, "{ranges:?}");
        assert!(ranges.contains(&(0, last)), "{ranges:?}");
        let mut wholes: Vec<_> = ranges.iter().filter(|(first, _)| *first == 0).collect();
        assert_eq!(wholes.len() + 1, ranges.len());
        wholes.dedup();
        assert_eq!(wholes.len() + 1, ranges.len(), "{ranges:?}");
    }
    fs::copy(
        endpoint.bucket().join("cur/truth.json"),
        place.path("truth"),
    )
    .unwrap();
    crate::reports::equals_truth(&place, "truth", &[]);
}

fn parsed(range: &str) -> (u64, u64) {
    let (first, last) = range
        .strip_prefix("bytes=")
        .unwrap()
        .split_once('-')
        .unwrap();
    (first.parse().unwrap(), last.parse().unwrap())
}

#[test]
fn a_query_survives_what_passes() {
    let endpoint = Endpoint::start();
    let store = |url: &str| {
        let place = Endpoint::place().with("AWS_ENDPOINT_URL_S3", url);
        place.with("CURTAIL_STORE", "s3://acme-billing/store")
    };
    let place = store(&endpoint.url());
    place.ok(&BEFORE);
    place.ok(&["ingest", "before"]);
    let costs = ["costs", "--by", "service"];
    let expected = place.ok(&costs);
    let faults = [
        Fault::SlowDown,
        Fault::Stalled,
        Fault::Reset,
        Fault::Short,
        Fault::OtherRange,
    ];
    let cases = Case::of(&[Stage::Data], |_| faults.to_vec());
    each("query", &cases, |_, case| {
        let proxy = case.proxy(&endpoint);
        match case.run(&proxy, &store(&proxy.url()), &costs) {
            Ok(run) => {
                assert_eq!(run.stdout, expected, "{case:?}");
                None
            }
            Err(error) => Some(error),
        }
    });
}
