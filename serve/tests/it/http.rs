//! Health and metrics, as a watcher reads them.

use std::{collections::BTreeMap, net::SocketAddr};

use curtail_serve::{TokenHash, User};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::flight::world::{PASSWORD, TOKEN, World, ask, user};

/// An answer: its status, its headers in lower case, its body.
struct Page {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

async fn get(address: SocketAddr, path: &str) -> Page {
    get_with(address, path, "").await
}

async fn get_with(address: SocketAddr, path: &str, more: &str) -> Page {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: curtail\r\nConnection: close\r\n{more}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_lowercase(), value.to_owned())
    });
    Page {
        status: status.parse().unwrap(),
        headers: headers.collect(),
        body: body.to_owned(),
    }
}

/// A sample: its labels and its value.
type Sample = (BTreeMap<String, String>, f64);

/// A metric: its type and its samples by name (with `_bucket` and so on).
#[derive(Default)]
struct Family {
    kind: String,
    samples: Vec<(String, Sample)>,
}

/// Reads the text format of Prometheus, version 0.0.4, and holds it to its rules.
fn parsed(text: &str) -> BTreeMap<String, Family> {
    assert!(text.ends_with('\n'), "the last line ends, too");
    let mut families = BTreeMap::<String, Family>::new();
    let mut current = None::<String>;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(is_name(name) && !help.is_empty(), "{line}");
            assert!(
                families
                    .insert(name.to_owned(), Family::default())
                    .is_none(),
                "twice: {line}"
            );
            current = Some(name.to_owned());
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert_eq!(current.as_deref(), Some(name), "after its HELP: {line}");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            kind.clone_into(&mut families.get_mut(name).unwrap().kind);
        } else {
            let (name, sample) = sampled(line);
            let family = current.clone().unwrap();
            let of = families.get_mut(&family).unwrap();
            let suffix = name
                .strip_prefix(&family)
                .unwrap_or_else(|| panic!("not grouped: {line}"));
            let allowed: &[&str] = match of.kind.as_str() {
                "histogram" => &["_bucket", "_sum", "_count"],
                _ => &[""],
            };
            assert!(allowed.contains(&suffix), "{line}");
            let known = of.samples.iter();
            let same = known.filter(|(other, (labels, _))| (other, labels) == (&name, &sample.0));
            assert_eq!(same.count(), 0, "twice: {line}");
            of.samples.push((name, sample));
        }
    }
    families
}

fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|other| other.is_ascii_alphanumeric() || other == '_')
}

fn sampled(line: &str) -> (String, Sample) {
    let end = line.find(['{', ' ']).unwrap();
    let (name, mut rest) = line.split_at(end);
    assert!(is_name(name), "{line}");
    let mut labels = BTreeMap::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        while !rest.starts_with('}') {
            let (label, after) = rest.split_once("=\"").unwrap();
            assert!(is_name(label), "{line}");
            let mut value = String::new();
            let mut characters = after.char_indices();
            let end = loop {
                match characters.next().unwrap() {
                    (place, '"') => break place,
                    (_, '\\') => match characters.next().unwrap().1 {
                        'n' => value.push('\n'),
                        escaped @ ('\\' | '"') => value.push(escaped),
                        other => panic!("no escape: \\{other} in {line}"),
                    },
                    (_, other) => value.push(other),
                }
            };
            assert!(labels.insert(label.to_owned(), value).is_none(), "{line}");
            rest = &after[end + 1..];
            rest = rest.strip_prefix(',').unwrap_or(rest);
        }
        rest = &rest[1..];
    }
    let value = rest.strip_prefix(' ').unwrap();
    (
        name.to_owned(),
        (labels, value.parse().unwrap_or_else(|_| panic!("{line}"))),
    )
}

/// The sum of a metric's samples that have these labels.
fn value(families: &BTreeMap<String, Family>, name: &str, labels: &[(&str, &str)]) -> f64 {
    let family = families.get(name).unwrap_or_else(|| panic!("no {name}"));
    let fitting = family.samples.iter().filter(|(sample, (has, _))| {
        sample == name
            && labels
                .iter()
                .all(|(label, value)| has.get(*label).is_some_and(|is| is == value))
    });
    fitting.map(|(_, (_, value))| value).sum()
}

