//! Who signed a request.

use crate::{
    policy::{Ask, Grant, Policy, Subject, Verdict},
    world::Role,
};

/// A user or a session of a role, with what its policies say.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) account: String,
    pub(crate) arn: String,
    /// The unique id that `GetCallerIdentity` shows.
    pub(crate) id: String,
    /// ARN of the role and name of the session, for sessions.
    pub(crate) session: Option<(String, String)>,
    pub(crate) identity: Policy,
    /// The policy that was given when the session was made.
    pub(crate) within: Option<Policy>,
    /// Whether everything is denied to this session.
    pub(crate) revoked: bool,
}

/// Why somebody is not who they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stranger {
    Key,
    Token,
    Expired,
}

/// What guards a resource besides the caller's own policies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guard<'a> {
    pub(crate) owner: &'a str,
    pub(crate) policy: Option<&'a Policy>,
    /// Whether the policy must let even callers of the owner's account.
    pub(crate) strict: bool,
}

impl<'a> Guard<'a> {
    pub(crate) fn role(owner: &'a str, role: &'a Role) -> Self {
        Self {
            owner,
            policy: Some(&role.trust),
            strict: true,
        }
    }
}

impl Caller {
    pub(crate) fn user(account: &str, name: &str, identity: &Policy) -> Self {
        Self {
            account: account.to_owned(),
            arn: format!("arn:aws:iam::{account}:user/{name}"),
            id: format!("AIDA{}", name.to_uppercase()),
            session: None,
            identity: identity.clone(),
            within: None,
            revoked: false,
        }
    }

    /// The user, or the role of the session: what `aws:PrincipalArn` is.
    pub(crate) fn principal(&self) -> &str {
        match &self.session {
            Some((role, _)) => role,
            None => &self.arn,
        }
    }

    /// Whether the caller's own policies let it; else why not.
    pub(crate) fn may(&self, ask: &Ask<'_>) -> Result<(), String> {
        let action = ask.action;
        match (self.verdict(ask), self.within_lets(ask)) {
            (Verdict::Allowed, _) => Ok(()),
            (Verdict::Denied, _) => {
                Err(self.denied(ask, "with an explicit deny in an identity-based policy"))
            }
            (Verdict::Silent, false) => Err(self.denied(
                ask,
                &format!("because no session policy allows the {action} action"),
            )),
            (Verdict::Silent, true) => Err(self.denied(
                ask,
                &format!("because no identity-based policy allows the {action} action"),
            )),
        }
    }

    fn verdict(&self, ask: &Ask<'_>) -> Verdict {
        let within = self.within.as_ref().map(|policy| policy.verdict(ask));
        match (self.identity.verdict(ask), within) {
            _ if self.revoked => Verdict::Denied,
            (Verdict::Denied, _) | (_, Some(Verdict::Denied)) => Verdict::Denied,
            (Verdict::Allowed, None | Some(Verdict::Allowed)) => Verdict::Allowed,
            _ => Verdict::Silent,
        }
    }

    fn within_lets(&self, ask: &Ask<'_>) -> bool {
        let within = self.within.as_ref();
        within.is_none_or(|policy| policy.verdict(ask) == Verdict::Allowed)
    }

    fn denied(&self, ask: &Ask<'_>, why: &str) -> String {
        let Ask {
            action, resource, ..
        } = ask;
        let arn = &self.arn;
        format!("User: {arn} is not authorized to perform: {action} on resource: {resource} {why}")
    }
}

