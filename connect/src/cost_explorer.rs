//! Costs from the Cost Explorer API, for the time before the first report.

mod request;
mod services;

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::{Failure, Reason, Session};

/// US dollars in cents that one request costs: each page is one.
pub const CENTS_PER_REQUEST: u64 = 1;

/// What one account's use of one service cost on one day. Amounts are decimal text, as AWS tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyCost {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// The account that used it.
    pub account_id: String,
    /// The service's code, as reports have it, where it is known, else Cost Explorer's name; empty text where costs belong to
    /// none.
    pub service: String,
    /// The region, if it was asked for.
    pub region: Option<String>,
    /// Key and value of a tag, if it was asked for; the value is empty text for what is not tagged.
    pub tag: Option<(String, String)>,
    /// `UnblendedCost`.
    pub unblended: Option<String>,
    /// `AmortizedCost`.
    pub amortized: Option<String>,
    /// `NetUnblendedCost`.
    pub net_unblended: Option<String>,
    /// `NetAmortizedCost`.
    pub net_amortized: Option<String>,
    /// `BlendedCost`.
    pub blended: Option<String>,
    /// The currency.
    pub currency: String,
    /// Whether the month is not final.
    pub estimated: bool,
}

/// One more thing to tell costs apart by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breakdown {
    /// The region.
    Region,
    /// The values of a tag.
    Tag(String),
}

impl Breakdown {
    /// Reads `region` or `tag:KEY`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "region" => Some(Self::Region),
            Some(("tag", key)) if !key.is_empty() => Some(Self::Tag(key.to_owned())),
            _ => None,
        }
    }
}

/// What Cost Explorer told about a time, and how many requests that took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DailyCosts {
    /// The rows.
    pub rows: Vec<DailyCost>,
    /// Days that AWS calls estimated, whether or not they have rows.
    pub estimated: BTreeSet<NaiveDate>,
    /// Requests made, each of which costs [`CENTS_PER_REQUEST`].
    pub requests: u64,
}

/// A failure after some requests, which are to be paid all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostsFailure {
    /// What failed.
    pub failure: Failure,
    /// Requests made.
    pub requests: u64,
}

impl Session {
    /// Costs by day, service and account from `from` up to but not including `to`, at most 14 months back. With a breakdown,
    /// each account is asked for on its own, as Cost Explorer groups by two things at once and no more.
    pub async fn daily_costs(
        &self,
        from: NaiveDate,
        to: NaiveDate,
        by: Option<&Breakdown>,
    ) -> Result<DailyCosts, CostsFailure> {
        let asked = request::Asked::new(self, from, to);
        let mut costs = DailyCosts::default();
        asked.by_account(&mut costs).await?;
        let Some(by) = by else {
            return Ok(costs);
        };
        let mut accounts: Vec<_> = costs
            .rows
            .iter()
            .map(|row| row.account_id.clone())
            .collect();
        accounts.sort_unstable();
        accounts.dedup();
        let mut finer = DailyCosts {
            rows: Vec::new(),
            ..costs
        };
        for account in accounts {
            asked.of_account(&account, by, &mut finer).await?;
        }
        Ok(finer)
    }

    /// Whether any cost allocation tag is active. Takes a request, or several.
    pub async fn has_active_tags(&self) -> Result<(bool, u64), CostsFailure> {
        request::has_active_tags(self).await
    }
}

/// A failure that says what went wrong with an answer.
fn unexpected(action: &'static str, said: &str) -> Failure {
    Failure::new(action, Reason::Unexpected, said)
}
