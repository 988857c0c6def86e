//! Reports with one line item a day and service, for what looks at days.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use curtail_store::ReportKind;

use crate::fixture::{Fixture, Row, usage};

/// The line items of an account's service, as day and cost.
pub(super) struct Daily {
    pub(super) service: &'static str,
    pub(super) account: &'static str,
    pub(super) charge_type: &'static str,
    pub(super) costs: BTreeMap<NaiveDate, f64>,
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// All days from the first to the last.
pub(super) fn days(first: &str, last: &str) -> impl Iterator<Item = NaiveDate> {
    let last = day(last);
    day(first).iter_days().take_while(move |day| *day <= last)
}

pub(super) fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

impl Daily {
    /// 100 on weekdays, 40 on weekends, and what `noise` has for the week, over and over.
    pub(super) fn busy(
        service: &'static str,
        days: impl Iterator<Item = NaiveDate>,
        noise: &[f64],
    ) -> Self {
        let cost = |(number, day): (usize, NaiveDate)| {
            let base = if is_weekend(day) { 40.0 } else { 100.0 };
            (day, base + noise[number / 7 % noise.len()])
        };
        Self {
            service,
            account: "000000000007",
            charge_type: "Usage",
            costs: days.enumerate().map(cost).collect(),
        }
    }

    /// The same cost every day.
    pub(super) fn steady(
        service: &'static str,
        days: impl Iterator<Item = NaiveDate>,
        cost: f64,
    ) -> Self {
        Self {
            costs: days.map(|day| (day, cost)).collect(),
            ..Self::busy(service, std::iter::empty(), &[])
        }
    }

    pub(super) fn of_type(self, charge_type: &'static str) -> Self {
        Self {
            charge_type,
            ..self
        }
    }

    fn row(&self, day: NaiveDate, cost: f64) -> Row<'static> {
        let time = |day: NaiveDate| -> &'static str { format!("{day}T00:00:00Z").leak() };
        let end = day.checked_add_days(Days::new(1)).unwrap();
        let cost: &'static str = format!("{cost}").leak();
        usage(&[
            ("line_item_line_item_type", self.charge_type),
            ("line_item_product_code", self.service),
            ("line_item_usage_account_id", self.account),
            ("line_item_usage_start_date", time(day)),
            ("line_item_usage_end_date", time(end)),
            ("line_item_unblended_cost", cost),
            // What fees of reservations come to, amortized, is nothing here.
            ("savings_plan_total_commitment_to_date", cost),
        ])
    }
}

/// A store with these line items, each in the billing period of its day.
pub(super) async fn store(all: &[Daily]) -> Fixture {
    let mut periods: BTreeMap<String, Vec<Row<'static>>> = BTreeMap::new();
    for daily in all {
        for (day, cost) in &daily.costs {
            let period = day.format("%Y-%m").to_string();
            let rows = periods.entry(period).or_default();
            rows.push(daily.row(*day, *cost));
        }
    }
    let fixture = Fixture::empty();
    for (period, rows) in periods {
        fixture
            .add("acme", ReportKind::LegacyCur, &period, &rows)
            .await;
    }
    fixture
}
