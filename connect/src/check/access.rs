//! The links up to the account.

use super::{Check, Link, State, remedy::About};
use crate::{Failure, Reach, Reason, Session};

/// The session, if the connection lets us in and leads to the right account.
pub(super) async fn check(check: &mut Check, reach: &Reach) -> Option<Session> {
    let session = match Session::new(&check.connection, reach).await {
        Ok(session) => session,
        Err(failure) => {
            check.failed(Link::Credentials, State::Red, &failure, &About::default());
            return None;
        }
    };
    let caller = match session.base_caller().await {
        Ok(caller) => caller,
        Err(failure) => {
            check.failed(link_of(&failure), State::Red, &failure, &About::default());
            return None;
        }
    };
    check.green(Link::Credentials, origin(check));
    check.green(Link::Sts, format!("you are {}", caller.arn));
    region(check, &session).await;
    let about = About {
        caller: Some(&caller.arn),
        ..About::default()
    };
    let Some(role) = check.connection.role_arn() else {
        check.skipped(
            Link::Role,
            None,
            "no role is configured: the credentials are used as they are",
        );
        return account(check, session).await;
    };
    if let Err(mut failure) = session.enter().await {
        if failure.reason == Reason::RoleRefused && check.connection.external_id.is_none() {
            failure
                .said
                .push_str("; the connection has no external id, which the role may ask for");
        }
        check.failed(Link::Role, State::Red, &failure, &about);
        return None;
    }
    if session.went_elsewhere() && check.findings.iter().all(|it| it.state == State::Green) {
        check
            .findings
            .retain(|finding| finding.link != Link::Region);
        let region = session.region();
        let about = About {
            region: Some(&region),
            ..About::default()
        };
        let said = "off in the role's account, so that us-east-1 was asked";
        let failure = Failure::new("sts:AssumeRole", Reason::RegionDisabled, said);
        check.failed(Link::Region, State::Yellow, &failure, &about);
    }
    check.green(
        Link::Role,
        format!("assumed {role} as {}", check.connection.session_name()),
    );
    external_id(check, &session, &about).await;
    account(check, session).await
}

/// Which link a failure of the first request is about.
fn link_of(failure: &Failure) -> Link {
    match failure.reason {
        Reason::NoCredentials | Reason::CredentialsUnusable | Reason::KeysIncomplete => {
            Link::Credentials
        }
        _ => Link::Sts,
    }
}

fn origin(check: &Check) -> String {
    let connection = &check.connection;
    match (&connection.profile, connection.has_keys()) {
        (Some(profile), _) => format!("from profile `{profile}`"),
        (None, true) if connection.has_inline_keys() => "keys of the configuration file".to_owned(),
        (None, true) => "keys of the environment variables that the configuration names".to_owned(),
        (None, false) => "from the SDK's default chain".to_owned(),
    }
}

async fn region(check: &mut Check, session: &Session) {
    let region = session.region();
    match session.is_active_in_region().await {
        Ok(()) => check.green(Link::Region, region),
        // Somebody else has taken the credentials already.
        Err(failure) if [Reason::RegionDisabled, Reason::KeyUnknown].contains(&failure.reason) => {
            let failure = Failure {
                reason: Reason::RegionDisabled,
                ..failure
            };
            let about = About {
                region: Some(&region),
                ..About::default()
            };
            check.failed(Link::Region, State::Yellow, &failure, &about);
        }
        Err(failure) => check.failed(Link::Region, State::Yellow, &failure, &About::default()),
    }
}

async fn external_id(check: &mut Check, session: &Session, about: &About<'_>) {
    let found = "without one, any role that trusts the same account could be reached through it";
    let remedy = |check: &Check, reason| super::remedy::of(reason, &check.connection, about);
    if check.connection.external_id.is_none() {
        check.push(
            (Link::ExternalId, State::Yellow, Reason::NoExternalId),
            found,
            remedy(check, Reason::NoExternalId),
        );
        return;
    }
    match session.is_open().await {
        Ok(false) => check.green(Link::ExternalId, "required by the role, and accepted"),
        Ok(true) => {
            let reason = Reason::ExternalIdNotRequired;
            check.push(
                (Link::ExternalId, State::Yellow, reason),
                "accepted, but not asked for",
                remedy(check, reason),
            );
        }
        Err(failure) => {
            let found = format!("accepted; whether it is required could not be tried: {failure}");
            check.skipped(Link::ExternalId, Some(failure.reason), found);
        }
    }
}

async fn account(check: &mut Check, session: Session) -> Option<Session> {
    let expected = check.connection.account_id.to_string();
    match session.caller().await {
        Ok(caller) if caller.account_id == expected => {
            check.green(Link::Account, expected);
            Some(session)
        }
        Ok(caller) => {
            let remedy = format!(
                "set account_id = \"{}\" if that is the account you mean, or correct the role and the credentials",
                caller.account_id
            );
            let found = format!("{}, not {expected}", caller.account_id);
            check.push(
                (Link::Account, State::Red, Reason::WrongAccount),
                found,
                remedy,
            );
            None
        }
        Err(failure) => {
            check.failed(Link::Account, State::Red, &failure, &About::default());
            None
        }
    }
}
