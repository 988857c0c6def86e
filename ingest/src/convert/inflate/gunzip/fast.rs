//! The inner loop, for as long as neither the input nor the room for the text can run out within one round.

use super::{
    tables::{END, LITERAL, RARE, SUBTABLE, Tables, byte, value},
    wide,
};

/// Bytes of input that one round may look at: a refill takes 7 bytes at most and looks at 8.
pub(super) const INPUT_MARGIN: usize = 7 + 8;

/// Bytes of text that one round may write: some literals and a match.
pub(super) const TEXT_MARGIN: usize = 3 + wide::ROOM;

/// How far decoding has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor {
    /// The next byte of the input to count.
    pub(super) next: usize,
    /// Upcoming bits and how many of them are counted.
    pub(super) bits: u64,
    pub(super) count: u32,
    /// Where the next byte of text goes.
    pub(super) at: usize,
}

/// Why decoding stopped.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    /// Too little input or room is left for another round.
    Margin,
    /// The block is over.
    EndOfBlock,
    /// A code that means nothing.
    InvalidLiteral,
    InvalidDistance,
    /// A match from before the beginning.
    TooFarBack,
}

/// Decodes from `input` into `text`, whose member begins at `beginning`.
pub(super) fn decode(
    input: &[u8],
    text: &mut [u8],
    beginning: usize,
    tables: &Tables,
    cursor: &mut Cursor,
) -> Stop {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("bmi2") {
        // SAFETY: the processor has what the function needs.
        #[expect(unsafe_code, reason = "only here is it known what the processor has")]
        return unsafe { decode_bmi2(input, text, beginning, tables, cursor) };
    }
    decode_rounds(input, text, beginning, tables, cursor)
}

/// The same for processors that shift by any count in one step, which makes decompressing 3 to 5 % faster.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi2")]
fn decode_bmi2(
    input: &[u8],
    text: &mut [u8],
    beginning: usize,
    tables: &Tables,
    cursor: &mut Cursor,
) -> Stop {
    decode_rounds(input, text, beginning, tables, cursor)
}

/// Each round decodes up to three literals or up to two and a match.
///
/// A refill leaves 56 bits at least. Two literals of the first table, 11 bits each, and a length of 20 bits fit into
/// that, and after another refill a distance of 28 bits and the index of the next entry.
#[expect(clippy::inline_always, reason = "only so is it compiled for BMI2, too")]
#[inline(always)]
fn decode_rounds(
    arrived: &[u8],
    text: &mut [u8],
    beginning: usize,
    tables: &Tables,
    cursor: &mut Cursor,
) -> Stop {
    let Cursor {
        next,
        mut bits,
        mut count,
        mut at,
    } = *cursor;
    // Shortened instead of indexed, so that one check of its length does for a round.
    let mut input = &arrived[next..];

    // Counts 56 bits at least.
    macro_rules! refill {
        () => {
            let word = u64::from_le_bytes(*input.first_chunk::<8>().expect("the margin is longer"));
            bits |= word << (count & 63);
            input = &input[7 - (count as usize >> 3 & 7)..];
            count |= 56;
        };
    }
    macro_rules! take {
        ($entry:expr) => {
            bits >>= $entry & 63;
            // The lowest six bits are the count. What the entry holds besides disturbs only those above.
            count = count.wrapping_sub($entry);
        };
    }
    // Looked up as early as can be, since everything waits for it.
    macro_rules! upcoming {
        () => {
            tables.literal(bits)
        };
    }

    if input.len() < INPUT_MARGIN {
        return Stop::Margin;
    }
    refill!();
    let mut entry = upcoming!();
    let stop = loop {
        if input.len() < INPUT_MARGIN {
            break Stop::Margin;
        }
        let Some(room) = text
            .get_mut(at..)
            .and_then(<[u8]>::first_chunk_mut::<TEXT_MARGIN>)
        else {
            break Stop::Margin;
        };
        refill!();
        if entry & LITERAL != 0 {
            take!(entry);
            room[0] = byte(entry);
            at += 1;
            entry = upcoming!();
            if entry & LITERAL != 0 {
                take!(entry);
                room[1] = byte(entry);
                at += 1;
                entry = upcoming!();
                if entry & LITERAL != 0 {
                    take!(entry);
                    room[2] = byte(entry);
                    at += 1;
                    entry = upcoming!();
                    continue;
                }
            }
        }

        if entry & RARE != 0 {
            if entry & SUBTABLE != 0 {
                entry = tables.longer_literal(entry, bits);
            }
            if entry & LITERAL != 0 {
                take!(entry);
                text[at] = byte(entry);
                at += 1;
                entry = upcoming!();
                continue;
            }
            if entry & RARE != 0 {
                if entry & END != 0 {
                    take!(entry);
                    break Stop::EndOfBlock;
                }
                break Stop::InvalidLiteral;
            }
        }
        let length = value(entry, bits);
        take!(entry);
        refill!();

        entry = tables.distance(bits);
        if entry & RARE != 0 {
            if entry & SUBTABLE != 0 {
                entry = tables.longer_distance(entry, bits);
            }
            if entry & RARE != 0 {
                break Stop::InvalidDistance;
            }
        }
        let distance = value(entry, bits);
        take!(entry);
        // Looked up before the copy, so that neither waits for the other.
        entry = upcoming!();
        if distance > at - beginning {
            break Stop::TooFarBack;
        }
        wide::copy_match(text, at, distance, length);
        at += length;
    };
    *cursor = Cursor {
        next: arrived.len() - input.len(),
        bits,
        count: count & 63,
        at,
    };
    stop
}
