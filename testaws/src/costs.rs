//! Cost Explorer.

mod amount;
mod filter;
mod query;
mod row;

use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    ops::Range,
};

use chrono::{Months, NaiveDate};
use serde_json::{Value, json};

use filter::Filter;
pub use row::CostRow;
pub(crate) use row::Row;

use crate::{
    answer::{Answered, Refusal},
    caller::Caller,
    json::{most, page, unknown},
    state::State,
};

/// Months of history that there are.
const HISTORY: Months = Months::new(14);

pub(crate) fn answer(
    state: &State,
    caller: &Caller,
    operation: &str,
    input: &Value,
) -> Answered<Value> {
    if state.world.without_costs.contains(&caller.account) {
        let message = "Data is not available. Please try to adjust the time period. If just enabled Cost Explorer, data might \
                       not be ingested yet";
        return Err(Refusal::new(400, "DataUnavailableException", message));
    }
    let rows = Rows::of(state, caller);
    match operation {
        "GetCostAndUsage" => query::answer(state, &rows, input),
        "GetTags" => tags(state, &rows, input),
        "ListCostAllocationTags" => allocation_tags(state, caller, input),
        _ => Err(unknown(operation)),
    }
}

/// The rows that a caller sees.
struct Rows<'a> {
    seen: Vec<&'a Row>,
    /// Keys of active tags.
    active: BTreeSet<&'a str>,
    /// Ids and names of accounts.
    names: Vec<(&'a str, &'a str)>,
}

impl<'a> Rows<'a> {
    fn of(state: &'a State, caller: &Caller) -> Self {
        let world = &state.world;
        let mut led = world.organisations.iter();
        let led = led.find(|organisation| organisation.management == caller.account);
        let visible = |row: &&Row| match led {
            Some(organisation) => organisation.has(&row.account),
            None => row.account == caller.account,
        };
        let active = world.tags.iter().filter(|(_, active)| *active);
        let members = led.map_or(&[][..], |organisation| &organisation.members);
        Self {
            seen: world.rows.iter().filter(visible).collect(),
            active: active.map(|(key, _)| key.as_str()).collect(),
            names: members
                .iter()
                .map(|one| (one.id.as_str(), one.name.as_str()))
                .collect(),
        }
    }

    /// The value of a tag, which is empty unless the tag is active.
    fn tag<'r>(&self, row: &'r Row, key: &str) -> &'r str {
        let value = row.tags.get(key).filter(|_| self.active.contains(key));
        value.map_or("", String::as_str)
    }
}

/// Start (inclusive) and end (exclusive) of a request.
fn period(state: &State, input: &Value) -> Answered<Range<NaiveDate>> {
    let day = |name: &str| {
        let text = input["TimePeriod"][name].as_str().unwrap_or_default();
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        day.filter(|_| text.len() == 10).ok_or_else(|| {
            invalid(format!(
                "{name} time {text} is invalid. Valid format is: yyyy-MM-dd."
            ))
        })
    };
    let (start, end) = (day("Start")?, day("End")?);
    if start >= end {
        return Err(invalid(
            "Start date (and hour) should be before end date (and hour)",
        ));
    }
    if start < state.today() - HISTORY {
        return Err(invalid(
            "You haven't enabled historical data beyond 14 months. To enable historical data beyond 14 months please have \
             your management account enable it in Cost Management Preferences.",
        ));
    }
    Ok(start..end)
}

fn tags(state: &State, rows: &Rows<'_>, input: &Value) -> Answered<Value> {
    let period = period(state, input)?;
    let filter = Filter::of(&input["Filter"])?;
    let search = input["SearchString"].as_str().unwrap_or_default();
    let key = input["TagKey"].as_str();
    let mut found = BTreeSet::new();
    for row in &rows.seen {
        if !period.contains(&row.day) || !filter.takes(rows, row) {
            continue;
        }
        if let Some(key) = key {
            found.insert(rows.tag(row, key));
        } else {
            let keys = row.tags.keys().map(String::as_str);
            found.extend(keys.filter(|key| rows.active.contains(key)));
        }
    }
    let found: Vec<&str> = found
        .into_iter()
        .filter(|one| one.contains(search))
        .collect();
    let size = most(input, 1..=u64::MAX, "ValidationException")?.min(1000);
    let (range, next) = page(
        input,
        "NextPageToken",
        size,
        found.len(),
        "InvalidNextTokenException",
    )?;
    let shown = &found[range];
    Ok(json!({
        "Tags": shown,
        "ReturnSize": shown.len(),
        "TotalSize": found.len(),
        "NextPageToken": next,
    }))
}

fn allocation_tags(state: &State, caller: &Caller, input: &Value) -> Answered<Value> {
    let organisation = state.world.organisation_of(&caller.account);
    if organisation.is_some_and(|organisation| organisation.management != caller.account) {
        let message = "Linked account doesn't have access to cost allocation tags.";
        return Err(Refusal::new(400, "AccessDeniedException", message));
    }
    let wanted = |name: &str, value: &str| input[name].as_str().is_none_or(|one| one == value);
    let keys = input["TagKeys"].as_array();
    let mut found = Vec::new();
    for (key, active) in &state.world.tags {
        let status = if *active { "Active" } else { "Inactive" };
        let kind = if key.starts_with("aws:") {
            "AWSGenerated"
        } else {
            "UserDefined"
        };
        let named = keys.is_none_or(|keys| keys.iter().any(|one| one == key));
        if named && wanted("Status", status) && wanted("Type", kind) {
            found.push(json!({ "TagKey": key, "Type": kind, "Status": status }));
        }
    }
    let size = most(input, 1..=1000, "ValidationException")?.min(state.world.pages.exports);
    let (range, next) = page(input, "NextToken", size, found.len(), "ValidationException")?;
    Ok(json!({ "CostAllocationTags": found[range], "NextToken": next }))
}

/// A number that tells this request from others, whichever page it asks for.
fn fingerprint(input: &Value) -> u64 {
    let mut same = input.clone();
    same["NextPageToken"] = Value::Null;
    let mut hasher = DefaultHasher::new();
    same.to_string().hash(&mut hasher);
    hasher.finish()
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "ValidationException", message)
}
