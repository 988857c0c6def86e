//! The RLE/bit-packed hybrid that Parquet stores dictionary numbers in.
//!
//! Source: <https://parquet.apache.org/docs/file-format/data-pages/encodings/>, "Run Length Encoding / Bit-Packing Hybrid".

/// Bit-packed values come in groups of so many.
pub(super) const GROUP: usize = 8;

/// Bits that the numbers up to `max` need.
pub(super) fn bit_width(max: u32) -> u32 {
    u32::BITS - max.leading_zeros()
}

/// Appends `values`, none of which needs more than `width` bits.
pub(super) fn encode(values: &[u32], width: u32, out: &mut Vec<u8>) {
    let worth = shortest_run(width);
    // Up to here everything is encoded.
    let mut done = 0;
    let mut at = 0;
    while at < values.len() {
        let run = run_length(&values[at..]);
        if run >= worth || run == values.len() - at {
            packed(&values[done..at], width, out);
            repeated(values[at], run, width, out);
            at += run;
            done = at;
        } else {
            // The run may end within this group: the next group starts a new look.
            at = values.len().min(at + GROUP);
        }
    }
    packed(&values[done..], width, out);
}

/// Appends `count` times the same value.
pub(super) fn repeated(value: u32, count: usize, width: u32, out: &mut Vec<u8>) {
    varint(count << 1, out);
    let bytes = width.div_ceil(u8::BITS) as usize;
    out.extend_from_slice(&value.to_le_bytes()[..bytes]);
}

/// Appends the header of `groups` bit-packed groups, which have to follow.
pub(super) fn packed_header(groups: usize, out: &mut Vec<u8>) {
    varint(groups << 1 | 1, out);
}

/// Runs from this length on are smaller than bit-packed groups, the header of the next group counted in.
fn shortest_run(width: u32) -> usize {
    match width {
        0 => 1,
        1 => 4 * GROUP,
        2 | 3 => 2 * GROUP,
        _ => GROUP,
    }
}

/// How often the first value repeats. Less than a group is not counted, unless the values end there.
#[inline]
fn run_length(values: &[u32]) -> usize {
    let first = values[0];
    // Without a branch per value, so that the compiler compares a whole group at once.
    let same = |group: &[u32]| group.iter().fold(0, |odd, &value| odd | (value ^ first)) == 0;
    let groups = values.chunks_exact(GROUP);
    let rest = groups.remainder();
    let whole = groups.take_while(|group| same(group)).count() * GROUP;
    if whole == 0 && values.len() >= GROUP {
        return 0;
    }
    if whole + rest.len() == values.len() {
        return if same(rest) { values.len() } else { whole };
    }
    whole
        + values[whole..]
            .iter()
            .take_while(|&&value| value == first)
            .count()
}

/// Appends values as bit-packed groups; the last one is filled up with zeros.
fn packed(values: &[u32], width: u32, out: &mut Vec<u8>) {
    if values.is_empty() {
        return;
    }
    packed_header(values.len().div_ceil(GROUP), out);
    pack(values, width, out);
}

/// Appends values of `width` bits each, in whole groups.
pub(super) fn pack(values: &[u32], width: u32, out: &mut Vec<u8>) {
    match width {
        1 => narrow::<1>(values, out),
        2 => narrow::<2>(values, out),
        3 => narrow::<3>(values, out),
        4 => narrow::<4>(values, out),
        5 => narrow::<5>(values, out),
        6 => narrow::<6>(values, out),
        7 => narrow::<7>(values, out),
        8 => narrow::<8>(values, out),
        9 => middling::<9>(values, out),
        10 => middling::<10>(values, out),
        11 => middling::<11>(values, out),
        12 => middling::<12>(values, out),
        13 => middling::<13>(values, out),
        14 => middling::<14>(values, out),
        15 => middling::<15>(values, out),
        16 => middling::<16>(values, out),
        _ => wide(values, width, out),
    }
}

/// Up to 8 bits each: a group is one word.
fn narrow<const WIDTH: usize>(values: &[u32], out: &mut Vec<u8>) {
    groups(values, WIDTH, out, |group| {
        (0..GROUP)
            .fold(0, |word, at| word | u64::from(group[at]) << (at * WIDTH))
            .to_le_bytes()
    });
}

