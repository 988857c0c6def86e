//! Session policies: whatever its role grants, a session may do no more than curtail needs.

use serde_json::{Value, json};

use crate::{Connection, Kind, PERMISSIONS, Source, template::without_wildcards};

/// The most characters that the token service takes.
const LONGEST: usize = 2048;

/// What a session of `connection` may do: the actions of [`PERMISSIONS`], on its reports only if it names them.
pub(super) fn of(connection: &Connection) -> String {
    if connection.kind == Kind::Resource {
        return nothing();
    }
    let narrow = policy(connection, true);
    if narrow.len() <= LONGEST {
        narrow
    } else {
        policy(connection, false)
    }
}

/// A session that may do nothing (but ask who it is, which AWS allows to everybody).
pub(super) fn nothing() -> String {
    document(&[json!({ "Effect": "Deny", "Action": "*", "Resource": "*" })])
}

fn policy(connection: &Connection, narrow: bool) -> String {
    let actions = |wanted: fn(&str, Source) -> bool| -> Vec<&str> {
        PERMISSIONS
            .iter()
            .filter(|known| {
                known.is_granted_to(connection.kind) && wanted(known.action, known.source)
            })
            .map(|permission| permission.action)
            .collect()
    };
    let partition = connection.partition();
    let arn = |rest: &str| format!("arn:{partition}:s3:::{rest}");
    let places = || connection.reports.iter().filter(|_| narrow);
    let mut buckets: Vec<_> = places()
        .map(|place| arn(&without_wildcards(&place.bucket)))
        .collect();
    buckets.sort_unstable();
    buckets.dedup();
    let mut objects: Vec<_> = places()
        .map(|place| match place.prefix.as_str() {
            "" => arn(&format!("{}/*", place.bucket)),
            prefix => arn(&format!("{}/{}*", place.bucket, without_wildcards(prefix))),
        })
        .collect();
    if buckets.is_empty() {
        buckets.push(arn("*"));
        objects.push(arn("*"));
    }
    document(&[
        allow(&actions(|_, source| source != Source::Reports), &json!("*")),
        allow(
            &actions(|action, _| action == "s3:ListBucket"),
            &json!(buckets),
        ),
        allow(
            &actions(|action, _| action == "s3:GetObject"),
            &json!(objects),
        ),
        allow(
            &actions(|action, _| action.starts_with("kms:")),
            &json!("*"),
        ),
    ])
}

fn allow(actions: &[&str], resource: &Value) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resource })
}

fn document(statements: &[Value]) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(reports: &[&str]) -> Connection {
        let mut connection = Connection::new("a".parse().unwrap(), "111122223333".parse().unwrap());
        connection.reports = reports.iter().map(|place| place.parse().unwrap()).collect();
        connection
    }

    #[test]
    fn every_granted_action_is_allowed_once() {
        let policy: Value = serde_json::from_str(&of(&connection(&[]))).unwrap();
        let statements = policy["Statement"].as_array().unwrap();
        let mut allowed: Vec<_> = statements
            .iter()
            .flat_map(|statement| statement["Action"].as_array().unwrap())
            .map(|action| action.as_str().unwrap())
            .collect();
        let mut granted: Vec<_> = PERMISSIONS
            .iter()
            .filter(|permission| permission.is_granted_to(Kind::Billing))
            .map(|permission| permission.action)
            .collect();
        allowed.sort_unstable();
        granted.sort_unstable();
        assert_eq!(allowed, granted);
    }

    #[test]
    fn sessions_reach_the_configured_reports_only() {
        let policy = of(&connection(&["s3://acme-billing/a$b*"]));
        assert!(
            policy.contains("\"arn:aws:s3:::acme-billing/a${$}b${*}*\""),
            "{policy}"
        );
        assert!(!policy.contains("s3:::*"), "{policy}");
    }

    #[test]
    fn policies_stay_short() {
        let places: Vec<_> = (0..100)
            .map(|i| format!("s3://acme-billing-{i}/reports"))
            .collect();
        let places: Vec<_> = places.iter().map(String::as_str).collect();
        assert!(of(&connection(&places)).len() <= LONGEST);
        assert!(of(&connection(&places[..3])).len() <= LONGEST);
    }
}
