//! Organizations.

use serde_json::{Value, json};

use crate::{
    answer::{Answered, Refusal},
    caller::Caller,
    json::{most, unknown},
    state::State,
    world::Organisation,
};

/// When everybody joined, in seconds since 1970.
const JOINED: f64 = 1_600_000_000.0;

pub(crate) fn answer(
    state: &State,
    caller: &Caller,
    operation: &str,
    input: &Value,
) -> Answered<Value> {
    let organisation = state.world.organisation_of(&caller.account);
    let organisation = organisation.ok_or_else(|| {
        let message = "Your account is not a member of an organization.";
        Refusal::new(400, "AWSOrganizationsNotInUseException", message)
    })?;
    match operation {
        "DescribeOrganization" => Ok(describe(organisation)),
        "ListAccounts" if organisation.management == caller.account => {
            list_accounts(state, organisation, input)
        }
        "ListAccounts" => {
            let message = "You don't have permissions to access this resource.";
            Err(Refusal::new(400, "AccessDeniedException", message))
        }
        _ => Err(unknown(operation)),
    }
}

fn arn(organisation: &Organisation, kind: &str, rest: &str) -> String {
    let Organisation { management, .. } = organisation;
    let id = organisation.id();
    format!("arn:aws:organizations::{management}:{kind}/{id}{rest}")
}

fn describe(organisation: &Organisation) -> Value {
    let management = &organisation.management;
    let named = organisation
        .members
        .iter()
        .find(|one| one.id == *management);
    json!({ "Organization": {
        "Id": organisation.id(),
        "Arn": arn(organisation, "organization", ""),
        "FeatureSet": "ALL",
        "MasterAccountArn": arn(organisation, "account", &format!("/{management}")),
        "MasterAccountId": management,
        "MasterAccountEmail": named.map_or("root@example.com", |one| one.email.as_str()),
        "AvailablePolicyTypes": [],
    }})
}

fn list_accounts(state: &State, organisation: &Organisation, input: &Value) -> Answered<Value> {
    let invalid = |message: String| Refusal::new(400, "InvalidInputException", message);
    let pages = state.world.pages;
    let size = pages
        .accounts
        .min(most(input, 1..=20, "InvalidInputException")?);
    let token = input["NextToken"].as_str().unwrap_or("from-0");
    let (empty, from) = match token.strip_prefix("empty-") {
        Some(from) => (true, Some(from)),
        None => (false, token.strip_prefix("from-")),
    };
    let from = from.and_then(|from| from.parse().ok());
    let from: usize = from
        .filter(|from| *from <= organisation.members.len())
        .ok_or_else(|| invalid("You specified an invalid value for nextToken.".to_owned()))?;
    let to = organisation.members.len().min(from + size);
    let (accounts, next) = if empty {
        (&[][..], Some(format!("from-{from}")))
    } else if to < organisation.members.len() {
        let kind = if pages.empty { "empty" } else { "from" };
        (
            &organisation.members[from..to],
            Some(format!("{kind}-{to}")),
        )
    } else {
        (&organisation.members[from..], None)
    };
    let accounts: Vec<Value> = accounts
        .iter()
        .map(|account| {
            json!({
                "Id": account.id,
                "Arn": arn(organisation, "account", &format!("/{}", account.id)),
                "Email": account.email,
                "Name": account.name,
                "Status": account.status,
                "State": account.status,
                "JoinedMethod": "CREATED",
                "JoinedTimestamp": JOINED,
            })
        })
        .collect();
    Ok(json!({ "Accounts": accounts, "NextToken": next }))
}
