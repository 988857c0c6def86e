//! Where the separators of CSV are: bit masks over 64 bytes at a time.

/// Bytes per mask.
pub(super) const WIDTH: usize = 64;

/// A walk over the commas and line ends of `data`, in order.
pub(super) struct Separators<'a> {
    data: &'a [u8],
    /// Where the current 64 bytes begin.
    base: usize,
    /// Separators of the current 64 bytes that were not yet passed.
    mask: u64,
}

impl<'a> Separators<'a> {
    /// A walk that starts at `at`.
    pub(super) fn new(data: &'a [u8], at: usize) -> Self {
        let mut separators = Self {
            data,
            base: 0,
            mask: 0,
        };
        separators.load(at / WIDTH * WIDTH);
        separators.skip_to(at);
        separators
    }

    /// The next separator.
    #[inline]
    pub(super) fn next(&mut self) -> Option<usize> {
        while self.mask == 0 {
            if self.base + WIDTH >= self.data.len() {
                return None;
            }
            self.load(self.base + WIDTH);
        }
        let at = self.base + self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Some(at)
    }

    /// Passes by every separator before `at`, which must not lie behind the walk.
    #[inline]
    pub(super) fn skip_to(&mut self, at: usize) {
        if at >= self.base + WIDTH {
            self.load(at / WIDTH * WIDTH);
        }
        self.mask &= u64::MAX << (at % WIDTH);
    }

    #[inline]
    fn load(&mut self, base: usize) {
        self.base = base;
        let rest = self.data.get(base..).unwrap_or_default();
        self.mask = if let Some(bytes) = rest.first_chunk::<WIDTH>() {
            separators(bytes)
        } else {
            let mut bytes = [0; WIDTH];
            bytes[..rest.len()].copy_from_slice(rest);
            separators(&bytes)
        };
    }
}

/// Bit `n` is set if byte `n` is a comma, a line feed or a carriage return.
#[inline]
fn separators(bytes: &[u8; WIDTH]) -> u64 {
    // Compilers turn the first step into a few vector comparisons.
    let flags = bytes
        .map(|byte| u8::from(byte == b',') | u8::from(byte == b'\n') | u8::from(byte == b'\r'));
    let (eights, _) = flags.as_chunks::<8>();
    let mut mask = 0;
    for (at, &eight) in eights.iter().enumerate() {
        // Gathers the lowest bits of eight bytes in the highest byte.
        let bits = u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (at * 8);
    }
    mask
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng, rngs::SmallRng};

    use super::*;

    fn separators_by_byte(bytes: &[u8; WIDTH]) -> u64 {
        bytes.iter().rev().fold(0, |mask, byte| {
            mask << 1 | u64::from(matches!(byte, b',' | b'\n' | b'\r'))
        })
    }

    #[test]
    fn masks_agree_with_looking_at_each_byte() {
        let mut random = SmallRng::seed_from_u64(1);
        for _ in 0..10_000 {
            let bytes: [u8; WIDTH] = std::array::from_fn(|_| match random.random_range(0..4) {
                0 => b",\n\r"[random.random_range(0..3)],
                _ => random.random(),
            });
            assert_eq!(separators(&bytes), separators_by_byte(&bytes));
        }
    }

    #[test]
    fn every_separator_is_found_from_every_start() {
        let data: Vec<u8> = (0..300_u32)
            .map(|at| if at * at % 7 == 1 { b',' } else { b'x' })
            .collect();
        for start in 0..data.len() {
            let expected: Vec<usize> = (start..data.len()).filter(|&at| data[at] == b',').collect();
            let mut separators = Separators::new(&data, start);
            let found: Vec<usize> = std::iter::from_fn(|| separators.next()).collect();
            assert_eq!(found, expected);
        }
    }
}
