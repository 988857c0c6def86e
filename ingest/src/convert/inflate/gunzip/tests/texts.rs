//! Valid files, whoever wrote them.

use rand::{Rng, RngCore, SeedableRng, rngs::SmallRng, seq::IndexedRandom};

use super::super::wide;
use super::{
    Pieces,
    encode::{Code, Codes, Writer},
    flate2, gunzip, gunzip_in_blocks, gzip, gzip_libdeflate, member, rows,
};

/// Decompresses `file` in blocks and from pieces of many sizes.
fn assert_text(file: &[u8], text: &[u8]) {
    for (piece, block) in [
        (1 << 20, 1 << 20),
        (1, 1000),
        (7, 700),
        (64, 1 << 16),
        (50_000, 400),
        (5000, 3),
    ] {
        if text.len() / block > 10_000 {
            continue;
        }
        let result = gunzip_in_blocks(Pieces::new(file, piece), block).unwrap();
        assert!(result == text, "pieces of {piece}, blocks of {block}");
    }
}

#[test]
fn nothing_is_an_empty_file() {
    assert_eq!(gunzip(b"").unwrap(), b"");
}

#[test]
fn every_level_of_both_compressors() {
    let mut random = SmallRng::seed_from_u64(1);
    let mut noise = vec![0; 200_000];
    random.fill_bytes(&mut noise);
    let few: Vec<u8> = (0..100_000)
        .map(|_| random.random_range(b'a'..b'e'))
        .collect();
    let skewed: Vec<u8> = (0..100_000)
        .map(|_| random.random::<u32>().leading_zeros() as u8 * 7)
        .collect();
    let mut mixed = rows(300, 2);
    mixed.extend_from_slice(&noise);
    mixed.extend_from_slice(&few);
    let texts = [
        vec![],
        vec![b'x'],
        b"ab".to_vec(),
        vec![0; 300_000],
        noise,
        few,
        skewed,
        mixed,
        rows(2000, 3),
    ];
    for text in &texts {
        for level in 0..=9 {
            assert_text(&gzip(text, level), text);
        }
        for level in 0..=12 {
            assert_text(&gzip_libdeflate(text, level), text);
        }
    }
}

#[test]
fn several_members() {
    let texts = [
        rows(500, 4),
        vec![],
        vec![b'x'],
        rows(50, 5),
        vec![7; 100_000],
        rows(1, 6),
    ];
    let mut file = Vec::new();
    for (level, text) in (0..).zip(&texts) {
        file.extend(gzip(text, level));
    }
    assert_text(&file, &texts.concat());
}

#[test]
fn matches_of_every_distance() {
    let codes = Codes::fixed();
    let mut random = SmallRng::seed_from_u64(7);
    let mut text: Vec<u8> = (0..32_768).map(|_| random.random_range(0..=143)).collect();
    let mut stream = Writer::default();
    stream.bits(1, 1);
    stream.bits(1, 2);
    for &byte in &text {
        stream.symbol(&codes.literals, usize::from(byte));
    }
    for distance in 1..=32_768 {
        let length = match random.random_range(0..4) {
            0 => 258,
            1 => random.random_range(3..=34),
            _ => random.random_range(3..=258),
        };
        stream.matched(&codes, length, distance);
        for _ in 0..length {
            text.push(text[text.len() - distance]);
        }
        // Otherwise everything were soon the same.
        for _ in 0..random.random_range(0..40) {
            let byte = random.random_range(0..=255);
            stream.symbol(&codes.literals, usize::from(byte));
            text.push(byte);
        }
    }
    stream.symbol(&codes.literals, 256);
    let file = member(&stream.bytes, &text);
    assert!(flate2(&file).unwrap() == text);
    assert_text(&file, &text);
}

#[test]
fn short_distances_with_every_length() {
    let codes = Codes::fixed();
    let mut text = Vec::new();
    let mut stream = Writer::default();
    stream.bits(1, 1);
    stream.bits(1, 2);
    for distance in 1..=70 {
        for length in 3..=258 {
            for byte in 0..distance {
                stream.symbol(&codes.literals, byte + length % 100);
                text.push((byte + length % 100) as u8);
            }
            stream.matched(&codes, length, distance);
            for _ in 0..length {
                text.push(text[text.len() - distance]);
            }
        }
    }
    stream.symbol(&codes.literals, 256);
    let file = member(&stream.bytes, &text);
    assert!(flate2(&file).unwrap() == text);
    assert_text(&file, &text);
}

/// Blocks of all types with random codes, most of them longer than the roots of the tables.
#[test]
fn random_codes() {
    let mut random = SmallRng::seed_from_u64(8);
    for round in 0..300 {
        let mut text: Vec<u8> = Vec::new();
        let mut stream = Writer::default();
        for _ in 0..random.random_range(0..6) {
            if random.random_ratio(1, 4) {
                let length = random.random_range(0..500);
                stream.bits(0, 3);
                stream.align();
                stream.bits(length, 16);
                stream.bits(!length & 0xffff, 16);
                for _ in 0..length {
                    let byte = random.random();
                    stream.bits(usize::from(byte), 8);
                    text.push(byte);
                }
                continue;
            }
            let deep = *[0.0, 0.1, 0.5, 0.9].choose(&mut random).unwrap();
            let share = random.random_range(0.01..1.0);
            let mut used: Vec<usize> = (0..286).filter(|_| random.random_bool(share)).collect();
            used.retain(|&symbol| symbol != 256);
            used.push(256);
            let literals = Code::random(&mut random, 286, &used, deep);
            let used_distances: Vec<usize> =
                (0..30).filter(|_| random.random_bool(share)).collect();
            let distances = Code::random(&mut random, 30, &used_distances, deep);
            stream.dynamic(false, &literals.lengths, &distances.lengths);
            let codes = Codes {
                literals,
                distances,
            };
            for _ in 0..random.random_range(0..3000) {
                let symbol = *used.choose(&mut random).unwrap();
                if symbol < 256 {
                    stream.symbol(&codes.literals, symbol);
                    text.push(symbol as u8);
                } else {
                    let (length, distance) = (
                        random.random_range(3..=258),
                        random.random_range(1..=32_768_usize),
                    );
                    let distance = distance >> random.random_range(0..14);
                    if (1..=text.len()).contains(&distance)
                        && Writer::has_match(&codes, length, distance)
                    {
                        stream.matched(&codes, length, distance);
                        for _ in 0..length {
                            text.push(text[text.len() - distance]);
                        }
                    }
                }
            }
            stream.symbol(&codes.literals, 256);
        }
        // An empty block of fixed codes ends it.
        stream.bits(0b011, 10);
        let file = member(&stream.bytes, &text);
        assert!(flate2(&file).unwrap() == text, "round {round}");
        assert_text(&file, &text);
    }
}

/// The one place with unsafe code, small enough to be run under Miri.
#[test]
fn copies() {
    for distance in (1..=20).chain([31, 32, 33, 63, 64, 65, 200]) {
        for length in [3, 8, 9, 16, 17, 63, 64, 65, 128, 129, 258] {
            let before = (0..distance).map(|byte| byte as u8);
            let mut text: Vec<u8> = before.chain([0xaa; wide::ROOM]).collect();
            let mut expected = text[..distance].to_vec();
            for _ in 0..length {
                expected.push(expected[expected.len() - distance]);
            }
            wide::copy_match(&mut text, distance, distance, length);
            assert_eq!(text[..expected.len()], expected, "{length} from {distance}");
        }
    }
}
