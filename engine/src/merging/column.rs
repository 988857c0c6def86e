//! One column of a row group: numbers by row, and what they stand for.

use std::{collections::HashMap, io::Cursor, sync::Arc};

use bytes::Bytes;
use datafusion::{
    arrow::{
        array::{ArrayRef, Date32Array, StringViewBuilder, TimestampMicrosecondArray},
        datatypes::{DataType, TimeUnit},
    },
    parquet::{
        self,
        basic::{Encoding, LogicalType, Type},
        column::page::{Page, PageReader},
        errors::{ParquetError, Result},
        file::{
            metadata::ColumnChunkMetaData,
            reader::{ChunkReader, Length},
            serialized_reader::SerializedPageReader,
        },
        schema::types::ColumnDescriptor,
    },
};

use super::hybrid;

/// Where a row has no value, until it is known how many values there are.
const NOTHING: u32 = u32::MAX;

/// The bytes of a column of a row group, and where in the file they begin.
pub(super) struct Chunk {
    pub(super) start: u64,
    pub(super) bytes: Bytes,
}

impl Length for Chunk {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for Chunk {
    type T = Cursor<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let size = self.len().saturating_sub(start);
        self.get_bytes(start, usize::try_from(size)?)
            .map(Cursor::new)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let from = start.checked_sub(self.start);
        let from = from.and_then(|from| usize::try_from(from).ok());
        let to = from.and_then(|from| from.checked_add(length));
        match from.zip(to).filter(|(_, to)| *to <= self.bytes.len()) {
            Some((from, to)) => Ok(self.bytes.slice(from..to)),
            None => Err(damaged("a page lies outside its column")),
        }
    }
}

/// A column by which rows are told apart.
pub(super) struct Dimension {
    /// By row: the place of its value.
    pub(super) numbers: Vec<u32>,
    /// The values, of which the last one is NULL.
    pub(super) values: ArrayRef,
}

/// A column of amounts.
pub(super) struct Amounts {
    /// By row: the place of its amount.
    pub(super) numbers: Vec<u32>,
    /// The amounts, in units of 10⁻¹⁸. The last one is that of rows that have none: zero.
    pub(super) units: Vec<i128>,
    /// Whether any row has none.
    pub(super) nulls: bool,
}

/// Whether the encoded values of a column in a file are those that the table has, as curtail writes them.
pub(super) fn is_known(data_type: &DataType, column: &ColumnDescriptor) -> bool {
    let logical = column.logical_type_ref();
    let flat = column.max_rep_level() == 0 && column.max_def_level() <= 1;
    let alike = match (data_type, column.physical_type()) {
        (DataType::Utf8View, Type::BYTE_ARRAY) | (DataType::Date32, Type::INT32) => true,
        (DataType::Timestamp(TimeUnit::Microsecond, _), Type::INT64) => match logical {
            Some(LogicalType::Timestamp(time)) => time.unit == parquet::basic::TimeUnit::MICROS,
            _ => false,
        },
        (DataType::Decimal128(_, scale), Type::FIXED_LEN_BYTE_ARRAY) => {
            column.type_length() == 16 && column.type_scale() == i32::from(*scale)
        }
        _ => false,
    };
    flat && alike
}

/// Whether all pages of a column are encoded in ways that are read here.
pub(super) fn is_readable(chunk: &ColumnChunkMetaData) -> bool {
    chunk.encodings().all(|encoding| {
        matches!(
            encoding,
            Encoding::PLAIN | Encoding::RLE | Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY
        )
    })
}

/// The values of a dimension, as Parquet's PLAIN encoding has them.
struct Values {
    data_type: DataType,
    texts: StringViewBuilder,
    times: Vec<i64>,
    days: Vec<i32>,
    count: u32,
}

impl Values {
    fn new(data_type: &DataType) -> Self {
        Self {
            data_type: data_type.clone(),
            texts: StringViewBuilder::new(),
            times: Vec::new(),
            days: Vec::new(),
            count: 0,
        }
    }

