//! What is said of values without showing them: bounds and counts, of a page and of a chunk.

use parquet::{
    basic::BoundaryOrder,
    data_type::{ByteArray, FixedLenByteArray},
    errors::ParquetError,
    file::{
        metadata::{ColumnIndexBuilder, LevelHistogram},
        page_index::column_index::ColumnIndexMetaData,
        statistics::{Statistics, ValueStatistics},
    },
    schema::types::ColumnDescPtr,
};

use super::count;
use crate::convert::texts::number_of;

/// Bytes of text in a bound; what is longer is cut, as parquet-rs does by default.
const BOUND_BYTES: usize = 64;

/// A value of a column. Its order is that of the column in Parquet.
pub(super) trait Value: Copy + Ord {
    /// Is it text? Then bounds are cut, and in the order of their bytes.
    const TEXT: bool;

    /// Appends the value in PLAIN encoding.
    fn plain(self, out: &mut Vec<u8>);

    /// Not above the value, and whether it is the value.
    fn lower(self) -> (Vec<u8>, bool);

    /// Not below the value, and whether it is the value.
    fn upper(self) -> (Vec<u8>, bool);

    /// Statistics of a chunk.
    fn statistics(range: Option<(Self, Self)>, nulls: u64) -> Statistics;
}

/// What is known of a page's values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<V> {
    pub(super) rows: usize,
    pub(super) nulls: usize,
    /// The least and the greatest value, if there is any.
    pub(super) range: Option<(V, V)>,
    /// Bytes of text, each time it occurs.
    pub(super) text_bytes: usize,
}

impl<V: Value> Page<V> {
    /// A page of rows of which no value was seen yet.
    pub(super) fn new(rows: usize, nulls: usize) -> Self {
        Self {
            rows,
            nulls,
            range: None,
            text_bytes: 0,
        }
    }

    /// A page that holds `value`, or NULL, in all its rows.
    pub(super) fn uniform(rows: usize, value: Option<V>, text_bytes: usize) -> Self {
        Self {
            rows,
            nulls: if value.is_none() { rows } else { 0 },
            range: value.map(|value| (value, value)),
            text_bytes,
        }
    }
}

/// Statistics of the chunk that consists of these pages.
pub(super) fn of_chunk<V: Value>(pages: &[Page<V>]) -> Statistics {
    let ranges = || pages.iter().filter_map(|page| page.range);
    let low = ranges().map(|(low, _)| low).min();
    let high = ranges().map(|(_, high)| high).max();
    let nulls: usize = pages.iter().map(|page| page.nulls).sum();
    V::statistics(low.zip(high), nulls as u64)
}

/// The column index of these pages.
pub(super) fn index<V: Value>(
    column: &ColumnDescPtr,
    pages: &[Page<V>],
) -> Result<ColumnIndexMetaData, ParquetError> {
    let mut index = ColumnIndexBuilder::new(column.physical_type());
    let mut written: Vec<(Vec<u8>, Vec<u8>)> = Vec::with_capacity(pages.len());
    for page in pages {
        let bounds = page
            .range
            .map(|(low, high)| (low.lower().0, high.upper().0));
        // The format wants empty bounds of pages that hold only NULL.
        let (low, high) = bounds.clone().unwrap_or_default();
        index.append(bounds.is_none(), low, high, count(page.nulls));
        index.append_histograms(&None, &Some(levels(page.rows, page.nulls)));
        written.extend(bounds);
    }
    index.set_boundary_order(if V::TEXT {
        // Of the bounds as they are written, since cutting can put them out of order.
        boundary_order(&written)
    } else {
        let ranges: Vec<(V, V)> = pages.iter().filter_map(|page| page.range).collect();
        boundary_order(&ranges)
    });
    index.build()
}

/// How many rows have no value, and how many have one.
pub(super) fn levels(rows: usize, nulls: usize) -> LevelHistogram {
    LevelHistogram::from(vec![count(nulls), count(rows - nulls)])
}

