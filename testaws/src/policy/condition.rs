//! Conditions of statements, and what is known about a request.

use std::collections::BTreeMap;

use super::{Pattern, PolicyError};

/// The condition keys that a request may have, all others are refused. AWS ignores their case.
const KEYS: [&str; 14] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "kms:CallerAccount",
    "kms:ViaService",
    "s3:delimiter",
    "s3:prefix",
    "sts:ExternalId",
    "sts:RoleSessionName",
];

/// What is known about a request, by condition key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context(BTreeMap<String, String>);

impl Context {
    /// This context and one value more.
    pub(crate) fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.0.insert(key.to_lowercase(), value.into());
        self
    }

    /// This context and one value more, if there is one.
    pub(crate) fn with_some(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }
}

/// One key of one operator.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    key: String,
    test: Test,
    negated: bool,
    if_exists: bool,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    Equal,
    EqualIgnoringCase,
    Like,
    Absent,
}

impl Condition {
    /// A condition such as `StringEquals`, `sts:ExternalId` and its values.
    pub(super) fn new(operator: &str, key: &str, values: Vec<String>) -> Result<Self, PolicyError> {
        if !KEYS.iter().any(|known| known.eq_ignore_ascii_case(key)) {
            return Err(PolicyError::unknown("condition key", key));
        }
        let (name, if_exists) = match operator.strip_suffix("IfExists") {
            Some(name) if name != "Null" => (name, true),
            _ => (operator, false),
        };
        let (test, negated) = match name {
            "StringEquals" => (Test::Equal, false),
            "StringNotEquals" => (Test::Equal, true),
            "StringEqualsIgnoreCase" | "Bool" => (Test::EqualIgnoringCase, false),
            "StringLike" | "ArnLike" | "ArnEquals" => (Test::Like, false),
            "StringNotLike" | "ArnNotLike" | "ArnNotEquals" => (Test::Like, true),
            "Null" => (Test::Absent, false),
            _ => return Err(PolicyError::unknown("operator", operator)),
        };
        let is_bool = |value: &String| value == "true" || value == "false";
        if matches!(name, "Bool" | "Null") && !values.iter().all(is_bool) {
            return Err(PolicyError::wrong(operator, "is neither true nor false"));
        }
        Ok(Self {
            key: key.to_lowercase(),
            test,
            negated,
            if_exists,
            values,
        })
    }

    pub(super) fn holds(&self, context: &Context) -> bool {
        let known = context.0.get(&self.key);
        if self.test == Test::Absent {
            let absent = if known.is_none() { "true" } else { "false" };
            return self.values.iter().any(|value| value == absent);
        }
        let Some(known) = known else {
            return self.negated || self.if_exists;
        };
        let fits = |value: &String| match self.test {
            Test::Like => Pattern::exact(value).matches(known),
            Test::EqualIgnoringCase => value.eq_ignore_ascii_case(known),
            Test::Equal | Test::Absent => value == known,
        };
        self.values.iter().any(fits) != self.negated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(operator: &str, values: &[&str], prefix: Option<&str>) -> bool {
        let values = values.iter().map(ToString::to_string).collect();
        let context = Context::default().with_some("s3:prefix", prefix);
        Condition::new(operator, "S3:Prefix", values)
            .unwrap()
            .holds(&context)
    }

    #[test]
    fn any_value_will_do_and_negated_ones_take_none() {
        assert!(holds("StringEquals", &["a", "b"], Some("b")));
        assert!(!holds("StringEquals", &["a", "b"], Some("B")));
        assert!(holds("StringEqualsIgnoreCase", &["a", "b"], Some("B")));
        assert!(!holds("StringNotEquals", &["a", "b"], Some("b")));
        assert!(holds("StringNotEquals", &["a", "b"], Some("c")));
        assert!(holds("StringLike", &["x", "a/*"], Some("a/b")));
        assert!(!holds("StringNotLike", &["x", "a/*"], Some("a/b")));
        assert!(!holds("StringEquals", &["a/*"], Some("a/b")));
    }

    #[test]
    fn an_unknown_value_fits_only_negations_and_if_exists() {
        assert!(!holds("StringEquals", &["a"], None));
        assert!(holds("StringNotEquals", &["a"], None));
        assert!(holds("StringEqualsIfExists", &["a"], None));
        assert!(!holds("StringEqualsIfExists", &["a"], Some("b")));
        assert!(holds("Null", &["true"], None));
        assert!(!holds("Null", &["true"], Some("a")));
    }
}
