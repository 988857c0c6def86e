//! Compressed files to the text in them.

mod gunzip;
mod zip;

use std::{
    fmt,
    io::{self, BufRead, BufReader, Read},
};

use self::gunzip::Gunzip;
use super::Compression;

pub(super) use self::zip::MemberCount;

/// How far compressed data may refer back, in bytes.
pub(super) const REACH: usize = gunzip::WINDOW;

/// Compressed bytes asked for at once.
const INPUT_BUFFER: usize = 256 * 1024;

/// The text of a file as it is decompressed.
pub(super) struct Text(Input);

enum Input {
    Gzip(Box<Gunzip<Box<dyn Read + Send>>>),
    Other(Box<dyn Read + Send>),
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text")
    }
}

impl Text {
    /// Begins to read `input`. An object without a single byte is an empty file, however it is named.
    pub(super) fn open(compression: Compression, input: Box<dyn Read + Send>) -> io::Result<Self> {
        // AWS may write several members into one file.
        if compression == Compression::Gzip {
            return Ok(Self(Input::Gzip(Box::new(Gunzip::new(input)))));
        }
        let mut input = BufReader::with_capacity(INPUT_BUFFER, input);
        if input.fill_buf()?.is_empty() {
            return Ok(Self(Input::Other(Box::new(io::empty()))));
        }
        Ok(Self(Input::Other(match compression {
            Compression::Zip => Box::new(zip::Member::open(input)?),
            _ => Box::new(input),
        })))
    }

    /// Puts the text that follows at `start` of `buffer` and says where it ends: at the end of the buffer, unless the text
    /// ends. Before `start` must stand what came before, as far as [`REACH`] goes.
    pub(super) fn read_into(&mut self, buffer: &mut [u8], start: usize) -> io::Result<usize> {
        let input = match &mut self.0 {
            Input::Gzip(gunzip) => return gunzip.read_into(buffer, start),
            Input::Other(input) => input,
        };
        let mut end = start;
        while end < buffer.len() {
            match input.read(&mut buffer[end..]) {
                Ok(0) => break,
                Ok(count) => end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(end)
    }
}
