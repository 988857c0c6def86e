//! Policy documents, from JSON.

use serde_json::{Map, Value};

use super::{Chosen, Condition, Kind, Pattern, Policy, Principal, Statement};
use crate::arn;

/// Why a policy is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Json(String),
    /// Something that this server does not know, and therefore cannot judge.
    #[error("unknown {what} {name:?}")]
    Unknown {
        /// What it should have been.
        what: &'static str,
        /// What stands there.
        name: String,
    },
    /// Something that AWS refuses.
    #[error("{place} {why}")]
    Wrong {
        /// The element.
        place: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl PolicyError {
    pub(super) fn unknown(what: &'static str, name: &str) -> Self {
        Self::Unknown {
            what,
            name: name.to_owned(),
        }
    }

    pub(super) fn wrong(place: &str, why: &'static str) -> Self {
        Self::Wrong {
            place: place.to_owned(),
            why,
        }
    }
}

type Result<T, E = PolicyError> = std::result::Result<T, E>;

pub(super) fn parse(kind: Kind, json: &str) -> Result<Policy> {
    let document: Value =
        serde_json::from_str(json).map_err(|error| PolicyError::Json(error.to_string()))?;
    let document = object("the policy", &document)?;
    for (name, value) in document {
        match name.as_str() {
            "Version" if value == "2012-10-17" => {}
            "Version" => return Err(PolicyError::wrong("Version", "is not 2012-10-17")),
            "Id" | "Statement" => {}
            _ => return Err(PolicyError::unknown("element", name)),
        }
    }
    if !document.contains_key("Version") {
        // Without it AWS takes the language of 2008.
        return Err(PolicyError::wrong("Version", "is missing"));
    }
    let statements = match document.get("Statement") {
        Some(Value::Array(statements)) if !statements.is_empty() => statements.iter().collect(),
        Some(statement @ Value::Object(_)) => vec![statement],
        _ => return Err(PolicyError::wrong("Statement", "is missing or empty")),
    };
    let mut ids = Vec::new();
    let mut parsed = Vec::new();
    for value in statements {
        let fields = object("Statement", value)?;
        if let Some(id) = fields.get("Sid") {
            let id = text("Sid", id)?;
            if kind != Kind::Resource && !id.chars().all(|one| one.is_ascii_alphanumeric()) {
                return Err(PolicyError::wrong(
                    "Sid",
                    "has other than letters and digits",
                ));
            }
            if ids.contains(&id) {
                return Err(PolicyError::wrong("Sid", "stands twice"));
            }
            ids.push(id);
        }
        parsed.push(statement(kind, fields)?);
    }
    Ok(Policy { statements: parsed })
}

fn statement(kind: Kind, fields: &Map<String, Value>) -> Result<Statement> {
    const NAMES: [&str; 8] = [
        "Sid",
        "Effect",
        "Principal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    if let Some(name) = fields.keys().find(|name| !NAMES.contains(&name.as_str())) {
        return Err(PolicyError::unknown("element", name));
    }
    let allows = match fields.get("Effect").and_then(Value::as_str) {
        Some("Allow") => true,
        Some("Deny") => false,
        _ => return Err(PolicyError::wrong("Effect", "is neither Allow nor Deny")),
    };
    let principals = match (fields.get("Principal"), kind) {
        (None, Kind::Identity) => Vec::new(),
        (Some(_), Kind::Identity) => {
            return Err(PolicyError::wrong(
                "Principal",
                "stands in an identity policy",
            ));
        }
        (Some(value), _) => principals(value)?,
        (None, _) => return Err(PolicyError::wrong("Principal", "is missing")),
    };
    let actions = chosen(fields, "Action", "NotAction")?
        .ok_or_else(|| PolicyError::wrong("Action", "is missing"))?;
    for action in &actions.1 {
        let known = action == "*"
            || action.split_once(':').is_some_and(|(service, name)| {
                let letters = |one: char| one.is_ascii_alphanumeric() || "-*?".contains(one);
                !service.is_empty()
                    && !name.is_empty()
                    && action.replace(':', "").chars().all(letters)
            });
        if !known {
            return Err(PolicyError::unknown("action", action));
        }
        if kind == Kind::Trust && !action.starts_with("sts:") {
            return Err(PolicyError::wrong(
                "Action",
                "is not of STS, in a trust policy",
            ));
        }
    }
    let resources = match (chosen(fields, "Resource", "NotResource")?, kind) {
        (None, Kind::Trust) => None,
        (Some(_), Kind::Trust) => {
            return Err(PolicyError::wrong("Resource", "stands in a trust policy"));
        }
        (None, _) => return Err(PolicyError::wrong("Resource", "is missing")),
        (Some((others, resources)), _) => {
            for resource in &resources {
                if resource.contains("${") {
                    return Err(PolicyError::unknown("variable in", resource));
                }
                let parts = resource.splitn(6, ':').count();
                if resource != "*" && (parts < 6 || !resource.starts_with("arn:")) {
                    return Err(PolicyError::unknown("resource", resource));
                }
            }
            let patterns = resources.iter().map(|one| Pattern::exact(one)).collect();
            Some(Chosen { others, patterns })
        }
    };
    let mut conditions = Vec::new();
    if let Some(value) = fields.get("Condition") {
        for (operator, keys) in object("Condition", value)? {
            for (key, values) in object(operator, keys)? {
                let values = texts(key, values)?;
                if let Some(value) = values.iter().find(|value| value.contains("${")) {
                    return Err(PolicyError::unknown("variable in", value));
                }
                conditions.push(Condition::new(operator, key, values)?);
            }
        }
    }
    Ok(Statement {
        allows,
        principals,
        actions: Chosen {
            others: actions.0,
            patterns: actions.1.iter().map(|one| Pattern::action(one)).collect(),
        },
        resources,
        conditions,
    })
}

/// The texts of one of two elements, and whether it is the second.
fn chosen(
    fields: &Map<String, Value>,
    name: &'static str,
    not: &'static str,
) -> Result<Option<(bool, Vec<String>)>> {
    match (fields.get(name), fields.get(not)) {
        (Some(_), Some(_)) => Err(PolicyError::wrong(not, "stands beside its opposite")),
        (Some(value), None) => Ok(Some((false, texts(name, value)?))),
        (None, Some(value)) => Ok(Some((true, texts(not, value)?))),
        (None, None) => Ok(None),
    }
}

fn principals(value: &Value) -> Result<Vec<Principal>> {
    if value == "*" {
        return Ok(vec![Principal::Anyone]);
    }
    let mut found = Vec::new();
    for (kind, names) in object("Principal", value)? {
        for name in texts("Principal", names)? {
            found.push(match kind.as_str() {
                "AWS" => principal(&name)?,
                "Service" if name.ends_with(".amazonaws.com") => Principal::Service,
                _ => return Err(PolicyError::unknown("principal", &name)),
            });
        }
    }
    Ok(found)
}

fn principal(name: &str) -> Result<Principal> {
    let unknown = || PolicyError::unknown("principal", name);
    if name == "*" {
        return Ok(Principal::Anyone);
    }
    if arn::is_account(name) {
        return Ok(Principal::Account(name.to_owned()));
    }
    let (account, resource) = arn::principal(name).ok_or_else(unknown)?;
    if resource == "root" {
        return Ok(Principal::Account(account.to_owned()));
    }
    let kinds = ["user/", "role/", "assumed-role/"];
    if name.contains(['*', '?']) || !kinds.iter().any(|kind| resource.starts_with(kind)) {
        return Err(unknown());
    }
    Ok(Principal::Arn(name.to_owned()))
}

fn object<'a>(place: &str, value: &'a Value) -> Result<&'a Map<String, Value>> {
    value
        .as_object()
        .ok_or_else(|| PolicyError::wrong(place, "is not an object"))
}