    /// Takes the encoded value at the front of `bytes` off.
    fn split<'a>(&self, bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
        let size = match self.data_type {
            DataType::Utf8View => {
                let (size, rest) = bytes.split_first_chunk()?;
                *bytes = rest;
                usize::try_from(u32::from_le_bytes(*size)).ok()?
            }
            DataType::Date32 => 4,
            _ => 8,
        };
        let (value, rest) = bytes.split_at_checked(size)?;
        *bytes = rest;
        Some(value)
    }

    fn push(&mut self, value: &[u8]) -> Result<u32> {
        let cut = |_| damaged("a value is cut short");
        match self.data_type {
            DataType::Utf8View => {
                let text = std::str::from_utf8(value);
                self.texts
                    .append_value(text.map_err(|_| damaged("text is not UTF-8"))?);
            }
            DataType::Date32 => self
                .days
                .push(i32::from_le_bytes(value.try_into().map_err(cut)?)),
            _ => self
                .times
                .push(i64::from_le_bytes(value.try_into().map_err(cut)?)),
        }
        self.count += 1;
        Ok(self.count - 1)
    }

    /// All values, and NULL after them.
    fn finish(mut self) -> ArrayRef {
        fn then_null<T>(values: Vec<T>) -> impl Iterator<Item = Option<T>> {
            values.into_iter().map(Some).chain([None])
        }
        match self.data_type {
            DataType::Timestamp(_, zone) => Arc::new(
                then_null(self.times)
                    .collect::<TimestampMicrosecondArray>()
                    .with_timezone_opt(zone),
            ),
            DataType::Date32 => Arc::new(then_null(self.days).collect::<Date32Array>()),
            _ => {
                self.texts.append_null();
                Arc::new(self.texts.finish())
            }
        }
    }
}

/// A dimension in which all rows are NULL.
pub(super) fn nothing(rows: usize, data_type: &DataType) -> Dimension {
    Dimension {
        numbers: vec![0; rows],
        values: Values::new(data_type).finish(),
    }
}

/// Reads a dimension.
pub(super) fn dimension(
    chunk: Chunk,
    meta: &ColumnChunkMetaData,
    rows: usize,
    data_type: &DataType,
) -> Result<Dimension> {
    let mut numbers = Vec::with_capacity(rows);
    let mut values = Values::new(data_type);
    // Only of columns that have values outside the dictionary.
    let mut known: HashMap<Vec<u8>, u32> = HashMap::new();
    let mut dictionary = Bytes::new();
    for part in parts(chunk, meta, rows)? {
        match part? {
            Part::Dictionary(bytes, count) => {
                let mut rest = bytes.as_ref();
                for _ in 0..count {
                    let value = values.split(&mut rest).ok_or_else(cut_short)?;
                    values.push(value)?;
                }
                dictionary = bytes;
            }
            Part::Coded(data) => data.numbers(values.count, &mut numbers)?,
            Part::Plain(data) => {
                if known.is_empty() {
                    let mut rest = dictionary.as_ref();
                    for number in 0..values.count {
                        let value = values.split(&mut rest).ok_or_else(cut_short)?;
                        known.insert(value.to_vec(), number);
                    }
                }
                let mut plain = Vec::new();
                let mut rest = data.values.as_ref();
                for _ in 0..data.filled() {
                    let value = values.split(&mut rest).ok_or_else(cut_short)?;
                    let number = if let Some(number) = known.get(value) {
                        *number
                    } else {
                        let number = values.push(value)?;
                        known.insert(value.to_vec(), number);
                        number
                    };
                    plain.push(number);
                }
                data.spread(plain.into_iter(), &mut numbers);
            }
        }
    }
    no_nothing(&mut numbers, values.count, meta);
    of_all_rows(&numbers, rows)?;
    Ok(Dimension {
        numbers,
        values: values.finish(),
    })
}

/// Reads amounts.
pub(super) fn amounts(chunk: Chunk, meta: &ColumnChunkMetaData, rows: usize) -> Result<Amounts> {
    let mut numbers = Vec::with_capacity(rows);
    let mut units: Vec<i128> = Vec::new();
    let mut coded = 0;
    let place =
        |count: usize| u32::try_from(count).map_err(|_| damaged("a row group has too many values"));
    for part in parts(chunk, meta, rows)? {
        match part? {
            Part::Dictionary(bytes, count) => {
                decimals(&bytes, count as usize, &mut units)?;
                coded = count;
            }
            Part::Coded(data) => data.numbers(coded, &mut numbers)?,
            Part::Plain(data) => {
                let from = place(units.len())?;
                decimals(&data.values, data.filled(), &mut units)?;
                data.spread(from..place(units.len())?, &mut numbers);
            }
        }
    }
    let nulls = no_nothing(&mut numbers, place(units.len())?, meta);
    units.push(0);
    of_all_rows(&numbers, rows)?;
    Ok(Amounts {
        numbers,
        units,
        nulls,
    })
}

/// Has rows without a value point behind the `count` values. Whether there are any.
fn no_nothing(numbers: &mut [u32], count: u32, meta: &ColumnChunkMetaData) -> bool {
    let mut any = false;
    if meta.column_descr().max_def_level() > 0 {
        for number in numbers {
            any |= *number == NOTHING;
            *number = (*number).min(count);
        }
    }
    any
}

fn of_all_rows(numbers: &[u32], rows: usize) -> Result<()> {
    if numbers.len() == rows {
        return Ok(());
    }
    Err(damaged(&format!(
        "a column has {} values in a row group of {rows} rows",
        numbers.len()
    )))
}

