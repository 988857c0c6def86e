//! 128-bit numbers as decimal text, since JSON readers keep no more than 64 bits of a number.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub(super) fn serialize<S: Serializer>(number: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
    /// Receipts were once written with a plain number.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written<'a> {
        Number(u64),
        Text(Cow<'a, str>),
    }
    match Written::deserialize(deserializer)? {
        Written::Number(number) => Ok(number.into()),
        Written::Text(text) => text.parse().map_err(D::Error::custom),
    }
}