fn text(place: &str, value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(flag) => Ok(flag.to_string()),
        _ => Err(PolicyError::wrong(place, "is not text")),
    }
}

fn texts(place: &str, value: &Value) -> Result<Vec<String>> {
    let texts: Vec<String> = match value {
        Value::Array(values) => values
            .iter()
            .map(|value| text(place, value))
            .collect::<Result<_>>()?,
        value => vec![text(place, value)?],
    };
    if texts.is_empty() {
        return Err(PolicyError::wrong(place, "is empty"));
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(kind: Kind, statement: &str) -> String {
        let json = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
        parse(kind, &json).unwrap_err().to_string()
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (statement, expected) in [
            (
                r#""Action": "s3:*", "Resource": "*", "Extra": 1"#,
                r#"unknown element "Extra""#,
            ),
            (
                r#""Action": "s3", "Resource": "*""#,
                r#"unknown action "s3""#,
            ),
            (
                r#""Action": "s3:*", "Resource": "b/*""#,
                r#"unknown resource "b/*""#,
            ),
            (
                r#""Action": "s3:*", "Resource": "arn:aws:s3""#,
                r#"unknown resource "arn:aws:s3""#,
            ),
            (r#""Action": "s3:*""#, "Resource is missing"),
            (r#""Resource": "*""#, "Action is missing"),
            (r#""Action": [], "Resource": "*""#, "Action is empty"),
            (
                r#""Action": "s3:*", "NotAction": "s3:*", "Resource": "*""#,
                "NotAction stands beside its opposite",
            ),
            (
                r#""Action": "s3:*", "Resource": "*", "Principal": "*""#,
                "Principal stands in an identity policy",
            ),
            (
                r#""Action": "s3:*", "Resource": "*", "Sid": "a b""#,
                "Sid has other than letters and digits",
            ),
            (
                r#""Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username}/*""#,
                r#"unknown variable in "arn:aws:s3:::${aws:username}/*""#,
            ),
            (
                r#""Action": "s3:*", "Resource": "*", "Condition": {"DateLessThan": {"aws:SourceArn": "x"}}"#,
                r#"unknown operator "DateLessThan""#,
            ),
            (
                r#""Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"sts:External": "x"}}"#,
                r#"unknown condition key "sts:External""#,
            ),
            (
                r#""Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "no"}}"#,
                "Bool is neither true nor false",
            ),
        ] {
            let statement = format!(r#"{{"Effect": "Allow", {statement}}}"#);
            assert_eq!(refusal(Kind::Identity, &statement), expected);
        }
        let twice = r#"{"Sid": "A", "Effect": "Deny", "Action": "*", "Resource": "*"}"#;
        assert_eq!(
            refusal(Kind::Identity, &format!("{twice}, {twice}")),
            "Sid stands twice"
        );
        let effect = r#"{"Effect": "allow", "Action": "*", "Resource": "*"}"#;
        assert_eq!(
            refusal(Kind::Identity, effect),
            "Effect is neither Allow nor Deny"
        );
    }

    #[test]
    fn principals_are_accounts_users_and_roles() {
        for (principal, expected) in [
            (
                r#"{"AWS": "arn:aws:iam::111122223333:group/g"}"#,
                "principal",
            ),
            (
                r#"{"AWS": "arn:aws:iam::111122223333:role/*"}"#,
                "principal",
            ),
            (r#"{"AWS": "11112222333"}"#, "principal"),
            (r#"{"Federated": "cognito"}"#, "principal"),
        ] {
            let statement = format!(
                r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "sts:AssumeRole"}}"#
            );
            let refusal = refusal(Kind::Trust, &statement);
            assert!(
                refusal.contains(&format!("unknown {expected}")),
                "{refusal}"
            );
        }
        let other = r#"{"Effect": "Allow", "Action": "s3:*", "Principal": "*"}"#;
        assert_eq!(
            refusal(Kind::Trust, other),
            "Action is not of STS, in a trust policy"
        );
        let none = r#"{"Effect": "Allow", "Action": "sts:AssumeRole"}"#;
        assert_eq!(refusal(Kind::Trust, none), "Principal is missing");
        let resource =
            r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}"#;
        assert_eq!(
            refusal(Kind::Trust, resource),
            "Resource stands in a trust policy"
        );
    }

    #[test]
    fn documents_have_a_version_and_statements() {
        let of = |json: &str| parse(Kind::Identity, json).unwrap_err().to_string();
        assert_eq!(of(r#"{"Statement": []}"#), "Version is missing");
        assert_eq!(
            of(r#"{"Version": "2008-10-17", "Statement": []}"#),
            "Version is not 2012-10-17"
        );
        assert_eq!(
            of(r#"{"Version": "2012-10-17", "Statement": []}"#),
            "Statement is missing or empty"
        );
        assert_eq!(
            of(r#"{"Version": "2012-10-17", "Statements": {}}"#),
            r#"unknown element "Statements""#
        );
        assert!(of("{").starts_with("not JSON: "));
    }
}
