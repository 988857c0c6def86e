//! The amounts of one column of a run, in 8 bytes each for as long as they fit.

use super::{
    amount::{self, BadAmount, POWERS, Rounding, SCALE, Short},
    column::{extend, reserve, set},
};

/// Marks NULL among amounts; no amount has so many digits.
pub(super) const NO_AMOUNT: i128 = i128::MIN;

/// Marks NULL among amounts of 8 bytes.
const NO_SHORT: i64 = i64::MIN;

/// Decimal places that a column begins with: as many as AWS gives costs in most reports.
const USUAL_PLACES: u8 = 10;

/// Amounts by row.
#[derive(Debug)]
pub(super) struct Amounts(Values);

#[derive(Debug)]
enum Values {
    /// All with the same number of decimal places.
    Short { values: Vec<i64>, places: u8 },
    /// In units of 10⁻¹⁸.
    Long(Vec<i128>),
}

impl Default for Amounts {
    fn default() -> Self {
        Self(Values::Short {
            values: Vec::new(),
            places: USUAL_PLACES,
        })
    }
}

impl Amounts {
    /// Forgets all amounts, and keeps the memory.
    pub(super) fn clear(&mut self) {
        match &mut self.0 {
            Values::Short { values, .. } => values.clear(),
            Values::Long(_) => *self = Self::default(),
        }
    }

    /// Rows up to the last that has a value.
    pub(super) fn len(&self) -> usize {
        match &self.0 {
            Values::Short { values, .. } => values.len(),
            Values::Long(units) => units.len(),
        }
    }

    /// The amount of a row in units of 10⁻¹⁸, or [`NO_AMOUNT`].
    #[inline]
    pub(super) fn get(&self, row: usize) -> i128 {
        match &self.0 {
            Values::Short { values, places } => match values.get(row) {
                Some(&value) if value != NO_SHORT => i128::from(value) * factor(*places),
                _ => NO_AMOUNT,
            },
            Values::Long(units) => units.get(row).copied().unwrap_or(NO_AMOUNT),
        }
    }

    /// Has the row a value?
    pub(super) fn has(&self, row: usize) -> bool {
        self.get(row) != NO_AMOUNT
    }

    /// The amounts of some rows, in units of 10⁻¹⁸.
    pub(super) fn gather(&self, rows: &[u32], units: &mut Vec<i128>) {
        units.clear();
        match &self.0 {
            Values::Short { values, places } => {
                let factor = factor(*places);
                units.extend(rows.iter().map(|&row| match values.get(row as usize) {
                    Some(&value) if value != NO_SHORT => i128::from(value) * factor,
                    _ => NO_AMOUNT,
                }));
            }
            Values::Long(all) => units.extend(
                rows.iter()
                    .map(|&row| all.get(row as usize).copied().unwrap_or(NO_AMOUNT)),
            ),
        }
    }

    /// Hands the amounts of rows, in units of 10⁻¹⁸, to `take` with the groups of the rows, until it fails.
    #[inline]
    pub(super) fn by_group(
        &self,
        rows: &[u32],
        groups: &[u32],
        mut take: impl FnMut(u32, i128) -> Option<()>,
    ) -> Option<()> {
        match &self.0 {
            Values::Short { values, places } => {
                let factor = factor(*places);
                for (&row, &group) in rows.iter().zip(groups) {
                    if let Some(&value) = values.get(row as usize)
                        && value != NO_SHORT
                    {
                        take(group, i128::from(value) * factor)?;
                    }
                }
            }
            Values::Long(units) => {
                for (&row, &group) in rows.iter().zip(groups) {
                    if let Some(&units) = units.get(row as usize)
                        && units != NO_AMOUNT
                    {
                        take(group, units)?;
                    }
                }
            }
        }
        Some(())
    }

    /// Parses and sets the amount of a row that has none yet, and gives it in units of 10⁻¹⁸.
    #[inline]
    pub(super) fn parse(
        &mut self,
        row: usize,
        text: &[u8],
        rounding: &mut Rounding,
    ) -> Result<i128, BadAmount> {
        if let Some(amount) = amount::short(text) {
            self.set_short(row, amount);
            return Ok(amount.units());
        }
        let units = amount::parse(text, rounding)?;
        self.set(row, units);
        Ok(units)
    }

    /// Sets the amount of a row that has none yet.
    #[inline]
    pub(super) fn set_short(&mut self, row: usize, amount: Short) {
        match &mut self.0 {
            Values::Short { values, places } if *places == amount.places => {
                set(values, row, amount.mantissa, NO_SHORT);
            }
            _ => self.set_other(row, amount),
        }
    }

    /// Sets an amount of other decimal places than those before.
    fn set_other(&mut self, row: usize, amount: Short) {
        if let Values::Short { values, places } = &mut self.0 {
            if amount.places > *places {
                raise(values, places, amount.places);
            }
            let shift = places.checked_sub(amount.places);
            let mantissa = shift.and_then(|shift| shifted(amount.mantissa, shift));
            if let Some(mantissa) = mantissa {
                set(values, row, mantissa, NO_SHORT);
                return;
            }
        }
        self.set(row, amount.units());
    }

