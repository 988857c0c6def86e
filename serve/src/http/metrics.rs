//! The page `/metrics`.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};

use super::exposition::{
    Exposition,
    Kind::{Counter, Gauge, Histogram},
};
use crate::{BUCKETS, Health, PeriodHealth, Service, Snapshot};

/// Of each report, the latest billing periods that are told one by one: earlier ones change no more, and a thousand payers have years
/// of them.
const LATEST: usize = 3;

/// Everything that was counted, and how fresh what is served is.
pub(super) fn page(service: &Service, health: &Health) -> String {
    let mut text = Exposition::default();
    let version = env!("CARGO_PKG_VERSION");
    text.metric("curtail_build_info", Gauge, "What runs; always 1.")
        .sample(&[("version", version)], 1);
    counted(&mut text, &service.metrics().snapshot());
    text.metric(
        "curtail_queries_waiting",
        Gauge,
        "Statements that wait for their turn.",
    )
    .sample(&[], service.waiting());
    let (allocated, limit) = service.memory();
    if let Some(allocated) = allocated {
        text.metric(
            "curtail_memory_allocated_bytes",
            Gauge,
            "Memory that the process has allocated.",
        )
        .sample(&[], allocated);
    }
    text.metric(
        "curtail_memory_limit_bytes",
        Gauge,
        "Memory that queries are held to.",
    )
    .sample(&[], limit);
    served(&mut text, health);
    text.finish()
}

fn counted(text: &mut Exposition, counts: &Snapshot) {
    let mut metric = text.metric("curtail_queries_total", Counter, "Statements that ended.");
    for query in &counts.queries {
        let labels = [
            ("protocol", query.protocol.as_str()),
            ("outcome", query.outcome.as_str()),
        ];
        metric.sample(&labels, query.latency.count);
    }
    let mut metric = text.metric(
        "curtail_query_duration_seconds",
        Histogram,
        "Time from the arrival of a statement to its last row, waiting included.",
    );
    for query in &counts.queries {
        let labels = [
            ("protocol", query.protocol.as_str()),
            ("outcome", query.outcome.as_str()),
        ];
        let bounds = BUCKETS.map(|bound| Duration::from_millis(bound).as_secs_f64());
        let buckets = bounds.into_iter().zip(query.latency.cumulative);
        let (count, sum) = (query.latency.count, query.latency.sum.as_secs_f64());
        metric.histogram(&labels, buckets, count, sum);
    }
    text.metric("curtail_queries_running", Gauge, "Statements that run.")
        .sample(&[], counts.running);
    text.metric(
        "curtail_rows_sent_total",
        Counter,
        "Rows that were sent to clients.",
    )
    .sample(&[], counts.rows);
    text.metric(
        "curtail_scanned_bytes_total",
        Counter,
        "Bytes that were read from the store.",
    )
    .sample(&[], counts.bytes_scanned);
    text.metric(
        "curtail_rollup_hits_total",
        Counter,
        "Statements that were answered from rollups.",
    )
    .sample(&[], counts.rollup_hits);
    let mut metric = text.metric("curtail_connections", Gauge, "Connections that are open.");
    for (protocol, count) in &counts.connections {
        metric.sample(&[("protocol", protocol.as_str())], count);
    }
    let mut metric = text.metric(
        "curtail_logins_refused_total",
        Counter,
        "Logins that were refused.",
    );
    for (protocol, count) in &counts.refused_logins {
        metric.sample(&[("protocol", protocol.as_str())], count);
    }
    text.metric(
        "curtail_store_look_failures_total",
        Counter,
        "How often it could not be told whether the store has a newer version.",
    )
    .sample(&[], counts.failed_looks);
}

fn served(text: &mut Exposition, health: &Health) {
    let up = u8::from(health.failure.is_none());
    text.metric(
        "curtail_store_up",
        Gauge,
        "Whether the store could be read when it was last looked at.",
    )
    .sample(&[], up);
    text.metric(
        "curtail_store_looked_seconds",
        Gauge,
        "Time since the store was last looked at.",
    )
    .sample(&[], health.looked.as_secs_f64());
    text.metric(
        "curtail_store_generation",
        Gauge,
        "How many newer versions were opened since the start.",
    )
    .sample(&[], health.generation);
    text.metric(
        "curtail_store_opened_seconds",
        Gauge,
        "Time since the version that is served was opened.",
    )
    .sample(&[], age(health.opened));
    text.metric(
        "curtail_periods",
        Gauge,
        "Billing periods of all reports that are served.",
    )
    .sample(&[], health.periods.len());
    let latest = latest(&health.periods);
    let mut each = |name, help, value: &dyn Fn(&PeriodHealth) -> Option<String>| {
        let mut metric = text.metric(name, Gauge, help);
        for period in &latest {
            let Some(value) = value(period) else { continue };
            let month = period.billing_period.to_string();
            let labels = [
                ("report", period.report.as_str()),
                ("billing_period", month.as_str()),
            ];
            metric.sample(&labels, value);
        }
    };
    each(
        "curtail_period_version",
        "The version of the table that committed the billing period.",
        &|period| Some(period.version.to_string()),
    );
    each(
        "curtail_period_rows",
        "Line items of the billing period.",
        &|period| Some(period.rows.to_string()),
    );
    each(
        "curtail_period_ingest_age_seconds",
        "Time since the billing period was ingested.",
        &|period| Some(age(period.ingested_at).to_string()),
    );
    each(
        "curtail_period_usage_age_seconds",
        "Time since the latest usage that the billing period tells.",
        &|period| period.last_usage.map(|time| age(time).to_string()),
    );
}

/// The latest billing periods of each report.
fn latest(periods: &[PeriodHealth]) -> Vec<&PeriodHealth> {
    let mut reports = BTreeMap::<&str, Vec<&PeriodHealth>>::new();
    for period in periods {
        reports.entry(&period.report).or_default().push(period);
    }
    for periods in reports.values_mut() {
        periods.sort_by_key(|period| std::cmp::Reverse(period.billing_period));
        periods.truncate(LATEST);
    }
    reports.into_values().flatten().collect()
}

/// Whole seconds since then.
fn age(time: DateTime<Utc>) -> i64 {
    (Utc::now() - time).num_seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_periods_of_each_report_are_told() {
        let period = |report: &str, month: u32| PeriodHealth {
            report: report.to_owned(),
            billing_period: format!("2026-{month:02}").parse().unwrap(),
            version: 1,
            rows: 1,
            last_usage: None,
            ingested_at: Utc::now(),
        };
        let mut periods: Vec<_> = (1..=5).map(|month| period("acme", month)).collect();
        periods.push(period("other", 1));
        let told = latest(&periods);
        let told: Vec<_> = told
            .into_iter()
            .map(|period| (period.report.as_str(), period.billing_period.to_string()))
            .collect();
        let of = |report, month: &str| (report, month.to_owned());
        let expected = [
            of("acme", "2026-05"),
            of("acme", "2026-04"),
            of("acme", "2026-03"),
            of("other", "2026-01"),
        ];
        assert_eq!(told, expected);
    }
}
