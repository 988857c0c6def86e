#![expect(
    clippy::cast_possible_truncation,
    reason = "the values are made to fit"
)]

mod encode;
mod hostile;
mod mutations;
mod texts;

use std::io::{self, Read, Write};

use flate2::{Compression, bufread::MultiGzDecoder, write::GzEncoder};
use rand::{Rng, SeedableRng, rngs::SmallRng};

use super::{Gunzip, WINDOW};

/// A reader that delivers up to `most` bytes at a time.
struct Pieces<'a> {
    bytes: &'a [u8],
    most: usize,
    random: SmallRng,
}

impl<'a> Pieces<'a> {
    fn new(bytes: &'a [u8], most: usize) -> Self {
        Self {
            bytes,
            most,
            random: SmallRng::seed_from_u64(most as u64),
        }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.random.random_ratio(1, 8) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = self
            .random
            .random_range(1..=self.most)
            .min(self.bytes.len())
            .min(to.len());
        let (now, later) = self.bytes.split_at(count);
        to[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}

/// All text, decompressed in blocks of up to `block` bytes that each keep only what they must of the text before.
fn gunzip_in_blocks(input: impl Read, block: usize) -> io::Result<Vec<u8>> {
    let mut random = SmallRng::seed_from_u64(block as u64);
    let mut gunzip = Gunzip::new(input);
    let mut text = Vec::new();
    loop {
        let kept = text.len().min(WINDOW);
        let mut buffer = text[text.len() - kept..].to_vec();
        buffer.resize(kept + random.random_range(1..=block), 0xaa);
        let end = gunzip.read_into(&mut buffer, kept)?;
        assert_eq!(
            buffer[..kept],
            text[text.len() - kept..],
            "the text before was changed"
        );
        text.extend_from_slice(&buffer[kept..end]);
        if end < buffer.len() {
            // It stays at the end.
            assert_eq!(gunzip.read_into(&mut buffer, end)?, end);
            return Ok(text);
        }
    }
}

fn gunzip(file: &[u8]) -> io::Result<Vec<u8>> {
    gunzip_in_blocks(file, 1 << 16)
}

fn flate2(file: &[u8]) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    MultiGzDecoder::new(file).read_to_end(&mut text)?;
    Ok(text)
}

fn gzip(text: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn gzip_libdeflate(text: &[u8], level: i32) -> Vec<u8> {
    let mut compressor =
        libdeflater::Compressor::new(libdeflater::CompressionLvl::new(level).unwrap());
    let mut file = vec![0; compressor.gzip_compress_bound(text.len())];
    let length = compressor.gzip_compress(text, &mut file).unwrap();
    file.truncate(length);
    file
}

/// A member of this DEFLATE stream.
fn member(stream: &[u8], text: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    file.extend_from_slice(stream);
    file.extend_from_slice(&crc32fast::hash(text).to_le_bytes());
    file.extend_from_slice(&u32::try_from(text.len()).unwrap().to_le_bytes());
    file
}

/// Rows as in a cost report: numbers, repeated names, runs of empty columns.
fn rows(count: usize, seed: u64) -> Vec<u8> {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut text = Vec::new();
    for _ in 0..count {
        let service = ["AmazonEC2", "AmazonS3", "AWSLambda"][random.random_range(0..3)];
        let (id, cost) = (random.random::<u64>(), random.random::<f64>());
        let commas = ",".repeat(random.random_range(1..300));
        writeln!(
            text,
            "{id:x},{service},2026-10-01T00:00:00Z{commas}{cost},USD"
        )
        .unwrap();
    }
    text
}
