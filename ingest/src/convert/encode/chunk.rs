//! Rows to Parquet column chunks, straight from dictionary numbers.
//!
//! A column of a run is numbers of texts, or values that repeat a lot, most often all the same. So there is nothing to hash
//! twice, and nothing to look at again that is the same throughout. What readers see is what parquet-rs' `ArrowColumnWriter`
//! would have written, apart from the choice of encoding and codec.

use std::{fmt, io::Write};

use bytes::Bytes;
use parquet::{
    basic::Encoding, column::writer::ColumnCloseResult, errors::ParquetError,
    file::writer::SerializedRowGroupWriter, schema::types::ColumnDescPtr,
};

use crate::convert::texts::{NULL, Texts};

use self::{
    fixed::Fixed,
    intern::{Codes, Interner},
    pages::{ChunkWriter, Packer},
    renumber::Renumbering,
    statistics::{Page, Value},
};

mod fixed;
mod hybrid;
mod intern;
mod keys;
mod lengths;
mod levels;
mod pages;
mod renumber;
mod statistics;
mod unique;

/// Rows of the largest page: what a reader that looks for a row has to decode.
const PAGE_ROWS: usize = 20_000;

/// Bytes of values from which on a page is full.
const PAGE_BYTES: usize = 1024 * 1024;

/// A column chunk as it goes into the file, and what footer and indexes say of it.
#[derive(Debug)]
pub(in crate::convert) struct Chunk {
    bytes: Bytes,
    close: ColumnCloseResult,
}

impl Chunk {
    /// Bytes that it takes in the file.
    pub(in crate::convert) fn size(&self) -> u64 {
        self.close.bytes_written
    }

    /// Appends the chunk as the next column of a row group.
    pub(super) fn append<W: Write + Send>(
        self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        group.append_column(&self.bytes, self.close)
    }
}

/// Memory that one chunk after another can use. Each thread has its own.
pub(in crate::convert) struct Scratch {
    packer: Packer,
    renumbering: Renumbering,
    amounts: Interner<i128>,
    times: Interner<i64>,
    codes: Codes,
    buffers: Buffers,
}

/// Pages to be.
#[derive(Default)]
struct Buffers {
    /// Pages one after another, or one page.
    raw: Vec<u8>,
    /// Where each page ends in `raw`.
    ends: Vec<usize>,
    /// A dictionary of one value.
    value: Vec<u8>,
    /// Where texts start and end.
    spans: Vec<(u32, u32)>,
    /// How long texts are.
    lengths: Vec<u32>,
    bitmap: Vec<u8>,
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scratch")
    }
}

impl Scratch {
    /// None used so far.
    pub(in crate::convert) fn new() -> Self {
        Self {
            packer: Packer::new(),
            renumbering: Renumbering::default(),
            amounts: Interner::default(),
            times: Interner::default(),
            codes: Codes::default(),
            buffers: Buffers::default(),
        }
    }
}

/// A column of text. `numbers` has, for each row, the number of its text in `texts`, 0 for NULL.
pub(in crate::convert) fn texts(
    column: &ColumnDescPtr,
    numbers: &[u32],
    texts: &Texts,
    scratch: &mut Scratch,
) -> Result<Chunk, ParquetError> {
    if let Some(number) = same(numbers) {
        let text = (number != NULL).then(|| texts.bytes_of(number));
        return uniform(column, text, numbers.len(), scratch);
    }
    let Scratch {
        packer,
        renumbering,
        codes,
        buffers,
        ..
    } = scratch;
    let mut pages = pages_of(numbers, NULL);
    let limit = most_worth(&pages);
    if renumbering.count(numbers, texts.len(), limit) > limit {
        return unique::encode(column, numbers, texts, packer, buffers);
    }
    renumbering.run(numbers, texts, &mut pages, codes);
    coded(
        column,
        (numbers, NULL),
        &pages,
        renumbering.dictionary(),
        codes,
        packer,
        buffers,
    )
}

