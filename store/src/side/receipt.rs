//! Receipts of what is kept beside reports: enough to tell what there is without opening a file.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ProvisionalCost, SidePart};
use crate::{BillingPeriod, Money, StoreError, StoredFile, sums::Sums};

/// How an answer of AWS was got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The name of the connection that was used.
    pub connection: String,
    /// When it was fetched.
    pub fetched_at: DateTime<Utc>,
    /// Requests that it took.
    pub requests: u64,
    /// Whether AWS called any of it an estimate: an empty answer has no rows that would say so.
    pub estimated: bool,
}

/// What one commit replaced a part with. Stored as JSON in the commit, as [`crate::Receipt`] is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SideReceipt {
    /// Version of this form; 1.
    pub format: u32,
    /// What was replaced.
    #[serde(flatten)]
    pub part: SidePart,
    /// The name of the connection that was used.
    pub connection: String,
    /// When the rows were fetched.
    pub fetched_at: DateTime<Utc>,
    /// Requests that it took.
    pub requests: u64,
    /// Whether AWS called any of it an estimate.
    pub estimated: bool,
    /// Rows.
    pub rows: u64,
    /// The first day that has a row.
    #[serde(default)]
    pub first_day: Option<NaiveDate>,
    /// The last day that has a row.
    #[serde(default)]
    pub last_day: Option<NaiveDate>,
    /// The columns beside days and amounts that have a value in any row (`account_id`, `service`, `region`, `charge_type`), in
    /// that order.
    #[serde(default)]
    pub dimensions: Vec<String>,
    /// The key of the tag whose values the rows tell apart, as AWS spells it.
    #[serde(default)]
    pub tag_key: Option<String>,
    /// Exact sum of each amount column that has any value, by currency.
    #[serde(default)]
    pub totals: BTreeMap<String, BTreeMap<String, Money>>,
    /// The data files written; none if there are no rows.
    #[serde(default)]
    pub stored: Vec<StoredFile>,
    /// The version of curtail that wrote it.
    pub writer: String,
}

/// One committed version of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideVersion {
    /// The version of the Delta table that committed it.
    pub version: u64,
    /// What went into it.
    pub receipt: SideReceipt,
}

impl SideReceipt {
    /// That of a part without rows.
    pub(crate) fn empty(part: SidePart, fetched: &Fetched) -> Self {
        Self {
            format: 1,
            part,
            connection: fetched.connection.clone(),
            fetched_at: fetched.fetched_at,
            requests: fetched.requests,
            estimated: fetched.estimated,
            rows: 0,
            first_day: None,
            last_day: None,
            dimensions: Vec::new(),
            tag_key: None,
            totals: BTreeMap::new(),
            stored: Vec::new(),
            writer: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// The same, of a part with these rows. Refuses rows that are not of the billing period, that have amounts of no currency,
    /// or that cannot be added up because they tell the same costs apart by several tags.
    pub(crate) fn of_costs(mut self, rows: &[ProvisionalCost]) -> Result<Self, StoreError> {
        let wrong = |column: &str, why: String| StoreError::Column {
            column: column.to_owned(),
            why,
        };
        let period = self.part.billing_period;
        let mut keys = BTreeSet::new();
        for row in rows {
            let day = row.usage_date;
            if period.is_some_and(|period| day < period.start() || day >= period.end()) {
                return Err(wrong("usage_date", format!("is {day}, outside the period")));
            }
            if row.currency.is_empty() {
                return Err(wrong("currency", format!("is empty on {day}")));
            }
            let totals = self.totals.entry(row.currency.clone()).or_default();
            for (column, amount) in row.amounts() {
                let Some(amount) = amount else { continue };
                let total: &mut Money = totals.entry(column.to_owned()).or_default();
                *total = total
                    .checked_add(amount)
                    .ok_or_else(|| wrong(column, "has a sum of more than 38 digits".to_owned()))?;
            }
            keys.insert(row.tag_key.as_deref().filter(|key| !key.is_empty()));
            self.estimated |= row.estimated;
        }
        if keys.len() > 1 {
            return Err(wrong(
                "tag_key",
                "differs from row to row: they would tell the same costs more than once".to_owned(),
            ));
        }
        self.tag_key = keys.into_iter().flatten().next().map(str::to_owned);
        self.rows = rows.len() as u64;
        self.first_day = rows.iter().map(|row| row.usage_date).min();
        self.last_day = rows.iter().map(|row| row.usage_date).max();
        let named = |(column, _): &(&'static str, _)| {
            let value = |row: &ProvisionalCost| {
                let dimensions = row.dimensions();
                let of_row = dimensions.into_iter().find(|(name, _)| name == column);
                of_row
                    .and_then(|(_, value)| value)
                    .is_some_and(|text| !text.is_empty())
            };
            rows.iter().any(value)
        };
        let columns = rows.first().map(ProvisionalCost::dimensions);
        let columns = columns.into_iter().flatten().filter(named);
        self.dimensions = columns.map(|(column, _)| column.to_owned()).collect();
        Ok(self)
    }

    /// Whether asking again would bring nothing new: the billing period was over when it was fetched, and no estimate is in it.
    pub fn is_final(&self) -> bool {
        let end = self.part.billing_period.map(BillingPeriod::end);
        let end = end.map(|day| day.and_time(NaiveTime::MIN).and_utc());
        !self.estimated && end.is_some_and(|end| self.fetched_at >= end)
    }

    /// Rows, and sums over all currencies: what is in the files.
    pub(crate) fn sums(&self) -> Result<Sums, StoreError> {
        let mut sums = Sums {
            rows: self.rows,
            sums: BTreeMap::new(),
        };
        for totals in self.totals.values() {
            sums.checked_add(&Sums {
                rows: 0,
                sums: totals.clone(),
            })?;
        }
        Ok(sums)
    }
}
