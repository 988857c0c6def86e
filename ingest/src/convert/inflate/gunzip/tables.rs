//! Huffman codes as tables: the next bits of the input are the index of what they mean.
//!
//! A code of up to `root` bits fills every entry whose index ends in it. Longer codes share, by their first `root`
//! bits, an entry that leads to a table of its own further back.

#![expect(
    clippy::cast_possible_truncation,
    reason = "bits are taken out of words"
)]
#![expect(
    clippy::inline_always,
    reason = "they are to become part of a loop compiled for BMI2"
)]

/// Bits that index the table of literals and lengths.
const LITERAL_ROOT: u32 = 11;

/// Bits that index the table of distances.
const DISTANCE_ROOT: u32 = 8;

/// Entries of the tables, powers of two so that an index can be masked. A subtable of 2^k entries takes k + 1 codes at
/// least, so that 288 codes of 15 bits at most fill 2^11 + 288 / 5 * 2^4 entries at most, and 32 of them 2^8 + 32 / 8 * 2^7.
const LITERAL_ENTRIES: usize = 4096;
const DISTANCE_ENTRIES: usize = 1024;

/// The longest code (RFC 1951, 3.2.7).
const LONGEST: usize = 15;

/// What a code means, packed so that decoding takes few steps:
///
/// | bits   | literal      | length or distance | subtable          | end, invalid |
/// |--------|--------------|--------------------|-------------------|--------------|
/// | 0..8   | bits to take | bits to take, with those added to the base | 0 | bits to take |
/// | 8..12  | of the code  | of the code        | of the subtable's index | of the code |
/// | 13..16 |              |                    | `RARE`, `SUBTABLE`  | `RARE`, `END` if so |
/// | 16..31 | the byte     | the base           | where it begins   |              |
/// | 31     | `LITERAL`    |                    |                   |              |
pub(super) type Entry = u32;

pub(super) const LITERAL: Entry = 1 << 31;
pub(super) const RARE: Entry = 1 << 15;
pub(super) const SUBTABLE: Entry = 1 << 14;
pub(super) const END: Entry = 1 << 13;

/// Both codes of a block.
#[derive(Debug)]
pub(super) struct Tables {
    literals: [Entry; LITERAL_ENTRIES],
    distances: [Entry; DISTANCE_ENTRIES],
}

impl Tables {
    pub(super) fn new() -> Box<Self> {
        Box::new(Self {
            literals: [RARE; LITERAL_ENTRIES],
            distances: [RARE; DISTANCE_ENTRIES],
        })
    }

    /// What the upcoming bits mean where a literal or length is due.
    #[inline(always)]
    pub(super) fn literal(&self, bits: u64) -> Entry {
        self.literals[bits as usize & ((1 << LITERAL_ROOT) - 1)]
    }

    /// The same if `entry` leads to a subtable.
    #[inline(always)]
    pub(super) fn longer_literal(&self, entry: Entry, bits: u64) -> Entry {
        self.literals[place(entry, bits, LITERAL_ROOT) & (LITERAL_ENTRIES - 1)]
    }

    /// What the upcoming bits mean where a distance is due.
    #[inline(always)]
    pub(super) fn distance(&self, bits: u64) -> Entry {
        self.distances[bits as usize & ((1 << DISTANCE_ROOT) - 1)]
    }

    /// The same if `entry` leads to a subtable.
    #[inline(always)]
    pub(super) fn longer_distance(&self, entry: Entry, bits: u64) -> Entry {
        self.distances[place(entry, bits, DISTANCE_ROOT) & (DISTANCE_ENTRIES - 1)]
    }

    /// The code of literals and lengths with these lengths of its codes. False if they are no code.
    #[must_use]
    pub(super) fn set_literals(&mut self, lengths: &[u8]) -> bool {
        build(&mut self.literals, LITERAL_ROOT, lengths, &LITERAL_MEANINGS)
    }

    /// The code of distances, likewise.
    #[must_use]
    pub(super) fn set_distances(&mut self, lengths: &[u8]) -> bool {
        build(
            &mut self.distances,
            DISTANCE_ROOT,
            lengths,
            &DISTANCE_MEANINGS,
        )
    }

    /// Both codes of a block with fixed codes (RFC 1951, 3.2.6).
    pub(super) fn set_fixed(&mut self) {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        let complete = self.set_literals(&lengths) && self.set_distances(&[5; 32]);
        debug_assert!(complete);
    }
}

/// The byte of a literal.
#[inline(always)]
pub(super) fn byte(entry: Entry) -> u8 {
    (entry >> 16) as u8
}

/// The base of an entry, with what the bits after the code add to it.
#[inline(always)]
pub(super) fn value(entry: Entry, bits: u64) -> usize {
    let taken = bits & ((1 << (entry & 63)) - 1);
    (entry >> 16) as usize + (taken >> (entry >> 8 & 15)) as usize
}

