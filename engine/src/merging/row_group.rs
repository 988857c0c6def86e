//! One row group, merged.

use std::{borrow::Cow, ops::Range, sync::Arc};

use bytes::Bytes;
use curtail_store::Beside;
use datafusion::{
    arrow::{
        array::{
            Array, ArrayRef, AsArray, Decimal128Array, Int64Array, RecordBatch, RecordBatchOptions,
            TimestampMicrosecondArray, UInt32Array, cast::as_boolean_array, new_null_array,
        },
        compute::take,
        datatypes::{DataType, SchemaRef, TimestampMicrosecondType},
    },
    common::ScalarValue,
    error::{DataFusionError, Result},
    parquet::file::{
        metadata::{ColumnChunkMetaData, RowGroupMetaData},
        statistics::Statistics,
    },
    physical_expr::PhysicalExpr,
};

use super::{
    cache::{Column, Key},
    column::{Amounts, Chunk, Dimension, amounts, dimension, nothing},
    groups::Groups,
};
use crate::money;

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// What a column of the merged rows is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Rows that differ in it stay apart.
    Dimension,
    /// The same, of a time, of which only the day counts.
    Day,
    /// Amounts, which are added up.
    Amount,
    /// A constant of the file, at this place among them.
    Constant(usize),
    /// How many line items became one.
    Count,
    /// What is told of the amounts at this place, beside their sums.
    Beside(Beside, usize),
}

impl Role {
    /// Whether it is read from files.
    pub(super) fn is_read(&self) -> bool {
        matches!(self, Self::Dimension | Self::Day | Self::Amount)
    }
}

/// A condition on one dimension alone.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    /// The place of the column among those wanted.
    pub(crate) column: usize,
    /// The condition, over a batch of that column alone.
    pub(crate) holds: Arc<dyn PhysicalExpr>,
    /// The schema of such a batch.
    pub(crate) schema: SchemaRef,
}

/// What is wanted of line items.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The columns of merged rows.
    pub(crate) schema: SchemaRef,
    /// What each of them is.
    pub(crate) roles: Vec<Role>,
    /// Line items for which one of these is not true are left out.
    pub(crate) conditions: Vec<Condition>,
}

/// A row group, and where its columns are.
pub(super) struct RowGroup<'a> {
    pub(super) wanted: &'a Wanted,
    pub(super) meta: &'a RowGroupMetaData,
    /// For each column that is wanted, its place in the file, if it has one.
    pub(super) leaves: &'a [Option<usize>],
    pub(super) rows: usize,
}

/// Which rows of a row group are wanted.
pub(super) enum Selected {
    All,
    Some(Vec<u32>),
}

