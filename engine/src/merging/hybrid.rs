//! Parquet's run-length and bit-packing hybrid: definition levels, and numbers of dictionary entries.
//!
//! Source: the Parquet format's "Encodings", `RLE` (3) and `RLE_DICTIONARY` (8).

/// Appends `count` numbers of `width` bits to `numbers`. `None` if `bytes` hold fewer, or none that make sense.
pub(super) fn decode(
    mut bytes: &[u8],
    width: u8,
    count: usize,
    numbers: &mut Vec<u32>,
) -> Option<()> {
    if width > 32 {
        return None;
    }
    let width = usize::from(width);
    let end = numbers.len() + count;
    numbers.reserve(count);
    while numbers.len() < end {
        let left = end - numbers.len();
        let header = varint(&mut bytes)?;
        let length = usize::try_from(header >> 1).ok()?;
        if length == 0 {
            return None;
        }
        if header & 1 == 0 {
            let (value, rest) = bytes.split_at_checked(width.div_ceil(8))?;
            let mut number = [0; 4];
            number[..value.len()].copy_from_slice(value);
            numbers.resize(numbers.len() + length.min(left), u32::from_le_bytes(number));
            bytes = rest;
        } else {
            let size = length.checked_mul(width)?.min(bytes.len());
            let (packed, rest) = bytes.split_at(size);
            unpack(packed, width, length.saturating_mul(8).min(left), numbers)?;
            bytes = rest;
        }
    }
    Some(())
}

/// Appends `count` numbers that are packed without gaps, the lowest bits first.
fn unpack(packed: &[u8], width: usize, count: usize, numbers: &mut Vec<u32>) -> Option<()> {
    if packed.len() * 8 < width * count {
        return None;
    }
    let mask = (1_u64 << width) - 1;
    // A number of at most 32 bits, at most 7 of which lie in the byte before, is in the 8 bytes from there.
    let number = |word: [u8; 8], bit: usize| {
        let shifted = (u64::from_le_bytes(word) >> (bit % 8)) & mask;
        u32::try_from(shifted).unwrap_or(u32::MAX)
    };
    let whole = match packed.len().checked_sub(8) {
        Some(last) => ((last + 1) * 8 / width.max(1)).min(count),
        None => 0,
    };
    numbers.extend((0..whole).map(|index| {
        let bit = index * width;
        let word = packed[bit / 8..].first_chunk().copied();
        number(word.unwrap_or_default(), bit)
    }));
    numbers.extend((whole..count).map(|index| {
        let bit = index * width;
        let from = &packed[(bit / 8).min(packed.len())..];
        let mut word = [0; 8];
        let there = from.len().min(8);
        word[..there].copy_from_slice(&from[..there]);
        number(word, bit)
    }));
    Some(())
}

/// A number of seven bits a byte, the lowest first, from the front of `bytes`.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..=28).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], width: u8, count: usize) -> Option<Vec<u32>> {
        let mut numbers = Vec::new();
        decode(bytes, width, count, &mut numbers).map(|()| numbers)
    }

    #[test]
    fn runs_and_packed_numbers_follow_each_other() {
        // Five times 4, then the format's own example: 0 to 7 in 3 bits.
        let bytes = [
            5 << 1,
            4,
            (1 << 1) | 1,
            0b1000_1000,
            0b1100_0110,
            0b1111_1010,
        ];
        assert_eq!(
            decoded(&bytes, 3, 13).unwrap(),
            [4, 4, 4, 4, 4, 0, 1, 2, 3, 4, 5, 6, 7]
        );
        assert_eq!(decoded(&bytes, 3, 3).unwrap(), [4, 4, 4]);
        assert_eq!(decoded(&bytes, 3, 6).unwrap(), [4, 4, 4, 4, 4, 0]);
    }

    #[test]
    fn numbers_of_every_width_come_back() {
        for width in 1..=32_u8 {
            let mask = u32::MAX >> (32 - width);
            let numbers: Vec<u32> = (0..64_u32)
                .map(|i| i.wrapping_mul(0x9e37_79b9) & mask)
                .collect();
            let mut packed = vec![(8 << 1) | 1];
            let (mut word, mut filled) = (0_u128, 0);
            for number in &numbers {
                word |= u128::from(*number) << filled;
                filled += u32::from(width);
                while filled >= 8 {
                    packed.push(word.to_le_bytes()[0]);
                    word >>= 8;
                    filled -= 8;
                }
            }
            assert_eq!(decoded(&packed, width, 64).unwrap(), numbers, "{width}");
        }
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        assert_eq!(decoded(&[], 3, 1), None);
        assert_eq!(decoded(&[10], 3, 5), None);
        assert_eq!(decoded(&[3, 0, 0], 3, 8), None);
        assert_eq!(decoded(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80], 3, 1), None);
        assert_eq!(decoded(&[0], 3, 1), None, "a run of nothing");
        assert_eq!(decoded(&[2, 0, 0, 0, 0, 0], 33, 1), None);
        assert_eq!(decoded(&[0xff, 0xff, 0xff, 0xff, 0x0f], 32, 1 << 20), None);
    }

    #[test]
    fn numbers_without_bits_are_zero() {
        assert_eq!(decoded(&[8 << 1], 0, 8).unwrap(), [0; 8]);
    }
}