fn boundary_order<T: PartialOrd>(bounds: &[(T, T)]) -> BoundaryOrder {
    if bounds.is_sorted_by(|a, b| a.0 <= b.0 && a.1 <= b.1) {
        BoundaryOrder::ASCENDING
    } else if bounds.is_sorted_by(|a, b| a.0 >= b.0 && a.1 >= b.1) {
        BoundaryOrder::DESCENDING
    } else {
        BoundaryOrder::UNORDERED
    }
}

impl Value for &[u8] {
    const TEXT: bool = true;

    #[inline]
    fn plain(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&number_of(self.len()).to_le_bytes());
        out.extend_from_slice(self);
    }

    fn lower(self) -> (Vec<u8>, bool) {
        let cut = (self.len() > BOUND_BYTES)
            .then(|| str::from_utf8(self).ok())
            .flatten()
            .map(|text| &self[..text.floor_char_boundary(BOUND_BYTES)]);
        (cut.unwrap_or(self).to_vec(), cut.is_none())
    }

    fn upper(self) -> (Vec<u8>, bool) {
        let cut = (self.len() > BOUND_BYTES)
            .then(|| str::from_utf8(self).ok())
            .flatten()
            .and_then(|text| increment(&text[..text.floor_char_boundary(BOUND_BYTES)]));
        let exact = cut.is_none();
        (cut.unwrap_or_else(|| self.to_vec()), exact)
    }

    fn statistics(range: Option<(Self, Self)>, nulls: u64) -> Statistics {
        let (low, high) = range.unzip();
        let (low, high) = (low.map(Value::lower), high.map(Value::upper));
        let exact = |bound: &Option<(Vec<u8>, bool)>| bound.as_ref().is_some_and(|(_, is)| *is);
        let (low_exact, high_exact) = (exact(&low), exact(&high));
        let bytes = |bound: Option<(Vec<u8>, bool)>| bound.map(|(bytes, _)| ByteArray::from(bytes));
        Statistics::ByteArray(
            ValueStatistics::new(bytes(low), bytes(high), None, Some(nulls), false)
                .with_min_is_exact(low_exact)
                .with_max_is_exact(high_exact),
        )
    }
}

/// The least text of the same length, in bytes of each character, that is greater than all that start with `text`.
fn increment(text: &str) -> Option<Vec<u8>> {
    text.char_indices().rev().find_map(|(at, character)| {
        let next = char::from_u32(u32::from(character) + 1)?;
        // A longer character might make the bound too long.
        (next.len_utf8() == character.len_utf8()).then(|| {
            let mut bound = text.as_bytes()[..at].to_vec();
            bound.extend_from_slice(next.encode_utf8(&mut [0; 4]).as_bytes());
            bound
        })
    })
}

impl Value for i128 {
    const TEXT: bool = false;

    /// Decimals are big-endian two's complement.
    #[inline]
    fn plain(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_be_bytes());
    }

    fn lower(self) -> (Vec<u8>, bool) {
        (self.to_be_bytes().to_vec(), true)
    }

    fn upper(self) -> (Vec<u8>, bool) {
        self.lower()
    }

    fn statistics(range: Option<(Self, Self)>, nulls: u64) -> Statistics {
        let (low, high) = range.unzip();
        let bytes =
            |bound: Option<Self>| bound.map(|value| FixedLenByteArray::from(value.lower().0));
        Statistics::FixedLenByteArray(
            ValueStatistics::new(bytes(low), bytes(high), None, Some(nulls), false)
                .with_backwards_compatible_min_max(true),
        )
    }
}

impl Value for i64 {
    const TEXT: bool = false;

    #[inline]
    fn plain(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn lower(self) -> (Vec<u8>, bool) {
        (self.to_le_bytes().to_vec(), true)
    }

    fn upper(self) -> (Vec<u8>, bool) {
        self.lower()
    }

    fn statistics(range: Option<(Self, Self)>, nulls: u64) -> Statistics {
        let (low, high) = range.unzip();
        Statistics::Int64(
            ValueStatistics::new(low, high, None, Some(nulls), false)
                .with_backwards_compatible_min_max(true),
        )
    }
}
