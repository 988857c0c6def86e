//! gzip files, against flate2.

#![no_main]

use std::io::Read;

use curtail_ingest::stages::fuzzing;
use flate2::bufread::MultiGzDecoder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&size, file)) = data.split_first() else {
        return;
    };
    let mut expected = Vec::new();
    let valid = MultiGzDecoder::new(file).read_to_end(&mut expected).is_ok();
    // An object without a single byte is an empty file to curtail.
    let expected = (valid || file.is_empty()).then_some(expected);
    let block = 1 << (size % 20);
    let found = fuzzing::gunzip(file, block.max(expected.as_ref().map_or(0, Vec::len) / 16));
    assert!(found.ok() == expected);
});
