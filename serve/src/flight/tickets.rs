//! What was planned and waits to be fetched.
//!
//! A client asks for a statement first and fetches its rows with the ticket that it is given. The plan is kept in between, and so is the
//! version of the store that it reads. So a ticket is good for one fetch, by the user who was given it, for some minutes, and nobody may
//! hoard them.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use rand::random;

/// For how long a ticket can be fetched.
pub(super) const LIFETIME: Duration = Duration::from_mins(5);
/// How many tickets of a user may wait.
const PER_USER: usize = 256;
/// How many tickets may wait in all.
const IN_ALL: usize = 4096;

/// What tells a ticket from all others, and cannot be guessed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TicketId([u8; 16]);

impl TicketId {
    pub(super) fn new() -> Self {
        Self(random())
    }

    /// The one that a client sent, if it is one.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

impl fmt::Debug for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketId(…)")
    }
}

/// Why there is no ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TooMany {
    /// The user has too many.
    #[error(
        "{PER_USER} results of yours wait to be fetched: fetch or cancel some, or wait until they expire"
    )]
    OfUser,
    /// All users together have too many.
    #[error("{IN_ALL} results wait to be fetched: try again later")]
    InAll,
}

struct Waiting<T> {
    user: String,
    until: Instant,
    planned: T,
}

/// The tickets that were given out.
pub(super) struct Tickets<T> {
    waiting: Mutex<HashMap<TicketId, Waiting<T>>>,
}

impl<T> Tickets<T> {
    pub(super) fn new() -> Self {
        Self {
            waiting: Mutex::default(),
        }
    }

    /// Keeps what was planned for `user` until it is fetched.
    pub(super) fn keep(&self, user: &str, planned: T, now: Instant) -> Result<TicketId, TooMany> {
        let mut waiting = self.lock();
        waiting.retain(|_, kept| kept.until > now);
        if waiting.len() >= IN_ALL {
            return Err(TooMany::InAll);
        }
        if waiting.values().filter(|kept| kept.user == user).count() >= PER_USER {
            return Err(TooMany::OfUser);
        }
        let id = TicketId::new();
        let user = user.to_owned();
        waiting.insert(
            id,
            Waiting {
                user,
                until: now + LIFETIME,
                planned,
            },
        );
        Ok(id)
    }

    /// What was planned for this ticket, if it is one of this user that was not fetched before and has not expired. Whose it is is not
    /// told to others.
    pub(super) fn take(&self, id: TicketId, user: &str, now: Instant) -> Option<T> {
        let mut waiting = self.lock();
        let kept = waiting.get(&id)?;
        if kept.user != user {
            return None;
        }
        let kept = waiting.remove(&id)?;
        (kept.until > now).then_some(kept.planned)
    }

    /// Forgets those that have expired, which would hold on to old versions of the store otherwise.
    pub(super) fn sweep(&self, now: Instant) {
        self.lock().retain(|_, kept| kept.until > now);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TicketId, Waiting<T>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_for_one_fetch_by_its_user_until_it_expires() {
        let tickets = Tickets::new();
        let now = Instant::now();
        let first = tickets.keep("ana", "first", now).unwrap();
        let second = tickets.keep("ana", "second", now).unwrap();

        assert_eq!(tickets.take(first, "bo", now), None, "not his");
        assert_eq!(tickets.take(first, "ana", now), Some("first"));
        assert_eq!(tickets.take(first, "ana", now), None, "fetched before");
        assert_eq!(tickets.take(second, "ana", now + LIFETIME), None, "expired");
    }

    #[test]
    fn a_user_cannot_hoard_tickets() {
        let tickets = Tickets::new();
        let now = Instant::now();
        for _ in 0..PER_USER {
            tickets.keep("ana", (), now).unwrap();
        }
        assert_eq!(tickets.keep("ana", (), now), Err(TooMany::OfUser));
        assert!(tickets.keep("bo", (), now).is_ok());
        assert!(
            tickets.keep("ana", (), now + LIFETIME).is_ok(),
            "the others expired"
        );
    }

    #[test]
    fn expired_plans_are_let_go_without_anybody_asking() {
        let tickets = Tickets::new();
        let now = Instant::now();
        let plan = std::sync::Arc::new(());
        tickets
            .keep("ana", std::sync::Arc::clone(&plan), now)
            .unwrap();
        tickets.sweep(now + LIFETIME);
        assert_eq!(std::sync::Arc::strong_count(&plan), 1);
    }

    #[test]
    fn what_is_no_ticket_is_none() {
        assert_eq!(TicketId::read(b"short"), None);
        assert_eq!(TicketId::read(&[0; 17]), None);
    }
}
