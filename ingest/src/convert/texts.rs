//! Dictionaries of text: each distinct text stands once and is known by a small number.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// The number of no text.
pub(super) const NULL: u32 = 0;

/// Distinct texts, numbered from 1 in order of appearance.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    /// Where each text ends in `bytes`.
    ends: Vec<u32>,
    numbers: HashTable<Slot>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    number: u32,
}

impl Slot {
    /// The hash as the table wants it: all bits in use.
    #[inline]
    fn spread(hash: u32) -> u64 {
        u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

impl Texts {
    /// Forgets all texts, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.numbers.clear();
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The number of `text`, if it is known.
    #[inline]
    pub(super) fn find(&self, text: &[u8]) -> Option<u32> {
        let hash = hash(text);
        let same = |slot: &Slot| slot.hash == hash && self.bytes_of(slot.number) == text;
        self.numbers
            .find(Slot::spread(hash), same)
            .map(|slot| slot.number)
    }

    /// The number of `text`, which becomes known. It has to be UTF-8 in one that becomes a column.
    #[inline]
    pub(super) fn add(&mut self, text: &[u8]) -> u32 {
        self.find(text).unwrap_or_else(|| {
            let number = self.append(text);
            let slot = Slot {
                hash: hash(text),
                number,
            };
            self.numbers
                .insert_unique(Slot::spread(slot.hash), slot, |slot| {
                    Slot::spread(slot.hash)
                });
            number
        })
    }

    /// A new number for `text`, without a look at whether it is known: for texts that hardly ever repeat.
    #[inline]
    pub(super) fn append(&mut self, text: &[u8]) -> u32 {
        self.bytes.extend_from_slice(text);
        self.ends.push(number_of(self.bytes.len()));
        number_of(self.ends.len())
    }

    /// The text of a number that was given out; `NULL` has none.
    #[inline]
    pub(super) fn bytes_of(&self, number: u32) -> &[u8] {
        let at = number as usize - 1;
        let start = if at == 0 {
            0
        } else {
            self.ends[at - 1] as usize
        };
        &self.bytes[start..self.ends[at] as usize]
    }

    /// Where the text of a number starts and ends in [`Self::bytes`].
    #[inline]
    pub(super) fn span(&self, number: u32) -> (u32, u32) {
        let at = number as usize - 1;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        (start, self.ends[at])
    }

    /// Has no text two numbers? Texts that were only appended may.
    pub(super) fn are_distinct(&self) -> bool {
        self.numbers.len() == self.ends.len()
    }

    /// The bytes of all texts, one after another.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// All texts, in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (1..=number_of(self.len())).map(|number| self.bytes_of(number))
    }

    /// Bytes in memory.
    pub(super) fn footprint(&self) -> usize {
        self.bytes.len()
            + self.ends.len() * 4
            + self.numbers.capacity() * (size_of::<Slot>() + 1) * 8 / 7
    }

    /// For each number (and `NULL`, which comes first), its place among the sorted texts.
    pub(super) fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (1..=number_of(self.len())).collect();
        order.sort_unstable_by(|&a, &b| self.bytes_of(a).cmp(self.bytes_of(b)));
        let mut ranks = vec![0; self.len() + 1];
        for (rank, number) in order.into_iter().enumerate() {
            ranks[number as usize] = number_of(rank) + 1;
        }
        ranks
    }
}

/// Guesses the next text: the same again, or what followed it the last time. Line items of one hour come in much the same
/// order as those of the hour before, and to compare is quicker than to look up.
#[derive(Debug, Default)]
pub(super) struct Guess {
    last: u32,
    /// For each number, the one that followed it.
    next: Vec<u32>,
}

impl Guess {
    /// The number of a text, if it is known.
    #[inline]
    pub(super) fn find(&mut self, text: &[u8], texts: &Texts) -> Option<u32> {
        if self.last != NULL && texts.bytes_of(self.last) == text {
            return Some(self.last);
        }
        let next = self.next.get(self.last as usize).copied().unwrap_or(NULL);
        if next != NULL && texts.bytes_of(next) == text {
            self.last = next;
            return Some(next);
        }
        let number = texts.find(text)?;
        self.follow(number);
        Some(number)
    }

    /// This number came.
    #[inline]
    pub(super) fn follow(&mut self, number: u32) {
        let last = self.last as usize;
        if last >= self.next.len() {
            self.next.resize(last + 1, NULL);
        }
        self.next[last] = number;
        self.last = number;
    }

    /// Is this the number that came last?
    #[inline]
    pub(super) fn is_last(&self, text: &[u8], texts: &Texts) -> Option<u32> {
        (self.last != NULL && texts.bytes_of(self.last) == text).then_some(self.last)
    }

    /// Bytes in memory.
    pub(super) fn footprint(&self) -> usize {
        self.next.len() * 4
    }
}

#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "both halves of the hash are mixed"
)]
fn hash(text: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(text);
    let hash = hasher.finish();
    (hash ^ (hash >> 32)) as u32
}

/// A count or place within a run.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "a run has far less than 2³² rows and bytes"
)]
pub(super) fn number_of(count: usize) -> u32 {
    count as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_a_number() {
        let mut texts = Texts::default();
        let numbers: Vec<u32> = (0..10_000)
            .map(|at| texts.add(format!("text {}", at % 2_500).as_bytes()))
            .collect();
        assert_eq!(texts.len(), 2_500);
        for (at, number) in numbers.into_iter().enumerate() {
            assert_eq!(
                texts.bytes_of(number),
                format!("text {}", at % 2_500).as_bytes()
            );
        }
        assert_eq!(texts.find(b"text 2499"), Some(2_500));
        assert_eq!(texts.find(b"text 2500"), None);
    }

    #[test]
    fn ranks_sort_as_the_texts_do_and_null_comes_first() {
        let mut texts = Texts::default();
        for text in ["b", "", "a", "ab", "é"] {
            texts.add(text.as_bytes());
        }
        assert_eq!(texts.ranks(), [0, 4, 1, 2, 3, 5]);
    }
}
