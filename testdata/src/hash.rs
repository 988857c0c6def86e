//! The generator's only source of chance: pure functions of the seed, so that any file can be made without the ones before it.

/// Spreads the bits of `x` (the finaliser of `SplitMix64`).
pub(crate) const fn mix(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A hash of two numbers.
pub(crate) const fn mix2(a: u64, b: u64) -> u64 {
    mix(mix(a) ^ b)
}

/// A hash of three numbers.
pub(crate) const fn mix3(a: u64, b: u64, c: u64) -> u64 {
    mix(mix2(a, b) ^ c)
}

/// A number below `bound`, from the upper bits of `hash`.
pub(crate) fn below(hash: u64, bound: u64) -> u64 {
    ((u128::from(hash) * u128::from(bound)) >> 64) as u64
}

/// Whether something with a chance of `percent` in a hundred happens.
pub(crate) fn chance(hash: u64, percent: u64) -> bool {
    below(hash, 100) < percent
}

/// Picks an index by weight.
#[derive(Debug, Clone)]
pub(crate) struct Weighted {
    cumulative: Vec<u64>,
}

impl Weighted {
    pub(crate) fn new(weights: impl IntoIterator<Item = u64>) -> Self {
        let cumulative = weights
            .into_iter()
            .scan(0, |sum, weight| {
                *sum += weight;
                Some(*sum)
            })
            .collect();
        Self { cumulative }
    }

    /// Zipf's law with exponent 1 over `count` items: the first is as large as the rest is long.
    pub(crate) fn zipf(count: u64) -> Self {
        Self::new((1..=count.max(1)).map(|rank| 1_000_000_000 / rank))
    }

    pub(crate) fn pick(&self, hash: u64) -> usize {
        let total = self.cumulative.last().copied().unwrap_or(1);
        let point = below(hash, total);
        self.cumulative.partition_point(|&end| end <= point)
    }
}

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Appends `length` characters of lower-case base 32, as in line item ids.
pub(crate) fn write_base32(out: &mut Vec<u8>, seed: u64, length: usize) {
    let mut text = [0_u8; 60];
    let mut word = 0;
    for (index, slot) in text[..length].iter_mut().enumerate() {
        if index % 12 == 0 {
            word = mix(seed ^ ((index as u64) << 40));
        }
        *slot = BASE32[(word & 31) as usize];
        word >>= 5;
    }
    out.extend_from_slice(&text[..length]);
}

/// `length` hexadecimal digits (at most 32).
pub(crate) fn hex(seed: u64, length: usize) -> String {
    let mut text = format!("{:016x}{:016x}", mix(seed), mix(seed ^ 1));
    text.truncate(length);
    text
}

/// `length` upper-case letters and digits, as in SKUs.
pub(crate) fn upper(seed: u64, length: usize) -> String {
    let mut text = Vec::with_capacity(length);
    write_base32(&mut text, seed, length);
    text.make_ascii_uppercase();
    text.into_iter().map(char::from).collect()
}
