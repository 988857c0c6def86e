//! A cluster of real processes: the same bytes as without one, and what happens when processes die.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    path::Path,
    process::{Child, ChildStderr, Command},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use crate::{
    endpoint::Endpoint,
    harness::Place,
    serve::{Server, asked},
};

/// More than anything here takes.
const PATIENCE: Duration = Duration::from_mins(2);

/// One of the processes of a cluster; it is killed when it is dropped.
struct Process {
    child: Child,
    stderr: BufReader<ChildStderr>,
    /// What it told when it began to listen.
    told: String,
}

impl Process {
    fn start(place: &Place, arguments: &[&str]) -> Self {
        let mut child = place.start(arguments);
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut told = String::new();
        while !told.starts_with("listening: ") {
            told.clear();
            assert!(stderr.read_line(&mut told).unwrap() > 0, "it ended");
        }
        Self {
            child,
            stderr,
            told,
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// Its exit status, and what it said at last.
    fn end(mut self) -> (Option<i32>, String) {
        let status = ended(&mut self.child);
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).unwrap();
        (status, rest)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ended(child: &mut Child) -> Option<i32> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        assert!(begun.elapsed() < PATIENCE, "it does not end");
        thread::sleep(Duration::from_millis(20));
    }
}

/// A scheduler and its executors.
struct Cluster {
    scheduler: Process,
    executors: Vec<Process>,
    url: String,
}

impl Cluster {
    /// Over the store of `place`.
    fn start(place: &Place, executors: usize) -> Self {
        let arguments = ["cluster", "scheduler", "--bind", "127.0.0.1:0"];
        let scheduler = Process::start(place, &arguments);
        let url = scheduler.told.trim_end();
        let url = url
            .strip_prefix("listening: scheduler ")
            .unwrap()
            .to_owned();
        let mut cluster = Self {
            scheduler,
            executors: Vec::new(),
            url,
        };
        for _ in 0..executors {
            cluster.join(place);
        }
        cluster
    }

    fn join(&mut self, place: &Place) {
        let url = &self.url;
        let executor = ["cluster", "executor", "--scheduler", url, "--threads", "2"];
        self.executors.push(Process::start(place, &executor));
    }

    /// A command with all that can be sent being sent.
    fn asking<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        let over = ["--cluster", &self.url, "--cluster-from", "0"];
        [arguments, &over].concat()
    }

    fn kill(&mut self, executor: usize) {
        self.executors.remove(executor).signal("-KILL");
    }
}

/// Months of a legacy report, of a CUR 2.0 and of a FOCUS export.
fn filled() -> &'static Place {
    static PLACE: OnceLock<Place> = OnceLock::new();
    PLACE.get_or_init(|| {
        let place = Place::new();
        for (format, month, name) in [
            ("legacy-csv", "2026-09", "old"),
            ("cur2-csv", "2026-10", "new"),
            ("focus", "2026-10", "focus"),
        ] {
            place.ok(&[
                "generate",
                "--out",
                name,
                "--rows",
                "20000",
                "--rows-per-file",
                "6000",
                "--month",
                month,
                "--format",
                format,
                "--name",
                name,
            ]);
            place.ok(&["ingest", name]);
        }
        place
    })
}

/// The questions of the benchmarks, each with an order that leaves nothing open.
fn benchmarks() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/queries");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).unwrap());
    let ordered = texts.map(|text| {
        let text = text
            .trim()
            .trim_end_matches(';')
            .replace("desc limit", "desc, 1 limit");
        if text.contains(" limit ") {
            format!("{text};\n")
        } else {
            // All columns but the last one make a row unlike others, or there are two.
            let order = if text.contains("group by 1, 2, 3") {
                "1, 2, 3"
            } else {
                "1, 2"
            };
            format!("select * from ({text}) order by {order};\n")
        }
    });
    ordered.collect()
}

/// What else there is: views, Trino's functions, decimals, maps, joins, windows, sub-queries.
const MORE: &str = "
select service, charge_type, sum(unblended_cost), sum(amortized_cost), count(*), min(usage_start), max(usage_end)
from costs group by 1, 2 order by 1, 2;
select account_name, source, sum(net_amortized_cost) from costs group by 1, 2 order by 1, 2;
select date_trunc('week', usage_start) w, region, sum(usage_amount) from costs where service <> 'x' group by 1, 2 order by 1, 2;
select resource_tags['user_team'] team, product['region'] region, sum(line_item_unblended_cost) from cur2
where cardinality(resource_tags) > 0 group by 1, 2 order by 1, 2;
select date_format(line_item_usage_start_date, '%Y-%m-%d') d, regexp_extract(line_item_usage_type, '[A-Z]+') t,
    sum(line_item_unblended_cost), count_if(line_item_unblended_cost > 0), approx_distinct(line_item_resource_id) > 0