/// Where in the table the entry is that `entry` leads to.
#[inline(always)]
fn place(entry: Entry, bits: u64, root: u32) -> usize {
    let mask = (1 << (entry >> 8 & 15)) - 1;
    (entry >> 16) as usize + ((bits >> root) & mask) as usize
}

/// Fills `table` with the canonical code of these lengths (RFC 1951, 3.2.2). As in zlib (inftrees.c), a code must be
/// complete, unless it consists of nothing or of one code of one bit.
pub(super) fn build(table: &mut [Entry], root: u32, lengths: &[u8], meanings: &[Entry]) -> bool {
    let mut counts = [0_u16; LONGEST + 1];
    for &length in lengths {
        counts[usize::from(length)] += 1;
    }
    let mut starts = [0_u16; LONGEST + 2];
    let mut space = 1_i32;
    let mut longest = 0;
    for length in 1..=LONGEST {
        starts[length + 1] = starts[length] + counts[length];
        space = 2 * space - i32::from(counts[length]);
        if space < 0 {
            return false;
        }
        if counts[length] > 0 {
            longest = length;
        }
    }
    if space > 0 {
        if longest > 1 {
            return false;
        }
        table.fill(RARE);
    }
    let mut sorted = [0_u16; 288];
    for (symbol, &length) in (0_u16..).zip(lengths) {
        let place = &mut starts[usize::from(length)];
        if length > 0 {
            sorted[usize::from(*place)] = symbol;
            *place += 1;
        }
    }

    let mut symbols = sorted.iter();
    let mut code = 0_usize;
    for length in 1..=root {
        let size = 1_usize << length;
        // All codes so far ignore the bit that this length adds.
        table.copy_within(..size / 2, size / 2);
        if length == 1 && space > 0 {
            table[1] = RARE;
        }
        for &symbol in symbols.by_ref().take(usize::from(counts[length as usize])) {
            table[code] = entry(meanings[usize::from(symbol)], length);
            code = successor(code, length);
        }
    }

    let mask = (1_usize << root) - 1;
    let mut prefix = usize::MAX;
    let (mut start, mut end) = (0, 1_usize << root);
    for length in root + 1..=u32::try_from(longest).unwrap_or(0) {
        let count = usize::from(counts[length as usize]);
        for (done, &symbol) in symbols.by_ref().take(count).enumerate() {
            if code & mask != prefix {
                prefix = code & mask;
                start = end;
                // As many bits as it takes until the codes that follow fill the subtable.
                let mut index_bits = length - root;
                let mut codes = count - done;
                while codes < 1 << index_bits {
                    index_bits += 1;
                    codes = 2 * codes + usize::from(counts[(root + index_bits) as usize]);
                }
                end = start + (1 << index_bits);
                let place = u32::try_from(start).unwrap_or(0) << 16;
                table[prefix] = RARE | SUBTABLE | place | index_bits << 8;
            }
            let entry = entry(meanings[usize::from(symbol)], length);
            for index in (start + (code >> root)..end).step_by(1 << (length - root)) {
                table[index] = entry;
            }
            code = successor(code, length);
        }
    }
    true
}

/// `meaning` for a code of `length` bits.
const fn entry(meaning: Entry, length: u32) -> Entry {
    meaning + (length << 8 | length)
}

/// The next canonical code of this length, with the first bit of the code lowest as it is in the input.
fn successor(code: usize, length: u32) -> usize {
    let zeros = !code & ((1 << length) - 1);
    // After the last code, none follows.
    zeros
        .checked_ilog2()
        .map_or(0, |zero| code & ((1 << zero) - 1) | 1 << zero)
}

/// What literals and lengths mean (RFC 1951, 3.2.5), without the bits of their codes.
const LITERAL_MEANINGS: [Entry; 288] = {
    // 286 and 287 stay: they have codes, but no meaning.
    let mut meanings = [RARE; 288];
    let mut byte = 0;
    while byte < 256 {
        meanings[byte] = LITERAL | (byte as Entry) << 16;
        byte += 1;
    }
    meanings[256] = RARE | END;
    let mut symbol = 257;
    let mut base = 3;
    while symbol < 285 {
        let extra = if symbol < 265 {
            0
        } else {
            (symbol as Entry - 261) / 4
        };
        meanings[symbol] = base << 16 | extra;
        base += 1 << extra;
        symbol += 1;
    }
    meanings[285] = 258 << 16;
    meanings
};

/// What distances mean.
const DISTANCE_MEANINGS: [Entry; 32] = {
    let mut meanings = [RARE; 32];
    let mut symbol = 0;
    let mut base = 1;
    while symbol < 30 {
        let extra = if symbol < 4 {
            0
        } else {
            (symbol as Entry - 2) / 2
        };
        meanings[symbol] = base << 16 | extra;
        base += 1 << extra;
        symbol += 1;
    }
    meanings
};
