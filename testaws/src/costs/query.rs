//! `GetCostAndUsage`.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde_json::{Map, Value, json};

use super::{
    Filter, Rows,
    amount::Sum,
    fingerprint, invalid, period,
    row::{METRICS, Row, is_dimension},
};
use crate::{
    answer::{Answered, Refusal},
    state::State,
};

/// Keys of a group and its metrics, in the order of the request; without keys it is the total.
type Group = (Vec<String>, Vec<Sum>);

/// What a request groups by.
enum By {
    Dimension(String),
    Tag(String),
}

pub(super) fn answer(state: &State, rows: &Rows<'_>, input: &Value) -> Answered<Value> {
    let whole = period(state, input)?;
    let monthly = match input["Granularity"].as_str() {
        Some("MONTHLY") => true,
        Some("DAILY") => false,
        other => {
            let message = format!("Granularity {} is not enabled", other.unwrap_or_default());
            return Err(invalid(message));
        }
    };
    let metrics = metrics(input)?;
    let by = groups(input)?;
    let filter = Filter::of(&input["Filter"])?;

    let mut periods = Vec::new();
    let mut start = whole.start;
    while start < whole.end {
        let next = if monthly {
            first_of_month(start) + Months::new(1)
        } else {
            start + Days::new(1)
        };
        let end = next.min(whole.end);
        let within = rows
            .seen
            .iter()
            .filter(|row| (start..end).contains(&row.day));
        let mut found: BTreeMap<Vec<String>, Vec<Sum>> = BTreeMap::new();
        if by.is_empty() {
            found.insert(Vec::new(), vec![Sum::default(); metrics.len()]);
        }
        for row in within.filter(|row| filter.takes(rows, row)) {
            let keys = by.iter().map(|by| by.key(rows, row)).collect();
            let sums = found
                .entry(keys)
                .or_insert_with(|| vec![Sum::default(); metrics.len()]);
            for (sum, metric) in sums.iter_mut().zip(&metrics) {
                *sum = std::mem::take(sum).plus(row.metric(metric));
            }
        }
        periods.push((start, end, found.into_iter().collect::<Vec<Group>>()));
        start = end;
    }

    // A period without groups takes a place on a page, too.
    let places = |(_, _, groups): &(_, _, Vec<Group>)| groups.len().max(1);
    let all: usize = periods.iter().map(places).sum();
    let from = offset(input, all)?;
    let to = all.min(from + state.world.pages.groups);
    let current = first_of_month(state.today());
    let mut results = Vec::new();
    let mut at = 0;
    for period in &periods {
        let (start, end, found) = period;
        let here = at..at + places(period);
        at = here.end;
        if here.end <= from || here.start >= to {
            continue;
        }
        let shown = from.max(here.start) - here.start..to.min(here.end) - here.start;
        let shown = found.get(shown).unwrap_or_default();
        let groups: Vec<Value> = shown
            .iter()
            .filter(|_| !by.is_empty())
            .map(|(keys, sums)| json!({ "Keys": keys, "Metrics": shape(&metrics, sums) }))
            .collect();
        let total = match shown {
            [(_, sums)] if by.is_empty() => shape(&metrics, sums),
            _ => json!({}),
        };
        results.push(json!({
            "TimePeriod": { "Start": start.to_string(), "End": end.to_string() },
            "Total": total,
            "Groups": groups,
            "Estimated": *end > current,
        }));
    }
    let mut answer = json!({
        "ResultsByTime": results,
        "DimensionValueAttributes": attributes(rows, &by, &periods),
    });
    if !by.is_empty() {
        answer["GroupDefinitions"] = input["GroupBy"].clone();
    }
    if to < all {
        answer["NextPageToken"] = json!(format!("{to}-{:x}", fingerprint(input)));
    }
    Ok(answer)
}

impl By {
    fn key(&self, rows: &Rows<'_>, row: &Row) -> String {
        match self {
            Self::Dimension(key) => row.dimension(key).unwrap_or_default().to_owned(),
            Self::Tag(key) => format!("{key}${}", rows.tag(row, key)),
        }
    }
}

fn metrics(input: &Value) -> Answered<Vec<String>> {
    let names = input["Metrics"].as_array().into_iter().flatten();
    let names: Vec<String> = names.filter_map(Value::as_str).map(str::to_owned).collect();
    if names.is_empty() {
        return Err(invalid("Metrics must not be empty"));
    }
    match names.iter().find(|name| !METRICS.contains(&name.as_str())) {
        Some(name) => Err(invalid(format!("Metric {name} is not supported"))),
        None => Ok(names),
    }
}

fn groups(input: &Value) -> Answered<Vec<By>> {
    let groups = input["GroupBy"].as_array().map_or(&[][..], Vec::as_slice);
    if groups.len() > 2 {
        return Err(invalid("GroupBy can have at most 2 entries"));
    }
    let by = groups.iter().map(|group| {
        let key = group["Key"].as_str().unwrap_or_default().to_owned();
        match group["Type"].as_str() {
            Some("DIMENSION") if is_dimension(&key) => Ok(By::Dimension(key)),
            Some("TAG") if !key.is_empty() => Ok(By::Tag(key)),
            _ => Err(invalid(format!("Cannot group by {group}"))),
        }
    });
    by.collect()
}

/// Where the page begins, in groups.
fn offset(input: &Value, all: usize) -> Answered<usize> {
    let Some(token) = input["NextPageToken"].as_str() else {
        return Ok(0);
    };
    let (from, of) = token.split_once('-').unwrap_or_default();
    let from: Option<usize> = from.parse().ok().filter(|from| *from < all);
    let from = from.ok_or_else(|| {
        let message = "Invalid NextPageToken";
        Refusal::new(400, "InvalidNextTokenException", message)
    })?;
    if of != format!("{:x}", fingerprint(input)) {
        let message = "Your request parameters changed between pages";
        return Err(Refusal::new(400, "RequestChangedException", message));
    }
    Ok(from)
}

fn shape(names: &[String], sums: &[Sum]) -> Value {
    let metrics = names.iter().zip(sums).map(|(name, sum)| {
        let unit = if name.ends_with("Cost") { "USD" } else { "N/A" };
        (
            name.clone(),
            json!({ "Amount": sum.to_string(), "Unit": unit }),
        )
    });
    Value::Object(metrics.collect::<Map<_, _>>())
}

/// The names of the accounts that were grouped by.
fn attributes(
    rows: &Rows<'_>,
    by: &[By],
    periods: &[(NaiveDate, NaiveDate, Vec<Group>)],
) -> Vec<Value> {
    let account = |by: &By| matches!(by, By::Dimension(key) if key == "LINKED_ACCOUNT");
    let Some(place) = by.iter().position(account) else {
        return Vec::new();
    };
    let groups = || periods.iter().flat_map(|(_, _, groups)| groups);
    let seen = |id: &str| groups().any(|(keys, _)| keys[place] == id);
    let named = rows.names.iter().filter(|(id, _)| seen(id));
    named
        .map(|(id, name)| json!({ "Value": id, "Attributes": { "description": name } }))
        .collect()
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}
