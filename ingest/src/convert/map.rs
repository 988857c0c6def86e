//! Cells that hold maps: JSON objects in CSV, and maps as they are kept in a run.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    amount::{self, BadAmount, Rounding},
    amounts::NO_AMOUNT,
    texts::number_of,
    texts::{NULL, Texts},
};

/// The entries of a JSON object, in order, the values as text; `None` for null and for empty text.
pub(super) struct Entries<'a>(pub(super) Vec<(Cow<'a, str>, Option<Cow<'a, str>>)>);

/// Parses a cell. An empty one is an empty map; `None` if it is no JSON object.
pub(super) fn parse(cell: &str) -> Option<Entries<'_>> {
    match cell.trim_ascii() {
        "" | "{}" | "null" => Some(Entries(Vec::new())),
        cell => serde_json::from_str(cell).ok(),
    }
}

impl<'a> Deserialize<'a> for Entries<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'a> Visitor<'a> for Object {
            type Value = Entries<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut entries = Vec::new();
                while let Some(Key(key)) = map.next_key()? {
                    entries.push((key, text_of(map.next_value()?)));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// A key, borrowed where it holds no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'a> Deserialize<'a> for Key<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'a> Visitor<'a> for Text {
            type Value = Key<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// A JSON value as text: strings as what they say, everything else as it is written (so that no digit is lost).
fn text_of(value: &RawValue) -> Option<Cow<'_, str>> {
    let raw = value.get();
    let text = match serde_json::from_str::<Key<'_>>(raw) {
        Ok(Key(text)) => text,
        Err(_) if raw == "null" => Cow::Borrowed(""),
        Err(_) => Cow::Borrowed(raw),
    };
    (!text.is_empty()).then_some(text)
}

/// Distinct maps of a column, numbered from 1.
#[derive(Debug)]
pub(super) struct Maps {
    /// Cells that were seen.
    cells: Texts,
    /// For each cell, where its entries lie; nothing if it is no map.
    entries: Vec<Option<(u32, u32)>>,
    keys: Texts,
    key_numbers: Vec<u32>,
    values: Values,
}

/// The values of all entries.
#[derive(Debug)]
enum Values {
    Text { texts: Texts, numbers: Vec<u32> },
    Amount(Vec<i128>),
}

/// A value of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// NULL.
    Null,
    /// Text.
    Text(&'a [u8]),
    /// Units of 10⁻¹⁸.
    Amount(i128),
}

impl Maps {
    /// No maps yet; of amounts, or of text.
    pub(super) fn new(amounts: bool) -> Self {
        let values = if amounts {
            Values::Amount(Vec::new())
        } else {
            Values::Text {
                texts: Texts::default(),
                numbers: Vec::new(),
            }
        };
        Self {
            cells: Texts::default(),
            entries: Vec::new(),
            keys: Texts::default(),
            key_numbers: Vec::new(),
            values,
        }
    }

    /// No maps yet, of the same kind.
    pub(super) fn empty(&self) -> Self {
        Self::new(matches!(self.values, Values::Amount(_)))
    }

    /// The number of the map in `cell`; `None` if it is no map.
    pub(super) fn number(
        &mut self,
        cell: &str,
        rounding: &mut Rounding,
    ) -> Result<Option<u32>, BadAmount> {
        let number = match self.cells.find(cell.as_bytes()) {
            Some(number) => number,
            None => self.insert(cell, rounding)?,
        };
        Ok(self.entries[number as usize - 1].map(|_| number))
    }

    fn insert(&mut self, cell: &str, rounding: &mut Rounding) -> Result<u32, BadAmount> {
        let parsed = parse(cell);
        let start = self.key_numbers.len();
        for (key, value) in parsed.iter().flat_map(|entries| &entries.0) {
            let key = self.keys.add(key.as_bytes());
            if self.key_numbers[start..].contains(&key) {
                // Keys of one map are distinct; JSON's own rule is that the last one counts, ours that the first does.
                continue;
            }
            match &mut self.values {
                Values::Text { texts, numbers } => {
                    numbers.push(
                        value
                            .as_ref()
                            .map_or(NULL, |value| texts.add(value.as_bytes())),
                    );
                }
                Values::Amount(units) => units.push(match value {
                    Some(value) => amount::parse(value.as_bytes(), rounding)?,
                    None => NO_AMOUNT,
                }),
            }
            self.key_numbers.push(key);
        }
        let bounds = (number_of(start), number_of(self.key_numbers.len()));
        self.entries.push(parsed.map(|_| bounds));
        Ok(self.cells.add(cell.as_bytes()))
    }