impl RowGroup<'_> {
    /// A column that has any values in this row group.
    fn chunk(&self, column: usize) -> Option<&ColumnChunkMetaData> {
        let meta = self.meta.column(self.leaves[column]?);
        let nulls = meta.statistics().and_then(Statistics::null_count_opt);
        (nulls != Some(self.rows as u64)).then_some(meta)
    }

    /// The columns that conditions speak of.
    pub(super) fn in_conditions(&self) -> Vec<usize> {
        let mut columns: Vec<_> = self.wanted.conditions.iter().map(|c| c.column).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Where in the file these columns lie; nowhere if they have no values.
    pub(super) fn ranges(&self, columns: &[usize]) -> Vec<Option<Range<u64>>> {
        let chunks = columns.iter().map(|column| self.chunk(*column));
        chunks
            .map(|chunk| {
                let (start, size) = chunk?.byte_range();
                Some(start..start + size)
            })
            .collect()
    }

    /// Where in the file a column is and how it is wanted, by which it is known again. None if it has no values.
    pub(super) fn key(&self, path: &Arc<str>, group: usize, column: usize) -> Option<Key> {
        self.chunk(column)?;
        Some(Key {
            path: Arc::clone(path),
            group,
            leaf: self.leaves[column]?,
            by_day: self.wanted.roles[column] == Role::Day,
        })
    }

    /// Reads a column, whose bytes are those of [`Self::ranges`].
    pub(super) fn read(&self, column: usize, bytes: Option<Bytes>) -> Result<Column> {
        let chunk = self.chunk(column).zip(bytes);
        let chunk = chunk.map(|(meta, bytes)| {
            let (start, _) = meta.byte_range();
            (Chunk { start, bytes }, meta)
        });
        let role = &self.wanted.roles[column];
        if *role == Role::Amount {
            let read = chunk.map(|(chunk, meta)| amounts(chunk, meta, self.rows));
            return Ok(Column::Amounts(read.transpose()?.map(Arc::new)));
        }
        let data_type = self.wanted.schema.field(column).data_type();
        let read = match chunk {
            Some((chunk, meta)) => dimension(chunk, meta, self.rows, data_type)?,
            None => nothing(self.rows, data_type),
        };
        Ok(Column::Dimension(Arc::new(match role {
            Role::Day => by_day(read),
            _ => read,
        })))
    }

    /// Which rows the conditions hold for, on the columns that they speak of; nothing if for none.
    pub(super) fn select(&self, columns: &[(usize, Column)]) -> Result<Option<Selected>> {
        let mut selected = Selected::All;
        for (column, read) in columns {
            let Column::Dimension(dimension) = read else {
                continue;
            };
            let Dimension { numbers, values } = dimension.as_ref();
            let holds = self.holds(*column, values)?;
            let Some((null, others)) = holds.split_last() else {
                continue;
            };
            // The last value is NULL, whether or not any row has it.
            if !others.contains(&false) && (*null || !has_nulls(numbers, others.len())) {
                continue;
            }
            match &mut selected {
                Selected::All => {
                    let rows = those(numbers, &holds);
                    if rows.len() < numbers.len() {
                        selected = Selected::Some(rows);
                    }
                }
                Selected::Some(rows) => rows.retain(|row| {
                    let number = numbers[*row as usize];
                    holds[number as usize]
                }),
            }
            if matches!(&selected, Selected::Some(rows) if rows.is_empty()) {
                return Ok(None);
            }
        }
        Ok(Some(selected))
    }

    /// For each value of a column, whether all conditions on it hold.
    fn holds(&self, column: usize, values: &ArrayRef) -> Result<Vec<bool>> {
        let mut holds = vec![true; values.len()];
        let conditions = self.wanted.conditions.iter();
        for condition in conditions.filter(|condition| condition.column == column) {
            let schema = Arc::clone(&condition.schema);
            let batch = RecordBatch::try_new(schema, vec![Arc::clone(values)])?;
            let held = condition.holds.evaluate(&batch)?.into_array(values.len())?;
            for (holds, held) in holds.iter_mut().zip(as_boolean_array(&held)) {
                *holds &= held.unwrap_or_default();
            }
        }
        Ok(holds)
    }

    /// The columns that are read once it is known that any rows are wanted.
    pub(super) fn others(&self, read: &[usize]) -> Vec<usize> {
        let roles = self.wanted.roles.iter().enumerate();
        let others = roles.filter(|(column, role)| role.is_read() && !read.contains(column));
        others.map(|(column, _)| column).collect()
    }

    /// Merges the rows that are selected.
    pub(super) fn merge(
        &self,
        selected: &Selected,
        read: &[(usize, Column)],
        constants: &[ScalarValue],
    ) -> Result<RecordBatch> {
        let of = |numbers| selected.of(numbers);
        let mut dimensions = Vec::new();
        let mut sums = Vec::new();
        for (column, read) in read {
            match read {
                Column::Dimension(known) => {
                    dimensions.push((*column, of(&known.numbers), &known.values));
                }
                Column::Amounts(Some(known)) => sums.push((*column, of(&known.numbers), known)),
                Column::Amounts(None) => {}
            }
        }
        let rows = match selected {
            Selected::All => self.rows,
            Selected::Some(rows) => rows.len(),
        };
        let numbers = dimensions
            .iter()
            .map(|(_, numbers, values)| (numbers.as_ref(), values.len()));
        let groups = Groups::of(&numbers.collect::<Vec<_>>(), rows);
        let count = groups.first.len();
        let columns = self.wanted.roles.iter().enumerate().map(|(column, role)| {
            let data_type = self.wanted.schema.field(column).data_type();
            match role {
                Role::Constant(place) => constants[*place].to_array_of_size(count),
                Role::Count => Ok(Arc::new(counts(&groups)) as ArrayRef),
                Role::Amount => match sums.iter().find(|(other, ..)| *other == column) {
                    Some((_, numbers, known)) => added(numbers, known, &groups, data_type),
                    None => Ok(new_null_array(data_type, count)),
                },
                Role::Beside(beside, place) => {
                    match sums.iter().find(|(other, ..)| other == place) {
                        Some((_, numbers, known)) => {
                            Ok(told(*beside, numbers, known, &groups, data_type))
                        }
                        // No amounts at all: that is what the sum says.
                        None => Ok(new_null_array(data_type, count)),
                    }
                }
                Role::Dimension | Role::Day => {
                    let known = dimensions.iter().find(|(other, ..)| *other == column);
                    let (_, numbers, values) = known.expect("all dimensions were read");
                    let places = groups.first.iter();
                    let places: Vec<u32> = places.map(|row| numbers[*row as usize]).collect();
                    Ok(take(values, &UInt32Array::from(places), None)?)
                }
            }
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        let schema = Arc::clone(&self.wanted.schema);
        Ok(RecordBatch::try_new_with_options(
            schema, columns, &options,
        )?)
    }
}

impl Selected {
    /// The numbers of the rows selected.
    fn of<'a>(&self, numbers: &'a [u32]) -> Cow<'a, [u32]> {
        match self {
            Self::All => Cow::Borrowed(numbers),
            Self::Some(rows) => rows.iter().map(|row| numbers[*row as usize]).collect(),
        }
    }
}

