//! Compressed files to the text in them.

mod zip;

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::Compression;

pub(super) use zip::MemberCount;

/// Compressed bytes asked for at once.
const INPUT_BUFFER: usize = 256 * 1024;

/// The text of a file as it is decompressed.
pub(super) struct Text(Box<dyn Read + Send>);

impl Text {
    /// Begins to read `input`. An object without a single byte is an empty file, however it is named.
    pub(super) fn open(compression: Compression, input: Box<dyn Read + Send>) -> io::Result<Self> {
        let mut input = BufReader::with_capacity(INPUT_BUFFER, input);
        if input.fill_buf()?.is_empty() {
            return Ok(Self(Box::new(io::empty())));
        }
        Ok(Self(match compression {
            Compression::Plain => Box::new(input),
            // AWS may write several members into one file.
            Compression::Gzip => Box::new(MultiGzDecoder::new(input)),
            Compression::Zip => Box::new(zip::Member::open(input)?),
        }))
    }

    /// Puts the text that follows at `start` of `buffer` and says where it ends: at the end of the buffer, unless the text
    /// ends.
    pub(super) fn read_into(&mut self, buffer: &mut [u8], start: usize) -> io::Result<usize> {
        let mut end = start;
        while end < buffer.len() {
            match self.0.read(&mut buffer[end..]) {
                Ok(0) => break,
                Ok(count) => end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(end)
    }
}
