//! Values of a column in few bytes, found without much ado.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::convert::{amounts::NO_AMOUNT, texts::number_of};

/// Units of 10⁻¹⁸ in an amount of ten decimal places: as many as AWS gives costs.
const USUAL: i64 = 100_000_000;

/// Marks that there is no amount among those of 8 bytes.
const NONE: i64 = i64::MIN;

/// Distinct values with a number for each row.
#[derive(Debug)]
pub(super) struct Coded<T> {
    numbers: Numbers,
    /// The values of the numbers from 1 on; 0 is no value.
    pub(super) distinct: Vec<T>,
}

/// Numbers in as few bytes as the greatest needs.
#[derive(Debug)]
enum Numbers {
    /// The same in so many rows.
    Same(u32, usize),
    Bytes(Vec<u8>),
    Shorts(Vec<u16>),
    Longs(Vec<u32>),
}

impl<T: Copy + Eq + Hash> Coded<T> {
    /// However many distinct values there are beside `none`.
    pub(super) fn all(values: &[T], none: T) -> Self {
        let coded = Self::of(values, none, values.len());
        coded.expect("no more are distinct than there are")
    }

    /// Nothing if there are more than `most` distinct values beside `none`.
    fn of(values: &[T], none: T, most: usize) -> Option<Self> {
        let mut known = FxHashMap::default();
        known.insert(none, 0);
        let mut distinct = Vec::new();
        let mut numbers = Vec::with_capacity(values.len());
        let mut last = (none, 0);
        for &value in values {
            if value != last.0 {
                let next = number_of(distinct.len() + 1);
                let number = *known.entry(value).or_insert(next);
                if number == next {
                    if distinct.len() == most {
                        return None;
                    }
                    distinct.push(value);
                }
                last = (value, number);
            }
            numbers.push(last.1);
        }
        Some(Self {
            numbers: Numbers::of(numbers, distinct.len()),
            distinct,
        })
    }

    /// The value of each row.
    pub(super) fn values(&self, none: T) -> Vec<T> {
        let mut values = Vec::with_capacity(self.numbers.len());
        self.each(|number| {
            let value = number.checked_sub(1).map(|at| self.distinct[at as usize]);
            values.push(value.unwrap_or(none));
        });
        values
    }
}

impl<T> Coded<T> {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether no row has a value.
    pub(super) fn is_empty(&self) -> bool {
        self.distinct.is_empty()
    }

    /// Hands over the number of each row.
    pub(super) fn each(&self, mut take: impl FnMut(u32)) {
        match &self.numbers {
            Numbers::Same(number, rows) => (0..*rows).for_each(|_| take(*number)),
            Numbers::Bytes(numbers) => numbers.iter().for_each(|&it| take(it.into())),
            Numbers::Shorts(numbers) => numbers.iter().for_each(|&it| take(it.into())),
            Numbers::Longs(numbers) => numbers.iter().for_each(|&it| take(it)),
        }
    }

    /// Bytes in memory.
    pub(super) fn footprint(&self) -> usize {
        self.numbers.footprint() + size_of_val(self.distinct.as_slice())
    }
}

impl Numbers {
    fn of(numbers: Vec<u32>, most: usize) -> Self {
        let first = numbers.first().copied().unwrap_or_default();
        if numbers.iter().all(|&number| number == first) {
            return Self::Same(first, numbers.len());
        }
        let fits = "it is at most the greatest";
        if u8::try_from(most).is_ok() {
            let bytes = numbers.into_iter().map(|it| u8::try_from(it).expect(fits));
            return Self::Bytes(bytes.collect());
        }
        if u16::try_from(most).is_ok() {
            let shorts = numbers.into_iter().map(|it| u16::try_from(it).expect(fits));
            return Self::Shorts(shorts.collect());
        }
        Self::Longs(numbers)
    }

    fn len(&self) -> usize {
        match self {
            Self::Same(_, rows) => *rows,
            Self::Bytes(numbers) => numbers.len(),
            Self::Shorts(numbers) => numbers.len(),
            Self::Longs(numbers) => numbers.len(),
        }
    }

