//! Compressed bytes as they arrive, taken bit by bit.

use std::io::{self, Read};

/// Compressed bytes held at once, and asked for at most.
const CAPACITY: usize = 256 * 1024;

/// Bytes kept before the next one, because the bit buffer may have taken them too early.
const HISTORY: usize = 8;

/// The bits of a reader, the lowest bit of each byte first (RFC 1951, 3.1.1).
#[derive(Debug)]
pub(super) struct Bits<R> {
    reader: R,
    buffer: Box<[u8]>,
    /// Where the bytes begin in `buffer` that the bit buffer has not counted yet.
    pub(super) next: usize,
    /// Where the bytes in `buffer` end.
    end: usize,
    /// Has the reader said that nothing follows?
    ended: bool,
    /// Upcoming bits, the next one lowest. Those beyond `count` are zero or what follows in `buffer`,
    /// so that or-ing them in again changes nothing.
    pub(super) upcoming: u64,
    /// How many of `upcoming` have been taken from `buffer`: 63 at most.
    pub(super) count: u32,
}

impl<R: Read> Bits<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: vec![0; CAPACITY].into_boxed_slice(),
            next: 0,
            end: 0,
            ended: false,
            upcoming: 0,
            count: 0,
        }
    }

    /// All bytes that have arrived; those from `next` on are still to be counted.
    pub(super) fn arrived(&self) -> &[u8] {
        &self.buffer[..self.end]
    }

    /// Are there `bytes` to be taken from `arrived`, after waiting for them? False only near the end.
    pub(super) fn wait_for(&mut self, bytes: usize) -> io::Result<bool> {
        while self.end - self.next < bytes {
            if self.ended {
                return Ok(false);
            }
            self.read_more()?;
        }
        Ok(true)
    }

    /// Is nothing left at all?
    pub(super) fn is_empty(&mut self) -> io::Result<bool> {
        Ok(self.count == 0 && !self.wait_for(1)?)
    }

    /// The next `count` bits, up to 32, without taking them.
    pub(super) fn peek(&mut self, count: u32) -> io::Result<u32> {
        if self.count < count {
            self.refill()?;
            if self.count < count {
                return Err(truncated());
            }
        }
        #[expect(clippy::cast_possible_truncation, reason = "masked to 32 bits at most")]
        Ok((self.upcoming & ((1 << count) - 1)) as u32)
    }

    /// The next `count` bits, up to 32.
    pub(super) fn take(&mut self, count: u32) -> io::Result<u32> {
        let taken = self.peek(count)?;
        self.skip(count);
        Ok(taken)
    }

    /// Passes over bits that have been looked at.
    pub(super) fn skip(&mut self, count: u32) {
        self.upcoming >>= count;
        self.count -= count;
    }

    /// Counts at least 56 bits, or all there are.
    pub(super) fn refill(&mut self) -> io::Result<()> {
        if let Some(word) = self
            .arrived()
            .get(self.next..)
            .and_then(<[u8]>::first_chunk)
        {
            self.upcoming |= u64::from_le_bytes(*word) << self.count;
            self.next += 7 - (self.count as usize >> 3);
            self.count |= 0b11_1000;
            return Ok(());
        }
        while self.count < 56 && self.wait_for(1)? {
            self.upcoming |= u64::from(self.buffer[self.next]) << self.count;
            self.next += 1;
            self.count += 8;
        }
        Ok(())
    }

    /// Passes over the rest of a byte of which some bits have been taken.
    pub(super) fn align(&mut self) {
        self.skip(self.count % 8);
    }

    /// Copies whole bytes, as many as have arrived and fit; none only at the end. To be called when aligned.
    pub(super) fn copy_to(&mut self, to: &mut [u8]) -> io::Result<usize> {
        // What was counted too early is given back, so that everything is in the buffer.
        self.next -= self.count as usize / 8;
        (self.upcoming, self.count) = (0, 0);
        self.wait_for(1)?;
        let count = to.len().min(self.end - self.next);
        to[..count].copy_from_slice(&self.buffer[self.next..self.next + count]);
        self.next += count;
        Ok(count)
    }

    /// Reads once, after moving what is left to the front.
    fn read_more(&mut self) -> io::Result<()> {
        let from = self.next.saturating_sub(HISTORY);
        self.buffer.copy_within(from..self.end, 0);
        self.next -= from;
        self.end -= from;
        let count = loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.end += count;
        self.ended = count == 0;
        Ok(())
    }
}

/// The input ended where it must not.
pub(super) fn truncated() -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "the compressed data ends too early",
    )
}
