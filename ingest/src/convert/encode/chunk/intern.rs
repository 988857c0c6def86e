//! Values of fixed size to dictionary numbers, in order of first use.

use super::{
    fixed::Fixed,
    statistics::{Page, Value},
};
use crate::convert::texts::number_of;

/// The dictionary numbers of a chunk's values.
#[derive(Debug, Default)]
pub(super) struct Codes {
    /// By value; rows without a value have none.
    pub(super) codes: Vec<u32>,
    /// Distinct values up to the end of each page.
    pub(super) known: Vec<u32>,
}

/// Slots of an interner that is empty.
const SLOTS: usize = 1024;

/// Numbers values of fixed size, by a hash table with open addressing.
#[derive(Debug)]
pub(super) struct Interner<V> {
    /// Numbers from 1 of values; 0 is free. A power of two of them, at most half of them taken.
    slots: Vec<u32>,
    /// In the order of their numbers.
    values: Vec<V>,
    dictionary: Vec<u8>,
}

impl<V> Default for Interner<V> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            values: Vec::new(),
            dictionary: Vec::new(),
        }
    }
}

impl<V: Fixed + Value> Interner<V> {
    /// Numbers the values of a chunk, and completes what is known of its pages. Gives up, and returns false, when there are
    /// more than `limit` values.
    pub(super) fn run(
        &mut self,
        values: &[V],
        pages: &mut [Page<V>],
        limit: usize,
        codes: &mut Codes,
    ) -> bool {
        self.values.clear();
        self.slots.clear();
        self.slots.resize(SLOTS, 0);
        codes.codes.clear();
        codes.codes.reserve(values.len());
        codes.known.clear();
        let mut rest = values;
        for page in pages {
            let rows;
            (rows, rest) = rest.split_at(page.rows);
            let mut range = None;
            let mut last = (V::NULL, 0);
            for &value in rows {
                if value == V::NULL {
                    continue;
                }
                if value != last.0 {
                    last = (value, self.code(value));
                    let (low, high) = range.get_or_insert((value, value));
                    if value < *low {
                        *low = value;
                    } else if value > *high {
                        *high = value;
                    }
                }
                codes.codes.push(last.1);
            }
            page.range = range;
            if self.values.len() > limit {
                return false;
            }
            codes.known.push(number_of(self.values.len()));
        }
        true
    }

    /// The values, as a dictionary page holds them, and how many they are.
    pub(super) fn dictionary(&mut self) -> (&[u8], usize) {
        self.dictionary.clear();
        for value in &self.values {
            value.plain(&mut self.dictionary);
        }
        (&self.dictionary, self.values.len())
    }

    #[inline]
    fn code(&mut self, value: V) -> u32 {
        let mut at = slot(value, self.slots.len());
        loop {
            match self.slots[at] {
                0 => break,
                number if self.values[number as usize - 1] == value => return number - 1,
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
        self.values.push(value);
        self.slots[at] = number_of(self.values.len());
        if self.values.len() > self.slots.len() / 2 {
            self.grow();
        }
        number_of(self.values.len() - 1)
    }

    #[cold]
    fn grow(&mut self) {
        let slots = self.slots.len() * 2;
        self.slots.clear();
        self.slots.resize(slots, 0);
        for (value, number) in self.values.iter().zip(1..) {
            let mut at = slot(*value, slots);
            while self.slots[at] != 0 {
                at = (at + 1) & (slots - 1);
            }
            self.slots[at] = number;
        }
    }
}

/// Where to look for a value first: the upper bits of its hash, which depend on all bits of the value.
#[inline]
fn slot<V: Fixed>(value: V, slots: usize) -> usize {
    let bits = slots.trailing_zeros();
    usize::try_from(value.hash() >> (u64::BITS - bits)).expect("less than slots")
}
