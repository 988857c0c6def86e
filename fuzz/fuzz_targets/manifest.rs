//! Manifests, on the first line their key: what is said of files is there, and the files of a report are in its folder.

#![no_main]

use std::collections::HashSet;

use curtail_ingest::stages::fuzzing;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// All texts and numbers of a tree.
fn scalars(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Number(number) => found.push(number.to_string()),
        Value::Array(list) => list.iter().for_each(|value| scalars(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| scalars(value, found)),
        Value::Null | Value::Bool(_) => {}
    }
}

fuzz_target!(|text: &[u8]| {
    let mut lines = text.splitn(2, |&byte| byte == b'\n');
    let key = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let json = lines.next().unwrap_or_default();
    let Ok(manifest) = fuzzing::manifest(json) else {
        return;
    };
    let bare = json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json);
    let tree: Value = serde_json::from_slice(bare).expect("a manifest is JSON");
    assert!(tree.is_object());
    let mut texts = Vec::new();
    scalars(&tree, &mut texts);
    for name in &manifest.columns {
        assert!(texts.contains(name));
    }
    for file in &manifest.files {
        assert!(texts.iter().any(|text| text.ends_with(file)));
    }
    let distinct: HashSet<_> = manifest.files.iter().collect();
    assert_eq!(distinct.len(), manifest.files.len());
    if let Some(period) = manifest.period {
        let (plain, compact) = (period.to_string(), period.to_string().replace('-', ""));
        let states =
            |text: &String| text.starts_with(&plain) || text.replace('-', "").starts_with(&compact);
        assert!(texts.iter().any(states), "{period}");
    }
    for file in &manifest.files {
        if let Some((folder, Some(rebased))) = fuzzing::rebased(&key, file) {
            let below = rebased
                .strip_prefix(&folder)
                .expect("files stay in their report's folder");
            assert!(file.ends_with(below));
        }
    }
});
