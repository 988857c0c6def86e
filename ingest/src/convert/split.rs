//! CSV text to records and fields, as RFC 4180 says and the `csv` crate reads it.
//!
//! A field that begins with a quote ends at the closing one; quotes elsewhere are text. Records end with `\n`, `\r\n` or
//! `\r`; empty lines are no records.

use memchr::memchr;

use super::scan::Separators;

/// Set in [`Span::end`] if the field cannot be taken as it stands.
const RAW: u32 = 1 << 31;

/// A field: either its text, or (raw) everything from its opening quote to the separator behind it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

/// What is wrong with CSV text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// The text ends within quotes.
    OpenQuote,
}

/// A record that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Fields in it.
    pub(super) fields: usize,
    /// The line on which it begins, counted as [`Records::new`] was told.
    pub(super) line: u64,
}

impl Span {
    fn plain(start: usize, end: usize) -> Self {
        Self {
            start: offset(start),
            end: offset(end),
        }
    }

    fn raw(start: usize, end: usize) -> Self {
        Self {
            start: offset(start),
            end: offset(end) | RAW,
        }
    }

    /// Is the field empty, or surely not?
    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The field's text; `scratch` holds it if it had to be put together.
    #[inline]
    pub(super) fn text<'a>(self, data: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
        if self.end & RAW == 0 {
            return &data[self.start as usize..self.end as usize];
        }
        unquote(
            &data[self.start as usize..(self.end & !RAW) as usize],
            scratch,
        );
        scratch
    }
}

#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "blocks are far smaller than 2 GiB"
)]
fn offset(at: usize) -> u32 {
    at as u32 & !RAW
}

/// Finds one record after another in a block of text.
pub(super) struct Records<'a> {
    data: &'a [u8],
    separators: Separators<'a>,
    at: usize,
    /// The line that `at` is on.
    line: u64,
    /// Is the end of `data` the end of the text?
    last: bool,
}

impl<'a> Records<'a> {
    /// The records of `data` from `at` on, which is on line `line`; `last` if no text follows `data`.
    pub(super) fn new(data: &'a [u8], at: usize, line: u64, last: bool) -> Self {
        Self {
            data,
            separators: Separators::new(data, at),
            at,
            line,
            last,
        }
    }

    /// Where the next record begins, or what is left of the block.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The line that the position is on.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The next complete record, its fields appended to `spans`. At the end of the block `None`, nothing appended.
    #[inline]
    pub(super) fn next(&mut self, spans: &mut Vec<Span>) -> Result<Option<Record>, Malformed> {
        let data = self.data;
        let before = spans.len();
        let mut at = self.at;
        while let Some(&byte @ (b'\n' | b'\r')) = data.get(at) {
            // `\r\n` is one line end, and ended the record before.
            let second_half = byte == b'\n'
                && at
                    .checked_sub(1)
                    .is_some_and(|before| data[before] == b'\r');
            self.line += u64::from(!second_half);
            at += 1;
        }
        self.separators.skip_to(at);
        self.at = at;
        if at >= data.len() {
            return Ok(None);
        }
        let mut inner_lines = 0;
        loop {
            let (span, end) = if data.get(at) == Some(&b'"') {
                match self.quoted(at, &mut inner_lines) {
                    Some(found) => found,
                    None if self.last => return Err(Malformed::OpenQuote),
                    None => {
                        self.give_up(spans, before);
                        return Ok(None);
                    }
                }
            } else {
                let end = self.separators.next();
                (Span::plain(at, end.unwrap_or(data.len())), end)
            };
            let Some(end) = end else {
                // The last record need not end with a line end.
                if !self.last {
                    self.give_up(spans, before);
                    return Ok(None);
                }
                spans.push(span);
                self.at = data.len();
                break;
            };
            spans.push(span);
            at = end + 1;
            if data[end] != b',' {
                self.at = at;
                break;
            }
        }
        let line = self.line;
        self.line += 1 + inner_lines;
        Ok(Some(Record {
            fields: spans.len() - before,
            line,
        }))
    }

    /// Goes back to the start of a record that is not complete in this block, so that asking again finds the same.
    #[cold]
    fn give_up(&mut self, spans: &mut Vec<Span>, before: usize) {
        spans.truncate(before);
        self.separators = Separators::new(self.data, self.at);
    }

    /// The field that begins with the quote at `open`, and the separator behind it; nothing if it does not end here.
    #[inline]
    fn quoted(&mut self, open: usize, inner_lines: &mut u64) -> Option<(Span, Option<usize>)> {
        let data = self.data;
        let mut at = open + 1;
        let mut doubled = false;
        let close = loop {
            let quote = at + memchr(b'"', &data[at..])?;
            match data.get(quote + 1) {
                Some(b'"') => {
                    doubled = true;
                    at = quote + 2;
                }
                // What follows decides whether this quote closes the field.
                None if !self.last => return None,
                _ => break quote,
            }
        };
        *inner_lines += memchr::memchr_iter(b'\n', &data[open..close]).count() as u64;
        self.separators.skip_to(close + 1);
        let end = self.separators.next();
        let stop = end.unwrap_or(data.len());
        let plain = !doubled && stop == close + 1;
        Some((
            if plain {
                Span::plain(open + 1, close)
            } else {
                Span::raw(open, stop)
            },
            end,
        ))
    }
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
