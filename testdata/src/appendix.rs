//! A small report made by hand: quotes, a newline, an exponent, tags that differ by case, every kind of commitment row.

use serde_json::{Value, json};

use crate::encode::Pack;
use crate::{Compression, GenerateError, Output};

/// The rows: one header and ten records on twelve lines.
pub const APPENDIX_A_CSV: &str = include_str!("../fixtures/appendix-a/appendix-a-00001.csv");

/// Their totals, as JSON with decimal text.
pub const APPENDIX_A_TRUTH: &str = include_str!("../fixtures/appendix-a/truth.json");

const REPORT: &str = "appendix-a";
const FOLDER: &str = "fixtures/appendix-a/20240301-20240401";
const ASSEMBLY: &str = "20240405T061233Z";

/// Writes the fixture as a complete legacy report (gzip CSV, a folder per version) of March 2024. The manifest's key.
pub fn appendix_a(output: &dyn Output) -> Result<String, GenerateError> {
    let put = |key: &str, body: Vec<u8>| {
        output
            .put(key, body)
            .map_err(|source| GenerateError::Output {
                key: key.to_owned(),
                source,
            })
    };
    let data = format!("{FOLDER}/{ASSEMBLY}/{REPORT}-00001.csv.gz");
    put(
        &data,
        Pack::new(Compression::Gzip, "").finish(APPENDIX_A_CSV.as_bytes().to_vec()),
    )?;
    let header = APPENDIX_A_CSV.lines().next().unwrap_or_default();
    let columns: Vec<Value> = header
        .split(',')
        .map(|cell| {
            let (category, name) = cell.split_once('/').unwrap_or(("", cell));
            json!({"category": category, "name": name})
        })
        .collect();
    let manifest = json!({
        "assemblyId": ASSEMBLY,
        "account": "011122223333",
        "columns": columns,
        "charset": "UTF-8",
        "compression": "GZIP",
        "contentType": "text/csv",
        "reportId": "5f0c".repeat(16),
        "reportName": REPORT,
        "billingPeriod": {"start": "20240301T000000.000Z", "end": "20240401T000000.000Z"},
        "bucket": "acme-billing",
        "reportKeys": [data],
        "additionalArtifactKeys": [],
    })
    .to_string();
    let key = format!("{FOLDER}/{REPORT}-Manifest.json");
    put(
        &format!("{FOLDER}/{ASSEMBLY}/{REPORT}-Manifest.json"),
        manifest.clone().into_bytes(),
    )?;
    put(&key, manifest.into_bytes())?;
    Ok(key)
}
