//! IAM policies: understood whole or refused, and evaluated as AWS does.

mod condition;
mod document;
mod pattern;

use condition::Condition;
pub(crate) use condition::Context;
pub use document::PolicyError;
use pattern::Pattern;

/// Where a policy is attached, which decides what must stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// To a user or role, or to a session: no principals.
    Identity,
    /// To a bucket or key: principals and resources.
    Resource,
    /// To a role, saying who may assume it: principals, no resources.
    Trust,
}

/// A policy document.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    statements: Vec<Statement>,
}

#[derive(Clone, Debug)]
struct Statement {
    allows: bool,
    /// Empty in identity policies.
    principals: Vec<Principal>,
    actions: Chosen,
    /// None in trust policies.
    resources: Option<Chosen>,
    conditions: Vec<Condition>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Principal {
    Anyone,
    /// Every principal of the account that the account itself lets.
    Account(String),
    /// A user, a role or a session of a role.
    Arn(String),
    /// One of AWS's own services, which none of our callers is.
    Service,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Clone, Debug)]
struct Chosen {
    others: bool,
    patterns: Vec<Pattern>,
}

/// Who asks, as policies of resources name them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) account: &'a str,
    pub(crate) arn: &'a str,
    /// The role of a session.
    pub(crate) role: Option<&'a str>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    /// Such as `s3:GetObject`.
    pub(crate) action: &'a str,
    /// An ARN, or `*` for actions that have no resource.
    pub(crate) resource: &'a str,
    pub(crate) context: &'a Context,
}

/// What an identity policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Silent,
    Allowed,
    Denied,
}

/// What the policy of a resource says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grant {
    Silent,
    /// To the caller's account, which decides about its own principals.
    Account,
    /// To this caller.
    Direct,
    Denied,
}

impl Policy {
    /// Reads a policy; anything in it that is not understood is an error.
    pub(crate) fn parse(kind: Kind, json: &str) -> Result<Self, PolicyError> {
        document::parse(kind, json)
    }

    /// What this identity policy says about `ask`.
    pub(crate) fn verdict(&self, ask: &Ask<'_>) -> Verdict {
        let mut verdict = Verdict::Silent;
        for statement in self.statements.iter().filter(|one| one.concerns(ask)) {
            if !statement.allows {
                return Verdict::Denied;
            }
            verdict = Verdict::Allowed;
        }
        verdict
    }

    /// What this policy of a resource, or trust policy, says to `subject`; None is an unsigned request.
    pub(crate) fn grant(&self, subject: Option<&Subject<'_>>, ask: &Ask<'_>) -> Grant {
        self.statements
            .iter()
            .filter(|statement| statement.concerns(ask))
            .map(|statement| {
                let principals = statement.principals.iter();
                let grant = principals.map(|one| one.names(subject)).max();
                match grant.unwrap_or(Grant::Silent) {
                    Grant::Silent => Grant::Silent,
                    _ if !statement.allows => Grant::Denied,
                    named => named,
                }
            })
            .max()
            .unwrap_or(Grant::Silent)
    }
}

impl Statement {
    fn concerns(&self, ask: &Ask<'_>) -> bool {
        self.actions.has(ask.action)
            && self
                .resources
                .as_ref()
                .is_none_or(|chosen| chosen.has(ask.resource))
            && self.conditions.iter().all(|one| one.holds(ask.context))
    }
}

impl Principal {
    fn names(&self, subject: Option<&Subject<'_>>) -> Grant {
        let grant = match (self, subject) {
            (Self::Anyone, _) => Some(Grant::Direct),
            (Self::Account(account), Some(subject)) if account == subject.account => {
                Some(Grant::Account)
            }
            (Self::Arn(arn), Some(subject))
                if arn == subject.arn || Some(arn.as_str()) == subject.role =>
            {
                Some(Grant::Direct)
            }
            _ => None,
        };
        grant.unwrap_or(Grant::Silent)
    }
}