/// Up to 16 bits each: a group is two words, and each half of it fits one.
fn middling<const WIDTH: usize>(values: &[u32], out: &mut Vec<u8>) {
    groups(values, WIDTH, out, |group| {
        let half = |from: usize| {
            (0..4).fold(0, |word, at| {
                word | u64::from(group[from + at]) << (at * WIDTH)
            })
        };
        (u128::from(half(0)) | u128::from(half(4)) << (4 * WIDTH)).to_le_bytes()
    });
}

/// Packs group by group into `WORD` bytes, of which the first `width` count.
#[inline]
fn groups<const WORD: usize>(
    values: &[u32],
    width: usize,
    out: &mut Vec<u8>,
    pack: impl Fn(&[u32; GROUP]) -> [u8; WORD],
) {
    let (whole, rest) = values.as_chunks::<GROUP>();
    let mut at = out.len();
    // The last group spills over by less than a word.
    out.resize(at + values.len().div_ceil(GROUP) * width + WORD, 0);
    for group in whole {
        out[at..at + WORD].copy_from_slice(&pack(group));
        at += width;
    }
    if !rest.is_empty() {
        let mut group = [0; GROUP];
        group[..rest.len()].copy_from_slice(rest);
        out[at..at + WORD].copy_from_slice(&pack(&group));
        at += width;
    }
    out.truncate(at);
}

/// Any width.
fn wide(values: &[u32], width: u32, out: &mut Vec<u8>) {
    let filling = values.len().next_multiple_of(GROUP) - values.len();
    let (mut word, mut bits) = (0_u64, 0);
    for value in values
        .iter()
        .copied()
        .chain(std::iter::repeat_n(0, filling))
    {
        word |= u64::from(value) << bits;
        bits += width;
        while bits >= u8::BITS {
            out.push(word.to_le_bytes()[0]);
            word >>= u8::BITS;
            bits -= u8::BITS;
        }
    }
}

/// ULEB128.
pub(super) fn varint(mut value: usize, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng, rngs::SmallRng};

    use super::*;

    /// Reads what was encoded, by the letter of the specification.
    fn decode(mut bytes: &[u8], width: u32, count: usize) -> Vec<u32> {
        let mut values = Vec::new();
        while values.len() < count {
            let (mut header, mut shift) = (0_usize, 0);
            loop {
                let byte = bytes[0];
                bytes = &bytes[1..];
                header |= usize::from(byte & 0x7F) << shift;
                shift += 7;
                if byte < 0x80 {
                    break;
                }
            }
            assert!(header >> 1 > 0);
            if header & 1 == 1 {
                let size = (header >> 1) * width as usize;
                let bit = |at: usize| u32::from(bytes[at / 8] >> (at % 8) & 1);
                for value in 0..(header >> 1) * GROUP {
                    let start = value * width as usize;
                    values.push((0..width as usize).fold(0, |v, at| v | bit(start + at) << at));
                }
                bytes = &bytes[size..];
            } else {
                let mut value = [0; 4];
                let size = width.div_ceil(8) as usize;
                value[..size].copy_from_slice(&bytes[..size]);
                values.extend(std::iter::repeat_n(u32::from_le_bytes(value), header >> 1));
                bytes = &bytes[size..];
            }
        }
        assert!(bytes.is_empty());
        assert!(values[count..].iter().all(|&value| value == 0));
        values.truncate(count);
        values
    }

    #[test]
    fn every_width_and_shape_decodes_to_itself() {
        let mut random = SmallRng::seed_from_u64(1);
        for width in 0..=32 {
            for count in [0, 1, 7, 8, 9, 31, 63, 64, 65, 1_000, 20_000] {
                for longest in [1, 3, 10, 40, 5_000] {
                    let mut values = Vec::new();
                    while values.len() < count {
                        let value = u32::try_from(random.random_range(0..1_u64 << width));
                        let run = random.random_range(1..=longest);
                        values.extend(std::iter::repeat_n(value.unwrap(), run));
                    }
                    values.truncate(count);
                    let mut bytes = Vec::new();
                    encode(&values, width, &mut bytes);
                    assert_eq!(
                        decode(&bytes, width, count),
                        values,
                        "{width} {count} {longest}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_long_run_is_one_step() {
        let mut bytes = Vec::new();
        encode(&vec![5; 20_000], 9, &mut bytes);
        assert_eq!(bytes, [0xC0, 0xB8, 0x02, 5, 0]);
    }

    #[test]
    fn bit_widths() {
        assert_eq!(
            [0, 1, 2, 3, 4, 65_535, 65_536].map(bit_width),
            [0, 1, 2, 2, 3, 16, 17]
        );
    }
}
