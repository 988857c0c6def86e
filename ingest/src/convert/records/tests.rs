use rand::{Rng, SeedableRng, rngs::SmallRng};

use super::*;
use crate::convert::{masks, plan::Work};

/// All records of `text`, field by field.
fn records(text: &[u8]) -> Option<Vec<Vec<Vec<u8>>>> {
    let mut text = text.to_vec();
    if !matches!(text.last(), None | Some(b'\n' | b'\r')) {
        text.push(b'\n');
    }
    let mut masks = Vec::new();
    if masks::find(&text, &mut masks) {
        return None;
    }
    let (mut found, mut scratch) = (Vec::new(), Vec::new());
    let mut records = Records::new(&masks, 0);
    while records.find(text.len()) {
        let fields = records.fields();
        let texts = fields
            .iter()
            .map(|span| span.text(&text, &mut scratch).to_vec());
        found.push(texts.collect());
    }
    Some(found)
}

fn reference(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text);
    reader
        .byte_records()
        .map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect())
        .collect()
}

#[test]
fn agrees_with_the_csv_crate_on_random_text() {
    let mut random = SmallRng::seed_from_u64(7);
    let mut compared = 0;
    for round in 0..60_000 {
        let length = random.random_range(0..200);
        let alphabet: &[u8] = if round % 2 == 0 {
            b"a,\"\n\r"
        } else {
            b"abcdefghijkl,,,\n\"\"x \xff"
        };
        let text: Vec<u8> = (0..length)
            .map(|_| alphabet[random.random_range(0..alphabet.len())])
            .collect();
        // The csv crate takes an unclosed quote for closed by the end.
        if let Some(found) = records(&text) {
            assert_eq!(
                found,
                reference(&text),
                "{:?}",
                text.escape_ascii().to_string()
            );
            compared += 1;
        }
    }
    assert!(compared > 20_000, "{compared}");
}

/// Items of these numbers of fields.
fn items(lengths: &[usize]) -> Vec<Item> {
    let mut first = 0;
    let mut items = Vec::new();
    for &fields in lengths {
        items.push(Item {
            first,
            fields,
            work: Work::Skip,
        });
        first += fields;
    }
    items
}

#[test]
fn items_span_their_fields_and_other_widths_are_told() {
    let mut random = SmallRng::seed_from_u64(9);
    for _ in 0..5_000 {
        let lengths: Vec<usize> = (0..random.random_range(1..8))
            .map(|_| random.random_range(1..60))
            .collect();
        let width: usize = lengths.iter().sum();
        let mut text = Vec::new();
        let mut widths = Vec::new();
        for _ in 0..random.random_range(1..5) {
            let fields = match random.random_range(0..6) {
                0 => random.random_range(1..2 * width + 2),
                _ => width,
            };
            // A line without any text would be no record.
            text.push(b'x');
            for at in 1..fields {
                text.push(b',');
                text.extend(std::iter::repeat_n(
                    b"0123456789"[at % 10],
                    random.random_range(0..4),
                ));
            }
            text.extend_from_slice(if random.random() { b"\r\n" } else { b"\n" });
            widths.push(fields);
        }
        let mut masks = Vec::new();
        masks::find(&text, &mut masks);
        let items = items(&lengths);
        let mut records = Records::new(&masks, 0);
        for fields in widths {
            assert!(records.find(text.len()));
            let (mut spans, mut all) = (Vec::new(), records.clone());
            let found = records.spans(&items, &mut spans);
            let all = all.fields();
            if fields == width {
                assert_eq!(found, Ok(()));
                for (item, span) in items.iter().zip(spans) {
                    let parts = &all[item.first..item.first + item.fields];
                    let texts: Vec<&[u8]> = parts.iter().map(|part| part.raw(&text)).collect();
                    assert_eq!(span.raw(&text), texts.join(&b','));
                    let again = fields_of(span.raw(&text));
                    let again: Vec<&[u8]> =
                        again.iter().map(|part| part.raw(span.raw(&text))).collect();
                    assert_eq!(again, texts);
                }
            } else {
                assert_eq!(found, Err(FieldCount(fields)));
                break;
            }
        }
    }
}