from cur group by 1, 2 order by 1, 2;
select line_item_product_code, avg(line_item_unblended_cost), max_by(line_item_resource_id, line_item_unblended_cost),
    sum(line_item_unblended_cost * 1.1e0) > 0, stddev(line_item_usage_amount) >= 0
from cur group by 1 order by 1;
select coalesce(split_part(line_item_resource_id, ':', 6), '-') r, count(*) n, sum(cast(line_item_unblended_cost as decimal(20, 4)))
from cur group by 1 having count(*) > 3 order by 2 desc, 1 limit 40;
select a.line_item_usage_account_id, a.cost, b.n from
    (select line_item_usage_account_id, sum(line_item_unblended_cost) cost from cur group by 1) a
    left join (select line_item_usage_account_id, count(*) n from cur where line_item_line_item_type = 'Usage' group by 1) b
    on a.line_item_usage_account_id = b.line_item_usage_account_id order by 1;
select x.line_item_product_code, count(*), sum(x.line_item_unblended_cost) from cur x join
    (select distinct line_item_resource_id r from cur where line_item_unblended_cost > 1) y on x.line_item_resource_id = y.r
group by 1 order by 1;
select service, cost, rank() over (order by cost desc, service) from
    (select service, sum(unblended_cost) cost from costs group by 1) order by 3, 1;
select count(*), sum(line_item_unblended_cost) from cur where line_item_unblended_cost >
    (select avg(line_item_unblended_cost) from cur);
select line_item_resource_id, line_item_usage_start_date, line_item_unblended_cost from cur
where line_item_resource_id like 'i-%' and line_item_unblended_cost > 0.1 order by 3 desc, 1, 2, line_item_usage_type limit 30;
select key, count(*) from cur2 cross join unnest(map_keys(resource_tags)) as t(key) group by 1 order by 1;
select servicename, chargecategory, sum(billedcost), count(distinct resourceid) from focus group by 1, 2 order by 1, 2;
select grouping(service), service, region, sum(unblended_cost) from costs group by grouping sets ((service), (region), ()) order by 1, 2, 3, 4;
with t as (select service s, unblended_cost c from costs) select s, sum(c) from t group by s union all
    select 'all', sum(c) from t order by 1, 2;
select report, billing_period from curtail.meta.periods order by 1, 2;
select 1 + 1 two;
";

/// Both answers to `text`, without a cluster and with it.
fn answers(place: &Place, cluster: &Cluster, text: &str, more: &[&str]) -> (String, String) {
    fs::write(place.path("questions.sql"), text).unwrap();
    let arguments = [&["sql", "-F", "questions.sql"], more].concat();
    (place.ok(&arguments), place.ok(&cluster.asking(&arguments)))
}

fn assert_same(embedded: &str, clustered: &str) {
    let lines = embedded.lines().zip(clustered.lines());
    for (number, (embedded, clustered)) in lines.enumerate() {
        assert_eq!(embedded, clustered, "line {number}");
    }
    assert_eq!(embedded, clustered);
}

#[test]
fn answers_are_the_same_bytes() {
    let place = filled();
    let cluster = Cluster::start(place, 2);
    let questions = format!("{}{MORE}", benchmarks());
    for more in [&[][..], &["--no-rollups"]] {
        let (embedded, clustered) = answers(place, &cluster, &questions, more);
        assert!(embedded.lines().count() > 300, "{embedded}");
        assert_same(&embedded, &clustered);
    }
    // And it is the cluster that has computed them.
    let shown =
        place.ok(&cluster.asking(&["sql", "-F", "questions.sql", "--no-rollups", "--explain"]));
    let remote = shown.matches("Remote: cluster=").count();
    assert!(remote >= 20, "{remote} in\n{shown}");
    let whole = "Aggregate ← Repartition ← Aggregate ← DataSource";
    assert!(shown.contains(whole), "{shown}");

    for command in [
        &[
            "costs",
            "--by",
            "service,tag:team",
            "--metric",
            "unblended,amortized,usage",
        ][..],
        &["costs", "--by", "day,account-name", "--no-rollups"],
        &["costs", "--by", "resource", "--top", "20"],
        &["resources", "--all"],
        &["queries", "run", "cost-by-service"],
        &["queries", "run", "top-movers"],
        &["queries", "run", "bill-bridge"],
        &["queries", "run", "commitment-coverage"],
    ] {
        let (embedded, clustered) = (place.ok(command), place.ok(&cluster.asking(command)));
        assert!(embedded.lines().count() > 1, "{command:?}");
        assert_same(&embedded, &clustered);
    }
}

