use rand::{Rng, SeedableRng, rngs::SmallRng};

use super::*;

/// All versions that this processor can run.
fn all_versions() -> impl Iterator<Item = (usize, Version)> {
    std::iter::once(anywhere as Version)
        .chain(versions())
        .enumerate()
}

fn exactly(text: &[u8]) -> (Vec<Mask>, bool) {
    let mut masks = Vec::new();
    let open = exact::find(text, &mut masks);
    (masks, open)
}

fn random_text(random: &mut SmallRng, alphabet: &[u8]) -> Vec<u8> {
    let length = random.random_range(0..300);
    (0..length)
        .map(|_| alphabet[random.random_range(0..alphabet.len())])
        .collect()
}

#[test]
fn every_version_agrees_with_looking_at_each_byte_or_says_that_it_cannot_tell() {
    let mut random = SmallRng::seed_from_u64(3);
    for (name, version) in all_versions() {
        let mut judged = 0;
        for round in 0..40_000 {
            let alphabet: &[u8] = match round % 4 {
                0 => b"a,\"\n\r",
                1 => b"abcdefghijklmnopq,,\n",
                2 => b"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst,,,\n\"",
                _ => b"abc,\n\r\xff",
            };
            let text = random_text(&mut random, alphabet);
            let (mut masks, mut quoting) = (Vec::new(), Quoting::default());
            if version(&text, &mut masks, &mut quoting).is_some() {
                judged += 1;
                let found = (masks, quoting.is_open());
                assert_eq!(found, exactly(&text), "{name}: {:?}", text.as_bstr());
            }
        }
        assert!(judged > 15_000, "{name}: {judged}");
    }
}

#[test]
fn well_formed_quotes_need_no_second_look() {
    let mut random = SmallRng::seed_from_u64(5);
    for (name, version) in all_versions() {
        for _ in 0..5_000 {
            let mut text = Vec::new();
            for _ in 0..random.random_range(1..30) {
                let inner = random_text(&mut random, b"ab,\"\n{}:");
                let inner = &inner[..inner.len().min(random.random_range(0..80))];
                if random.random() {
                    text.push(b'"');
                    for &byte in inner {
                        text.extend(if byte == b'"' {
                            vec![byte; 2]
                        } else {
                            vec![byte]
                        });
                    }
                    text.push(b'"');
                } else {
                    text.extend(inner.iter().filter(|byte| byte.is_ascii_alphabetic()));
                }
                text.push(if random.random() { b',' } else { b'\n' });
            }
            let (mut masks, mut quoting) = (Vec::new(), Quoting::default());
            let done = version(&text, &mut masks, &mut quoting);
            assert!(done.is_some(), "{name}: {:?}", text.as_bstr());
            assert_eq!((masks, quoting.is_open()), exactly(&text));
        }
    }
}

trait AsBstr {
    fn as_bstr(&self) -> String;
}

impl AsBstr for Vec<u8> {
    fn as_bstr(&self) -> String {
        self.escape_ascii().to_string()
    }
}
