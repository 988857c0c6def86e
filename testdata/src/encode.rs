//! Cells to bytes.

mod csv;
mod pack;
mod parquet;

pub(crate) use self::csv::{CsvWriter, Lines};
pub(crate) use self::pack::Pack;
pub(crate) use self::parquet::ParquetWriter;
