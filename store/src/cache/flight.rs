//! Who fetches what: a block that several want at the same time is fetched once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use super::block::Block;

/// An object and the number of a block in it.
type Key = (Arc<str>, u64);

/// What a block is, once it is there, for those who wait for it.
type Seat = Turn<Option<Block>>;

/// The blocks that are being looked for.
#[derive(Debug, Default)]
pub(super) struct Flights {
    seats: Mutex<HashMap<Key, Weak<Seat>>>,
}

impl Flights {
    /// The turn to look for a block: whoever has it is alone with it, and finds in it what the one before has found. Those who want
    /// several blocks of an object take their turns in the order of their numbers, so that nobody waits for each other.
    pub(super) async fn turn(
        &self,
        object: &Arc<str>,
        number: u64,
    ) -> OwnedMutexGuard<Option<Block>> {
        let seat = self.seat(object, number);
        seat.lock_owned().await
    }

    fn seat(&self, object: &Arc<str>, number: u64) -> Arc<Seat> {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (Arc::clone(object), number);
        if let Some(seat) = seats.get(&key).and_then(Weak::upgrade) {
            return seat;
        }
        // Seats that nobody sits on are cleared away when there are as many as there would be room for.
        if seats.len() == seats.capacity() {
            seats.retain(|_, seat| seat.strong_count() > 0);
        }
        let seat = Arc::new(Seat::new(None));
        seats.insert(key, Arc::downgrade(&seat));
        seat
    }
}
