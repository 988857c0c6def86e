//! Resources: what each has cost so far, what it costs an hour, and what that makes of the month.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use curtail_store::BillingPeriod;
use datafusion::{
    arrow::{
        array::{Array, AsArray},
        compute::cast,
        datatypes::{DataType, TimeUnit, TimestampMicrosecondType},
    },
    common::DataFusionError,
};

use super::{
    CostQuery, Dimension, LeftOut, Metric, ParseCostError, TagKeys,
    dimension::wrong,
    sql::{conditions, dimension, identifier, quoted, scope},
};
use crate::{Engine, EngineError, provisional::Told};

/// Charges for something that ran.
const RAN: &str = "charge_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'FlatRateSubscription')";

/// What stands for a month tells nothing of an hour.
const SHORT: &str = "usage_end <= usage_start + INTERVAL '1 day'";

/// Where there is anything by the hour, what is told by the day says nothing of how far the hours have come.
const HOURLY: &str = "usage_end <= usage_start + INTERVAL '1 hour'";

/// The hours that tell what runs, if nobody says.
pub const ACTIVE_HOURS: u32 = 24;

/// A question about resources.
///
/// The answer has a row per account, service, region, resource, category and subcategory (the formula `costs/kind` tells these
/// by what is charged), with the cost accrued in the billing period; the cost per hour in the latest hours that the report
/// tells usage of; the former and, for each hour left in the billing period, the latter; and the currency.
///
/// The accrued cost is exact: over all resources (`all`), it adds up to what a [`CostQuery`] with the same filters gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceQuery {
    /// The billing period; the latest one that reports tell, if none.
    pub period: Option<BillingPeriod>,
    /// How many of the latest hours tell what runs, and what it costs an hour.
    pub hours: u32,
    /// Also what did not run in these hours, and, as `(none)`, what is charged for no resource.
    pub all: bool,
    /// Which cost.
    pub metric: Metric,
    /// Only these linked accounts; all if empty.
    pub accounts: Vec<String>,
    /// Only these services; all if empty.
    pub services: Vec<String>,
    /// Only these regions; all if empty.
    pub regions: Vec<String>,
    /// Only rows with all these tags, as key and value.
    pub tags: Vec<(String, String)>,
    /// Only these reports; if empty, all, but each charge once where several reports tell it.
    pub reports: Vec<String>,
    /// A further condition: an SQL expression over the columns of `costs`.
    pub condition: Option<String>,
    /// Only so many rows.
    pub top: Option<u64>,
    /// The order of rows; by the cost per hour, largest first, if none.
    pub sort: Option<ResourceSort>,
}

impl Default for ResourceQuery {
    fn default() -> Self {
        Self {
            period: None,
            hours: ACTIVE_HOURS,
            all: false,
            metric: Metric::Amortized,
            accounts: Vec::new(),
            services: Vec::new(),
            regions: Vec::new(),
            tags: Vec::new(),
            reports: Vec::new(),
            condition: None,
            top: None,
            sort: None,
        }
    }
}

/// The order of resources: a column of the answer, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceSort {
    column: &'static str,
    descending: bool,
}

/// Columns of the answer, by their names on the command line; amounts come first.
const COLUMNS: [(&str, &str); 9] = [
    ("rate", RATE),
    ("accrued", ACCRUED),
    ("projected", PROJECTED),
    ("account", "account_id"),
    ("service", "service"),
    ("region", "region"),
    ("resource", "resource_id"),
    ("category", "category"),
    ("subcategory", "subcategory"),
];
const AMOUNTS: usize = 3;
const RATE: &str = "hourly_rate";
const ACCRUED: &str = "accrued_cost";
const PROJECTED: &str = "projected_cost";

impl FromStr for ResourceSort {
    type Err = ParseCostError;

