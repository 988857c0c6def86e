//! Seals: hashes that a commit carries of its own content, by which it is known whether somebody changed it.

use std::collections::HashMap;

use deltalake_core::kernel::Action;
use serde_json::Value;

use super::{Store, commits};
use crate::{StoreError, hash};

/// Which parts of a commit are not what was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) receipt: bool,
    /// What it does to the table: files, columns.
    pub(super) actions: bool,
}

/// The seal of a receipt.
pub(super) fn of_receipt(text: &str) -> String {
    hash::sha256(text.as_bytes())
}

/// Fields of `commitInfo` that say which versions count, and which rollups they have.
const STATE: [&str; 4] = [
    "curtail.commit",
    "curtail.periods",
    "curtail.parts",
    "curtail.rollups",
];

/// The seal of all actions of a commit but its commitInfo, of which only the fields in [`STATE`] (of `info`) are sealed.
pub(super) fn of_actions(
    actions: &[Action],
    info: &HashMap<String, Value>,
) -> Result<String, StoreError> {
    let values = actions.iter().map(serde_json::to_value);
    let values: Vec<Value> = values.collect::<Result<_, _>>().map_err(|error| {
        StoreError::Damaged(format!("an action cannot be written as JSON: {error}"))
    })?;
    Ok(of_values(&values, |name| info.get(name)))
}

fn of_values<'a>(actions: &[Value], info: impl Fn(&str) -> Option<&'a Value>) -> String {
    let state = STATE.iter().filter_map(|name| info(name));
    let lines: Vec<String> = actions.iter().chain(state).map(sorted).collect();
    hash::sha256(lines.join("\n").as_bytes())
}

/// JSON with the keys of objects in order: maps are written in any.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            let field = |(key, value): (&String, &Value)| {
                format!("{}:{}", Value::from(key.as_str()), sorted(value))
            };
            let fields: Vec<String> = fields.into_iter().map(field).collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(sorted).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

/// What is broken about the commit of `version`. Commits of others, and of versions before there were seals, have none.
pub(super) async fn broken(store: &Store, table: &str, version: u64) -> Result<Broken, StoreError> {
    let Some(bytes) = commits::read(store, table, version).await? else {
        return Ok(Broken::default());
    };
    let Some(info) = commits::parse(table, version, &bytes)? else {
        return Ok(Broken::default());
    };
    let receipt = info.seal.zip(info.receipt);
    let lines = bytes
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty());
    let actions: Result<Vec<Value>, _> = lines.map(serde_json::from_slice).collect();
    let actions = actions.map(|actions| {
        let (infos, others): (Vec<Value>, Vec<Value>) = actions
            .into_iter()
            .partition(|action| action.get("commitInfo").is_some());
        let info = infos.first().and_then(|info| info.get("commitInfo"));
        of_values(&others, |name| info?.get(name))
    });
    Ok(Broken {
        receipt: receipt.is_some_and(|(seal, receipt)| seal != of_receipt(receipt.get())),
        actions: info
            .actions
            .is_some_and(|seal| actions.map_or(true, |found| found != seal)),
    })
}
