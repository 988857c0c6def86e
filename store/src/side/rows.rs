//! The rows of the tables beside those of reports, and their batches.

use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, RecordBatch,
        StringArray, TimestampMicrosecondArray,
    },
    datatypes::TimestampMicrosecondType,
    error::ArrowError,
};
use chrono::{DateTime, NaiveDate, Utc};

use super::{Fetched, SideTable};
use crate::{ColumnType, Money};

/// A cost of one day as Cost Explorer tells it. What was not asked for is `None`.
///
/// Rows of one answer add up: each cost stands in one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProvisionalCost {
    /// The day, in UTC.
    pub usage_date: NaiveDate,
    /// The linked account.
    pub account_id: Option<String>,
    /// The service, as Cost Explorer names it.
    pub service: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The key of a tag, the same in all rows of an answer.
    pub tag_key: Option<String>,
    /// The tag's value; `None` for what does not carry it.
    pub tag_value: Option<String>,
    /// The kind of charge (Cost Explorer's record type).
    pub charge_type: Option<String>,
    /// As invoiced.
    pub unblended_cost: Option<Money>,
    /// Commitments spread over what they cover.
    pub amortized_cost: Option<Money>,
    /// As invoiced, after discounts.
    pub net_unblended_cost: Option<Money>,
    /// Commitments spread over what they cover, after discounts.
    pub net_amortized_cost: Option<Money>,
    /// Averaged over the organisation.
    pub blended_cost: Option<Money>,
    /// Quantity of usage, in whatever units.
    pub usage_amount: Option<Money>,
    /// The currency of the costs.
    pub currency: String,
    /// Whether AWS calls it an estimate.
    pub estimated: bool,
}

/// An account of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedAccount {
    /// Its id.
    pub account_id: String,
    /// Its name.
    pub name: Option<String>,
    /// The address that it was opened with.
    pub email: Option<String>,
    /// Its status, such as `ACTIVE`.
    pub status: Option<String>,
    /// When it joined the organisation.
    pub joined_at: Option<DateTime<Utc>>,
    /// When it was last seen there.
    pub seen_at: DateTime<Utc>,
}

impl ProvisionalCost {
    /// Its amounts by column.
    pub(super) fn amounts(&self) -> [(&'static str, Option<Money>); 6] {
        [
            ("unblended_cost", self.unblended_cost),
            ("amortized_cost", self.amortized_cost),
            ("net_unblended_cost", self.net_unblended_cost),
            ("net_amortized_cost", self.net_amortized_cost),
            ("blended_cost", self.blended_cost),
            ("usage_amount", self.usage_amount),
        ]
    }

    /// What it may be told apart by beside the tag, by column.
    pub(super) fn dimensions(&self) -> [(&'static str, Option<&str>); 4] {
        [
            ("account_id", self.account_id.as_deref()),
            ("service", self.service.as_deref()),
            ("region", self.region.as_deref()),
            ("charge_type", self.charge_type.as_deref()),
        ]
    }
}

/// The rows of [`SideTable::CostExplorer`].
pub(crate) fn costs_batch(
    rows: &[ProvisionalCost],
    fetched: &Fetched,
) -> Result<RecordBatch, ArrowError> {
    let texts = |value: fn(&ProvisionalCost) -> Option<&str>| texts(rows.iter().map(value));
    let amounts = |place: usize| -> ArrayRef {
        let units = rows
            .iter()
            .map(|row| row.amounts()[place].1.map(Money::units));
        let amounts: Decimal128Array = units.collect();
        Arc::new(amounts.with_data_type(ColumnType::Amount.arrow()))
    };
    let days = rows
        .iter()
        .map(|row| arrow::datatypes::Date32Type::from_naive_date(row.usage_date));
    let estimated: BooleanArray = rows.iter().map(|row| Some(row.estimated)).collect();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Date32Array::from_iter_values(days)),
        texts(|row| row.account_id.as_deref()),
        texts(|row| row.service.as_deref()),
        texts(|row| row.region.as_deref()),
        texts(|row| row.tag_key.as_deref()),
        texts(|row| row.tag_value.as_deref()),
        texts(|row| row.charge_type.as_deref()),
        amounts(0),
        amounts(1),
        amounts(2),
        amounts(3),
        amounts(4),
        amounts(5),
        texts(|row| Some(&row.currency)),
        Arc::new(estimated),
        times(rows.iter().map(|_| Some(fetched.fetched_at))),
        self::texts(rows.iter().map(|_| Some(fetched.connection.as_str()))),
    ];
    RecordBatch::try_new(SideTable::CostExplorer.arrow(), columns)
}

/// The rows of [`SideTable::Accounts`].
pub(crate) fn accounts_batch(accounts: &[LinkedAccount]) -> Result<RecordBatch, ArrowError> {
    let text = |value: fn(&LinkedAccount) -> Option<&str>| texts(accounts.iter().map(value));
    let columns = vec![
        text(|account| Some(&account.account_id)),
        text(|account| account.name.as_deref()),
        text(|account| account.email.as_deref()),
        text(|account| account.status.as_deref()),
        times(accounts.iter().map(|account| account.joined_at)),
        times(accounts.iter().map(|account| Some(account.seen_at))),
    ];
    RecordBatch::try_new(SideTable::Accounts.arrow(), columns)
}

/// The accounts in a batch of [`SideTable::Accounts`]; `None` if it has other columns, or one lacks its id.
pub(crate) fn read_accounts(batch: &RecordBatch) -> Option<Vec<LinkedAccount>> {
    let text = |name| batch.column_by_name(name)?.as_string_opt::<i32>();
    let time = |name| {
        let column = batch.column_by_name(name)?;
        column.as_primitive_opt::<TimestampMicrosecondType>()
    };
    let (ids, names, emails) = (text("account_id")?, text("name")?, text("email")?);
    let (states, joined, seen) = (text("status")?, time("joined_at")?, time("seen_at")?);
    let owned =
        |texts: &StringArray, row: usize| texts.is_valid(row).then(|| texts.value(row).to_owned());
    let at = |times: &TimestampMicrosecondArray, row: usize| {
        let micros = times.is_valid(row).then(|| times.value(row));
        micros.and_then(DateTime::from_timestamp_micros)
    };
    let account = |row| {
        Some(LinkedAccount {
            account_id: owned(ids, row)?,
            name: owned(names, row),
            email: owned(emails, row),
            status: owned(states, row),
            joined_at: at(joined, row),
            seen_at: at(seen, row)?,
        })
    };
    (0..batch.num_rows()).map(account).collect()
}

/// Text, of which the empty one is NULL.
fn texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    let values = values.map(|value| value.filter(|text| !text.is_empty()));
    Arc::new(values.collect::<StringArray>())
}

fn times(values: impl Iterator<Item = Option<DateTime<Utc>>>) -> ArrayRef {
    let micros = values.map(|time| time.map(|time| time.timestamp_micros()));
    let times: TimestampMicrosecondArray = micros.collect();
    Arc::new(times.with_timezone("UTC"))
}