#[test]
fn values_that_cannot_be_computed_are_told_in_the_same_words() {
    let place = filled();
    let cluster = Cluster::start(place, 1);
    for sql in [
        "select line_item_product_code, sum(cast(line_item_resource_id as bigint)) from cur group by 1",
        "select line_item_product_code, sum(9223372036854775807 * cast(line_item_usage_amount + 2 as bigint)) from cur group by 1",
    ] {
        let embedded = place.fails(&["sql", sql]);
        let clustered = place.fails(&cluster.asking(&["sql", sql]));
        // Which of the values is found first, is open.
        let what = |told: &str| {
            let line = told.lines().next().unwrap().to_owned();
            let parts = line.split('\'').step_by(2).map(str::to_owned);
            parts.collect::<Vec<_>>()
        };
        assert_eq!(what(&embedded), what(&clustered));
    }
}

/// What takes the cluster: every part of it has something to do.
const QUESTION: &str = "select line_item_product_code, line_item_usage_account_id, count(distinct line_item_resource_id), \
                        sum(line_item_unblended_cost) from cur group by 1, 2 order by 1, 2";

#[test]
fn executors_come_and_go_between_questions() {
    let place = filled();
    let mut cluster = Cluster::start(place, 2);
    let arguments = ["sql", QUESTION, "--no-rollups"];
    let embedded = place.ok(&arguments);
    let clustered = |cluster: &Cluster| place.ok(&cluster.asking(&arguments));
    assert_same(&embedded, &clustered(&cluster));
    cluster.kill(0);
    assert_same(&embedded, &clustered(&cluster));
    cluster.join(place);
    assert_same(&embedded, &clustered(&cluster));
    cluster.kill(0);
    assert_same(&embedded, &clustered(&cluster));
}

#[test]
fn an_executor_that_dies_at_work_costs_time_and_nothing_else() {
    let place = filled();
    let mut cluster = Cluster::start(place, 2);
    let arguments = ["sql", QUESTION, "--no-rollups"];
    let embedded = place.ok(&arguments);
    for kills in [true, false] {
        // It gets work, and does not get on with it.
        cluster.executors[0].signal("-STOP");
        let mut client = place.start(&cluster.asking(&arguments));
        thread::sleep(Duration::from_secs(2));
        assert!(client.try_wait().unwrap().is_none(), "it is not needed");
        if kills {
            cluster.kill(0);
        }
        assert_eq!(ended(&mut client), Some(0));
        let output = client.wait_with_output().unwrap();
        assert_same(&embedded, &String::from_utf8(output.stdout).unwrap());
        if kills {
            cluster.join(place);
        }
    }
}

#[test]
fn without_executors_there_is_an_error_and_no_endless_wait() {
    let place = filled();
    let mut cluster = Cluster::start(place, 0);
    let arguments = ["sql", QUESTION, "--no-rollups"];
    let told = place.fails(&cluster.asking(&arguments));
    assert!(told.contains("has no executors"), "{told}");
    assert!(told.contains("curtail cluster executor"), "{told}");

    // All of them die at work.
    cluster.join(place);
    cluster.executors[0].signal("-STOP");
    let client = place.start(&cluster.asking(&arguments));
    thread::sleep(Duration::from_secs(2));
    cluster.kill(0);
    let mut client = client;
    assert_eq!(ended(&mut client), Some(1));
    let output = client.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("error: ") && told.contains("hint: "),
        "{told}"
    );
    assert!(told.contains("executor"), "{told}");
}

#[test]
fn executors_over_another_store_are_told_of() {
    let place = filled();
    let elsewhere = Place::new();
    let mut cluster = Cluster::start(place, 0);
    cluster.join(&elsewhere);
    let told = place.fails(&cluster.asking(&["sql", QUESTION, "--no-rollups"]));
    assert!(told.contains("the cluster could not compute"), "{told}");
    assert!(told.contains("start each with --store"), "{told}");
}

