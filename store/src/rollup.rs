//! Rollups: what the line items of one version of a billing period come to, kept beside them.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{StoredFile, Table};

/// The column of a rollup that says how many line items each row stands for (64-bit integer).
pub const ROW_COUNT: &str = "row_count";

/// What a rollup may tell of an amount beside its sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Beside {
    /// How many line items have none (64-bit integer), where any has; nothing says that all have one, or none has, which the
    /// sum tells.
    Nulls,
    /// The least one, unless it is the sum.
    Least,
    /// The greatest one, unless it is the least one, which may be the sum.
    Most,
}

impl Beside {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Nulls, Self::Least, Self::Most];

    /// The column in which a rollup tells it of an amount. No column of a report has such a name.
    pub fn column(self, amount: &str) -> String {
        let beside = match self {
            Self::Nulls => "nulls",
            Self::Least => "least",
            Self::Most => "most",
        };
        format!("{amount}#{beside}")
    }

    /// What such a column tells, and of which amount.
    pub fn of(column: &str) -> Option<(Self, &str)> {
        let (amount, beside) = column.split_once('#')?;
        let beside = match beside {
            "nulls" => Self::Nulls,
            "least" => Self::Least,
            "most" => Self::Most,
            _ => return None,
        };
        Some((beside, amount))
    }
}

/// The name of a rollup: 1 to 64 ASCII letters, digits, `-` and `_`, a letter first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RollupName(Arc<str>);

/// Text that cannot name a rollup.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` cannot name a rollup: 1 to 64 letters, digits, `-` and `_`, a letter first")]
pub struct InvalidRollupName(String);

impl RollupName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether ingest makes a rollup of this name by itself.
    pub fn is_built_in(&self) -> bool {
        BuiltIn::ALL.iter().any(|own| own.as_str() == self.as_str())
    }
}

impl fmt::Display for RollupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for RollupName {
    type Err = InvalidRollupName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let fits = text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.len() <= 64
            && text.chars().all(plain);
        fits.then(|| Self(text.into()))
            .ok_or_else(|| InvalidRollupName(text.to_owned()))
    }
}

impl TryFrom<String> for RollupName {
    type Error = InvalidRollupName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<RollupName> for String {
    fn from(name: RollupName) -> Self {
        name.as_str().to_owned()
    }
}

/// The rollups that ingest makes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BuiltIn {
    /// Per day, grouped by services, accounts and what else bills are told by.
    DailyServices,
    /// Per day, grouped by everything that does not multiply the rows.
    Daily,
    /// Per day and resource, grouped by everything that does not multiply the rows.
    DailyResources,
}

impl BuiltIn {
    /// All of them, from the coarsest on.
    pub const ALL: [Self; 3] = [Self::DailyServices, Self::Daily, Self::DailyResources];

    /// Its name as text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DailyServices => "daily_services",
            Self::Daily => "daily",
            Self::DailyResources => "daily_resources",
        }
    }

    /// Its name.
    pub fn name(self) -> RollupName {
        RollupName(self.as_str().into())
    }
}

/// The stretch of time that each row of a rollup is of, from the finest on.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// An hour.
    Hour,
    /// A day.
    #[default]
    Day,
    /// A month of the calendar.
    Month,
    /// The whole billing period: nothing tells when usage started.
    Period,
}

impl Grain {
    /// All of them, from the finest on.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Month, Self::Period];

    /// It in lower case; for stretches of time, as `date_trunc` takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
            Self::Period => "period",
        }
    }
}

/// A column of text that a rollup tells of some line items only: it is NULL on all others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Partly {
    /// The column.
    pub column: String,
    /// Of which line items it is told: those of which all of this is true. These columns are dimensions of the rollup.
    pub of: Vec<Fact>,
}

/// Something that is true of a line item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fact {
    /// A column of text has this value.
    Is {
        /// The column.
        column: String,
        /// What it holds.
        value: String,
    },
    /// A column is NULL.
    Null {
        /// The column.
        column: String,
    },
}

impl Fact {
    /// The column that it is about.
    pub fn column(&self) -> &str {
        match self {
            Self::Is { column, .. } | Self::Null { column } => column,
        }
    }
}

/// One rollup of one version of a billing period.
///
/// Its columns are those of the line items by the same names: dimensions as they are; amounts summed up exactly; the start of
/// usage as the beginning of its hour, day or month; and [`ROW_COUNT`]. Several of its rows may have the same dimensions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollup {
    /// Its name, which is also that of its folder in the store.
    #[serde(alias = "grain")]
    pub name: RollupName,
    /// What its rows are per, beside its dimensions.
    #[serde(default)]
    pub per: Grain,
    /// Columns of text and time that are the same in all line items of a row; those that its files lack are NULL in all of
    /// them.
    pub dimensions: Vec<String>,
    /// Columns that are the same in all line items of a row, too, and are told of some line items only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partly: Vec<Partly>,
    /// Amounts that it has sums of.
    pub measures: Vec<String>,
    /// What it tells of amounts beside their sums, as [`Beside::column`]s. Files lack those in which they would say nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<String>,
    /// Its [`Definition::text`], unless it is built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Its Parquet files; none of them appears in the Delta log's file list.
    pub files: Vec<StoredFile>,
}

impl Rollup {
    /// Rows of all its files.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// Bytes of all its files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

/// A rollup that somebody asks for beside those that are built in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: RollupName,
    /// The table that it rolls up.
    pub table: Table,
    /// What its rows are per.
    pub per: Grain,
    /// Columns of text and time that it is grouped by.
    pub dimensions: Vec<String>,
    /// Columns of amounts that it has sums of.
    pub measures: Vec<String>,
    /// All of this as one text, the same for definitions that mean the same.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_of_early_versions_are_understood() {
        let written = r#"{"grain":"daily_resources","dimensions":["a"],"measures":[],"files":[]}"#;
        let rollup: Rollup = serde_json::from_str(written).unwrap();
        assert_eq!(rollup.name, BuiltIn::DailyResources.name());
        assert_eq!((rollup.per, rollup.definition), (Grain::Day, None));
    }

    #[test]
    fn names_are_those_of_folders() {
        for good in ["team-daily", "a", "Team_2"] {
            assert_eq!(good.parse::<RollupName>().unwrap().as_str(), good);
        }
        for bad in ["", "2a", "-a", "a b", "a/b", "a.b", "ü", &"a".repeat(65)] {
            assert!(bad.parse::<RollupName>().is_err(), "{bad}");
        }
        assert!(BuiltIn::Daily.name().is_built_in());
    }

    #[test]
    fn what_is_told_beside_sums_has_names_of_its_own() {
        for beside in Beside::ALL {
            let column = beside.column("line_item_unblended_cost");
            assert_eq!(
                Beside::of(&column),
                Some((beside, "line_item_unblended_cost"))
            );
        }
        assert_eq!(Beside::of("line_item_unblended_cost"), None);
        assert_eq!(Beside::of("a#b"), None);
    }

    #[test]
    fn grains_are_ordered_from_the_finest_on() {
        assert!(Grain::ALL.is_sorted());
    }
}