    /// Sets the amount of a row that has none yet, in units of 10⁻¹⁸.
    #[inline]
    pub(super) fn set(&mut self, row: usize, units: i128) {
        self.lengthen();
        if let Values::Long(all) = &mut self.0 {
            set(all, row, units, NO_AMOUNT);
        }
    }

    /// Has 16 bytes for each amount from now on.
    fn lengthen(&mut self) {
        if let Values::Short { values, places } = &self.0 {
            let factor = factor(*places);
            let units = values.iter().map(|&value| match value {
                NO_SHORT => NO_AMOUNT,
                value => i128::from(value) * factor,
            });
            self.0 = Values::Long(units.collect());
        }
    }

    /// Adds the amounts of another run, whose first row becomes row `base`.
    pub(super) fn append(&mut self, mut other: Self, base: usize) {
        if other.len() == 0 {
            return;
        }
        if let (
            Values::Short { values, places },
            Values::Short {
                values: more,
                places: others,
            },
        ) = (&mut self.0, &other.0)
            && places == others
        {
            extend(values, more, base, NO_SHORT);
            return;
        }
        self.lengthen();
        other.lengthen();
        if let (Values::Long(units), Values::Long(more)) = (&mut self.0, &other.0) {
            extend(units, more, base, NO_AMOUNT);
        }
    }

    /// Makes room for so many rows, unless there are no values.
    pub(super) fn reserve(&mut self, rows: usize) {
        match &mut self.0 {
            Values::Short { values, .. } => reserve(values, rows),
            Values::Long(units) => reserve(units, rows),
        }
    }

    /// Bytes of memory that were written to.
    pub(super) fn footprint(&self) -> usize {
        match &self.0 {
            Values::Short { values, .. } => values.len() * 8,
            Values::Long(units) => units.len() * 16,
        }
    }
}

/// Adds to a sum that may have nothing in it yet; `None` if it does not fit.
#[inline]
pub(super) fn add(sum: &mut i128, units: i128) -> Option<()> {
    *sum = match *sum {
        NO_AMOUNT => units,
        sum => sum.checked_add(units)?,
    };
    Some(())
}

#[inline]
fn factor(places: u8) -> i128 {
    POWERS[SCALE - usize::from(places)]
}

/// `mantissa` with `shift` more decimal places, if that fits.
fn shifted(mantissa: i64, shift: u8) -> Option<i64> {
    let factor = 10_i64.checked_pow(u32::from(shift))?;
    mantissa
        .checked_mul(factor)
        .filter(|&mantissa| mantissa != NO_SHORT)
}

/// Gives all values so many decimal places, if they fit with them.
fn raise(values: &mut [i64], places: &mut u8, wanted: u8) {
    let shift = wanted - *places;
    let fits = |&value: &i64| value == NO_SHORT || shifted(value, shift).is_some();
    if values.iter().all(fits) {
        for value in values.iter_mut().filter(|value| **value != NO_SHORT) {
            *value = shifted(*value, shift).unwrap_or(*value);
        }
        *places = wanted;
    }
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng, rngs::SmallRng};

    use super::*;

    #[test]
    fn amounts_come_back_whatever_their_places() {
        let mut random = SmallRng::seed_from_u64(11);
        for round in 0..300 {
            let mut amounts = Amounts::default();
            let mut expected = Vec::new();
            for row in 0..random.random_range(0..200) {
                let units = match random.random_range(0..if round % 3 == 0 { 50 } else { 4 }) {
                    0 => NO_AMOUNT,
                    49 => {
                        let units = random.random::<i64>().into();
                        amounts.set(row, units);
                        units
                    }
                    _ => {
                        let amount = Short {
                            mantissa: random.random_range(-1_000_000_000..1_000_000_000),
                            places: random.random_range(0..if round % 2 == 0 { 11 } else { 19 }),
                        };
                        amounts.set_short(row, amount);
                        amount.units()
                    }
                };
                expected.push(units);
            }
            let rows: Vec<u32> = (0..u32::try_from(expected.len()).unwrap()).rev().collect();
            let mut found = Vec::new();
            amounts.gather(&rows, &mut found);
            found.reverse();
            assert_eq!(found, expected);
            let mut joined = Amounts::default();
            joined.set_short(
                2,
                Short {
                    mantissa: 7,
                    places: 3,
                },
            );
            joined.append(amounts, 5);
            assert_eq!(joined.get(2), 7 * POWERS[15]);
            assert_eq!(joined.get(3), NO_AMOUNT);
            for (row, units) in expected.into_iter().enumerate() {
                assert_eq!(joined.get(5 + row), units);
            }
        }
    }
}
