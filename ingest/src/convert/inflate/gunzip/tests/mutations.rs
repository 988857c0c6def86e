//! Random damage: whatever flate2 makes of a stream, this decoder must make of it, too.

use std::io::ErrorKind;

use flate2::{Decompress, FlushDecompress, Status};
use rand::{Rng, RngCore, SeedableRng, rngs::SmallRng};

use super::{Pieces, flate2, gunzip, gunzip_in_blocks, gzip, gzip_libdeflate, member, rows};

/// Text longer than this is not compared further.
const LONGEST: usize = 1 << 20;

/// What flate2 makes of a DEFLATE stream.
enum Verdict {
    /// Its text, and where the stream ends.
    Valid(Vec<u8>, usize),
    Invalid,
    Truncated,
    TooLong,
}

fn inflate(stream: &[u8]) -> Verdict {
    let mut decompress = Decompress::new(false);
    let mut text = Vec::with_capacity(LONGEST);
    match decompress.decompress_vec(stream, &mut text, FlushDecompress::Finish) {
        Ok(Status::StreamEnd) => Verdict::Valid(text, decompress.total_in() as usize),
        Ok(_) if text.len() == text.capacity() => Verdict::TooLong,
        Ok(_) => Verdict::Truncated,
        Err(_) => Verdict::Invalid,
    }
}

fn mutate(random: &mut SmallRng, bytes: &mut Vec<u8>) {
    for _ in 0..random.random_range(1..4) {
        if bytes.is_empty() {
            return;
        }
        // More often near the beginning, where the codes are.
        let most = bytes
            .len()
            .min(if random.random() { 80 } else { usize::MAX });
        let place = random.random_range(0..most);
        match random.random_range(0..7) {
            0..3 => bytes[place] ^= 1 << random.random_range(0..8),
            3 => bytes[place] = random.random(),
            4 => {
                bytes.remove(place);
            }
            5 => bytes.insert(place, random.random()),
            _ => {
                let length = random.random_range(0..16).min(bytes.len() - place);
                random.fill_bytes(&mut bytes[place..place + length]);
            }
        }
    }
}

fn files() -> Vec<Vec<u8>> {
    let text = rows(40, 9);
    let mut files: Vec<_> = [0, 1, 4, 6, 9]
        .iter()
        .map(|&level| gzip(&text, level))
        .collect();
    files.extend(
        [1, 6, 12]
            .iter()
            .map(|&level| gzip_libdeflate(&text, level)),
    );
    files.push(gzip(b"abcabcabcabcabcabc", 9));
    files.push(gzip(&[b'x'; 5000], 9));
    files
}

#[test]
fn damaged_streams() {
    let rounds = if cfg!(debug_assertions) {
        20_000
    } else {
        300_000
    };
    let mut random = SmallRng::seed_from_u64(10);
    let files = files();
    let mut valid = 0;
    for round in 0..rounds {
        let file = &files[round % files.len()];
        let mut stream = file[10..file.len() - 8].to_vec();
        mutate(&mut random, &mut stream);
        let mut file = member(&stream, b"");
        match inflate(&stream) {
            Verdict::Valid(text, end) => {
                // With a trailer that fits, so that the checksum proves the text, too.
                valid += 1;
                let file = member(&stream[..end], &text);
                let block = random.random_range(300..20_000);
                let result = gunzip_in_blocks(Pieces::new(&file, 1000), block);
                assert!(result.is_ok_and(|result| result == text), "round {round}");
            }
            Verdict::Invalid => {
                let error = gunzip(&file).unwrap_err();
                assert_eq!(
                    error.kind(),
                    ErrorKind::InvalidData,
                    "round {round}: {error}"
                );
                // It is the stream that is invalid, not what follows.
                assert!(
                    !error.to_string().contains("decompressed"),
                    "round {round}: {error}"
                );
            }
            Verdict::Truncated => {
                file.truncate(file.len() - 8);
                let error = gunzip(&file).unwrap_err();
                // zlib takes a code of code lengths without any code for zeros and finds fault later.
                let early = error.to_string() == "a code length is invalid";
                let truncated = error.kind() == ErrorKind::UnexpectedEof;
                assert!(truncated || early, "round {round}: {error}");
            }
            Verdict::TooLong => {}
        }
    }
    assert!(
        valid > rounds / 10,
        "too little is compared: {valid} of {rounds}"
    );
}

#[test]
fn damaged_files() {
    let rounds = if cfg!(debug_assertions) {
        10_000
    } else {
        100_000
    };
    let mut random = SmallRng::seed_from_u64(11);
    let files = files();
    for round in 0..rounds {
        let mut file = files[round % files.len()].clone();
        if random.random_ratio(1, 3) {
            file.extend_from_slice(&files[random.random_range(0..files.len())]);
        }
        mutate(&mut random, &mut file);
        match (flate2(&file), gunzip(&file)) {
            (Ok(expected), Ok(text)) => assert!(expected == text, "round {round}"),
            (Err(_), Err(_)) => {}
            (expected, result) => {
                panic!(
                    "round {round}: {:?}, but {:?}",
                    expected.err(),
                    result.err()
                )
            }
        }
    }
}
