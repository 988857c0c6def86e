use rand::{Rng, SeedableRng, rngs::SmallRng};

use super::*;

/// All records, the text handed over in blocks of `block` bytes.
fn records(text: &[u8], block: usize) -> Result<Vec<Vec<Vec<u8>>>, Malformed> {
    let (mut found, mut spans, mut scratch) = (Vec::new(), Vec::new(), Vec::new());
    let (mut start, mut end) = (0, block.min(text.len()));
    loop {
        let last = end == text.len();
        let mut records = Records::new(&text[start..end], 0, 1, last);
        loop {
            spans.clear();
            let Some(record) = records.next(&mut spans)? else {
                // Asking again changes nothing.
                assert_eq!(records.next(&mut spans), Ok(None));
                assert!(spans.is_empty());
                break;
            };
            assert_eq!(record.fields, spans.len());
            found.push(
                spans
                    .iter()
                    .map(|span| span.text(&text[start..end], &mut scratch).to_vec())
                    .collect(),
            );
        }
        if last {
            return Ok(found);
        }
        start += records.position();
        end = (end + block).min(text.len());
    }
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
        let mut text: Vec<u8> = (0..length)
            .map(|_| alphabet[random.random_range(0..alphabet.len())])
            .collect();
        if text.starts_with(b"\xef\xbb\xbf") {
            text[0] = b'a';
        }
        let block = random.random_range(1..100);
        match records(&text, block) {
            Ok(found) => {
                compared += 1;
                assert_eq!(
                    found,
                    reference(&text),
                    "{:?} in blocks of {block}",
                    String::from_utf8_lossy(&text)
                );
            }
            Err(Malformed::OpenQuote) => {
                // Closing the quote must make it text that both read alike.
                text.push(b'"');
                assert_eq!(records(&text, block).expect("closed"), reference(&text));
            }
        }
    }
    assert!(compared > 20_000, "{compared}");
}

#[test]
fn agrees_with_the_csv_crate_on_what_it_writes() {
    let mut random = SmallRng::seed_from_u64(8);
    for _ in 0..300 {
        let columns = random.random_range(2..40);
        let mut writer = csv::Writer::from_writer(Vec::new());
        let rows: Vec<Vec<Vec<u8>>> = (0..random.random_range(1..30))
            .map(|_| {
                let field = |random: &mut SmallRng| {
                    let length = if random.random_bool(0.5) {
                        0
                    } else {
                        random.random_range(0..90)
                    };
                    (0..length)
                        .map(|_| b"abcxyz0123,\"\n\r;"[random.random_range(0..15)])
                        .collect()
                };
                (0..columns).map(|_| field(&mut random)).collect()
            })
            .collect();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let text = writer.into_inner().unwrap();
        assert_eq!(records(&text, random.random_range(1..5_000)).unwrap(), rows);
    }
}

#[test]
fn lines_are_counted_through_quotes_and_empty_lines() {
    let text = b"a,\"b\nc\n\"\nd,e\n\n\nf,g\r\nh,i\r\n\r\nj,k";
    let mut spans = Vec::new();
    let mut records = Records::new(text, 0, 1, true);
    let lines: Vec<u64> =
        std::iter::from_fn(|| records.next(&mut spans).unwrap().map(|record| record.line))
            .collect();
    assert_eq!(lines, [1, 4, 7, 8, 10]);
}
