//! What a store has beside reports.

use std::sync::Arc;

use curtail_store::{LinkedAccount, Snapshot};
use datafusion::{
    arrow::{
        array::{RecordBatch, StringArray, TimestampMicrosecondArray},
        datatypes::{Field, Schema},
    },
    error::Result,
};

use crate::{accounts::AccountNames, costs::TagKeys, provisional::Coverage};

/// What a store has beside reports, and how it fits to them.
#[derive(Debug)]
pub(crate) struct Beside {
    /// Days of provisional costs that reports tell themselves.
    pub(crate) coverage: Coverage,
    /// Tags, of provisional costs too.
    pub(crate) tags: TagKeys,
    /// The names of accounts.
    pub(crate) names: AccountNames,
    /// Linked accounts, by payer account.
    accounts: Vec<(String, LinkedAccount)>,
}

impl Beside {
    /// Of `snapshot`, whose linked accounts are `accounts`.
    pub(crate) fn of(snapshot: &Snapshot, accounts: Vec<(String, LinkedAccount)>) -> Self {
        Self {
            coverage: Coverage::of(snapshot, &accounts),
            tags: TagKeys::of(snapshot),
            names: AccountNames::of(&accounts),
            accounts,
        }
    }

    /// The table `accounts`.
    pub(super) fn accounts(&self) -> Result<RecordBatch> {
        let text = |value: fn(&LinkedAccount) -> Option<&str>| {
            let values = self.accounts.iter().map(|(_, account)| value(account));
            Arc::new(values.collect::<StringArray>()) as _
        };
        let time = |value: fn(&LinkedAccount) -> Option<i64>| {
            let values = self.accounts.iter().map(|(_, account)| value(account));
            let times: TimestampMicrosecondArray = values.collect();
            Arc::new(times.with_timezone("UTC")) as _
        };
        let payers = self.accounts.iter().map(|(payer, _)| Some(payer));
        let columns: [(&str, arrow::array::ArrayRef); 7] = [
            (
                "payer_account_id",
                Arc::new(payers.collect::<StringArray>()),
            ),
            ("account_id", text(|account| Some(&account.account_id))),
            ("name", text(|account| account.name.as_deref())),
            ("email", text(|account| account.email.as_deref())),
            ("status", text(|account| account.status.as_deref())),
            (
                "joined_at",
                time(|account| account.joined_at.map(|at| at.timestamp_micros())),
            ),
            (
                "seen_at",
                time(|account| Some(account.seen_at.timestamp_micros())),
            ),
        ];
        let fields = columns
            .iter()
            .map(|(name, column)| Field::new(*name, column.data_type().clone(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let columns = columns.into_iter().map(|(_, column)| column).collect();
        Ok(RecordBatch::try_new(schema, columns)?)
    }
}