/// A column that has the same text in all rows.
pub(in crate::convert) fn constant(
    column: &ColumnDescPtr,
    text: &[u8],
    rows: usize,
    scratch: &mut Scratch,
) -> Result<Chunk, ParquetError> {
    uniform(column, Some(text), rows, scratch)
}

/// A column that has no value in any row.
pub(in crate::convert) fn absent(
    column: &ColumnDescPtr,
    rows: usize,
    scratch: &mut Scratch,
) -> Result<Chunk, ParquetError> {
    uniform::<&[u8]>(column, None, rows, scratch)
}

/// A column of amounts in units of 10⁻¹⁸, as a decimal of 16 bytes; `i128::MIN` is NULL.
pub(in crate::convert) fn amounts(
    column: &ColumnDescPtr,
    units: &[i128],
    scratch: &mut Scratch,
) -> Result<Chunk, ParquetError> {
    if let Some(value) = same(units) {
        return uniform(
            column,
            (value != i128::NULL).then_some(value),
            units.len(),
            scratch,
        );
    }
    let Scratch {
        packer,
        amounts,
        codes,
        buffers,
        ..
    } = scratch;
    fixed(column, units, amounts, codes, packer, buffers)
}

/// A column of times in microseconds since 1970; `i64::MIN` is NULL.
pub(in crate::convert) fn times(
    column: &ColumnDescPtr,
    micros: &[i64],
    scratch: &mut Scratch,
) -> Result<Chunk, ParquetError> {
    if let Some(value) = same(micros) {
        return uniform(
            column,
            (value != i64::NULL).then_some(value),
            micros.len(),
            scratch,
        );
    }
    let Scratch {
        packer,
        times,
        codes,
        buffers,
        ..
    } = scratch;
    fixed(column, micros, times, codes, packer, buffers)
}

/// What all rows hold, if they all hold the same.
fn same<T: Copy + PartialEq>(rows: &[T]) -> Option<T> {
    /// Rows that are compared without a branch.
    const STEP: usize = 64;
    let first = *rows.first()?;
    let all = |rows: &[T]| rows.iter().filter(|&&row| row == first).count() == rows.len();
    rows.chunks(STEP).all(all).then_some(first)
}

/// Pages of as many rows as may be.
fn pages_of<T: Copy + PartialEq, V: Value>(rows: &[T], null: T) -> Vec<Page<V>> {
    rows.chunks(PAGE_ROWS)
        .map(|rows| Page::new(rows.len(), nulls(rows, null)))
        .collect()
}

fn nulls<T: Copy + PartialEq>(rows: &[T], null: T) -> usize {
    rows.iter().filter(|&&row| row == null).count()
}

/// The most distinct values that a dictionary pays for.
fn most_worth<V>(pages: &[Page<V>]) -> usize {
    pages
        .iter()
        .map(|page| page.rows - page.nulls)
        .sum::<usize>()
        / 2
}

/// A chunk of rows that are all the same.
fn uniform<V: Value>(
    column: &ColumnDescPtr,
    value: Option<V>,
    rows: usize,
    scratch: &mut Scratch,
) -> Result<Chunk, ParquetError> {
    let Buffers {
        raw,
        value: dictionary,
        ..
    } = &mut scratch.buffers;
    dictionary.clear();
    let encoding = match value {
        Some(value) => {
            value.plain(dictionary);
            Encoding::RLE_DICTIONARY
        }
        None => Encoding::PLAIN,
    };
    // The length of text comes before it, in 4 bytes.
    let text_bytes = if V::TEXT {
        dictionary.len().saturating_sub(4)
    } else {
        0
    };
    let mut writer = ChunkWriter::new(column, encoding, dictionary.len(), &mut scratch.packer);
    if value.is_some() {
        writer.dictionary(dictionary, 1)?;
    }
    let mut pages = Vec::with_capacity(rows.div_ceil(PAGE_ROWS));
    for start in (0..rows).step_by(PAGE_ROWS) {
        let rows = PAGE_ROWS.min(rows - start);
        raw.clear();
        levels::uniform(value.is_some(), rows, raw);
        if value.is_some() {
            // The numbers of a dictionary of one value have no bits.
            raw.push(0);
            hybrid::repeated(0, rows, 0, raw);
        }
        let page = Page::uniform(rows, value, text_bytes * rows);
        writer.data(raw, &page)?;
        pages.push(page);
    }
    writer.finish(&pages)
}

