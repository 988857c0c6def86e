//! What is kept beside reports: costs that Cost Explorer told before the first report came, and the names of accounts.

mod accounts;
mod receipt;
mod rows;
mod schema;

use std::{fmt, sync::Arc};

use arrow::datatypes::{Field, Schema, SchemaRef};
use serde::{Deserialize, Serialize};

use crate::BillingPeriod;

pub(crate) use accounts::merged;
pub use receipt::{Fetched, SideReceipt, SideVersion};
pub use rows::{LinkedAccount, ProvisionalCost};
pub(crate) use rows::{accounts_batch, costs_batch, read_accounts};

/// The tables beside those of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SideTable {
    /// Costs as Cost Explorer told them, one part per payer account and billing period.
    CostExplorer,
    /// Linked accounts, one part per payer account.
    Accounts,
}

/// What is replaced at a time: one payer account's rows, of one billing period where the table has such.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SidePart {
    /// The table.
    pub table: SideTable,
    /// The payer account: the account of the connection that was asked.
    pub payer_account_id: String,
    /// The billing period; `None` in [`SideTable::Accounts`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_period: Option<BillingPeriod>,
}

/// One side table at one version.
#[derive(Clone, Debug)]
pub struct SideSnapshot {
    /// Which table.
    pub table: SideTable,
    /// The version of the Delta table.
    pub version: u64,
    /// Its data files.
    pub files: Vec<SideFile>,
    /// The current version of each part, in their order.
    pub parts: Vec<SideVersion>,
}

/// One data file of a side table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideFile {
    /// Path within the store, not percent-encoded: `object_store::path::Path::parse` takes it.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Rows.
    pub rows: u64,
    /// The part that it belongs to.
    pub part: SidePart,
}

impl SideTable {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::CostExplorer, Self::Accounts];

    /// The table's name, which is also its folder in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::CostExplorer => "cost_explorer",
            Self::Accounts => "accounts",
        }
    }

    /// The columns of its data files, all of which may be NULL; those that it is partitioned by are not among them.
    pub fn arrow(self) -> SchemaRef {
        let field = |&(name, side_type): &(&str, schema::SideType)| {
            Field::new(name, side_type.arrow(), true)
        };
        let fields: Vec<_> = schema::columns(self).iter().map(field).collect();
        Arc::new(Schema::new(fields))
    }

    /// The columns that it is partitioned by, all of them text.
    pub fn partitioned_by(self) -> &'static [&'static str] {
        match self {
            Self::CostExplorer => &["payer_account_id", "billing_period"],
            Self::Accounts => &["payer_account_id"],
        }
    }
}

impl SidePart {
    /// The values of the columns in [`SideTable::partitioned_by`].
    pub(crate) fn values(&self) -> Vec<(&'static str, String)> {
        let period = self.billing_period.map(|period| period.to_string());
        let values = [Some(self.payer_account_id.clone()), period];
        let columns = self.table.partitioned_by().iter().copied();
        columns.zip(values.into_iter().flatten()).collect()
    }
}

impl fmt::Display for SidePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, payer) = (self.table.name(), &self.payer_account_id);
        write!(f, "`{what}` of payer account {payer}")?;
        match self.billing_period {
            Some(period) => write!(f, " in {period}"),
            None => Ok(()),
        }
    }
}
