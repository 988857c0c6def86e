//! Rollups: what the line items of one version of a billing period come to, kept beside them.

use serde::{Deserialize, Serialize};

use crate::StoredFile;

/// The column of a rollup that says how many line items each row stands for (64-bit integer).
pub const ROW_COUNT: &str = "row_count";

/// What the rows of a rollup are per, beside its dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// Day.
    Daily,
    /// Day and resource.
    DailyResources,
}

impl Grain {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Daily, Self::DailyResources];

    /// Its name, which is also that of its folder in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::DailyResources => "daily_resources",
        }
    }
}

/// One rollup of one version of a billing period.
///
/// Its columns are those of the line items by the same names: dimensions as they are; amounts summed up exactly; the start of
/// usage as the beginning of its day; and [`ROW_COUNT`]. Several of its rows may have the same dimensions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollup {
    /// What its rows are per.
    pub grain: Grain,
    /// Columns of text and time that are the same in all line items of a row.
    pub dimensions: Vec<String>,
    /// Amounts that it has sums of.
    pub measures: Vec<String>,
    /// Its Parquet files; none of them appears in the Delta log's file list.
    pub files: Vec<StoredFile>,
}
