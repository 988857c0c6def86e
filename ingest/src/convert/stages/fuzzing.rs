//! Whatever reads bytes that may hold anything, one by one, for fuzz targets only.

use std::{
    collections::BTreeMap,
    io::{self, Cursor},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use curtail_store::{BillingPeriod, Money, ReportKind, RollupName, Rounded};

use super::{decode, decompress};
use crate::{
    IngestError,
    convert::{
        Compression, FileSink,
        amount::{self, Rounding},
        amounts::{Amounts, NO_AMOUNT},
        blocks::Blocks,
        map::{Maps, Value},
        masks,
        records::{Records, Span, fields_of},
    },
    layout::Place,
    manifest,
};

/// What a record may have at most, whatever the memory.
const LONGEST_RECORD: usize = 32 << 20;

/// The text of a gzip file, decompressed in blocks of so many bytes.
pub fn gunzip(file: &[u8], block: usize) -> io::Result<Vec<u8>> {
    text_of(Compression::Gzip, file, block)
}

/// The text of the only member of a ZIP archive.
pub fn unzip(file: &[u8], block: usize) -> io::Result<Vec<u8>> {
    text_of(Compression::Zip, file, block)
}

fn text_of(compression: Compression, file: &[u8], block: usize) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let file = Bytes::copy_from_slice(file);
    decompress(compression, &file, block, |more| {
        text.extend_from_slice(more);
    })?;
    Ok(text)
}

/// The separators found in text as bits, ends of fields before ends of lines, and whether the text ends within quotes.
pub type Found = (Vec<[u64; 2]>, bool);

/// What looking at each byte finds, then what each version for vectors does: nothing where it cannot tell.
pub fn separators(text: &[u8]) -> Vec<Option<Found>> {
    let found = masks::find_by_each_version(text).into_iter();
    found
        .map(|found| {
            let (masks, open) = found?;
            let bits = masks.iter().map(|mask| [mask.ends, mask.lines]).collect();
            Some((bits, open))
        })
        .collect()
}

/// The records of CSV text; nothing if it ends within quotes.
///
/// # Panics
/// If the fields of a stretch that is taken apart are not those that masks find.
pub fn records(text: &Bytes) -> Option<Vec<Vec<Vec<u8>>>> {
    let input = Box::new(Cursor::new(text.clone()));
    let blocks = Blocks::read(Compression::Plain, input, LONGEST_RECORD).ok()?;
    let mut found = Vec::new();
    while let Some(block) = blocks.next() {
        let block = block.ok()?;
        let text = block.text();
        let mut records = Records::new(&block.masks, 0);
        while records.find(text.len()) {
            let start = records.position();
            let cells = cells(&records.fields(), text);
            let stretch = &text[start..records.position() - 1];
            assert!(cells == self::cells(&fields_of(stretch), stretch));
            found.push(cells);
        }
        blocks.reuse(block);
    }
    Some(found)
}

fn cells(fields: &[Span], text: &[u8]) -> Vec<Vec<u8>> {
    let mut scratch = Vec::new();
    let cell = |span: &Span| span.text(text, &mut scratch).to_vec();
    fields.iter().map(cell).collect()
}

/// An amount in units of 10⁻¹⁸, and what rounding it did.
pub fn amount(text: &[u8]) -> Option<(i128, Rounded)> {
    let mut rounding = Rounding::default();
    let units = amount::parse(text, &mut rounding).ok()?;
    Some((units, rounding.rounded()))
}

/// What a column of amounts holds after these were put into it, empty ones left out; nothing if one is none.
pub fn amounts(texts: &[&[u8]]) -> Option<Vec<Option<i128>>> {
    let mut amounts = Amounts::default();
    for (row, text) in texts.iter().enumerate() {
        if !text.is_empty() {
            amounts.parse(row, text, &mut Rounding::default()).ok()?;
        }
    }
    let held = (0..texts.len()).map(|row| Some(amounts.get(row)).filter(|&it| it != NO_AMOUNT));
    Some(held.collect())
}

/// A double in units of 10⁻¹⁸: by way of its text, and without if it has few digits.
pub fn double(value: f64) -> (Option<i128>, Option<i128>) {
    let short = amount::short_from_f64(value).map(amount::Short::units);
    let any = amount::from_f64(value, &mut Rounding::default());
    (any.ok(), short)
}

/// A key of a map and its value, if it has one.
pub type Entry = (Vec<u8>, Option<Vec<u8>>);

/// The entries of a map in a cell, as they are kept; nothing if it is no map.
pub fn map(cell: &str) -> Option<Vec<Entry>> {
    let mut maps = Maps::new(false);
    let number = maps.number(cell, &mut Rounding::default()).ok()??;
    let entries = maps.entries(number).map(|(key, value)| {
        let value = match value {
            Value::Text(text) => Some(text.to_vec()),
            Value::Null | Value::Amount(_) => None,
        };
        (key.to_vec(), value)
    });
    Some(entries.collect())
}

/// What a manifest says, as far as files depend on it.
#[derive(Debug)]
pub struct Manifest {
    /// The month.
    pub period: Option<BillingPeriod>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Keys of the files.
    pub files: Vec<String>,
}

/// Reads a manifest.
pub fn manifest(bytes: &[u8]) -> Result<Manifest, String> {
    let manifest = manifest::Manifest::parse(bytes)?;
    let columns = manifest.columns.into_iter();
    Ok(Manifest {
        period: manifest.period,
        columns: columns.map(|column| column.name).collect(),
        files: manifest.files,
    })
}

/// The folder of the report whose manifest has a key, and below it the file of another key.
pub fn rebased(manifest: &str, key: &str) -> Option<(String, Option<String>)> {
    let place = Place::of(manifest)?;
    let folder = format!("{}{}/", place.base, place.folder);
    Some((folder, place.rebased(key)))
}

/// What became of the rows of a file.
#[derive(Debug)]
pub struct Converted {
    /// How many there are.
    pub rows: u64,
    /// Of each column of amounts.
    pub sums: BTreeMap<String, Money>,
    /// Parquet files of line items.
    pub files: Vec<Bytes>,
}

#[derive(Debug, Default)]
struct Kept(Mutex<Vec<Bytes>>);

impl FileSink for Kept {
    fn put(&self, parquet: Bytes, _: u64, rollup: Option<RollupName>) -> Result<(), IngestError> {
        if rollup.is_none() {
            let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            files.push(parquet);
        }
        Ok(())
    }
}

/// Converts a CSV file.
pub fn csv(
    kind: ReportKind,
    period: BillingPeriod,
    text: &Bytes,
) -> Result<Converted, IngestError> {
    let kept = Arc::new(Kept::default());
    let sink: Arc<dyn FileSink> = Arc::<Kept>::clone(&kept);
    let tally = decode(kind, period, text, sink)?.finish()?;
    let mut files = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Converted {
        rows: tally.rows,
        sums: tally.sums,
        files: std::mem::take(&mut *files),
    })
}
