//! Cost and Usage Reports (legacy).

use serde_json::{Value, json};

use crate::{
    answer::Answered,
    caller::Caller,
    json::{most, page, unknown},
    state::State,
};

/// Definitions in a page, always.
const PAGE: usize = 5;

pub(crate) fn answer(
    state: &State,
    caller: &Caller,
    operation: &str,
    input: &Value,
) -> Answered<Value> {
    if operation != "DescribeReportDefinitions" {
        return Err(unknown(operation));
    }
    most(input, 5..=5, "ValidationException")?;
    let reports = state.world.reports.iter();
    let own: Vec<&Value> = reports
        .filter(|(account, _)| *account == caller.account)
        .map(|(_, definition)| definition)
        .collect();
    let (range, next) = page(input, "NextToken", PAGE, own.len(), "ValidationException")?;
    Ok(json!({ "ReportDefinitions": own[range], "NextToken": next }))
}
