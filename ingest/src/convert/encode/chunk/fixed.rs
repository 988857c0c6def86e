//! Values of fixed size: amounts and times.

use crate::convert::{amounts::NO_AMOUNT, column::NO_TIME};

/// A value that a row holds itself.
pub(super) trait Fixed: Copy + Eq {
    /// Marks NULL.
    const NULL: Self;

    /// Spread over the upper bits.
    fn hash(self) -> u64;
}

/// An odd number without a pattern: 2⁶⁴ divided by the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

impl Fixed for i128 {
    const NULL: Self = NO_AMOUNT;

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "both halves are hashed")]
    fn hash(self) -> u64 {
        let value = self.cast_unsigned();
        // Small amounts have an upper half of zeros or ones only.
        (value as u64 ^ ((value >> 64) as u64).rotate_left(32)).wrapping_mul(SPREAD)
    }
}

impl Fixed for i64 {
    const NULL: Self = NO_TIME;

    #[inline]
    fn hash(self) -> u64 {
        self.cast_unsigned().wrapping_mul(SPREAD)
    }
}
