//! JSON objects, by the tree that `serde_json` makes of them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// A key and its value.
pub type Entry = (String, Value);

/// The entries of an object, in order, keys that come again included.
pub fn object(text: &str) -> Result<Vec<Entry>, serde_json::Error> {
    serde_json::from_str(text).map(|Entries(entries)| entries)
}

struct Entries(Vec<Entry>);

impl<'a> Deserialize<'a> for Entries {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'a> Visitor<'a> for Object {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Entries, M::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Object)
    }
}
