//! Records and their fields, found by the masks of their separators.

use memchr::memchr;

use super::{
    masks::{Mask, WIDTH},
    plan::Item,
};

/// Where some fields of a record lie, from the first byte of the first to behind the last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

/// A record with another number of fields than its header has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FieldCount(pub(super) usize);

impl Span {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "blocks are far smaller than 4 GiB"
    )]
    fn new(start: usize, end: usize) -> Self {
        Self {
            start: start as u32,
            end: end as u32,
        }
    }

    /// Is the field empty, or surely not?
    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The fields as they stand.
    #[inline]
    pub(super) fn raw(self, data: &[u8]) -> &[u8] {
        &data[self.start as usize..self.end as usize]
    }

    /// The text of a field; `scratch` holds it if it had to be put together.
    #[inline]
    pub(super) fn text<'a>(self, data: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
        let raw = self.raw(data);
        if raw.first() == Some(&b'"') {
            unquote(raw, scratch);
            scratch
        } else {
            raw
        }
    }
}

/// Finds one record after another in a block of whole records.
#[derive(Clone, Debug)]
pub(super) struct Records<'a> {
    masks: &'a [Mask],
    /// The mask that the walk is in.
    word: usize,
    /// Separators in it that were not yet passed.
    ends: u64,
    /// Where the next record begins.
    at: usize,
}

impl<'a> Records<'a> {
    /// Those of a block's text with these separators, from `at` on.
    pub(super) fn new(masks: &'a [Mask], at: usize) -> Self {
        let word = at / WIDTH;
        let ends = masks.get(word).map_or(0, |mask| mask.ends);
        Self {
            masks,
            word,
            ends: ends & (u64::MAX << (at % WIDTH)),
            at,
        }
    }

    /// Where the next record begins.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Passes by empty lines, which are no records. False at the end of a text of `length` bytes.
    #[inline]
    pub(super) fn find(&mut self, length: usize) -> bool {
        while self.at < length {
            let mut ahead = self.clone();
            match ahead.next() {
                Some(end) if end == self.at && self.ends_line(end) => {
                    ahead.at = end + 1;
                    *self = ahead;
                }
                Some(_) => return true,
                None => return false,
            }
        }
        false
    }

    /// All fields of the record that begins here.
    pub(super) fn fields(&mut self) -> Vec<Span> {
        let mut fields = Vec::new();
        let mut start = self.at;
        while let Some(end) = self.next() {
            fields.push(Span::new(start, end));
            start = end + 1;
            if self.ends_line(end) {
                break;
            }
        }
        self.at = start;
        fields
    }

    /// Appends what each of `items` spans in the record that begins here.
    #[inline]
    pub(super) fn spans(
        &mut self,
        items: &[Item],
        spans: &mut Vec<Span>,
    ) -> Result<(), FieldCount> {
        let whole = self.clone();
        let mut start = self.at;
        let mut in_line = true;
        for item in items {
            let end = if item.fields == 1 {
                self.next()
            } else {
                self.nth(item.fields)
            };
            let Some(end) = end.filter(|_| in_line) else {
                return Err(whole.count());
            };
            spans.push(Span::new(start, end));
            in_line = !self.ends_line(end);
            start = end + 1;
        }
        if in_line {
            return Err(whole.count());
        }
        self.at = start;
        Ok(())
    }

    #[cold]
    fn count(self) -> FieldCount {
        FieldCount(self.width())
    }

    /// How many fields the record that begins here has.
    pub(super) fn width(mut self) -> usize {
        let mut width = 0;
        while let Some(end) = self.next() {
            width += 1;
            if self.ends_line(end) {
                break;
            }
        }
        width
    }

    /// The next separator.
    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.ends == 0 {
            self.word += 1;
            self.ends = self.masks.get(self.word)?.ends;
        }
        let at = self.word * WIDTH + self.ends.trailing_zeros() as usize;
        self.ends &= self.ends - 1;
        Some(at)
    }

    /// The `count`th separator from here, none before it ending the line.
    #[inline]
    fn nth(&mut self, count: usize) -> Option<usize> {
        let mut skip = count - 1;
        loop {
            let present = self.ends.count_ones() as usize;
            let lines = self.masks.get(self.word)?.lines;
            if present > skip {
                let mut rest = self.ends;
                for _ in 0..skip {
                    rest &= rest - 1;
                }
                if (self.ends ^ rest) & lines != 0 {
                    return None;
                }
                self.ends = rest;
                return self.next();
            }
            if self.ends & lines != 0 {
                return None;
            }
            skip -= present;
            self.word += 1;
            self.ends = self.masks.get(self.word)?.ends;
        }
    }

    #[inline]
    fn ends_line(&self, at: usize) -> bool {
        self.masks[at / WIDTH].lines >> (at % WIDTH) & 1 != 0
    }
}

/// The fields of a stretch of a record.
pub(super) fn fields_of(stretch: &[u8]) -> Vec<Span> {
    let mut fields = Vec::new();
    let mut start = 0;
    loop {
        let mut at = start;
        if stretch.get(at) == Some(&b'"') {
            at = behind_quotes(stretch, at);
        }
        let comma = memchr(b',', &stretch[at..]);
        let end = comma.map_or(stretch.len(), |found| at + found);
        fields.push(Span::new(start, end));
        if comma.is_none() {
            return fields;
        }
        start = end + 1;
    }
}

/// Where text goes on behind the quote that closes the one at `open`.
fn behind_quotes(text: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while let Some(found) = text.get(at..).and_then(|rest| memchr(b'"', rest)) {
        at += found + 1;
        if text.get(at) != Some(&b'"') {
            return at;
        }
        at += 1;
    }
    text.len()
}

/// The text of a field that begins with a quote: doubled quotes are one, and what follows the closing quote is text.
fn unquote(raw: &[u8], text: &mut Vec<u8>) {
    text.clear();
    let mut at = 1;
    while let Some(quote) = raw
        .get(at..)
        .and_then(|rest| memchr(b'"', rest))
        .map(|found| at + found)
    {
        text.extend_from_slice(&raw[at..quote]);
        if raw.get(quote + 1) != Some(&b'"') {
            at = quote + 1;
            break;
        }
        text.push(b'"');
        at = quote + 2;
    }
    text.extend_from_slice(raw.get(at..).unwrap_or_default());
}

#[cfg(test)]
mod tests;
