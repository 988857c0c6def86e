//! What changes while the server runs.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::{
    Failure, Request, Service, World, arn,
    caller::{Caller, Stranger},
    policy::{Context, Policy},
    secret::Secret,
};

/// A session of a role.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) role: String,
    pub(crate) name: String,
    pub(crate) secret: Secret,
    pub(crate) token: Secret,
    pub(crate) expires: DateTime<Utc>,
    pub(crate) policy: Option<Policy>,
    pub(crate) revoked: bool,
}

/// Everything behind the socket.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) world: World,
    /// By access key id.
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) requests: Vec<Request>,
    /// How services fail, and how often still; None is always.
    pub(crate) failures: BTreeMap<Service, (Failure, Option<usize>)>,
    /// Seconds that sessions last, whatever was asked for.
    pub(crate) lifetime: Option<u64>,
    /// How far the server's clock is ahead.
    pub(crate) ahead: TimeDelta,
}

/// The state, shared by the connections.
#[derive(Clone, Debug)]
pub(crate) struct Shared(Arc<Mutex<State>>);

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(State {
            world,
            ..State::default()
        })))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.ahead
    }

    pub(crate) fn today(&self) -> NaiveDate {
        self.world.today.unwrap_or_else(|| self.now().date_naive())
    }

    /// The failure that this request to `service` meets.
    pub(crate) fn failure(&mut self, service: Service) -> Option<Failure> {
        let (failure, left) = self.failures.get_mut(&service)?;
        let failure = *failure;
        if let Some(left) = left {
            *left -= 1;
            if *left == 0 {
                self.failures.remove(&service);
            }
        }
        Some(failure)
    }

    /// The secret of an access key.
    pub(crate) fn secret(&self, key: &str) -> Option<&str> {
        let user = self.world.users.get(key).map(|user| &user.secret);
        let session = || self.sessions.get(key).map(|session| &session.secret);
        user.or_else(session).map(|secret| secret.0.as_str())
    }

    /// Who has this access key and session token.
    pub(crate) fn caller(&self, key: &str, token: Option<&str>) -> Result<Caller, Stranger> {
        if let Some(user) = self.world.users.get(key) {
            return match token {
                Some(_) => Err(Stranger::Token),
                None => Ok(Caller::user(&user.account, &user.name, &user.policy)),
            };
        }
        let session = self.sessions.get(key).ok_or(Stranger::Key)?;
        // Without its token, a session's key is as good as none.
        let token = token.ok_or(Stranger::Key)?;
        if token != session.token.0 {
            return Err(Stranger::Token);
        }
        if session.expires <= self.now() {
            return Err(Stranger::Expired);
        }
        let (account, role) = arn::role(&session.role).ok_or(Stranger::Key)?;
        let found = self.world.roles.get(&session.role).ok_or(Stranger::Key)?;
        Ok(Caller {
            account: account.to_owned(),
            arn: format!(
                "arn:aws:sts::{account}:assumed-role/{role}/{}",
                session.name
            ),
            id: format!("AROA{}:{}", role.to_uppercase(), session.name),
            session: Some((session.role.clone(), session.name.clone())),
            identity: found.policy.clone(),
            within: session.policy.clone(),
            revoked: session.revoked,
        })
    }

    /// What policies may know about every request.
    pub(crate) fn context(&self, caller: Option<&Caller>, region: &str) -> Context {
        let encrypted = if self.world.plain_http {
            "false"
        } else {
            "true"
        };
        let context = Context::default()
            .with("aws:RequestedRegion", region)
            .with("aws:SecureTransport", encrypted);
        let Some(caller) = caller else {
            return context;
        };
        let organisation = self.world.organisation_of(&caller.account);
        let id = organisation.map(crate::world::Organisation::id);
        context
            .with("aws:PrincipalAccount", &caller.account)
            .with("aws:PrincipalArn", caller.principal())
            .with_some("aws:PrincipalOrgID", id.as_deref())
    }
}