#[tokio::test]
async fn health_tells_whether_the_store_can_be_read() {
    let world = World::open().await;
    let page = get(world.http, "/health").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.headers["content-type"], "application/json");
    let told: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(told["status"], "ok");
    assert_eq!(told["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(told["store"]["reachable"], true);
    assert!(told["serving"]["billing_periods"].as_u64().unwrap() >= 1);
    assert!(told["serving"]["last_usage_seconds_ago"].is_i64());
    // A fee for a year is no usage of next year.
    let last = told["serving"]["last_usage_at"].as_str().unwrap();
    assert!(last <= "2026-11-01T00:00:00Z", "{last}");
    assert_eq!(get(world.http, "/ready").await.status, 200);
    assert_eq!(get(world.http, "/nothing").await.status, 404);
}

#[tokio::test]
async fn a_service_that_ends_is_not_ready() {
    let world = World::open().await;
    world.service.shutdown(std::time::Duration::ZERO).await;
    assert_eq!(get(world.http, "/ready").await.status, 503);
    assert_eq!(get(world.http, "/health").await.status, 200);
}

#[tokio::test]
async fn metrics_follow_the_rules_of_their_format() {
    let world = World::open().await;
    let mut client = world.client().await;
    ask(
        &mut client,
        "SELECT service, sum(unblended_cost) FROM costs GROUP BY service",
    )
    .await
    .unwrap();
    ask(&mut client, "SELECT * FROM none").await.unwrap_err();
    world.until(|counts| counts.running == 0).await;

    let page = get(world.http, "/metrics").await;
    assert_eq!(page.status, 200);
    assert_eq!(
        page.headers["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let families = parsed(&page.body);
    for (name, family) in &families {
        assert!(name.starts_with("curtail_"), "{name}");
        assert_eq!(family.kind == "counter", name.ends_with("_total"), "{name}");
    }
    let flight = |outcome| [("protocol", "flight"), ("outcome", outcome)];
    assert!(
        (value(&families, "curtail_queries_total", &flight("done")) - 1.0).abs() < f64::EPSILON
    );
    assert!(
        (value(&families, "curtail_queries_total", &flight("failed")) - 1.0).abs() < f64::EPSILON
    );
    assert!(value(&families, "curtail_rows_sent_total", &[]) > 1.0);
    assert!(value(&families, "curtail_rollup_hits_total", &[]) > 0.0);
    assert!(value(&families, "curtail_connections", &[("protocol", "flight")]) > 0.0);
    assert!(value(&families, "curtail_store_up", &[]) > 0.0);
    assert!(value(&families, "curtail_period_rows", &[]) > 0.0);
    assert!(value(&families, "curtail_period_ingest_age_seconds", &[]) >= 0.0);
}

#[tokio::test]
async fn buckets_of_a_histogram_grow_up_to_its_count() {
    let world = World::open().await;
    let mut client = world.client().await;
    ask(&mut client, "SELECT 1").await.unwrap();
    world.until(|counts| counts.running == 0).await;
    let families = parsed(&get(world.http, "/metrics").await.body);
    let mut series = BTreeMap::<_, Vec<(f64, f64)>>::new();
    let mut counts = BTreeMap::new();
    for (name, (labels, value)) in &families["curtail_query_duration_seconds"].samples {
        let mut labels = labels.clone();
        let bound = labels.remove("le");
        match (name.rsplit('_').next().unwrap(), bound) {
            ("bucket", Some(bound)) => {
                let bound = bound.replace("+Inf", "inf").parse().unwrap();
                series.entry(labels).or_default().push((bound, *value));
            }
            ("count", None) => drop(counts.insert(labels, *value)),
            ("sum", None) => assert!(*value >= 0.0),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(series.len(), counts.len());
    for (labels, buckets) in series {
        assert!(buckets.is_sorted(), "{labels:?}: {buckets:?}");
        assert_eq!(buckets.last(), Some(&(f64::INFINITY, counts[&labels])));
    }
}

#[tokio::test]
async fn neither_secrets_nor_statements_are_told() {
    let world = World::of(vec![user("ana")]).await;
    let mut client = world.client().await;
    client.handshake("ana", PASSWORD).await.unwrap();
    ask(&mut client, "SELECT 'conspicuous' AS word")
        .await
        .unwrap();
    let token = client.token().unwrap().clone();
    for path in ["/health", "/metrics", "/ready"] {
        let page = get(world.http, path).await;
        assert_eq!(page.status, 200, "{path}");
        for secret in ["conspicuous", PASSWORD, token.as_str(), "SCRAM"] {
            assert!(!page.body.contains(secret), "{path} tells {secret}");
        }
    }
}

#[tokio::test]
async fn others_than_this_machine_need_a_token_for_metrics() {
    let limited = User {
        tokens: vec![TokenHash::of("curtail_of_ben")],
        allow: Some("service = 'AmazonEC2'".to_owned()),
        ..user("ben")
    };
    let world = World::of(vec![user("ana"), limited]).await;
    let everywhere = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], everywhere.local_addr().unwrap().port()));
    let service = world.service.clone();
    let mut serving = JoinSet::new();
    serving.spawn(async move { curtail_serve::http::serve(service, everywhere, None).await });
    let refused = get(address, "/metrics").await;
    assert_eq!(
        (refused.status, refused.headers["www-authenticate"].as_str()),
        (401, "Bearer")
    );
    let with = |token: &str| format!("Authorization: Bearer {token}\r\n");
    assert_eq!(
        get_with(address, "/metrics", &with("guessed")).await.status,
        401
    );
    // Of rows that this user does not see, nothing is told.
    assert_eq!(
        get_with(address, "/metrics", &with("curtail_of_ben"))
            .await
            .status,
        401
    );
    let told = get_with(address, "/metrics", &with(TOKEN)).await;
    assert_eq!(told.status, 200);
    assert!(parsed(&told.body).contains_key("curtail_store_up"));
    assert_eq!(get(address, "/health").await.status, 200);
}