    fn footprint(&self) -> usize {
        match self {
            Self::Same(..) => 0,
            Self::Bytes(numbers) => numbers.len(),
            Self::Shorts(numbers) => numbers.len() * 2,
            Self::Longs(numbers) => numbers.len() * 4,
        }
    }
}

/// Amounts, in units of 10⁻¹⁸.
#[derive(Debug)]
pub(super) enum Units {
    Coded(Coded<i128>),
    /// In units of 10⁻¹⁰.
    Short(Vec<i64>),
    Long(Vec<i128>),
}

impl Units {
    /// `NO_AMOUNT` is none.
    pub(super) fn of(units: &[i128]) -> Self {
        // A number and a share of the distinct ones are to take less than 8 bytes.
        if let Some(coded) = Coded::of(units, NO_AMOUNT, units.len() / 4) {
            return Self::Coded(coded);
        }
        let short = |&units: &i128| match i64::try_from(units) {
            _ if units == NO_AMOUNT => Some(NONE),
            Ok(units) => (units % USUAL == 0).then_some(units / USUAL),
            Err(_) => {
                let usual = i128::from(USUAL);
                let short = i64::try_from(units / usual).ok()?;
                (units % usual == 0 && short != NONE).then_some(short)
            }
        };
        let shorts: Option<Vec<i64>> = units.iter().map(short).collect();
        shorts.map_or_else(|| Self::Long(units.to_vec()), Self::Short)
    }

    /// The amount of each row.
    pub(super) fn values(&self) -> Vec<i128> {
        match self {
            Self::Coded(coded) => coded.values(NO_AMOUNT),
            Self::Short(shorts) => {
                let units = |&short: &i64| match short {
                    NONE => NO_AMOUNT,
                    short => i128::from(short) * i128::from(USUAL),
                };
                shorts.iter().map(units).collect()
            }
            Self::Long(units) => units.clone(),
        }
    }

    /// Bytes in memory.
    pub(super) fn footprint(&self) -> usize {
        match self {
            Self::Coded(coded) => coded.footprint(),
            Self::Short(shorts) => shorts.len() * 8,
            Self::Long(units) => units.len() * 16,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng, rngs::SmallRng};

    use super::*;

    #[test]
    fn amounts_come_back_in_few_bytes() {
        let mut random = SmallRng::seed_from_u64(5);
        let mut of = |one: &mut dyn FnMut(&mut SmallRng) -> i128| -> Vec<i128> {
            (0..3_000).map(|_| one(&mut random)).collect()
        };
        let cents = of(&mut |random| i128::from(random.random_range(-9..9_i64)) * 10_i128.pow(16));
        let usual = of(&mut |random| match random.random_range(0..9) {
            0 => NO_AMOUNT,
            _ => {
                i128::from(random.random_range(-10_i64.pow(17)..10_i64.pow(17))) * i128::from(USUAL)
            }
        });
        let fine = of(&mut |random| i128::from(random.random::<i64>()));
        let large = of(&mut |random| i128::from(random.random::<i64>()) << 60);
        let edges = vec![
            NO_AMOUNT,
            i128::MAX,
            i128::from(NONE) * i128::from(USUAL),
            0,
        ];
        for (units, most) in [
            (cents, 1),
            (usual, 8),
            (fine, 16),
            (large, 16),
            (edges, 16),
            (vec![7; 3_000], 0),
            (vec![NO_AMOUNT; 3_000], 0),
        ] {
            let packed = Units::of(&units);
            assert_eq!(packed.values(), units);
            assert!(packed.footprint() <= units.len() * most + 20 * 16);
        }
    }

    #[test]
    fn numbers_are_as_wide_as_need_be() {
        for distinct in [0_u32, 1, 2, 255, 256, 70_000] {
            let values: Vec<u32> = (0..=distinct).chain(0..=distinct).collect();
            let coded = Coded::of(&values, 0, values.len()).unwrap();
            assert_eq!(coded.values(0), values, "{distinct}");
            assert_eq!(coded.is_empty(), distinct == 0);
            assert_eq!(coded.distinct.len() as u64, u64::from(distinct));
        }
        assert!(Coded::of(&[1, 2, 3], 0, 2).is_none());
    }
}