#[test]
fn what_is_no_scheduler_is_told_as_such() {
    let place = filled();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    // Somebody who speaks something else.
    let url = format!("http://127.0.0.1:{port}");
    thread::spawn(move || {
        for socket in free.incoming().take(3) {
            let mut socket = socket.unwrap();
            let _ = socket.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
            thread::sleep(Duration::from_millis(100));
        }
    });
    let told = place.fails(&["sql", QUESTION, "--cluster", &url]);
    assert!(told.contains("no scheduler answers"), "{told}");
    let told = place.fails(&["sql", QUESTION, "--cluster", "http://127.0.0.1:1"]);
    assert!(told.contains("no scheduler answers"), "{told}");
    let told = place.fails(&["sql", QUESTION, "--cluster", "https://127.0.0.1:1"]);
    assert!(told.contains("no URL of a scheduler"), "{told}");
    let told = place.fails(&["cluster", "executor", "--scheduler", "http://127.0.0.1:1"]);
    assert!(told.contains("no scheduler answers"), "{told}");
}

#[test]
fn other_machines_are_not_listened_to_unless_somebody_says_so() {
    let place = filled();
    let bind = ["--bind", "0.0.0.0:0"];
    let told = place.fails(&[&["cluster", "scheduler"], &bind[..]].concat());
    assert!(told.contains("neither users nor TLS"), "{told}");
    let executor = ["cluster", "executor", "--scheduler", "http://127.0.0.1:1"];
    let told = place.fails(&[&executor[..], &bind].concat());
    assert!(told.contains("--insecure-without-auth"), "{told}");
}

#[test]
fn processes_end_when_they_are_told_to() {
    // Other tests leave things behind where the store is.
    let place = &Place::new().with("CURTAIL_STORE", filled().store().to_str().unwrap());
    let mut cluster = Cluster::start(place, 2);
    place.ok(&cluster.asking(&["sql", QUESTION]));
    let executor = cluster.executors.remove(0);
    executor.signal("-TERM");
    let (status, rest) = executor.end();
    assert_eq!(status, Some(0), "{rest}");
    let Cluster {
        scheduler,
        mut executors,
        ..
    } = cluster;
    scheduler.signal("-INT");
    let (status, rest) = scheduler.end();
    assert_eq!(status, Some(0), "{rest}");
    // An executor without its scheduler is of no use.
    let (status, rest) = executors.remove(0).end();
    assert_eq!(status, Some(1), "{rest}");
    assert!(rest.contains("its scheduler is gone"), "{rest}");
    // Nothing is left of what they computed.
    let left = fs::read_dir(place.path(".")).unwrap();
    let left = left.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with("curtail-executor-")
    });
    assert_eq!(left.count(), 0);
}

#[test]
fn a_server_has_it_computed_and_outlives_it() {
    let place = filled();
    let mut cluster = Cluster::start(place, 1);
    let listening = ["--pg", "127.0.0.1:0"];
    let alone = Server::start(place, &listening, 1);
    let serving = Server::start(place, &cluster.asking(&listening), 1);
    let address = serving.address("pg");
    let shown = asked(&address, &format!("explain {QUESTION}"));
    assert!(shown.contains("Remote: cluster="), "{shown}");
    // What is told of a session before differs from one to the next.
    let rows = |address: &str| {
        let answer = asked(address, QUESTION);
        let rows = answer.split_once("line_item_product_code");
        rows.unwrap_or_else(|| panic!("{answer}")).1.to_owned()
    };
    let embedded = rows(&alone.address("pg"));
    assert!(embedded.len() > 1000, "{embedded}");
    assert_eq!(embedded, rows(&address));

    cluster.kill(0);
    let told = asked(&address, QUESTION);
    assert!(told.contains("has no executors"), "{told}");
    assert!(told.contains("58000"), "{told}");
    // It goes on, with whoever comes.
    let told = asked(&address, "select 40 + 2 as n");
    assert!(told.contains("42"), "{told}");
    cluster.join(place);
    assert_eq!(embedded, rows(&address));
    serving.signal("-TERM");
    assert_eq!(serving.end().0, Some(0));
    alone.signal("-KILL");
}

#[test]
fn a_store_in_a_bucket_is_read_by_all() {
    let endpoint = Endpoint::start();
    let place = Endpoint::place()
        .with("AWS_ENDPOINT_URL_S3", &endpoint.url())
        .with("CURTAIL_STORE", "s3://acme-billing/tables/store");
    place.ok(&["generate", "--out", "report", "--rows", "20000"]);
    place.ok(&["ingest", "report"]);
    let cluster = Cluster::start(&place, 2);
    let arguments = ["sql", QUESTION, "--no-rollups"];
    let clustered = place.ok(&cluster.asking(&arguments));
    assert!(clustered.lines().count() > 20, "{clustered}");
    assert_same(&place.ok(&arguments), &clustered);
    let shown = place.ok(&cluster.asking(&["sql", QUESTION, "--no-rollups", "--explain"]));
    assert!(shown.contains("Remote: cluster="), "{shown}");
}
