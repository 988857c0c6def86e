//! Line items, as all formats see them, and the streams that make them.

mod month;
mod special;
mod usage;

pub(crate) use month::{Chunk, MonthPlan};
pub(crate) use special::Closing;
pub(crate) use usage::{Stream, UsageRun};

use crate::amount::Amount;
use crate::catalogue::Sku;
use crate::world::{Commitment, Resource};

/// A line item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    /// Decides the line item id and other details of this one row.
    pub(crate) hash: u64,
    /// Usage start, seconds since 1970.
    pub(crate) start: i64,
    /// Usage end, exclusive.
    pub(crate) end: i64,
    /// Index into the accounts.
    pub(crate) account: u32,
    pub(crate) sku: &'a Sku,
    pub(crate) resource: &'a Resource,
    pub(crate) commitment: Option<&'a Commitment>,
    pub(crate) costs: Costs,
    pub(crate) extra: Extra<'a>,
}

/// The amounts that most rows have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Costs {
    pub(crate) usage: Amount,
    pub(crate) unblended: Amount,
    pub(crate) blended: Option<Amount>,
    /// Always `None` in reports without net columns.
    pub(crate) net: Option<Amount>,
    pub(crate) public: Option<Amount>,
}

/// The amounts of commitments and of split cost allocation. Net amounts are `None` in reports without net columns.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Extra<'a> {
    None,
    Covered {
        effective: Amount,
        net: Option<Amount>,
    },
    Discounted {
        effective: Amount,
        upfront: Amount,
        recurring: Amount,
        net_percent: Option<i64>,
    },
    Recurring {
        total: Amount,
        used: Amount,
        upfront: Amount,
        recurring: Amount,
        net_percent: Option<i64>,
    },
    RiFee(&'a RiFee),
    Split {
        parent: Option<&'a str>,
        reserved: Amount,
        actual: Amount,
        split: Amount,
        unused: Amount,
        net_percent: Option<i64>,
    },
}

/// The amounts of a month of a Reserved Instance lease.
#[derive(Debug, Clone)]
pub(crate) struct RiFee {
    pub(crate) upfront: Amount,
    pub(crate) unused_upfront: Amount,
    pub(crate) unused_recurring: Amount,
    pub(crate) unused_quantity: Amount,
    pub(crate) upfront_value: Amount,
    pub(crate) net_percent: Option<i64>,
}