impl Chosen {
    fn has(&self, text: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(text)) != self.others
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: Subject<'_> = Subject {
        account: "111122223333",
        arn: "arn:aws:sts::111122223333:assumed-role/reader/me",
        role: Some("arn:aws:iam::111122223333:role/reader"),
    };

    fn verdict(statements: &str, action: &str, resource: &str, context: &Context) -> Verdict {
        let json = format!(r#"{{"Version": "2012-10-17", "Statement": {statements}}}"#);
        let ask = Ask {
            action,
            resource,
            context,
        };
        Policy::parse(Kind::Identity, &json).unwrap().verdict(&ask)
    }

    fn grant(statements: &str, subject: Option<&Subject<'_>>, context: &Context) -> Grant {
        let json = format!(r#"{{"Version": "2012-10-17", "Statement": {statements}}}"#);
        let ask = Ask {
            action: "sts:AssumeRole",
            resource: "",
            context,
        };
        Policy::parse(Kind::Trust, &json)
            .unwrap()
            .grant(subject, &ask)
    }

    #[test]
    fn actions_match_without_case_and_resources_with_it() {
        let none = Context::default();
        let policy =
            r#"{"Effect": "Allow", "Action": "S3:get*", "Resource": "arn:aws:s3:::b/p/*"}"#;
        let of = |action, resource| verdict(policy, action, resource, &none);
        assert_eq!(of("s3:GetObject", "arn:aws:s3:::b/p/k"), Verdict::Allowed);
        assert_eq!(of("s3:GetObject", "arn:aws:s3:::b/P/k"), Verdict::Silent);
        assert_eq!(of("s3:GetObject", "arn:aws:s3:::b/p"), Verdict::Silent);
        assert_eq!(of("s3:PutObject", "arn:aws:s3:::b/p/k"), Verdict::Silent);
    }

    #[test]
    fn an_explicit_deny_wins_in_any_order() {
        let none = Context::default();
        let allow = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
        let deny = r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/secret/*"}"#;
        for statements in [format!("[{allow}, {deny}]"), format!("[{deny}, {allow}]")] {
            let of = |resource| verdict(&statements, "s3:GetObject", resource, &none);
            assert_eq!(of("arn:aws:s3:::b/secret/k"), Verdict::Denied);
            assert_eq!(of("arn:aws:s3:::b/open/k"), Verdict::Allowed);
        }
    }

    #[test]
    fn not_action_and_not_resource_choose_the_others() {
        let none = Context::default();
        let policy = r#"{"Effect": "Allow", "NotAction": ["iam:*", "s3:Put*"], "NotResource": "arn:aws:s3:::b/no/*"}"#;
        let of = |action, resource| verdict(policy, action, resource, &none);
        assert_eq!(of("s3:GetObject", "arn:aws:s3:::b/k"), Verdict::Allowed);
        assert_eq!(of("s3:PutObject", "arn:aws:s3:::b/k"), Verdict::Silent);
        assert_eq!(of("s3:GetObject", "arn:aws:s3:::b/no/k"), Verdict::Silent);
    }

    #[test]
    fn conditions_must_all_hold() {
        let policy = r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition":
            {"StringLike": {"s3:prefix": ["cur/*", "cur"]}, "Bool": {"aws:SecureTransport": true}}}"#;
        let of = |prefix, tls| {
            let context = Context::default()
                .with("s3:prefix", prefix)
                .with("aws:SecureTransport", tls);
            verdict(policy, "s3:ListBucket", "arn:aws:s3:::b", &context)
        };
        assert_eq!(of("cur/2026", "true"), Verdict::Allowed);
        assert_eq!(of("cur", "true"), Verdict::Allowed);
        assert_eq!(of("other", "true"), Verdict::Silent);
        assert_eq!(of("cur/2026", "false"), Verdict::Silent);
    }

    #[test]
    fn trust_names_accounts_users_roles_and_sessions() {
        let none = Context::default();
        let of = |principal: &str| {
            let statement = format!(
                r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "sts:AssumeRole"}}"#
            );
            grant(&statement, Some(&SESSION), &none)
        };
        assert_eq!(
            of(r#"{"AWS": "arn:aws:iam::111122223333:root"}"#),
            Grant::Account
        );
        assert_eq!(of(r#"{"AWS": "111122223333"}"#), Grant::Account);
        assert_eq!(
            of(r#"{"AWS": "arn:aws:iam::444455556666:root"}"#),
            Grant::Silent
        );
        assert_eq!(
            of(r#"{"AWS": ["444455556666", "arn:aws:iam::111122223333:role/reader"]}"#),
            Grant::Direct
        );
        let session = format!(r#"{{"AWS": "{}"}}"#, SESSION.arn);
        assert_eq!(of(&session), Grant::Direct);
        assert_eq!(of(r#""*""#), Grant::Direct);
        assert_eq!(of(r#"{"Service": "ec2.amazonaws.com"}"#), Grant::Silent);
    }

    #[test]
    fn a_denied_principal_stays_out() {
        let none = Context::default();
        let policy = r#"[{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
            {"Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "sts:*"}]"#;
        assert_eq!(grant(policy, Some(&SESSION), &none), Grant::Denied);
        let other = Subject {
            account: "444455556666",
            arn: "arn:aws:iam::444455556666:user/other",
            role: None,
        };
        assert_eq!(grant(policy, Some(&other), &none), Grant::Direct);
        assert_eq!(grant(policy, None, &none), Grant::Direct);
    }
}