/// Appends `count` decimals of 16 bytes, the highest first.
fn decimals(bytes: &[u8], count: usize, values: &mut Vec<i128>) -> Result<()> {
    let (decimals, _) = bytes.as_chunks();
    let decimals = decimals.get(..count).ok_or_else(cut_short)?;
    values.extend(decimals.iter().map(|decimal| i128::from_be_bytes(*decimal)));
    Ok(())
}

/// What the pages of a column hold.
enum Part {
    /// So many values, one after the other.
    Dictionary(Bytes, u32),
    /// Numbers of values of the dictionary.
    Coded(Data),
    /// Values themselves.
    Plain(Data),
}

/// A page of rows.
struct Data {
    rows: usize,
    /// By row, zero where there is no value; none if all rows have one.
    levels: Option<Vec<u32>>,
    values: Bytes,
}

impl Data {
    /// How many rows have a value.
    fn filled(&self) -> usize {
        match &self.levels {
            None => self.rows,
            Some(levels) => levels.iter().filter(|level| **level > 0).count(),
        }
    }

    /// Appends the number of each row, all of which are below `limit`.
    fn numbers(&self, limit: u32, numbers: &mut Vec<u32>) -> Result<()> {
        let below = |numbers: &[u32]| {
            let most = numbers.iter().fold(0, |most, number| most.max(*number));
            if most < limit || numbers.is_empty() {
                Ok(())
            } else {
                Err(damaged("a number stands for no value of the dictionary"))
            }
        };
        let decode = |count, numbers: &mut Vec<u32>| {
            let (width, packed) = self.values.split_first().ok_or_else(cut_short)?;
            hybrid::decode(packed, *width, count, numbers).ok_or_else(cut_short)
        };
        if self.levels.is_none() {
            let before = numbers.len();
            decode(self.rows, numbers)?;
            return below(&numbers[before..]);
        }
        let mut filled = Vec::new();
        if self.filled() > 0 {
            decode(self.filled(), &mut filled)?;
        }
        below(&filled)?;
        self.spread(filled.into_iter(), numbers);
        Ok(())
    }

    /// Appends the number of each row, [`NOTHING`] where there is none.
    fn spread(&self, mut filled: impl Iterator<Item = u32>, numbers: &mut Vec<u32>) {
        match &self.levels {
            None => numbers.extend(filled),
            Some(levels) => numbers.extend(levels.iter().map(|level| match level {
                0 => NOTHING,
                _ => filled.next().unwrap_or(NOTHING),
            })),
        }
    }
}

/// The pages of a column, one after the other.
fn parts(
    chunk: Chunk,
    meta: &ColumnChunkMetaData,
    rows: usize,
) -> Result<impl Iterator<Item = Result<Part>>> {
    let optional = meta.column_descr().max_def_level() > 0;
    let mut pages = SerializedPageReader::new(Arc::new(chunk), meta, rows, None)?;
    Ok(std::iter::from_fn(move || {
        let page = pages.get_next_page().transpose()?;
        Some(page.and_then(|page| part(page, optional)))
    }))
}

fn part(page: Page, optional: bool) -> Result<Part> {
    let (data, encoding) = match page {
        Page::DictionaryPage {
            buf, num_values, ..
        } => return Ok(Part::Dictionary(buf, num_values)),
        Page::DataPage {
            buf,
            num_values,
            encoding,
            ..
        } => {
            let rows = num_values as usize;
            let (levels, values) = if optional {
                let size = buf.first_chunk().ok_or_else(cut_short)?;
                let end = 4 + u32::from_le_bytes(*size) as usize;
                let encoded = buf.get(4..end).ok_or_else(cut_short)?;
                (levels(encoded, rows)?, buf.slice(end..))
            } else {
                (None, buf)
            };
            (
                Data {
                    rows,
                    levels,
                    values,
                },
                encoding,
            )
        }
        Page::DataPageV2 {
            buf,
            num_values,
            encoding,
            def_levels_byte_len,
            ..
        } => {
            let (rows, end) = (num_values as usize, def_levels_byte_len as usize);
            let encoded = buf.get(..end).ok_or_else(cut_short)?;
            let levels = if optional {
                levels(encoded, rows)?
            } else {
                None
            };
            (
                Data {
                    rows,
                    levels,
                    values: buf.slice(end..),
                },
                encoding,
            )
        }
    };
    match encoding {
        Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => Ok(Part::Coded(data)),
        Encoding::PLAIN => Ok(Part::Plain(data)),
        other => Err(damaged(&format!("a column is encoded as {other}"))),
    }
}

/// Definition levels of columns that are not nested; none if all rows have a value.
fn levels(encoded: &[u8], rows: usize) -> Result<Option<Vec<u32>>> {
    let mut levels = Vec::new();
    hybrid::decode(encoded, 1, rows, &mut levels).ok_or_else(cut_short)?;
    Ok(levels.contains(&0).then_some(levels))
}

fn cut_short() -> ParquetError {
    damaged("a page is cut short")
}

fn damaged(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}
