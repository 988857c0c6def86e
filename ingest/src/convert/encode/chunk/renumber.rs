//! Numbers of a run's texts to numbers of a chunk's texts, in order of first use.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use super::{
    intern::Codes,
    keys::Bounds,
    statistics::{Page, Value},
};
use crate::convert::texts::{NULL, Texts, number_of};

/// Texts have a number already: that in the run's dictionary, of which a chunk uses a part. So nothing is hashed.
#[derive(Debug, Default)]
pub(super) struct Renumbering {
    /// By number in the run's dictionary, the chunk that used it last (upper half) and its number there.
    marks: Vec<u64>,
    /// Chunks so far.
    chunk: u32,
    /// One bit for each number in the run's dictionary.
    seen: Vec<u64>,
    /// The texts of this chunk, by their numbers in the run's dictionary.
    used: Vec<u32>,
    /// The texts of this chunk as a dictionary page holds them.
    dictionary: Vec<u8>,
    /// The numbers of the chunk's texts, by text: needed where texts of the run are not distinct.
    codes: HashTable<u32>,
    bounds: Bounds,
}

impl Renumbering {
    /// How many texts a chunk has, or a number up to `limit` if they are not more than that.
    pub(super) fn count(&mut self, numbers: &[u32], texts: usize, limit: usize) -> usize {
        if texts <= limit {
            return texts;
        }
        self.seen.clear();
        self.seen.resize(texts / 64 + 1, 0);
        for &number in numbers {
            self.seen[number as usize / 64] |= 1 << (number % 64);
        }
        self.seen[0] &= !(1 << NULL);
        self.seen
            .iter()
            .map(|bits| bits.count_ones() as usize)
            .sum()
    }

    /// Numbers the texts of a chunk, and completes what is known of its pages.
    pub(super) fn run<'t>(
        &mut self,
        numbers: &[u32],
        texts: &'t Texts,
        pages: &mut [Page<&'t [u8]>],
        codes: &mut Codes,
    ) {
        self.start(texts.len());
        let distinct = texts.are_distinct();
        codes.known.clear();
        codes.codes.resize(numbers.len(), 0);
        let (mut end, mut rest) = (0, numbers);
        for page in &*pages {
            let rows;
            (rows, rest) = rest.split_at(page.rows);
            for &number in rows {
                let mut mark = self.marks[number as usize];
                if upper(mark) != self.chunk {
                    mark = self.add(number, texts, distinct);
                }
                codes.codes[end] = lower(mark);
                // NULL has a code like all others, which the next value overwrites: a branch would be mispredicted.
                end += usize::from(number != NULL);
            }
            codes.known.push(number_of(self.used.len()));
        }
        codes.codes.truncate(end);
        self.bounds.prepare(&self.dictionary);

        let mut rest = &codes.codes[..];
        for page in pages {
            let codes;
            (codes, rest) = rest.split_at(page.rows - page.nulls);
            let (range, bytes) = self.bounds.of_page(codes, &self.dictionary);
            let text = |code: u32| texts.bytes_of(self.used[code as usize]);
            page.range = range.map(|(low, high)| (text(low), text(high)));
            page.text_bytes = bytes;
        }
    }

    /// The texts, as a dictionary page holds them, and how many they are.
    pub(super) fn dictionary(&self) -> (&[u8], usize) {
        (&self.dictionary, self.used.len())
    }

    /// Forgets the last chunk.
    fn start(&mut self, texts: usize) {
        if self.chunk == u32::MAX {
            self.marks.clear();
            self.chunk = 0;
        }
        self.chunk += 1;
        if self.marks.len() <= texts {
            self.marks.resize(texts + 1, 0);
        }
        self.marks[NULL as usize] = mark(self.chunk, 0);
        self.used.clear();
        self.dictionary.clear();
        self.codes.clear();
    }

    /// Numbers a text that the chunk had not used so far.
    fn add(&mut self, number: u32, texts: &Texts, distinct: bool) -> u64 {
        let text = texts.bytes_of(number);
        let next = number_of(self.used.len());
        // Arrow's C++ reader fails on dictionaries that hold a text twice, if asked to keep them as dictionaries.
        let code = if distinct {
            next
        } else {
            let (used, hash) = (&self.used, |text: &[u8]| FxBuildHasher.hash_one(text));
            let known = |code: u32| texts.bytes_of(used[code as usize]);
            *self
                .codes
                .entry(
                    hash(text),
                    |&code| known(code) == text,
                    |&code| hash(known(code)),
                )
                .or_insert(next)
                .get()
        };
        let mark = mark(self.chunk, code);
        self.marks[number as usize] = mark;
        if code == next {
            self.used.push(number);
            text.plain(&mut self.dictionary);
        }
        mark
    }
}

#[inline]
fn mark(chunk: u32, code: u32) -> u64 {
    u64::from(chunk) << 32 | u64::from(code)
}

#[inline]
fn upper(mark: u64) -> u32 {
    u32::try_from(mark >> 32).expect("half of the bits")
}

#[inline]
fn lower(mark: u64) -> u32 {
    u32::try_from(mark & u64::from(u32::MAX)).expect("half of the bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_stand_once_in_the_dictionary() {
        let mut texts = Texts::default();
        for text in ["b", "a", "b", "a", "c"] {
            texts.append(text.as_bytes());
        }
        let mut renumbering = Renumbering::default();
        let mut codes = Codes::default();
        let mut pages = [Page::new(7, 1)];
        renumbering.run(&[3, 0, 1, 2, 4, 3, 5], &texts, &mut pages, &mut codes);
        assert_eq!(codes.codes, [0, 0, 1, 1, 0, 2]);
        assert_eq!(renumbering.dictionary().1, 3);
        assert_eq!(pages[0].range, Some((&b"a"[..], &b"c"[..])));
    }
}
