//! Costs from the Cost Explorer API, for the time before the first report.

mod request;
mod services;

use std::{collections::BTreeSet, fmt};

use chrono::NaiveDate;
use serde::Deserialize;

use crate::{Failure, Reason, Session};

/// US dollars in cents that one request costs: each page is one.
const CENTS_PER_REQUEST: u64 = 1;

/// Requests to Cost Explorer and what they cost, for people.
pub fn price(requests: u64) -> String {
    let cents = requests * CENTS_PER_REQUEST;
    let plural = if requests == 1 { "" } else { "s" };
    format!(
        "{requests} request{plural} to Cost Explorer, ${}.{:02}",
        cents / 100,
        cents % 100
    )
}

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

/// One more thing to tell costs apart by: `region` or `tag:KEY`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Breakdown {
    /// The region.
    Region,
    /// The values of a tag.
    Tag(String),
}

impl TryFrom<String> for Breakdown {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once(':') {
            None if text == "region" => Ok(Self::Region),
            Some(("tag", key)) if !key.is_empty() => Ok(Self::Tag(key.to_owned())),
            _ => Err("cost_explorer.by is \"region\" or \"tag:KEY\""),
        }
    }
}

impl fmt::Display for Breakdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region => f.pad("region"),
            Self::Tag(key) => write!(f, "tag:{key}"),
        }
    }
}

impl schemars::JsonSchema for Breakdown {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Breakdown".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(region|tag:.+)$" })
    }
}

/// What Cost Explorer told about a time, and how many requests that took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DailyCosts {
    /// The rows.
    pub rows: Vec<DailyCost>,
    /// Days that AWS calls estimated, whether or not they have rows.
    pub estimated: BTreeSet<NaiveDate>,
    /// Requests sent, each of which is to be paid ([`price`]).
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
