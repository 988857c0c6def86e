//! The stages of a conversion one by one, for benchmarks and fuzz targets only.

pub mod fuzzing;

use std::{
    fmt,
    io::{self, Cursor},
    sync::Arc,
};

use arrow::datatypes::{Field, Schema};
use bytes::Bytes;
use curtail_store::{BillingPeriod, ColumnType, ReportKind, RollupName, TableSchema};
use parquet::{arrow::ArrowSchemaConverter, errors::ParquetError, schema::types::ColumnDescPtr};

use super::{
    Compression, Conversion, FileSink, ObjectName, Settings, amount,
    column::{Column, TextColumn},
    encode::chunk::{self, Scratch},
    inflate::{REACH, Text},
    instant,
    masks::{self, Mask},
    records::Records,
};
use crate::{IngestError, Silent};

/// Bytes decompressed at once.
const BLOCK: usize = 512 * 1024;

/// Decompresses a gzip file block by block, and says how long its text is.
pub fn gunzip(file: &Bytes) -> io::Result<u64> {
    let mut length = 0;
    decompress(Compression::Gzip, file, BLOCK, |text| {
        length += text.len() as u64;
    })?;
    Ok(length)
}

fn decompress(
    compression: Compression,
    file: &Bytes,
    block: usize,
    mut take: impl FnMut(&[u8]),
) -> io::Result<()> {
    let mut text = Text::open(compression, Box::new(Cursor::new(file.clone())))?;
    let mut buffer = vec![0; REACH + block];
    loop {
        let end = text.read_into(&mut buffer, REACH)?;
        take(&buffer[REACH..end]);
        if end < buffer.len() {
            return Ok(());
        }
        buffer.copy_within(block.., 0);
    }
}

/// Finds the separators of CSV text that begins with a record.
#[derive(Debug, Default)]
pub struct Separators(Vec<Mask>);

impl Separators {
    /// Finds them, as masks.
    pub fn find(&mut self, text: &[u8]) {
        masks::find(text, &mut self.0);
    }

    /// Walks over the records found, and says how many fields they have.
    pub fn fields(&self, text: &[u8]) -> usize {
        let mut records = Records::new(&self.0, 0);
        let mut fields = 0;
        while records.find(text.len()) {
            fields += records.fields().len();
        }
        fields
    }
}

/// Parses amounts, and adds them up in units of 10⁻¹⁸; `None` if one is none.
pub fn amounts(texts: &[&[u8]]) -> Option<i128> {
    let mut rounding = amount::Rounding::default();
    texts.iter().try_fold(0_i128, |sum, text| {
        sum.checked_add(amount::parse(text, &mut rounding).ok()?)
    })
}

/// Parses points in time, and gives the latest; `None` if one is none.
pub fn times(texts: &[&[u8]]) -> Option<i64> {
    texts.iter().try_fold(i64::MIN, |latest, text| {
        Some(latest.max(instant::parse(text)?))
    })
}

/// A column of a run.
#[derive(Debug)]
pub struct Dictionary(TextColumn);

impl Dictionary {
    /// The texts as numbers of a dictionary.
    pub fn of(texts: &[&[u8]]) -> Option<Self> {
        let Column::Text(mut column) = Column::new(ColumnType::Text, false) else {
            return None;
        };
        for (row, text) in texts.iter().enumerate() {
            column.set(row, text);
        }
        Some(Self(column))
    }

    /// The bytes of a column chunk that holds them.
    pub fn encode(&self, pages: &mut Pages) -> Result<u64, ParquetError> {
        let numbers = self.0.numbers();
        let chunk = chunk::texts(&pages.text, numbers, self.0.texts(), &mut pages.scratch)?;
        Ok(chunk.size())
    }
}

/// Encodes column chunks.
#[derive(Debug)]
pub struct Pages {
    text: ColumnDescPtr,
    amount: ColumnDescPtr,
    time: ColumnDescPtr,
    scratch: Scratch,
}

impl Pages {
    /// With memory of its own.
    pub fn new() -> Result<Self, ParquetError> {
        let types = [ColumnType::Text, ColumnType::Amount, ColumnType::Timestamp];
        let fields = types.map(|column_type| Field::new("column", column_type.arrow(), true));
        let described = fields.map(|field| {
            let schema = Schema::new(vec![field]);
            let converted = ArrowSchemaConverter::new().convert(&schema);
            converted.map(|converted| converted.column(0))
        });
        let [text, amount, time] = described;
        Ok(Self {
            text: text?,
            amount: amount?,
            time: time?,
            scratch: Scratch::new(),
        })
    }

    /// The bytes of a column chunk of amounts in units of 10⁻¹⁸.
    pub fn amounts(&mut self, units: &[i128]) -> Result<u64, ParquetError> {
        Ok(chunk::amounts(&self.amount, units, &mut self.scratch)?.size())
    }

    /// The bytes of a column chunk of times in microseconds since 1970.
    pub fn times(&mut self, micros: &[i64]) -> Result<u64, ParquetError> {
        Ok(chunk::times(&self.time, micros, &mut self.scratch)?.size())
    }
}

/// A conversion of one CSV file of a legacy report whose files go nowhere.
pub struct Decoded(Conversion);

impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decoded")
    }
}

#[derive(Debug)]
struct Nowhere;

impl FileSink for Nowhere {
    fn put(&self, _: Bytes, _: u64, _: Option<RollupName>) -> Result<(), IngestError> {
        Ok(())
    }
}

impl Decoded {
    /// Decodes text on one thread; of few enough rows that nothing is written yet.
    pub fn csv(text: &Bytes, period: BillingPeriod) -> Result<Self, IngestError> {
        decode(ReportKind::LegacyCur, period, text, Arc::new(Nowhere)).map(Self)
    }

    /// Sorts, rolls up and encodes what was decoded, on one thread, and says how many rows that were.
    pub fn encode(self) -> Result<u64, IngestError> {
        self.0.finish().map(|tally| tally.rows)
    }
}

fn decode(
    kind: ReportKind,
    period: BillingPeriod,
    text: &Bytes,
    sink: Arc<dyn FileSink>,
) -> Result<Conversion, IngestError> {
    let settings = Settings {
        memory: 4 << 30,
        threads: 1,
        files: 1,
    };
    let table = TableSchema::documented(kind.table());
    let conversion = Conversion::new(kind, period, &table, settings, sink, Arc::new(Silent));
    let input = Box::new(Cursor::new(text.clone()));
    conversion.csv(&ObjectName("text".into()), Compression::Plain, input)?;
    Ok(conversion)
}
