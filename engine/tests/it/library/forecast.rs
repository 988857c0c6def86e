//! `forecast`, against the same computed by hand.

use std::f64::consts::PI;

use super::{
    check,
    days::{Daily, day, days, store},
    run,
};
use crate::fixture::csv;

/// Four weeks in a row always have all of these: their median is zero, that of their sizes one and a half.
const NOISE: [f64; 4] = [-2.0, -1.0, 1.0, 2.0];

/// September, and October until the 15th, of which little has arrived.
fn half_a_month() -> Vec<Daily> {
    let mut usage = Daily::busy("AmazonEC2", days("2026-09-01", "2026-10-15"), &NOISE);
    usage.costs.insert(day("2026-10-15"), 30.0);
    let once = |service, day: &str, cost| Daily::steady(service, days(day, day), cost);
    vec![
        usage,
        // Told ahead, until the 20th.
        Daily::steady("ComputeSavingsPlans", days("2026-09-01", "2026-10-20"), 1.0)
            .of_type("SavingsPlanRecurringFee"),
        once("AmazonEC2", "2026-09-01", 50.0).of_type("RIFee"),
        once("AmazonEC2", "2026-10-01", 20.0).of_type("RIFee"),
        once("AWSSupportBusiness", "2026-09-01", 40.0).of_type("Fee"),
        once("AmazonEC2", "2026-10-02", 500.0).of_type("Fee"),
        once("AmazonEC2", "2026-09-01", 300.0).of_type("Tax"),
        once("AmazonEC2", "2026-10-01", 10.0).of_type("Tax"),
        once("AmazonEC2", "2026-10-01", -100.0).of_type("EdpDiscount"),
        once("AmazonEC2", "2026-10-03", -5.0).of_type("Credit"),
    ]
}

fn total(all: &[Daily], period: &str, is_wanted: impl Fn(&Daily) -> bool) -> f64 {
    let wanted = all.iter().filter(|daily| is_wanted(daily));
    let costs = wanted.flat_map(|daily| &daily.costs);
    let of_period = costs.filter(|(day, _)| day.to_string().starts_with(period));
    let sum: f64 = of_period.map(|(_, cost)| cost).sum();
    // Of nothing, it would be -0.
    sum + 0.0
}

fn numbers(row: &str) -> Vec<f64> {
    row.split(',')
        .skip(4)
        .filter_map(|cell| cell.parse().ok())
        .collect()
}

#[tokio::test]
async fn the_rest_of_the_month_is_told_by_its_parts() {
    let all = half_a_month();
    let fixture = store(&all).await;
    let engine = fixture.engine().await;
    check(&engine, "forecast", &[], "forecast").await;
    let found = csv(&run(&engine, "forecast", &[]).await.unwrap()).await;
    assert!(
        found[0].starts_with("2026-10,(all),(all),2026-10-14,"),
        "{found:?}"
    );

    let booked = total(&all, "2026-10", |_| true);
    // What is missing of the 15th, eleven weekdays and five days of weekends; eleven days of the plan's fee.
    let usage = 70.0 + 1100.0 + 200.0 + 11.0;
    let monthly = (50.0 - 20.0) + 40.0;
    let is_base = |daily: &Daily| {
        matches!(
            daily.charge_type,
            "Usage" | "SavingsPlanRecurringFee" | "RIFee"
        ) || daily.service == "AWSSupportBusiness"
    };
    let (base, base_before) = (
        total(&all, "2026-10", is_base),
        total(&all, "2026-09", is_base),
    );
    let tax = 300.0 / base_before * (base + usage + monthly) - 10.0;
    let discount = -100.0 / base * (usage + monthly);
    let forecast = booked + usage + monthly + tax + discount;
    let (come, past): (f64, f64) = (17.0, 28.0);
    let deviation =
        1.4826 * 1.5 * (past / 21.0).sqrt() * (come + PI / 2.0 * come * come / past).sqrt();
    let expected = [
        booked,
        usage,
        monthly,
        tax,
        discount,
        forecast,
        forecast - 2.0 * deviation,
        forecast + 2.0 * deviation,
        total(&all, "2026-09", |_| true),
    ];
    let found = numbers(&found[0]);
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }
}

#[tokio::test]
async fn services_and_accounts_have_forecasts_of_their_own() {
    let fixture = store(&half_a_month()).await;
    let engine = fixture.engine().await;
    check(&engine, "forecast", &["by=service"], "forecast-by-service").await;
    let rows = csv(&run(&engine, "forecast", &["by=both"]).await.unwrap()).await;
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(
        rows.iter().all(|row| row.contains(",000000000007,")),
        "{rows:?}"
    );
}

#[tokio::test]
async fn nothing_is_to_come_when_the_month_is_over() {
    let mut all = half_a_month();
    all[0] = Daily::busy("AmazonEC2", days("2026-09-01", "2026-10-31"), &NOISE);
    let fixture = store(&all).await;
    let engine = fixture.engine().await;
    for (month, before) in [("2026-10", "2026-09"), ("2026-09", "2026-08")] {
        let period = format!("period={month}");
        let rows = csv(&run(&engine, "forecast", &[&period]).await.unwrap()).await;
        let last = rows[0].split(',').nth(3).unwrap();
        let (booked, before) = (total(&all, month, |_| true), total(&all, before, |_| true));
        assert_eq!(
            rows,
            [format!(
                "{month},(all),(all),{last},{booked},0,0,0,0,{booked},{booked},{booked},{before},USD"
            )]
        );
    }
}

#[tokio::test]
async fn a_few_days_are_told_by_the_median_of_all() {
    let mut few = Daily::steady("AmazonS3", days("2026-10-01", "2026-10-06"), 10.0);
    few.costs.insert(day("2026-10-02"), 13.0);
    few.costs.insert(day("2026-10-03"), 9.0);
    few.costs.insert(day("2026-10-06"), 0.5);
    let fixture = store(&[few]).await;
    let engine = fixture.engine().await;
    let rows = csv(&run(&engine, "forecast", &[]).await.unwrap()).await;
    // 10, 13, 9, 10, 10; then 9.5 more on the 6th, and 25 days of 10. Most days are as the median: no noise.
    assert_eq!(
        rows,
        ["2026-10,(all),(all),2026-10-05,52.5,259.5,0,0,0,312,312,312,0,USD"]
    );
}

#[tokio::test]
async fn amortized_costs_can_be_asked_for() {
    let fixture = store(&half_a_month()).await;
    let engine = fixture.engine().await;
    let rows = csv(
        &run(&engine, "forecast", &["metric=amortized", "by=service"])
            .await
            .unwrap(),
    )
    .await;
    let plans: Vec<_> = rows
        .iter()
        .filter(|row| row.contains("ComputeSavingsPlans"))
        .collect();
    // Nothing draws on the plan: all of it is unused.
    assert_eq!(
        plans,
        ["2026-10,ComputeSavingsPlans,(all),2026-10-14,20,11,0,0,0,31,31,31,30,USD"].as_slice()
    );
}
