//! gzip files (RFC 1952) to their text.

mod bits;
mod deflate;
mod fast;
mod tables;
mod wide;

#[cfg(test)]
mod tests;

use std::io::{self, Read};

use crc32fast::Hasher;

use self::{bits::Bits, deflate::Inflate};

/// The farthest that a match can reach back, in bytes (RFC 1951, 3.2.5).
pub(super) const WINDOW: usize = 32 * 1024;

/// The most bytes of a name or comment in a header; zlib and flate2 draw a line here, too.
const LONGEST_FIELD: usize = 65_535;

/// Decompresses the members of a gzip file, one after another.
#[derive(Debug)]
pub(super) struct Gunzip<R> {
    input: Bits<R>,
    inflate: Inflate,
    stage: Stage,
    checksum: Hasher,
    /// Bytes of text of this member so far.
    length: u64,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Before a member or after the last.
    Outside,
    Inside,
    /// After an error: what follows cannot be trusted.
    Failed,
}

impl<R: Read> Gunzip<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input: Bits::new(input),
            inflate: Inflate::new(),
            stage: Stage::Outside,
            checksum: Hasher::new(),
            length: 0,
        }
    }

    /// Decompresses into `buffer[start..]` and says where the text ends: before the end of `buffer` only at the end
    /// of the last member. `buffer[..start]` must end with what was decompressed before, all of it or its last
    /// `WINDOW` bytes at least.
    ///
    /// After an error the input cannot be read any further.
    ///
    /// # Panics
    /// If `start` lies beyond the buffer, or leaves no room for what was decompressed before.
    pub(super) fn read_into(&mut self, buffer: &mut [u8], start: usize) -> io::Result<usize> {
        let result = self.read_members(buffer, start);
        if result.is_err() {
            self.stage = Stage::Failed;
        }
        result
    }

    fn read_members(&mut self, buffer: &mut [u8], start: usize) -> io::Result<usize> {
        assert!(start <= buffer.len(), "the text begins beyond its buffer");
        let mut at = start;
        loop {
            match self.stage {
                Stage::Failed => return Err(io::Error::other("the decompression failed before")),
                Stage::Outside => {
                    if self.input.is_empty()? {
                        return Ok(at);
                    }
                    read_header(&mut self.input)?;
                    self.inflate.restart();
                    self.checksum.reset();
                    self.length = 0;
                    self.stage = Stage::Inside;
                }
                Stage::Inside => {
                    let before = usize::try_from(self.length).unwrap_or(usize::MAX);
                    assert!(
                        at >= before.min(WINDOW),
                        "too little is left of the text before"
                    );
                    let beginning = at.saturating_sub(before);
                    let end = self.inflate.run(&mut self.input, buffer, at, beginning)?;
                    self.checksum.update(&buffer[at..end]);
                    self.length += (end - at) as u64;
                    at = end;
                    if !self.inflate.is_finished() {
                        return Ok(at);
                    }
                    self.read_trailer()?;
                    self.stage = Stage::Outside;
                }
            }
        }
    }

    fn read_trailer(&mut self) -> io::Result<()> {
        self.input.align();
        if self.input.take(32)? != self.checksum.clone().finalize() {
            return Err(invalid("the checksum of the decompressed data is wrong"));
        }
        // The length is given modulo 2^32.
        if u64::from(self.input.take(32)?) != self.length & 0xffff_ffff {
            return Err(invalid("the length of the decompressed data is wrong"));
        }
        Ok(())
    }
}

/// Reads the header of a member (RFC 1952, 2.3), of which nothing is of interest.
fn read_header<R: Read>(input: &mut Bits<R>) -> io::Result<()> {
    let mut header = Header {
        input,
        checksum: Hasher::new(),
    };
    if [header.byte()?, header.byte()?] != [0x1f, 0x8b] {
        return Err(invalid("this is not gzip"));
    }
    if header.byte()? != 8 {
        return Err(invalid("the compression method is not DEFLATE"));
    }
    let flags = header.byte()?;
    if flags & 0b1110_0000 != 0 {
        return Err(invalid("the gzip header has unknown flags"));
    }
    // The time, extra flags and the operating system.
    for _ in 0..6 {
        header.byte()?;
    }
    if flags & 1 << 2 != 0 {
        let length = u16::from_le_bytes([header.byte()?, header.byte()?]);
        for _ in 0..length {
            header.byte()?;
        }
    }
    // The name and the comment.
    for flag in [1 << 3, 1 << 4] {
        if flags & flag != 0 {
            header.skip_field()?;
        }
    }
    if flags & 1 << 1 != 0 {
        let expected = header.checksum.clone().finalize() & 0xffff;
        if header.input.take(16)? != expected {
            return Err(invalid("the checksum of the gzip header is wrong"));
        }
    }
    Ok(())
}

struct Header<'a, R> {
    input: &'a mut Bits<R>,
    checksum: Hasher,
}

impl<R: Read> Header<'_, R> {
    fn byte(&mut self) -> io::Result<u8> {
        let [byte, ..] = self.input.take(8)?.to_le_bytes();
        self.checksum.update(&[byte]);
        Ok(byte)
    }

    /// Passes over a field that ends with a zero.
    fn skip_field(&mut self) -> io::Result<()> {
        for _ in 0..=LONGEST_FIELD {
            if self.byte()? == 0 {
                return Ok(());
            }
        }
        Err(invalid("a field of the gzip header is too long"))
    }
}

fn invalid(message: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
