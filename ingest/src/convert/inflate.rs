//! Compressed files to the text in them.

mod zip;

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::Compression;

/// Compressed bytes asked for at once.
const INPUT_BUFFER: usize = 256 * 1024;

/// The decompressed text of `input`. An object without a single byte is an empty file, however it is named.
pub(super) fn reader(
    compression: Compression,
    input: Box<dyn Read + Send>,
) -> io::Result<Box<dyn Read + Send>> {
    let mut input = BufReader::with_capacity(INPUT_BUFFER, input);
    if input.fill_buf()?.is_empty() {
        return Ok(Box::new(io::empty()));
    }
    Ok(match compression {
        Compression::Plain => Box::new(input),
        // AWS may write several members into one file.
        Compression::Gzip => Box::new(MultiGzDecoder::new(input)),
        Compression::Zip => Box::new(zip::Member::open(input)?),
    })
}

pub(super) use zip::MemberCount;
