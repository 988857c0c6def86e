//! What a billing period may lack: months before it, hours, accounts, columns, newer deliveries.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveTime, Utc};
use curtail_store::{BillingPeriod, PeriodVersion, Receipt, ReportName, Standing};

/// AWS delivers a report at least once a day.
const DELIVERED_WITHIN: Duration = Duration::hours(48);

/// Usage of the last hours is not in a report yet.
const USAGE_LAG: Duration = Duration::hours(24);

/// The first delivery of a month may take so long.
const FIRST_DELIVERY: Duration = Duration::days(3);

/// How many accounts or columns are named.
const NAMED: usize = 3;

/// The current version of every billing period, by report and period, each with what it seems to lack.
pub(super) fn all(
    history: &[PeriodVersion],
    now: DateTime<Utc>,
) -> Vec<(&PeriodVersion, Vec<String>)> {
    let mut periods: BTreeMap<&ReportName, BTreeMap<BillingPeriod, Versions<'_>>> = BTreeMap::new();
    for version in history {
        let receipt = &version.receipt;
        let periods = periods.entry(&receipt.report).or_default();
        let versions = periods.entry(receipt.billing_period).or_default();
        if version.standing == Standing::Current {
            versions.current = Some(version);
        } else {
            versions.earlier = Some(version);
        }
    }
    let mut told = Vec::new();
    for periods in periods.into_values() {
        let last = periods.keys().next_back().copied();
        let mut before: Option<&Receipt> = None;
        for (period, versions) in periods {
            let Some(current) = versions.current else {
                continue;
            };
            let receipt = &current.receipt;
            let mut gaps = Vec::new();
            gaps.extend(before.and_then(|before| months(before.billing_period, period)));
            gaps.extend(hours(receipt));
            gaps.extend(before.and_then(|before| {
                let what = format!("accounts that {} had", before.billing_period);
                vanished(&what, &before.accounts, &receipt.accounts)
            }));
            if let Some(earlier) = versions.earlier {
                let (then, number) = (&earlier.receipt, earlier.version);
                gaps.extend(vanished(
                    &format!("accounts that version {number} had"),
                    &then.accounts,
                    &receipt.accounts,
                ));
                let (then, now) = (&then.columns.seen, &receipt.columns.seen);
                gaps.extend(vanished(
                    &format!("columns gone since version {number}"),
                    then,
                    now,
                ));
                gaps.extend(vanished(
                    &format!("columns new since version {number}"),
                    now,
                    then,
                ));
            }
            if last == Some(period) {
                gaps.extend(stale(receipt, now));
            }
            before = Some(receipt);
            told.push((current, gaps));
        }
    }
    told
}

#[derive(Default)]
struct Versions<'a> {
    current: Option<&'a PeriodVersion>,
    /// The last one before it.
    earlier: Option<&'a PeriodVersion>,
}

/// The months between the report's billing period before this one and this one.
fn months(earlier: BillingPeriod, period: BillingPeriod) -> Option<String> {
    let months = std::iter::successors(Some(earlier.next()), |month| Some(month.next()));
    let missing: Vec<_> = months
        .take_while(|month| *month < period)
        .map(|month| month.to_string())
        .collect();
    (!missing.is_empty()).then(|| format!("missing months: {}", missing.join(" ")))
}

/// Hours (of a daily report: days) between the first and the last in which nothing starts.
fn hours(receipt: &Receipt) -> Option<String> {
    let start = receipt
        .billing_period
        .start()
        .and_time(NaiveTime::MIN)
        .and_utc();
    let delivered = delivered(receipt);
    let daily = receipt
        .hours
        .iter()
        .all(|(first, last)| first == last && first % 24 == 0);
    let step = if daily { 24 } else { 1 };
    let mut missing = 0_u32;
    let mut first_missing = None;
    for pair in receipt.hours.windows(2) {
        let (from, to) = (pair[0].1 + step, pair[1].0);
        for hour in (from..to).step_by(step as usize) {
            let at = start + Duration::hours(hour.into());
            if at + USAGE_LAG < delivered {
                missing += 1;
                first_missing.get_or_insert(at);
            }
        }
    }
    let first = first_missing?;
    let what = match (daily, missing) {
        (true, 1) => "day",
        (true, _) => "days",
        (false, 1) => "hour",
        (false, _) => "hours",
    };
    let first = if daily {
        first.format("%Y-%m-%d")
    } else {
        first.format("%Y-%m-%d %H:00")
    };
    Some(format!(
        "{missing} {what} without line items, the first {first}"
    ))
}

/// Which of `then` are not in `now`.
fn vanished(what: &str, then: &[String], now: &[String]) -> Option<String> {
    let gone: Vec<_> = then.iter().filter(|name| !now.contains(name)).collect();
    let named: Vec<_> = gone.iter().take(NAMED).map(|name| name.as_str()).collect();
    let more = match gone.len() {
        0 => return None,
        count if count > NAMED => format!(" and {} more", count - NAMED),
        _ => String::new(),
    };
    Some(format!("{what}: {}{more}", named.join(" ")))
}

/// Whether the newest billing period of a report should have been delivered again, or followed by another one.
fn stale(receipt: &Receipt, now: DateTime<Utc>) -> Option<String> {
    let end = receipt
        .billing_period
        .end()
        .and_time(NaiveTime::MIN)
        .and_utc();
    if now > end + FIRST_DELIVERY {
        return Some(format!("nothing from {} on", receipt.billing_period.next()));
    }
    let age = now - delivered(receipt);
    (now < end && age > DELIVERED_WITHIN)
        .then(|| format!("stale: delivered {} hours ago", age.num_hours()))
}

fn delivered(receipt: &Receipt) -> DateTime<Utc> {
    receipt.manifest.modified.unwrap_or(receipt.ingested_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_between_are_told() {
        let month = |text: &str| text.parse::<BillingPeriod>().unwrap();
        assert_eq!(
            months(month("2026-10"), month("2027-01")).as_deref(),
            Some("missing months: 2026-11 2026-12")
        );
        assert_eq!(months(month("2026-10"), month("2026-11")), None);
    }

    #[test]
    fn only_some_names_are_told() {
        let names = |count: usize| -> Vec<String> { (0..count).map(|n| n.to_string()).collect() };
        assert_eq!(vanished("a", &names(3), &names(3)), None);
        assert_eq!(
            vanished("a", &names(3), &names(1)).as_deref(),
            Some("a: 1 2")
        );
        assert_eq!(
            vanished("a", &names(6), &[]).as_deref(),
            Some("a: 0 1 2 and 3 more")
        );
    }
}
