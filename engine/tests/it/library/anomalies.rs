//! `anomalies`: what was planted is found, and nothing where nothing was.

use super::{
    check,
    days::{Daily, day, days, store},
    run,
};
use crate::fixture::csv;

/// Six weeks in a row always have all of these: their median is zero, that of their sizes one.
const NOISE: [f64; 6] = [-2.0, -1.0, 0.0, 0.0, 1.0, 2.0];

/// Three months in which nothing happens but what happens every week.
fn quiet() -> Vec<Daily> {
    let all = || days("2026-08-01", "2026-10-31");
    let mut quiet = vec![
        Daily::busy("AmazonEC2", all(), &NOISE),
        Daily::busy("AmazonS3", all(), &NOISE),
        Daily {
            account: "000000000008",
            ..Daily::busy("AmazonRDS", all(), &NOISE)
        },
        Daily::steady("AWSQueueService", all(), 0.01),
        // Once a month is no anomaly.
        Daily::steady("AmazonEC2", days("2026-10-01", "2026-10-01"), 900.0).of_type("Tax"),
        Daily::steady("AWSSupport", days("2026-10-01", "2026-10-01"), 900.0).of_type("Fee"),
        Daily::steady("AmazonEC2", days("2026-10-01", "2026-10-01"), -900.0).of_type("EdpDiscount"),
    ];
    // The last day is still arriving.
    quiet[0].costs.insert(day("2026-10-31"), 3.0);
    quiet
}

fn planted() -> Vec<Daily> {
    let mut planted = quiet();
    planted[0].costs.insert(day("2026-10-20"), 260.0);
    // As much as on any weekday, but on a Saturday.
    planted[1].costs.insert(day("2026-10-24"), 100.0);
    for day in days("2026-10-27", "2026-10-29") {
        planted[2].costs.remove(&day);
    }
    planted[3].costs.insert(day("2026-10-21"), 5.01);
    planted.push(Daily::steady(
        "AWSLambda",
        days("2026-10-28", "2026-10-30"),
        30.0,
    ));
    planted
}

#[tokio::test]
async fn what_was_planted_is_found() {
    let fixture = store(&planted()).await;
    let engine = fixture.engine().await;
    check(&engine, "anomalies", &[], "anomalies").await;
    // A unit is a twentieth of 100; a quarter of 10 where less than 50 is expected, or nothing.
    let expected = [
        "2026-10-27,3,000000000008,AmazonRDS,0,300,-300,-20.0,down,USD",
        "2026-10-20,1,000000000007,AmazonEC2,260,100,160,32.0,up,USD",
        "2026-10-28,3,000000000007,AWSLambda,90,0,90,12.0,up,USD",
        "2026-10-24,1,000000000007,AmazonS3,100,40,60,24.0,up,USD",
    ];
    let found = csv(&run(&engine, "anomalies", &[]).await.unwrap()).await;
    assert_eq!(found, expected);
    // What is small is found by those who ask for it.
    let found = csv(&run(&engine, "anomalies", &["min_impact=1"]).await.unwrap()).await;
    assert_eq!(
        found.last().unwrap(),
        "2026-10-21,1,000000000007,AWSQueueService,5.01,0.01,5,20.0,up,USD"
    );
    let found = csv(
        &run(&engine, "anomalies", &["threshold=25", "min_impact=61"])
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(found, expected[1..2]);
}

#[tokio::test]
async fn nothing_is_found_where_nothing_happened() {
    let mut quiet = quiet();
    // A day that the reports tell nothing of is none at zero.
    for daily in &mut quiet {
        daily.costs.remove(&day("2026-10-15"));
    }
    let fixture = store(&quiet).await;
    let engine = fixture.engine().await;
    let found = csv(&run(&engine, "anomalies", &[]).await.unwrap()).await;
    assert_eq!(found, Vec::<String>::new());
    // Unless the last day is judged.
    let found = csv(&run(&engine, "anomalies", &["settle=0"]).await.unwrap()).await;
    assert_eq!(found.len(), 1, "{found:?}");
}

#[tokio::test]
async fn without_a_past_nothing_is_odd() {
    let mut short = Daily::busy("AmazonEC2", days("2026-10-01", "2026-10-14"), &NOISE);
    short.costs.insert(day("2026-10-13"), 5000.0);
    let fixture = store(&[short]).await;
    let engine = fixture.engine().await;
    let found = csv(&run(&engine, "anomalies", &[]).await.unwrap()).await;
    assert_eq!(found, Vec::<String>::new());
}