    /// Takes in all maps of another column. The new number of each, and first that of NULL.
    pub(super) fn absorb(&mut self, other: &Self) -> Vec<u32> {
        let mut numbers = vec![NULL];
        for (cell, entries) in other.cells.iter().zip(&other.entries) {
            // The cell was parsed before, and rounded if need be.
            let number = entries.and_then(|_| {
                let cell = String::from_utf8_lossy(cell);
                self.number(&cell, &mut Rounding::default()).ok().flatten()
            });
            numbers.push(number.unwrap_or(NULL));
        }
        numbers
    }

    /// The entries of a map.
    pub(super) fn entries(&self, number: u32) -> impl Iterator<Item = (&[u8], Value<'_>)> {
        let (start, end) = self.entries[number as usize - 1].unwrap_or_default();
        (start as usize..end as usize).map(|at| {
            let value = match &self.values {
                Values::Text { numbers, .. } if numbers[at] == NULL => Value::Null,
                Values::Text { texts, numbers } => Value::Text(texts.bytes_of(numbers[at])),
                Values::Amount(units) if units[at] == NO_AMOUNT => Value::Null,
                Values::Amount(units) => Value::Amount(units[at]),
            };
            (self.keys.bytes_of(self.key_numbers[at]), value)
        })
    }

    /// Bytes in memory.
    pub(super) fn footprint(&self) -> usize {
        let values = match &self.values {
            Values::Text { texts, numbers } => texts.footprint() + numbers.len() * 4,
            Values::Amount(units) => units.len() * 16,
        };
        let entries = self.entries.len() * size_of::<Option<(u32, u32)>>();
        self.cells.footprint()
            + entries
            + self.keys.footprint()
            + self.key_numbers.len() * 4
            + values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(cell: &str) -> Option<Vec<(String, Option<String>)>> {
        let owned = |(key, value): (Cow<'_, str>, Option<Cow<'_, str>>)| {
            (key.into_owned(), value.map(Cow::into_owned))
        };
        parse(cell).map(|entries| entries.0.into_iter().map(owned).collect())
    }

    #[test]
    fn json_objects_are_read_in_order() {
        let found = entries(
            r#"{"b":"1","a":"x \"y\" é","n":-0.10000000000000000001,"e":"","z":null,"t":true}"#,
        )
        .unwrap();
        let expected = [
            ("b", Some("1")),
            ("a", Some("x \"y\" é")),
            ("n", Some("-0.10000000000000000001")),
            ("e", None),
            ("z", None),
            ("t", Some("true")),
        ];
        assert_eq!(
            found,
            expected.map(|(key, value)| (key.to_owned(), value.map(str::to_owned)))
        );
    }

    #[test]
    fn empty_cells_are_empty_maps_and_others_none() {
        for cell in ["", " ", "{}", "{ }", "null"] {
            assert_eq!(entries(cell), Some(vec![]), "{cell}");
        }
        for cell in ["[]", "text", "{", "{\"a\"}", "{\"a\":1}x", "1"] {
            assert_eq!(entries(cell), None, "{cell}");
        }
    }

    #[test]
    fn maps_are_kept_once() {
        let mut maps = Maps::new(true);
        let mut rounding = Rounding::default();
        let mut number = |cell| maps.number(cell, &mut rounding);
        assert_eq!(number(r#"{"edp":-0.5,"rate":null,"edp":7}"#), Ok(Some(1)));
        assert_eq!(number("{}"), Ok(Some(2)));
        assert_eq!(number("oops"), Ok(None));
        assert_eq!(number(r#"{"edp":-0.5,"rate":null,"edp":7}"#), Ok(Some(1)));
        assert_eq!(number(r#"{"edp":"five"}"#), Err(BadAmount::NotANumber));
        let entries: Vec<_> = maps.entries(1).collect();
        assert_eq!(
            entries,
            [
                (&b"edp"[..], Value::Amount(-5 * 10_i128.pow(17))),
                (b"rate", Value::Null)
            ]
        );
        assert_eq!(maps.entries(2).count(), 0);
    }
}
