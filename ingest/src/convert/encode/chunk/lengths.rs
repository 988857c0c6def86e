//! The lengths of texts, as differences from one to the next.
//!
//! Source: <https://parquet.apache.org/docs/file-format/data-pages/encodings/>, "Delta Encoding (`DELTA_BINARY_PACKED`)".

use super::hybrid::{bit_width, pack, varint};

/// Differences that are told from a minimum of their own.
const BLOCK: usize = 128;
/// Differences that are packed in a width of their own.
const MINIBLOCK: usize = 32;

/// Appends `lengths`, each of which is below 2³¹.
pub(super) fn encode(lengths: &[u32], out: &mut Vec<u8>) {
    varint(BLOCK, out);
    varint(BLOCK / MINIBLOCK, out);
    varint(lengths.len(), out);
    let (&first, rest) = lengths.split_first().unwrap_or((&0, &[]));
    zigzag(i64::from(first), out);
    let mut last = i64::from(first);
    for block in rest.chunks(BLOCK) {
        let mut differences = [0; BLOCK];
        let differences = &mut differences[..block.len()];
        for (difference, &length) in differences.iter_mut().zip(block) {
            *difference = i64::from(length) - last;
            last = i64::from(length);
        }
        let least = differences.iter().copied().min().unwrap_or_default();
        zigzag(least, out);
        // Miniblocks of which there is nothing have no bits.
        let mut above = [0; BLOCK];
        for (above, difference) in above.iter_mut().zip(differences) {
            *above = u32::try_from(*difference - least).expect("two lengths are 2³² apart at most");
        }
        let (miniblocks, _) = above.as_chunks::<MINIBLOCK>();
        let width =
            |values: &[u32; MINIBLOCK]| bit_width(values.iter().fold(0, |all, one| all | one));
        out.extend(
            miniblocks
                .iter()
                .map(|values| width(values).to_le_bytes()[0]),
        );
        for values in miniblocks {
            pack(values, width(values), out);
        }
    }
}

/// A signed number, small if it is near zero.
fn zigzag(value: i64, out: &mut Vec<u8>) {
    let folded = (value << 1 ^ value >> 63).cast_unsigned();
    varint(usize::try_from(folded).expect("lengths are small"), out);
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng, rngs::SmallRng};

    use super::*;

    /// Reads what was encoded, by the letter of the specification.
    fn decode(bytes: &[u8]) -> Vec<i64> {
        let mut rest = bytes;
        let varint = |rest: &mut &[u8]| {
            let (mut value, mut shift) = (0_u64, 0);
            loop {
                let byte = rest[0];
                *rest = &rest[1..];
                value |= u64::from(byte & 0x7F) << shift;
                shift += 7;
                if byte < 0x80 {
                    return value;
                }
            }
        };
        let signed = |value: u64| (value >> 1).cast_signed() ^ -(value & 1).cast_signed();
        assert_eq!((varint(&mut rest), varint(&mut rest)), (128, 4));
        let count = varint(&mut rest);
        let mut values = vec![signed(varint(&mut rest))];
        let missing = |values: &[i64]| values.len() < count.try_into().unwrap();
        while missing(&values) {
            let least = signed(varint(&mut rest));
            let widths;
            (widths, rest) = rest.split_at(4);
            for width in widths.iter().map(|&width| usize::from(width)) {
                if !missing(&values) {
                    break;
                }
                let bit = |at: usize| i64::from(rest[at / 8] >> (at % 8) & 1);
                for place in 0..32 {
                    let above = (0..width).fold(0, |all, at| all | bit(place * width + at) << at);
                    values.push(values[values.len() - 1] + least + above);
                }
                rest = &rest[width * 4..];
            }
        }
        assert!(rest.is_empty());
        values.truncate(count.try_into().unwrap());
        values
    }

    #[test]
    fn lengths_decode_to_themselves() {
        let mut random = SmallRng::seed_from_u64(1);
        for count in [0, 1, 2, 32, 33, 34, 128, 129, 130, 161, 1_000, 20_000] {
            for longest in [0, 1, 52, 60_000, (1 << 31) - 1] {
                for shortest in [0, longest] {
                    let length = |_| random.random_range(shortest..=longest);
                    let lengths: Vec<u32> = (0..count).map(length).collect();
                    let mut bytes = Vec::new();
                    encode(&lengths, &mut bytes);
                    let found = decode(&bytes);
                    assert!(
                        found
                            .into_iter()
                            .eq(lengths.iter().map(|&length| i64::from(length)))
                    );
                }
            }
        }
    }

    #[test]
    fn texts_of_one_length_take_next_to_nothing() {
        let mut bytes = Vec::new();
        encode(&vec![52; 20_000], &mut bytes);
        assert_eq!(bytes.len(), 2 + 1 + 3 + 1 + 157 * 5);
    }
}
