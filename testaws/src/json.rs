//! The services that take JSON.

use http::Response;
use s3s::Body;
use serde_json::{Map, Value};

use crate::{
    Service,
    answer::{Answered, Refusal, json},
    caller::Caller,
    costs, exports, organizations,
    policy::Ask,
    reports,
    state::State,
};

/// Answers `operation`, if the caller may.
pub(crate) fn answer(
    state: &mut State,
    place: usize,
    caller: &Caller,
    body: &[u8],
) -> Answered<Response<Body>> {
    let (service, action) = {
        let request = &state.requests[place];
        (request.service, request.action.clone())
    };
    let malformed = |why: String| Refusal::new(400, "SerializationException", why);
    let input: Value = if body.is_empty() {
        Value::Object(Map::new())
    } else {
        serde_json::from_slice(body).map_err(|error| malformed(error.to_string()))?
    };
    let resource = input["ExportArn"].as_str().unwrap_or("*").to_owned();
    let context = state.context(Some(caller), "us-east-1");
    let ask = Ask {
        action: &action,
        resource: &resource,
        context: &context,
    };
    let may = caller.may(&ask);
    state.requests[place].resource.clone_from(&resource);
    may.map_err(|why| Refusal::new(400, "AccessDeniedException", why))?;
    state.requests[place].allowed = true;
    let operation = action
        .split_once(':')
        .map_or("", |(_, operation)| operation);
    let answer = match service {
        Service::Organizations => organizations::answer(state, caller, operation, &input),
        Service::Cur => reports::answer(state, caller, operation, &input),
        Service::DataExports => exports::answer(state, caller, operation, &input),
        Service::CostExplorer => costs::answer(state, caller, operation, &input),
        Service::Sts | Service::S3 => Err(unknown(operation)),
    };
    Ok(json(200, &answer?))
}

/// The refusal of an operation that this server does not offer.
pub(crate) fn unknown(operation: &str) -> Refusal {
    let message = format!("Unknown operation {operation}");
    Refusal::new(400, "UnknownOperationException", message)
}

/// Where a page begins and the token of the next one, among `all` things; tokens are numbers in our own clothes.
pub(crate) fn page(
    input: &Value,
    token: &str,
    size: usize,
    all: usize,
    invalid: &str,
) -> Answered<(std::ops::Range<usize>, Option<String>)> {
    let from = match &input[token] {
        Value::Null => 0,
        given => given
            .as_str()
            .and_then(|given| given.strip_prefix("page-"))
            .and_then(|given| given.parse().ok())
            .filter(|from| *from < all)
            .ok_or_else(|| Refusal::new(400, invalid, "Invalid pagination token."))?,
    };
    let to = all.min(from + size);
    Ok((from..to, (to < all).then(|| format!("page-{to}"))))
}

/// How much is asked for, at most.
pub(crate) fn most(
    input: &Value,
    range: std::ops::RangeInclusive<u64>,
    invalid: &str,
) -> Answered<usize> {
    match &input["MaxResults"] {
        Value::Null => Ok(usize::MAX),
        given => given
            .as_u64()
            .filter(|given| range.contains(given))
            .and_then(|given| usize::try_from(given).ok())
            .ok_or_else(|| {
                let message = format!(
                    "MaxResults is not within {} to {}",
                    range.start(),
                    range.end()
                );
                Refusal::new(400, invalid, message)
            }),
    }
}
