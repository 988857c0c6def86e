//! Requests to stop the statement of another connection.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use subtle::ConstantTimeEq;

use crate::Client;

/// Bytes of a secret.
const SECRET: usize = 4;

/// Which statement runs for which connection.
#[derive(Debug, Default)]
pub(super) struct Cancels {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    last: i32,
    connections: HashMap<i32, Connection>,
}

struct Connection {
    secret: [u8; SECRET],
    client: Weak<Client>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connection(…)")
    }
}

/// A connection that can be told to stop, until this is dropped.
#[derive(Debug)]
pub(super) struct Cancellable {
    cancels: Arc<Cancels>,
    pub(super) pid: i32,
    pub(super) secret: [u8; SECRET],
}

impl Cancels {
    /// Gives a connection a number and a secret.
    pub(super) fn register(self: &Arc<Self>) -> Cancellable {
        let secret = rand::random();
        let mut known = self.known();
        loop {
            known.last = known.last.checked_add(1).unwrap_or(1);
            if !known.connections.contains_key(&known.last) {
                break;
            }
        }
        let pid = known.last;
        let client = Weak::new();
        known.connections.insert(pid, Connection { secret, client });
        Cancellable {
            cancels: Arc::clone(self),
            pid,
            secret,
        }
    }

    /// Stops what runs for the connection of this number, if the secret is its own.
    pub(super) fn cancel(&self, pid: i32, secret: &[u8]) {
        let client = {
            let known = self.known();
            let connection = known.connections.get(&pid);
            let connection = connection.filter(|known| known.secret.ct_eq(secret).into());
            connection.and_then(|connection| connection.client.upgrade())
        };
        if let Some(client) = client {
            client.cancel();
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cancellable {
    /// Whose statements are stopped.
    pub(super) fn is_of(&self, client: &Arc<Client>) {
        if let Some(connection) = self.cancels.known().connections.get_mut(&self.pid) {
            connection.client = Arc::downgrade(client);
        }
    }
}

impl Drop for Cancellable {
    fn drop(&mut self) {
        self.cancels.known().connections.remove(&self.pid);
    }
}
