//! Copies of matches, many bytes at once.
//!
//! Bounds are checked once for the whole of a match, which is why this is apart and unsafe inside.

#![expect(
    clippy::inline_always,
    reason = "they are to become part of a loop compiled for BMI2"
)]

/// The longest match (RFC 1951, 3.2.5).
const LONGEST: usize = 258;

/// Bytes copied at once at most, whether as many are asked for or not: most matches are shorter.
const STEP: usize = 64;

/// Bytes that a match may write, the longest with what is copied beyond its end.
pub(super) const ROOM: usize = LONGEST.next_multiple_of(STEP);

/// Copies `length` bytes, of which there are `LONGEST` at most, from `distance` before `at` to `at`. The two may
/// overlap: then the bytes between repeat. What follows within `ROOM` bytes is overwritten.
///
/// # Panics
/// If `text` does not go back by `distance`, or has no `ROOM`, or the match is too long.
#[inline(always)]
pub(super) fn copy_match(text: &mut [u8], at: usize, distance: usize, length: usize) {
    let (before, after) = text.split_at_mut(at);
    let after: &mut [u8; ROOM] = after.first_chunk_mut().expect("there is room for a match");
    assert!(
        distance <= at && length <= LONGEST,
        "a match that cannot be"
    );
    if distance >= 16 {
        #[expect(unsafe_code, reason = "the bounds have just been checked")]
        // SAFETY: `distance` bytes precede `at` and `ROOM` bytes follow it; the match is not too long.
        unsafe {
            copy_chunks::<16, 4>(text, at, distance, length);
        }
    } else if distance == 1 {
        let bytes = [before[at - 1]; STEP];
        for step in after.chunks_exact_mut(STEP).take(length.div_ceil(STEP)) {
            step.copy_from_slice(&bytes);
        }
    } else if distance >= 8 {
        #[expect(unsafe_code, reason = "the bounds have just been checked")]
        // SAFETY: as above.
        unsafe {
            copy_chunks::<8, 2>(text, at, distance, length);
        }
    } else {
        // As many repetitions as fit into eight bytes.
        let mut bytes = [0; 8];
        bytes[..distance].copy_from_slice(&before[at - distance..]);
        let bytes = u64::from_le_bytes(bytes)
            .wrapping_mul(REPEAT[distance])
            .to_le_bytes();
        for done in (0..length).step_by(8 - 8 % distance) {
            after[done..done + 8].copy_from_slice(&bytes);
        }
    }
}

/// Copies a match that reaches back by `SIZE` bytes at least, in rounds of `COUNT` chunks: the fewer rounds, the
/// easier it is to predict their number. Checking the bounds of each chunk would take 7 % of the time to decompress.
///
/// # Safety
/// `text[at - distance..at + ROOM]` must exist, `distance` be `SIZE` at least, and `length` be `LONGEST` at most.
#[expect(
    unsafe_code,
    reason = "this is the one place where checks cost too much"
)]
#[inline(always)]
unsafe fn copy_chunks<const SIZE: usize, const COUNT: usize>(
    text: &mut [u8],
    at: usize,
    distance: usize,
    length: usize,
) {
    const { assert!(STEP.is_multiple_of(SIZE * COUNT)) };
    let text = text.as_mut_ptr();
    let mut done = 0;
    loop {
        for _ in 0..COUNT {
            // SAFETY: rounds begin with `done` below `length`, so that they end within `ROOM`; the chunk lies within
            // the text, and the one it is copied to follows `SIZE` bytes later at least, so that they do not overlap.
            unsafe {
                let to = text.add(at + done);
                to.copy_from_nonoverlapping(to.sub(distance), SIZE);
            }
            done += SIZE;
        }
        if done >= length {
            break;
        }
    }
}

/// By the length of a pattern in bytes: what to multiply it with to repeat it within eight bytes.
const REPEAT: [u64; 8] = {
    let mut factors = [0; 8];
    let mut length = 1;
    while length < 8 {
        let mut place = 0;
        while place < 8 {
            factors[length] |= 1 << (8 * place);
            place += length;
        }
        length += 1;
    }
    factors
};
