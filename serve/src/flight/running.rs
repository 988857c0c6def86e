//! What is being fetched, so that it can be cancelled.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use super::tickets::TicketId;

/// The statements that are being fetched, by their tickets.
#[derive(Clone, Default)]
pub(super) struct Running {
    known: Arc<Mutex<HashMap<TicketId, Fetch>>>,
}

struct Fetch {
    user: String,
    stop: Arc<Notify>,
}

/// A statement that is being fetched, until this is dropped.
pub(super) struct Fetching {
    running: Running,
    id: TicketId,
    stop: Arc<Notify>,
}

impl Running {
    /// `user` fetches what the ticket stands for.
    pub(super) fn begin(&self, id: TicketId, user: &str) -> Fetching {
        let stop = Arc::new(Notify::new());
        let fetch = Fetch {
            user: user.to_owned(),
            stop: Arc::clone(&stop),
        };
        self.lock().insert(id, fetch);
        Fetching {
            running: self.clone(),
            id,
            stop,
        }
    }

    /// Has a statement stopped, if `user` fetches it. Says whether that is so.
    pub(super) fn cancel(&self, id: TicketId, user: &str) -> bool {
        let known = self.lock();
        let fetch = known.get(&id).filter(|fetch| fetch.user == user);
        if let Some(fetch) = fetch {
            fetch.stop.notify_one();
        }
        fetch.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TicketId, Fetch>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fetching {
    /// Returns once it has to stop.
    pub(super) async fn stopped(&self) {
        self.stop.notified().await;
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        self.running.lock().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn only_the_user_who_fetches_can_cancel_and_only_meanwhile() {
        let running = Running::default();
        let id = TicketId::new();
        let fetching = running.begin(id, "ana");
        assert!(!running.cancel(id, "bo"));
        assert_eq!(fetching.stopped().now_or_never(), None);
        assert!(running.cancel(id, "ana"));
        fetching.stopped().await;
        drop(fetching);
        assert!(!running.cancel(id, "ana"));
    }
}