fn fixed<V: Fixed + Value>(
    column: &ColumnDescPtr,
    values: &[V],
    interner: &mut Interner<V>,
    codes: &mut Codes,
    packer: &mut Packer,
    buffers: &mut Buffers,
) -> Result<Chunk, ParquetError> {
    let mut pages = pages_of(values, V::NULL);
    let limit = most_worth(&pages);
    if interner.run(values, &mut pages, limit, codes) {
        let dictionary = interner.dictionary();
        coded(
            column,
            (values, V::NULL),
            &pages,
            dictionary,
            codes,
            packer,
            buffers,
        )
    } else {
        plain(column, values, &mut pages, packer, buffers)
    }
}

/// A chunk of rows whose values have numbers.
fn coded<T: Copy + PartialEq, V: Value>(
    column: &ColumnDescPtr,
    (mut rows, null): (&[T], T),
    pages: &[Page<V>],
    (dictionary, distinct): (&[u8], usize),
    codes: &Codes,
    packer: &mut Packer,
    buffers: &mut Buffers,
) -> Result<Chunk, ParquetError> {
    let Buffers {
        raw, ends, bitmap, ..
    } = buffers;
    raw.clear();
    ends.clear();
    let mut rest = &codes.codes[..];
    for (page, &known) in pages.iter().zip(&codes.known) {
        let (in_page, codes);
        (in_page, rows) = rows.split_at(page.rows);
        (codes, rest) = rest.split_at(page.rows - page.nulls);
        levels::encode(in_page, null, page.nulls, bitmap, raw);
        let width = hybrid::bit_width(known.saturating_sub(1));
        raw.push(width.to_le_bytes()[0]);
        hybrid::encode(codes, width, raw);
        ends.push(raw.len());
    }
    let size = raw.len() + dictionary.len();
    let mut writer = ChunkWriter::new(column, Encoding::RLE_DICTIONARY, size, packer);
    writer.dictionary(dictionary, distinct)?;
    let mut start = 0;
    for (page, &end) in pages.iter().zip(&*ends) {
        writer.data(&raw[start..end], page)?;
        start = end;
    }
    writer.finish(pages)
}

/// A chunk of values of fixed size that hardly repeat.
fn plain<V: Fixed + Value>(
    column: &ColumnDescPtr,
    mut rows: &[V],
    pages: &mut [Page<V>],
    packer: &mut Packer,
    buffers: &mut Buffers,
) -> Result<Chunk, ParquetError> {
    let Buffers { raw, bitmap, .. } = buffers;
    let size = size_of_val(rows);
    let mut writer = ChunkWriter::new(column, Encoding::PLAIN, size, packer);
    for page in &mut *pages {
        let in_page;
        (in_page, rows) = rows.split_at(page.rows);
        raw.clear();
        levels::encode(in_page, V::NULL, page.nulls, bitmap, raw);
        let mut range = None;
        for &value in in_page.iter().filter(|&&value| value != V::NULL) {
            let (low, high) = range.get_or_insert((value, value));
            *low = value.min(*low);
            *high = value.max(*high);
            value.plain(raw);
        }
        page.range = range;
        writer.data(raw, page)?;
    }
    writer.finish(pages)
}

/// A count as Parquet's metadata have it.
fn count(of: usize) -> i64 {
    i64::try_from(of).expect("counts of a row group are small")
}