/// Whether `caller` (None if the request is unsigned) may do something with a resource that has an owner and perhaps
/// a policy; else why not. Other accounts need both its policy and their own; within an account one of them is enough,
/// where the guard is not strict.
pub(crate) fn may(caller: Option<&Caller>, ask: &Ask<'_>, guard: Guard<'_>) -> Result<(), String> {
    let action = ask.action;
    let subject = caller.map(|caller| Subject {
        account: &caller.account,
        arn: &caller.arn,
        role: caller.session.as_ref().map(|(role, _)| role.as_str()),
    });
    let grant = guard
        .policy
        .map_or(Grant::Silent, |policy| policy.grant(subject.as_ref(), ask));
    let Some(caller) = caller else {
        return match grant {
            Grant::Direct => Ok(()),
            _ => Err("Access Denied".to_owned()),
        };
    };
    let own = caller.account == guard.owner;
    if grant == Grant::Denied {
        return Err(caller.denied(ask, "with an explicit deny in a resource-based policy"));
    }
    let direct = own
        && grant == Grant::Direct
        && caller.verdict(ask) != Verdict::Denied
        && caller.within_lets(ask);
    if direct {
        return Ok(());
    }
    let open = own && !guard.strict;
    if grant == Grant::Silent && !open {
        let why = format!("because no resource-based policy allows the {action} action");
        return Err(caller.denied(ask, &why));
    }
    caller.may(ask)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Context, Kind};

    const OWN: &str = "111122223333";
    const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    const NOTHING: &str = r#"{"Effect": "Allow", "Action": "x:none", "Resource": "*"}"#;
    const DENY: &str = r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}"#;

    fn policy(kind: Kind, statement: &str) -> Policy {
        let json = format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#);
        Policy::parse(kind, &json).unwrap()
    }

    fn reads(
        identity: &str,
        within: Option<&str>,
        principal: Option<&str>,
        owner: &str,
        strict: bool,
    ) -> bool {
        let mut caller = Caller::user(OWN, "me", &policy(Kind::Identity, identity));
        caller.within = within.map(|text| policy(Kind::Identity, text));
        let guarding = principal.map(|principal| {
            let statement = format!(
                r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": {{"AWS": "{principal}"}}}}"#
            );
            policy(Kind::Resource, &statement)
        });
        let context = Context::default();
        let ask = Ask {
            action: "s3:GetObject",
            resource: "arn:aws:s3:::b/k",
            context: &context,
        };
        let guard = Guard {
            owner,
            policy: guarding.as_ref(),
            strict,
        };
        may(Some(&caller), &ask, guard).is_ok()
    }

    #[test]
    fn within_an_account_one_policy_is_enough() {
        let me = Some("arn:aws:iam::111122223333:user/me");
        assert!(reads(ALL, None, None, OWN, false));
        assert!(reads(NOTHING, None, me, OWN, false));
        assert!(!reads(NOTHING, None, Some(OWN), OWN, false));
        assert!(!reads(NOTHING, None, None, OWN, false));
        assert!(!reads(DENY, None, me, OWN, false));
    }

    #[test]
    fn a_strict_guard_must_let_its_own_account_too() {
        let me = Some("arn:aws:iam::111122223333:user/me");
        assert!(!reads(ALL, None, None, OWN, true));
        assert!(reads(ALL, None, Some(OWN), OWN, true));
        assert!(!reads(NOTHING, None, Some(OWN), OWN, true));
        assert!(reads(NOTHING, None, me, OWN, true));
    }

    #[test]
    fn other_accounts_need_both() {
        for principal in [OWN, "*", "arn:aws:iam::111122223333:user/me"] {
            assert!(reads(ALL, None, Some(principal), "444455556666", false));
            assert!(!reads(
                NOTHING,
                None,
                Some(principal),
                "444455556666",
                false
            ));
        }
        assert!(!reads(ALL, None, None, "444455556666", false));
        assert!(!reads(
            ALL,
            None,
            Some("444455556666"),
            "444455556666",
            false
        ));
    }

    #[test]
    fn a_session_policy_only_takes_away() {
        let me = Some("arn:aws:iam::111122223333:user/me");
        assert!(reads(ALL, Some(ALL), None, OWN, false));
        assert!(!reads(ALL, Some(NOTHING), None, OWN, false));
        assert!(!reads(NOTHING, Some(ALL), None, OWN, false));
        assert!(!reads(ALL, Some(DENY), me, OWN, false));
        assert!(!reads(ALL, Some(NOTHING), me, OWN, false));
    }
}