    /// A column (amounts largest first, the others smallest first), then perhaps `:asc` or `:desc`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, direction) = match (text.strip_suffix(":asc"), text.strip_suffix(":desc")) {
            (Some(name), _) => (name, Some(false)),
            (_, Some(name)) => (name, Some(true)),
            _ => (text, None),
        };
        let found = COLUMNS.iter().position(|(known, _)| *known == name);
        found
            .map(|place| Self {
                column: COLUMNS[place].1,
                descending: direction.unwrap_or(place < AMOUNTS),
            })
            .ok_or_else(|| wrong(text, "order", &COLUMNS.map(|(name, _)| name)))
    }
}

impl fmt::Display for ResourceSort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = if self.descending { " DESC" } else { "" };
        write!(f, "{}{direction}", self.column)
    }
}

/// The latest hours that a report tells usage of.
struct Window {
    report: String,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Window {
    fn hours(&self) -> f64 {
        hours(self.from, self.to)
    }
}

fn hours(from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    (to - from).as_seconds_f64() / 3600.0
}

/// The statement over `costs` that answers a question about resources, and what one should know about its answer.
pub(crate) async fn resources(
    query: &ResourceQuery,
    period: BillingPeriod,
    left_out: &LeftOut,
    tags: &TagKeys,
    engine: &Engine,
) -> Result<(String, Vec<String>), EngineError> {
    let costs = CostQuery {
        by: vec![Dimension::Column("resource_id")],
        metrics: vec![query.metric],
        periods: vec![period..=period],
        accounts: query.accounts.clone(),
        services: query.services.clone(),
        regions: query.regions.clone(),
        tags: query.tags.clone(),
        reports: query.reports.clone(),
        condition: query.condition.clone(),
        ..CostQuery::default()
    };
    let told = Told::of(&costs, engine).await?;
    let windows = windows(query, &costs, left_out, engine).await?;
    let mut notes = left_out.notes();
    notes.extend(told.notes);
    notes.extend(described(&windows, query, period));

    let mut selected = Vec::new();
    for column in ["account_id", "service", "region", "resource_id"] {
        let of = Dimension::Column(column);
        let (expression, column) = dimension(&of, tags, engine).await?;
        selected.push((expression, column));
    }
    for name in ["category", "subcategory"] {
        let formula = curtail_queries::formula(&format!("costs/{name}"));
        let formula = formula.expect("the queries crate has this formula");
        selected.push((formula, name.to_owned()));
    }
    selected.push(("currency".to_owned(), "currency".to_owned()));
    let mut conditions = conditions(&costs, left_out, tags, engine).await?;
    let text = text(query, period, &selected, &mut conditions, &windows);
    Ok((text, notes))
}

/// Two sums side by side: that of the billing period, which a rollup may have, and those of the hours of each report.
fn text(
    query: &ResourceQuery,
    period: BillingPeriod,
    selected: &[(String, String)],
    conditions: &mut Vec<String>,
    windows: &[Window],
) -> String {
    let cost = query.metric.column();
    let columns: Vec<_> = selected
        .iter()
        .map(|(_, column)| identifier(column))
        .collect();
    let keys = columns.join(", ");
    let expressions = selected
        .iter()
        .zip(&columns)
        .map(|((expression, _), column)| format!("{expression} AS {column}"));
    let expressions = expressions.collect::<Vec<_>>().join(", ");
    let places: Vec<_> = (1..=selected.len())
        .map(|place| place.to_string())
        .collect();
    let places = places.join(", ");

    let known = windows.iter().map(|window| quoted(&window.report));
    let known = known.collect::<Vec<_>>().join(", ");
    let is_known = if windows.is_empty() {
        "false".to_owned()
    } else {
        format!("report IN ({known})")
    };
    let recent: Vec<_> = (0..windows.len())
        .map(|place| format!("recent_{place}"))
        .collect();
    let none = |sql_type: &str, name: &str| format!("CAST(NULL AS {sql_type}) AS {name}");
    let nothing_recent = recent
        .iter()
        .map(|name| none("DECIMAL(38, 18)", name))
        .chain([none("BIGINT", "ran")]);
    let nothing_recent = nothing_recent.collect::<Vec<_>>().join(", ");
    let filter = conditions.join("\n    AND ");
    let mut parts = vec![format!(
        "SELECT {expressions}, sum({cost}) AS {ACCRUED}, min(CASE WHEN {is_known} THEN 1 ELSE 0 END) AS known, {nothing_recent}\n\
         FROM costs\nWHERE {filter}\nGROUP BY {places}"
    )];
    for (place, window) in windows.iter().enumerate() {
        conditions.push(format!(
            "report = {} AND usage_end > '{from}' AND usage_start < '{to}' AND {SHORT} AND usage_start > CAST('{from}' AS TIMESTAMP) - INTERVAL '1 day'",
            quoted(&window.report),
            from = instant(window.from),
            to = instant(window.to),
        ));
        let sums = recent.iter().enumerate().map(|(other, name)| {
            if other == place {
                format!("sum({}) AS {name}", share(cost, window))
            } else {
                none("DECIMAL(38, 18)", name)
            }
        });
        let sums = sums.collect::<Vec<_>>().join(", ");
        parts.push(format!(
            "SELECT {expressions}, {}, {}, {sums}, max(CASE WHEN {RAN} THEN 1 ELSE 0 END) AS ran\n\
             FROM costs\nWHERE {}\nGROUP BY {places}",
            none("DECIMAL(38, 18)", ACCRUED),
            none("BIGINT", "known"),
            conditions.join("\n    AND ")
        ));
        conditions.pop();
    }
    let sums = recent.iter().map(|name| format!("sum({name}) AS {name}"));
    let sums = sums.collect::<Vec<_>>().join(", ");
    let comma = if recent.is_empty() { "" } else { ", " };

    let per_hour = windows.iter().zip(&recent).map(|(window, name)| {
        let hours = window.hours();
        format!("CAST(coalesce({name}, 0) AS DOUBLE) / CAST({hours} AS DOUBLE)")
    });
    let to_come = windows.iter().zip(&recent).map(|(window, name)| {
        let ratio = hours(window.to, midnight(period)).max(0.0) / window.hours();
        format!("CAST(coalesce({name}, 0) AS DOUBLE) * CAST({ratio} AS DOUBLE)")
    });
    let sum = |terms: &mut dyn Iterator<Item = String>| -> String {
        let terms: Vec<_> = terms.collect();
        if terms.is_empty() {
            "CAST(NULL AS DOUBLE)".to_owned()
        } else {
            format!("CASE WHEN known = 1 THEN {} END", terms.join(" + "))
        }
    };
    let (rate, rest) = (
        sum(&mut per_hour.into_iter()),
        sum(&mut to_come.into_iter()),
    );
    let shown = if query.all {
        "true"
    } else {
        "active = 1 AND resource_id <> '(none)'"
    };
    let names = columns[..columns.len() - 1].join(", ");
    let (first, then) = match query.sort {
        None => (format!("{RATE} DESC"), format!("{ACCRUED} DESC, {keys}")),
        Some(sort) => (
            sort.to_string(),
            format!("{RATE} DESC, {ACCRUED} DESC, {keys}"),
        ),
    };
    let top = query
        .top
        .map(|top| format!("\nLIMIT {top}"))
        .unwrap_or_default();
    format!(
        "SELECT {names}, {ACCRUED}, {rate} AS {RATE}, CAST({ACCRUED} AS DOUBLE) + {rest} AS {PROJECTED}, currency\nFROM (\n\
         SELECT *, max(ran) OVER (PARTITION BY account_id, resource_id) AS active\nFROM (\n\
         SELECT {keys}, sum({ACCRUED}) AS {ACCRUED}, min(known) AS known, max(ran) AS ran{comma}{sums}\nFROM (\n{}\n)\n\
         GROUP BY {keys}\n)\n)\nWHERE {shown}\nORDER BY {first}, {then}{top}",
        parts.join("\nUNION ALL\n")
    )
}

/// What of a row's cost falls into a window. Rows that reach out of it are rounded to the decimals that costs have, so that their
/// sum does not depend on their order.
fn share(cost: &str, window: &Window) -> String {
    let (from, to) = (instant(window.from), instant(window.to));
    let micros = |time: &str| format!("CAST({time} AS BIGINT)");
    let overlap = format!(
        "least({}, {}) - greatest({}, {})",
        micros("usage_end"),
        window.to.timestamp_micros(),
        micros("usage_start"),
        window.from.timestamp_micros()
    );
    let length = format!("{} - {}", micros("usage_end"), micros("usage_start"));
    format!(
        "CASE WHEN usage_start >= '{from}' AND usage_end <= '{to}' THEN {cost} \
         ELSE CAST({cost} * (CAST({overlap} AS DOUBLE) / ({length})) AS DECIMAL(38, 18)) END"
    )
}

fn instant(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

/// When a billing period is over.
fn midnight(period: BillingPeriod) -> DateTime<Utc> {
    period.end().and_time(chrono::NaiveTime::MIN).and_utc()
}

/// The latest hours that each report tells usage of; they do not reach before its first usage in the billing period.
async fn windows(
    query: &ResourceQuery,
    costs: &CostQuery,
    left_out: &LeftOut,
    engine: &Engine,
) -> Result<Vec<Window>, EngineError> {
    let mut conditions = scope(costs);
    conditions.push(format!("{RAN} AND {SHORT} AND NOT provisional"));
    if !left_out.is_empty() {
        conditions.push(left_out.condition("payer_account_id"));
    }
    let rows = engine
        .rows(&format!(
            "SELECT report, min(usage_start), coalesce(max(CASE WHEN {HOURLY} THEN usage_end END), max(usage_end)) FROM costs\nWHERE {}\nGROUP BY report\nORDER BY report",
            conditions.join(" AND ")
        ))
        .await?;
    let unexpected = |error| EngineError::Execution(Box::new(DataFusionError::from(error)));
    let micros = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let mut windows = Vec::new();
    for batch in &rows {
        let reports = cast(batch.column(0), &DataType::Utf8).map_err(unexpected)?;
        let times = [1, 2].map(|column| cast(batch.column(column), &micros));
        let [starts, ends] = times;
        let (starts, ends) = (starts.map_err(unexpected)?, ends.map_err(unexpected)?);
        let time = |times: &dyn Array, row| {
            let times = times.as_primitive::<TimestampMicrosecondType>();
            DateTime::from_timestamp_micros(times.value(row))
        };
        for row in 0..batch.num_rows() {
            let Some((start, to)) = time(&starts, row).zip(time(&ends, row)) else {
                continue;
            };
            let from = start.max(to - chrono::TimeDelta::hours(i64::from(query.hours)));
            if from < to {
                windows.push(Window {
                    report: reports.as_string::<i32>().value(row).to_owned(),
                    from,
                    to,
                });
            }
        }
    }
    Ok(windows)
}

/// Which hours the rates are of, for people.
fn described(windows: &[Window], query: &ResourceQuery, period: BillingPeriod) -> Vec<String> {
    if windows.is_empty() {
        let more = if query.all {
            ""
        } else {
            "; everything is listed with --all"
        };
        return vec![format!(
            "no hours or days of usage are told in {period}: what runs, and what it costs an hour, is unknown{more}"
        )];
    }
    let each = windows.iter().map(|window| {
        let left = hours(window.to, midnight(period)).max(0.0);
        format!(
            "report `{}`: the rate is that of {} hours until {} UTC, and {} hours are left in {period}",
            window.report,
            window.hours(),
            window.to.format("%Y-%m-%d %H:%M"),
            left
        )
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read() {
        let sort = |text: &str| text.parse::<ResourceSort>().map(|sort| sort.to_string());
        assert_eq!(sort("rate").unwrap(), "hourly_rate DESC");
        assert_eq!(sort("accrued:asc").unwrap(), "accrued_cost");
        assert_eq!(sort("service").unwrap(), "service");
        assert_eq!(sort("category:desc").unwrap(), "category DESC");
        assert!(sort("tag:team").is_err());
    }
}
