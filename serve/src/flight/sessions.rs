//! Tokens that a password was exchanged for.
//!
//! A handshake is asked for once; every later request brings the token. Only hashes of tokens are kept. A token that is not used ends,
//! and so do all when the server stops.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::random;
use sha2::{Digest, Sha256};

/// After which a token that was not used ends.
pub(super) const IDLE: Duration = Duration::from_hours(12);
/// How many tokens a user may have; one more ends the one that was not used for longest.
const PER_USER: usize = 256;

/// The tokens that were given out, each with who it stands for.
pub(super) struct Sessions<C> {
    known: Mutex<HashMap<[u8; 32], Session<C>>>,
}

struct Session<C> {
    user: String,
    client: C,
    used: Instant,
}

impl<C: Clone> Sessions<C> {
    pub(super) fn new() -> Self {
        Self {
            known: Mutex::default(),
        }
    }

    /// A new token for `client`, who is `user`.
    pub(super) fn open(&self, user: &str, client: C, now: Instant) -> String {
        let secret: [u8; 32] = random();
        let token = URL_SAFE_NO_PAD.encode(secret);
        let mut known = self.lock();
        known.retain(|_, session| now < session.used + IDLE);
        let of_user = known.iter().filter(|(_, session)| session.user == user);
        let of_user: Vec<_> = of_user
            .map(|(hash, session)| (session.used, *hash))
            .collect();
        if of_user.len() >= PER_USER
            && let Some((_, oldest)) = of_user.iter().min()
        {
            known.remove(oldest);
        }
        known.insert(
            hash(&token),
            Session {
                user: user.to_owned(),
                client,
                used: now,
            },
        );
        token
    }

    /// Who a token stands for. Tokens are found by their hashes, so how long it takes tells nothing about them.
    pub(super) fn find(&self, token: &str, now: Instant) -> Option<C> {
        let mut known = self.lock();
        let key = hash(token);
        let session = known.get_mut(&key)?;
        if now >= session.used + IDLE {
            known.remove(&key);
            return None;
        }
        session.used = now;
        Some(session.client.clone())
    }

    /// Ends a token. Says whether there was one.
    pub(super) fn close(&self, token: &str) -> bool {
        self.lock().remove(&hash(token)).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Session<C>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_for_its_user_while_it_is_used() {
        let sessions = Sessions::new();
        let start = Instant::now();
        let token = sessions.open("ana", "ana's client", start);
        let nearly = IDLE.checked_sub(Duration::from_secs(1)).unwrap();
        let later = start + nearly;
        assert_eq!(sessions.find(&token, later), Some("ana's client"));
        assert_eq!(sessions.find(&token, later + nearly), Some("ana's client"));
        assert_eq!(
            sessions.find(&token, later + IDLE + IDLE),
            None,
            "unused for too long"
        );
        assert_eq!(sessions.find("guessed", start), None);
    }

    #[test]
    fn a_closed_token_ends() {
        let sessions = Sessions::new();
        let now = Instant::now();
        let token = sessions.open("ana", (), now);
        assert!(sessions.close(&token));
        assert_eq!(sessions.find(&token, now), None);
        assert!(!sessions.close(&token));
    }

    #[test]
    fn the_one_that_was_not_used_for_longest_makes_room() {
        let sessions = Sessions::new();
        let start = Instant::now();
        let first = sessions.open("ana", (), start);
        let bo = sessions.open("bo", (), start);
        for second in 1..=PER_USER as u64 {
            sessions.open("ana", (), start + Duration::from_secs(second));
        }
        assert_eq!(sessions.find(&first, start), None);
        assert!(sessions.find(&bo, start).is_some());
    }
}
