//! How many statements run at once, and who comes next.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ServeError;

/// Statements that may wait for their turn; more would not get it before their clients give up.
const MOST_WAITING: usize = 10_000;

/// Lets statements in, in the order in which they came: at most so many of one user, and at most so many in all.
#[derive(Debug)]
pub(crate) struct Admission {
    all: Arc<Semaphore>,
    users: Mutex<HashMap<String, Arc<Semaphore>>>,
    waiting: AtomicUsize,
}

/// The right to run a statement, until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    _of_user: Option<OwnedSemaphorePermit>,
    _of_all: OwnedSemaphorePermit,
}

impl Admission {
    /// Lets `most` statements run at once.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS))),
            users: Mutex::default(),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Statements that wait for their turn.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Waits until a statement of `user` may run, who may run `most` at once. Whoever gives up waiting drops this.
    pub(crate) async fn admit(
        &self,
        user: &str,
        most: Option<usize>,
    ) -> Result<Permit, ServeError> {
        let waiting = Waiting::of(&self.waiting)?;
        let of_user = match most {
            // The user's own turn comes first: who waits for it takes nothing from others.
            Some(most) => Some(self.of_user(user, most).acquire_owned().await),
            None => None,
        };
        let of_user = of_user.transpose().map_err(|_| ServeError::Stopping)?;
        let of_all = Arc::clone(&self.all).acquire_owned().await;
        drop(waiting);
        Ok(Permit {
            _of_user: of_user,
            _of_all: of_all.map_err(|_| ServeError::Stopping)?,
        })
    }

    /// Lets nobody in any more.
    pub(crate) fn close(&self) {
        self.all.close();
    }

    fn of_user(&self, user: &str, most: usize) -> Arc<Semaphore> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        let known = users.get(user).map(Arc::clone);
        known.unwrap_or_else(|| {
            let most = most.clamp(1, Semaphore::MAX_PERMITS);
            let made = Arc::new(Semaphore::new(most));
            users.insert(user.to_owned(), Arc::clone(&made));
            made
        })
    }
}

/// Counts a waiting statement until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn of(count: &'a AtomicUsize) -> Result<Self, ServeError> {
        let before = count.fetch_add(1, Ordering::Relaxed);
        let this = Self(count);
        if before >= MOST_WAITING {
            return Err(ServeError::Busy(before));
        }
        Ok(this)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_user_does_not_take_the_place_of_another() {
        let admission = Admission::new(2);
        let first = admission.admit("ada", Some(1)).await.unwrap();
        let mut second = Box::pin(admission.admit("ada", Some(1)));
        assert!(second.as_mut().now_or_never().is_none());
        assert_eq!(admission.waiting(), 1);
        let other = admission.admit("bob", Some(1)).await.unwrap();
        drop(first);
        assert!(second.as_mut().now_or_never().is_some());
        drop(other);
        assert_eq!(admission.waiting(), 0);
    }

    #[tokio::test]
    async fn who_gives_up_no_longer_waits() {
        let admission = Admission::new(1);
        let first = admission.admit("ada", None).await.unwrap();
        let mut second = Box::pin(admission.admit("bob", None));
        assert!(second.as_mut().now_or_never().is_none());
        drop(second);
        assert_eq!(admission.waiting(), 0);
        drop(first);
        assert!(admission.admit("carl", None).await.is_ok());
        admission.close();
        let refused = admission.admit("carl", None).await;
        assert!(matches!(refused, Err(ServeError::Stopping)));
    }
}
