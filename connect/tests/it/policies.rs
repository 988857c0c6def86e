//! What policies allow: all that is on the list, nothing else, and only where reports lie.

use std::collections::BTreeSet;

use curtail_connect::{Kind, PERMISSIONS, TemplateKind, TemplateOptions, template};
use serde_json::Value;

use crate::cases::{Case, HOSTILE, billing, cases};

fn policies() -> impl Iterator<Item = (Case, Value)> {
    let policies = cases()
        .into_iter()
        .filter(|case| case.options.kind == TemplateKind::Policy);
    policies.map(|case| {
        let policy = serde_json::from_str(&case.template().text).unwrap();
        (case, policy)
    })
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
}

fn statements(policy: &Value) -> &[Value] {
    policy["Statement"].as_array().unwrap()
}

fn actions(policy: &Value) -> Vec<&str> {
    let actions = statements(policy)
        .iter()
        .flat_map(|statement| texts(&statement["Action"]));
    actions.collect()
}

fn granted(kind: Kind) -> BTreeSet<&'static str> {
    let granted = PERMISSIONS
        .iter()
        .filter(|permission| permission.is_granted_to(kind));
    granted.map(|permission| permission.action).collect()
}

#[test]
fn exactly_the_published_actions_are_allowed() {
    let mut seen = 0;
    for (case, policy) in policies() {
        let allowed: BTreeSet<_> = actions(&policy).into_iter().collect();
        let mut expected = granted(Kind::Billing);
        if case.options.kms_keys.is_empty() {
            expected.remove("kms:Decrypt");
        }
        if case.connection.reports.is_empty() && case.options.with_report.is_none() {
            expected.retain(|action| !action.starts_with("s3:"));
        }
        assert_eq!(allowed, expected, "{}", case.file);
        seen += expected.len();
    }
    assert!(seen > granted(Kind::Billing).len());
}

#[test]
fn every_template_grants_what_the_policy_does() {
    for case in cases() {
        let text = case.template().text;
        let grants = text.contains("curtail-read");
        let reads = case.connection.kind == Kind::Billing
            && matches!(
                case.options.kind,
                TemplateKind::CloudFormation | TemplateKind::Terraform
            );
        assert_eq!(grants, reads, "{}", case.file);
        for action in granted(Kind::Billing) {
            let expected = reads && (action != "kms:Decrypt" || !case.options.kms_keys.is_empty());
            let policy = case.options.kind == TemplateKind::Policy;
            assert!(
                policy || text.contains(action) == expected,
                "{}: {action}",
                case.file
            );
        }
    }
}

#[test]
fn statements_have_names_of_their_own_and_allow_only() {
    for (case, policy) in policies() {
        assert_eq!(policy["Version"], "2012-10-17");
        let sids: Vec<_> = statements(&policy)
            .iter()
            .map(|statement| statement["Sid"].as_str().unwrap())
            .collect();
        let distinct: BTreeSet<_> = sids.iter().collect();
        assert_eq!(distinct.len(), sids.len(), "{}", case.file);
        for (statement, sid) in statements(&policy).iter().zip(sids) {
            assert!(
                sid.bytes().all(|byte| byte.is_ascii_alphanumeric()),
                "{sid}"
            );
            assert_eq!(statement["Effect"], "Allow");
        }
    }
}

#[test]
fn only_what_cannot_be_confined_is_allowed_everywhere() {
    let anywhere = [
        "cur:DescribeReportDefinitions",
        "bcm-data-exports:ListExports",
    ];
    for (case, policy) in policies() {
        for statement in statements(&policy) {
            for resource in texts(&statement["Resource"]) {
                for action in texts(&statement["Action"]) {
                    let free = anywhere.contains(&action)
                        || action.starts_with("ce:")
                        || action.starts_with("organizations:");
                    assert_eq!(
                        resource == "*",
                        free,
                        "{}: {action} on {resource}",
                        case.file
                    );
                }
            }
        }
    }
}

#[test]
fn buckets_are_read_below_their_prefixes_only() {
    let text = template(&billing(), &TemplateOptions::new(TemplateKind::Policy))
        .unwrap()
        .text;
    let policy: Value = serde_json::from_str(&text).unwrap();
    let of = |action: &str| {
        let found = statements(&policy)
            .iter()
            .filter(|statement| texts(&statement["Action"]).any(|found| found == action));
        found.collect::<Vec<_>>()
    };
    let objects: Vec<_> = of("s3:GetObject")
        .into_iter()
        .flat_map(|found| texts(&found["Resource"]))
        .collect();
    assert_eq!(
        objects,
        [
            "arn:aws:s3:::acme-archive/*",
            "arn:aws:s3:::acme-billing/exports/cur2/*"
        ]
    );
    let [archive, reports] = of("s3:ListBucket")[..] else {
        panic!("a statement per bucket: {text}");
    };
    assert_eq!(
        archive["Condition"],
        Value::Null,
        "its reports have no prefix"
    );
    assert_eq!(
        reports["Condition"],
        serde_json::json!({ "StringLike": { "s3:prefix": ["exports/cur2", "exports/cur2/*"] } })
    );
}

#[test]
fn keys_are_used_through_s3_in_their_regions() {
    let (_, policy) = policies()
        .find(|(case, _)| case.file == "keys-policy.json")
        .unwrap();
    let decrypt = statements(&policy)
        .iter()
        .find(|found| found["Sid"] == "DecryptReports")
        .unwrap();
    assert_eq!(
        decrypt["Condition"],
        serde_json::json!({ "StringEquals": { "kms:ViaService": ["s3.eu-west-1.amazonaws.com", "s3.us-east-1.amazonaws.com"] } })
    );
    assert_eq!(texts(&decrypt["Resource"]).count(), 2);
}

/// Text as IAM matches it: none if anything in it is a wildcard or a variable.
fn literal(pattern: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(next) = rest.chars().next() {
        let wild = ["${*}", "${?}", "${$}"]
            .into_iter()
            .find(|wild| rest.starts_with(wild));
        if let Some(wild) = wild {
            text.push(wild.chars().nth(2)?);
            rest = &rest[wild.len()..];
        } else if "*?$".contains(next) {
            return None;
        } else {
            text.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    Some(text)
}

#[test]
fn hostile_prefixes_are_text() {
    let (_, policy) = policies()
        .find(|(case, _)| case.file == "hostile-policy.json")
        .unwrap();
    let named = |sid: &str| {
        let mut found = statements(&policy).iter();
        found.find(|statement| statement["Sid"] == sid).unwrap()
    };
    let mut prefixes = HOSTILE.map(str::to_owned);
    prefixes.sort_unstable();
    let objects = texts(&named("ReadReports")["Resource"]).map(|resource| {
        let below = resource.strip_prefix("arn:aws:s3:::acme-hostile/").unwrap();
        literal(below.strip_suffix("/*").unwrap()).expect("no wildcard but the last")
    });
    let mut objects: Vec<_> = objects.collect();
    objects.sort_unstable();
    assert_eq!(objects, prefixes);
    // Of each two prefixes that may be listed, one ends in a wildcard.
    let listed = texts(&named("ListReports")["Condition"]["StringLike"]["s3:prefix"]);
    let mut listed: Vec<_> = listed.filter_map(literal).collect();
    listed.sort_unstable();
    assert_eq!(listed, prefixes);
}
