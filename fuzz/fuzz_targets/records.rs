//! Records of CSV and their fields, against the crate `csv`; also where text is cut into blocks.

#![no_main]

use bytes::Bytes;
use curtail_fuzz::records;
use curtail_ingest::stages::fuzzing;
use libfuzzer_sys::fuzz_target;

/// Bytes of the first block of a file.
const BLOCK: usize = 512 * 1024;

fuzz_target!(|data: &[u8]| {
    let Some((&[near, cut], text)) = data.split_first_chunk() else {
        return;
    };
    // Before the text a field so long that the block ends soon after the text begins; to the crate, it is a short one.
    let length = if near % 4 == 0 {
        BLOCK - usize::from(cut)
    } else {
        0
    };
    let behind = |length| match length {
        0 => text.to_vec(),
        length => [&vec![b'a'; length], &b"\n"[..], text].concat(),
    };
    let mut expected = records(&behind(length.min(1)));
    if length > 0 {
        expected[0] = vec![vec![b'a'; length]];
    }
    // The crate takes quotes that are never closed for closed.
    if let Some(found) = fuzzing::records(&Bytes::from(behind(length))) {
        assert!(found == expected);
    }
});