/// The rows whose value holds. Which comes next is not foreseeable, so nothing branches on it.
fn those(numbers: &[u32], holds: &[bool]) -> Vec<u32> {
    let mut rows = vec![0; numbers.len()];
    let mut count = 0;
    for (row, number) in (0..).zip(numbers) {
        rows[count] = row;
        count += usize::from(holds[*number as usize]);
    }
    rows.truncate(count);
    rows
}

fn has_nulls(numbers: &[u32], null: usize) -> bool {
    numbers.iter().any(|number| *number as usize == null)
}

/// The beginning of the day that a time is in.
pub(super) fn day(time: i64) -> i64 {
    time.div_euclid(DAY) * DAY
}

/// Times by their day.
fn by_day(times: Dimension) -> Dimension {
    let known = times.values.as_primitive::<TimestampMicrosecondType>();
    let mut days: Vec<Option<i64>> = Vec::new();
    let places = known.iter().map(|time| {
        let day = time.map(day);
        let place = days.iter().rposition(|known| *known == day);
        let place = place.unwrap_or_else(|| {
            days.push(day);
            days.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    });
    let places: Vec<u32> = places.collect();
    // NULL is the last of the times, and no time's day: so it is the last of the days.
    let values = TimestampMicrosecondArray::from(days).with_data_type(known.data_type().clone());
    let mut numbers = times.numbers;
    for number in &mut numbers {
        *number = places[*number as usize];
    }
    Dimension {
        numbers,
        values: Arc::new(values),
    }
}

fn counts(groups: &Groups) -> Int64Array {
    let mut counts = vec![0; groups.first.len()];
    for group in &groups.of {
        counts[*group as usize] += 1;
    }
    counts.into()
}

/// The sum of each group; NULL for those without any amount.
fn added(
    numbers: &[u32],
    amounts: &Amounts,
    groups: &Groups,
    data_type: &DataType,
) -> Result<ArrayRef> {
    let count = groups.first.len();
    let Amounts { units, nulls, .. } = amounts;
    let mut sums = vec![0_i128; count];
    let rows = groups.of.iter().zip(numbers);
    let mut rows = rows.map(|(group, number)| (*group as usize, units[*number as usize]));
    let largest = units.iter().map(|units| units.unsigned_abs()).max();
    // So few amounts so small surely fit.
    let most = largest
        .unwrap_or_default()
        .checked_mul(numbers.len() as u128);
    if most.is_some_and(|most| most <= money::LARGEST) {
        match sums.as_mut_slice() {
            [sum] => *sum = rows.map(|(_, units)| units).sum(),
            sums => rows.for_each(|(group, units)| sums[group] += units),
        }
    } else {
        rows.try_for_each(|(group, units)| {
            sums[group] = money::add(sums[group], units)?;
            Ok::<_, DataFusionError>(())
        })?;
    }
    let nulls = nulls.then(|| {
        let nothing = units.len() - 1;
        let mut any = vec![false; count];
        for (group, number) in groups.of.iter().zip(numbers) {
            any[*group as usize] |= *number as usize != nothing;
        }
        any.into()
    });
    let sums = Decimal128Array::new(sums.into(), nulls).with_data_type(data_type.clone());
    Ok(Arc::new(sums))
}

/// What is told of the amounts of each group beside their sum.
fn told(
    beside: Beside,
    numbers: &[u32],
    amounts: &Amounts,
    groups: &Groups,
    data_type: &DataType,
) -> ArrayRef {
    let Amounts { units, .. } = amounts;
    // The last one is none.
    let nothing = units.len() - 1;
    let rows = groups.of.iter().zip(numbers);
    let rows = rows.map(|(group, number)| (*group as usize, *number as usize));
    if beside == Beside::Nulls {
        let mut nulls = vec![0_i64; groups.first.len()];
        for (group, number) in rows {
            nulls[group] += i64::from(number == nothing);
        }
        return Arc::new(Int64Array::from(nulls));
    }
    let most = beside == Beside::Most;
    let mut found: Vec<Option<i128>> = vec![None; groups.first.len()];
    for (group, number) in rows.filter(|(_, number)| *number != nothing) {
        let (found, units) = (&mut found[group], units[number]);
        if found.is_none_or(|found| if most { units > found } else { units < found }) {
            *found = Some(units);
        }
    }
    let found = Decimal128Array::from(found).with_data_type(data_type.clone());
    Arc::new(found)
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::Decimal128Type;

    use super::*;

    fn sums(numbers: &[u32], units: &[i128], nulls: bool) -> Result<Vec<Option<i128>>> {
        let amounts = Amounts {
            numbers: numbers.to_vec(),
            units: units.to_vec(),
            nulls,
        };
        let groups = Groups {
            of: vec![0, 1, 0, 1],
            first: vec![0, 1],
        };
        let sums = added(
            &amounts.numbers,
            &amounts,
            &groups,
            &DataType::Decimal128(38, 18),
        )?;
        Ok(sums.as_primitive::<Decimal128Type>().iter().collect())
    }

    #[test]
    fn amounts_are_added_by_group() {
        let units = [5, -7, 0];
        assert_eq!(
            sums(&[0, 1, 0, 0], &units, false).unwrap(),
            [Some(10), Some(-2)]
        );
        assert_eq!(sums(&[2, 1, 2, 0], &units, true).unwrap(), [None, Some(-2)]);
    }

    #[test]
    fn more_than_sums_is_told_of_amounts() {
        // Of the second group, the second row has none.
        let amounts = Amounts {
            numbers: vec![0, 1, 2, 3],
            units: vec![5, 0, -7, 0],
            nulls: true,
        };
        let groups = Groups {
            of: vec![0, 1, 0, 1],
            first: vec![0, 1],
        };
        let told =
            |beside, data_type| told(beside, &amounts.numbers, &amounts, &groups, &data_type);
        let amounts = |beside| {
            let told = told(beside, DataType::Decimal128(38, 18));
            told.as_primitive::<Decimal128Type>()
                .iter()
                .collect::<Vec<_>>()
        };
        let nulls = told(Beside::Nulls, DataType::Int64);
        assert_eq!(nulls.as_ref(), &Int64Array::from(vec![0, 1]) as &dyn Array);
        assert_eq!(amounts(Beside::Least), [Some(-7), Some(0)]);
        assert_eq!(amounts(Beside::Most), [Some(5), Some(0)]);
    }

    #[test]
    fn sums_that_do_not_fit_are_errors() {
        let largest = i128::try_from(money::LARGEST).unwrap_or_default();
        let units = [largest, -largest, 1, 0];
        assert_eq!(
            sums(&[0, 0, 1, 1], &units, false).unwrap(),
            [Some(0), Some(0)]
        );
        assert!(sums(&[0, 1, 2, 1], &units, false).is_err());
        assert!(sums(&[0, 1, 0, 1], &units, false).is_err());
    }
}
