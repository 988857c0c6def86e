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
    let mut whole = Vec::new();
    if near % 4 == 0 {
        // A field so long that the block ends soon after the text begins.
        whole.resize(BLOCK - usize::from(cut), b'a');
        whole.push(b'\n');
    }
    whole.extend_from_slice(text);
    let whole = Bytes::from(whole);
    // The crate takes quotes that are never closed for closed.
    if let Some(found) = fuzzing::records(&whole, true) {
        assert!(
            found == records(&whole),
            "{:?}",
            text.escape_ascii().to_string()
        );
        assert!(fuzzing::records(&whole, false) == Some(found));
    }
});
