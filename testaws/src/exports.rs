//! Data Exports.

use serde_json::{Value, json};

use crate::{
    answer::{Answered, Refusal},
    arn,
    caller::Caller,
    json::{most, page, unknown},
    state::State,
};

const INVALID: &str = "ValidationException";

pub(crate) fn answer(
    state: &State,
    caller: &Caller,
    operation: &str,
    input: &Value,
) -> Answered<Value> {
    let size = |input| {
        Ok(state
            .world
            .pages
            .exports
            .min(most(input, 1..=300, INVALID)?))
    };
    match operation {
        "ListExports" => {
            let exports = state.world.exports.iter();
            let own = exports.filter(|export| {
                let named = export["Export"]["ExportArn"].as_str();
                named.and_then(arn::account) == Some(&caller.account)
            });
            let own: Vec<Value> = own
                .map(|export| {
                    json!({
                        "ExportArn": export["Export"]["ExportArn"],
                        "ExportName": export["Export"]["Name"],
                        "ExportStatus": export["ExportStatus"],
                    })
                })
                .collect();
            let (range, next) = page(input, "NextToken", size(input)?, own.len(), INVALID)?;
            Ok(json!({ "Exports": own[range], "NextToken": next }))
        }
        "GetExport" => {
            let export = export(state, caller, input)?;
            Ok(json!({ "Export": export["Export"], "ExportStatus": export["ExportStatus"] }))
        }
        "ListExecutions" => {
            let export = export(state, caller, input)?;
            let executions: &[Value] = export["Executions"].as_array().map_or(&[], Vec::as_slice);
            let (range, next) = page(input, "NextToken", size(input)?, executions.len(), INVALID)?;
            Ok(json!({ "Executions": executions[range], "NextToken": next }))
        }
        "GetExecution" => {
            let export = export(state, caller, input)?;
            let id = &input["ExecutionId"];
            let executions = export["Executions"].as_array().into_iter().flatten();
            let mut wanted = executions.filter(|execution| execution["ExecutionId"] == *id);
            let execution = wanted.next().ok_or_else(|| absent("execution", id))?;
            Ok(json!({
                "ExecutionId": id,
                "Export": export["Export"],
                "ExecutionStatus": execution["ExecutionStatus"],
            }))
        }
        _ => Err(unknown(operation)),
    }
}

fn export<'a>(state: &'a State, caller: &Caller, input: &Value) -> Answered<&'a Value> {
    let wanted = &input["ExportArn"];
    let own = wanted.as_str().and_then(arn::account) == Some(&caller.account);
    let mut exports = state.world.exports.iter();
    let found = exports.find(|export| own && export["Export"]["ExportArn"] == *wanted);
    found.ok_or_else(|| absent("export", wanted))
}

fn absent(what: &str, named: &Value) -> Refusal {
    let message = format!("There is no {what} {named}");
    Refusal::new(400, "ResourceNotFoundException", message)
}
