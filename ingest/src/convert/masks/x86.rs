//! Comparing 64 bytes at once with the vector instructions of x86-64.
//!
//! The only unsafe code here calls functions compiled for instructions that the processor was asked about just before, and
//! loads vectors from arrays of their size.

#![expect(unsafe_code, reason = "vector instructions; see above")]

use std::arch::x86_64::{
    __m256i, __m512i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256,
    _mm256_set1_epi8, _mm512_cmpeq_epi8_mask, _mm512_loadu_si512, _mm512_set1_epi8,
};

use super::{Bytes, Mask, Quoting, Version, WIDTH, walk};

/// The versions that this processor can run, the fastest first.
pub(super) fn versions() -> impl Iterator<Item = Version> {
    let avx512 = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw");
    let avx512 = avx512.then_some::<Version>(|text, masks, quoting| {
        // SAFETY: the processor has these instructions.
        unsafe { self::avx512(text, masks, quoting) }
    });
    let avx2 = is_x86_feature_detected!("avx2").then_some::<Version>(|text, masks, quoting| {
        // SAFETY: the processor has these instructions.
        unsafe { avx2(text, masks, quoting) }
    });
    avx512.into_iter().chain(avx2)
}

#[target_feature(enable = "avx512f,avx512bw")]
fn avx512(text: &[u8], masks: &mut Vec<Mask>, quoting: &mut Quoting) -> Option<()> {
    walk(text, masks, quoting, |bytes| {
        // SAFETY: reads the 64 bytes of the array, wherever it lies.
        let bytes: __m512i = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) };
        let equal = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte.cast_signed()));
        Bytes {
            quotes: equal(b'"'),
            commas: equal(b','),
            lines: equal(b'\n') | equal(b'\r'),
        }
    })
}

#[target_feature(enable = "avx2")]
fn avx2(text: &[u8], masks: &mut Vec<Mask>, quoting: &mut Quoting) -> Option<()> {
    walk(text, masks, quoting, |bytes: &[u8; WIDTH]| {
        // SAFETY: both read 32 of the array's 64 bytes, wherever it lies.
        let (low, high): (__m256i, __m256i) = unsafe {
            (
                _mm256_loadu_si256(bytes.as_ptr().cast()),
                _mm256_loadu_si256(bytes.as_ptr().add(32).cast()),
            )
        };
        let mask = |low, high| {
            let bits = |half| u64::from(_mm256_movemask_epi8(half).cast_unsigned());
            bits(low) | bits(high) << 32
        };
        let is = |half, byte: u8| _mm256_cmpeq_epi8(half, _mm256_set1_epi8(byte.cast_signed()));
        let either = |half| _mm256_or_si256(is(half, b'\n'), is(half, b'\r'));
        Bytes {
            quotes: mask(is(low, b'"'), is(high, b'"')),
            commas: mask(is(low, b','), is(high, b',')),
            lines: mask(either(low), either(high)),
        }
    })
}
