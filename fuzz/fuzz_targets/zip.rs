//! ZIP archives, against the crate `zip`.

#![no_main]

use std::io::{Cursor, Read};

use curtail_ingest::stages::fuzzing;
use libfuzzer_sys::fuzz_target;
use zip::ZipArchive;

/// Bytes decompressed at once.
const BLOCK: usize = 4096;

/// The text of the only member.
fn unzip(file: &[u8]) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(file)).ok()?;
    if archive.len() != 1 {
        return None;
    }
    let mut text = Vec::new();
    archive.by_index(0).ok()?.read_to_end(&mut text).ok()?;
    Some(text)
}

fuzz_target!(|file: &[u8]| {
    // curtail reads from front to back and the crate from the directory at the end, so that either may refuse what the
    // other takes; but they never read different texts.
    if let (Ok(found), Some(expected)) = (fuzzing::unzip(file, BLOCK), unzip(file)) {
        assert!(found == expected);
    }
});
