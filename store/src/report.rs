//! What a report is called, and of which kind it is.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Table;

/// The name of a report in a store: 1 to 256 characters, none of them a control character or a `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReportName(String);

/// Text that cannot name a report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` cannot name a report: 1 to 256 characters, without `/` and control characters")]
pub struct InvalidReportName(String);

impl ReportName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReportName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for ReportName {
    type Err = InvalidReportName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let length = text.chars().count();
        let fits = (1..=256).contains(&length) && !text.chars().any(|c| c == '/' || c.is_control());
        fits.then(|| Self(text.to_owned()))
            .ok_or_else(|| InvalidReportName(text.to_owned()))
    }
}

impl TryFrom<String> for ReportName {
    type Error = InvalidReportName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ReportName> for String {
    fn from(name: ReportName) -> Self {
        name.0
    }
}

/// The kinds of report that a store can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportKind {
    /// A legacy Cost and Usage Report (`category/Name` columns in CSV, Athena's names in Parquet).
    LegacyCur,
    /// CUR 2.0: a data export of the table `COST_AND_USAGE_REPORT`.
    #[serde(rename = "cur2")]
    Cur2,
    /// A data export of one of the FOCUS tables.
    Focus,
}

impl ReportKind {
    /// The table that holds the rows of reports of this kind.
    pub fn table(self) -> Table {
        match self {
            Self::LegacyCur | Self::Cur2 => Table::LineItems,
            Self::Focus => Table::Focus,
        }
    }

    /// The kind as it is written in receipts and in the column `source`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LegacyCur => "legacy-cur",
            Self::Cur2 => "cur2",
            Self::Focus => "focus",
        }
    }
}

impl fmt::Display for ReportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
