//! Maps in cells, against the tree that `serde_json` makes of them.

#![no_main]

use curtail_fuzz::object;
use curtail_ingest::stages::fuzzing;
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;
use serde_json::Value;

fuzz_target!(|cell: &str| {
    let found = fuzzing::map(cell);
    let text = match cell.trim_ascii() {
        "" | "null" => "{}",
        text => text,
    };
    let is_object = text.starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok();
    assert!(found.is_none() || is_object);
    // Numbers that no double holds and halves of surrogate pairs are text to curtail and errors to the tree.
    let Ok(expected) = object(text) else {
        return;
    };
    let mut entries = found.expect("an object is a map").into_iter();
    let mut keys: Vec<&str> = Vec::new();
    for (key, value) in &expected {
        if keys.contains(&key.as_str()) {
            continue;
        }
        keys.push(key);
        let (found_key, found) = entries.next().expect("every entry is found");
        assert_eq!(found_key, key.as_bytes());
        match (found, value) {
            (None, Value::Null) => {}
            (None, Value::String(text)) => assert_eq!(text, ""),
            (Some(found), Value::String(text)) => assert_eq!(found, text.as_bytes()),
            (Some(found), value) => {
                assert_eq!(
                    serde_json::from_slice::<Value>(&found).ok().as_ref(),
                    Some(value)
                );
            }
            (None, value) => panic!("{value} is lost"),
        }
    }
    assert_eq!(entries.next(), None);
});
