//! Separators of CSV: the versions for vectors against looking at each byte.

#![no_main]

use curtail_ingest::stages::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let found = fuzzing::separators(text);
    let (exact, versions) = found.split_first().expect("the exact one comes first");
    // All of them give up at the same quotes.
    assert!(versions.iter().all(|version| version == &versions[0]));
    assert!(versions[0].is_none() || versions[0] == *exact);
});
