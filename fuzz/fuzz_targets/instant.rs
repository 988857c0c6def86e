//! Points in time, against chrono.

#![no_main]

use chrono::DateTime;
use curtail_fuzz::instant;
use curtail_ingest::stages;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let found = stages::times(&[text]);
    assert_eq!(found, instant(text));
    // Of the forms of RFC 3339, those are refused that nobody writes.
    let rfc3339 = str::from_utf8(text).ok().map(DateTime::parse_from_rfc3339);
    if let (Some(found), Some(Ok(expected))) = (found, rfc3339) {
        assert_eq!(found, expected.timestamp_micros());
    }
});
