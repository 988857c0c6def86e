//! The columns of the tables beside those of reports.

use arrow::datatypes::{DataType, TimeUnit};
use deltalake_core::kernel::{DataType as DeltaType, PrimitiveType, StructField, StructType};

use super::SideTable;
use crate::{ColumnType, MONEY_PRECISION, MONEY_SCALE, StoreError};

/// The types that their columns have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SideType {
    /// UTF-8 text; empty text is stored as NULL.
    Text,
    /// An exact amount.
    Amount,
    /// A day.
    Day,
    /// True or false.
    Truth,
    /// Microseconds since 1970 in UTC.
    Time,
}

use SideType::{Amount, Day, Text, Time, Truth};

const COST_EXPLORER: &[(&str, SideType)] = &[
    ("usage_date", Day),
    ("account_id", Text),
    ("service", Text),
    ("region", Text),
    ("tag_key", Text),
    ("tag_value", Text),
    ("charge_type", Text),
    ("unblended_cost", Amount),
    ("amortized_cost", Amount),
    ("net_unblended_cost", Amount),
    ("net_amortized_cost", Amount),
    ("blended_cost", Amount),
    ("usage_amount", Amount),
    ("currency", Text),
    ("estimated", Truth),
    ("fetched_at", Time),
    ("connection", Text),
];

const ACCOUNTS: &[(&str, SideType)] = &[
    ("account_id", Text),
    ("name", Text),
    ("email", Text),
    ("status", Text),
    ("joined_at", Time),
    ("seen_at", Time),
];

/// The columns of a table, without those that it is partitioned by.
pub(super) fn columns(table: SideTable) -> &'static [(&'static str, SideType)] {
    match table {
        SideTable::CostExplorer => COST_EXPLORER,
        SideTable::Accounts => ACCOUNTS,
    }
}

impl SideType {
    /// The Arrow type in files and batches.
    pub(super) fn arrow(self) -> DataType {
        match self {
            Text => ColumnType::Text.arrow(),
            Amount => ColumnType::Amount.arrow(),
            Day => DataType::Date32,
            Truth => DataType::Boolean,
            Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        }
    }

    fn delta(self) -> DeltaType {
        match self {
            Text => DeltaType::STRING,
            Amount => DeltaType::decimal(MONEY_PRECISION, MONEY_SCALE.unsigned_abs())
                .expect("38 digits, 18 of them after the point, is a decimal"),
            Day => DeltaType::Primitive(PrimitiveType::Date),
            Truth => DeltaType::BOOLEAN,
            Time => DeltaType::Primitive(PrimitiveType::Timestamp),
        }
    }
}

impl SideTable {
    /// The table's columns for Delta: the partition columns, then the others.
    pub(crate) fn delta(self) -> Result<StructType, StoreError> {
        let partition = self.partitioned_by().iter();
        let partition = partition.map(|name| StructField::nullable(*name, DeltaType::STRING));
        let columns = columns(self).iter();
        let columns = columns.map(|(name, side)| StructField::nullable(*name, side.delta()));
        StructType::try_new(partition.chain(columns)).map_err(|error| {
            StoreError::Damaged(format!("its columns are no Delta schema: {error}"))
        })
    }

    /// The columns that have statistics in the log.
    pub(crate) fn statistics(self) -> &'static [&'static str] {
        match self {
            Self::CostExplorer => &[
                "account_id",
                "service",
                "region",
                "tag_value",
                "charge_type",
            ],
            Self::Accounts => &["account_id"],
        }
    }
}
