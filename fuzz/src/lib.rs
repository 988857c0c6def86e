//! What others make of the same bytes: targets compare curtail with them.

mod amount;
mod instant;
mod json;
mod report;

pub use amount::amount;
pub use instant::instant;
pub use json::{Entry, object};
pub use report::{LAYOUTS, Layout, Report};

/// The records of CSV text as the crate `csv` reads it.
pub fn records(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text);
    let record = |record: Result<csv::ByteRecord, _>| {
        let record = record.expect("memory can be read, and records may have any number of fields");
        record.iter().map(<[u8]>::to_vec).collect()
    };
    reader.into_byte_records().map(record).collect()
}
