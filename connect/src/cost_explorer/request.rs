//! Requests to Cost Explorer, page by page.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_config::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_costexplorer::{
    Client,
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef,
    },
    error::BoxError,
    types::{
        CostAllocationTagStatus, DateInterval, Dimension, DimensionValues, Expression, Granularity,
        Group, GroupDefinition, GroupDefinitionType, MetricValue, ResultByTime,
    },
};
use chrono::NaiveDate;

use super::{Breakdown, CostsFailure, DailyCost, DailyCosts, services, unexpected};
use crate::{Failure, Session};

const ACTION: &str = "ce:GetCostAndUsage";

const METRICS: [&str; 5] = [
    "UnblendedCost",
    "AmortizedCost",
    "NetUnblendedCost",
    "NetAmortizedCost",
    "BlendedCost",
];

/// How often a request is tried: each time may have to be paid.
const ATTEMPTS: u32 = 3;

/// How long Cost Explorer may take for an answer.
const PATIENCE: Duration = Duration::from_mins(2);

/// Counts what is really sent, repeated requests included.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent(Arc<AtomicU64>);

impl Sent {
    fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Intercept for Sent {
    fn name(&self) -> &'static str {
        "Sent"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// A client, and the number of requests that it has sent.
fn client(session: &Session) -> (Client, Sent) {
    let sent = Sent::default();
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(PATIENCE);
    let config = aws_sdk_costexplorer::config::Builder::from(&session.central())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts.build())
        .interceptor(sent.clone())
        .build();
    (Client::from_conf(config), sent)
}

/// What is asked for: a time.
pub(super) struct Asked {
    client: Client,
    sent: Sent,
    /// The most requests that may be made.
    most: u64,
    from: NaiveDate,
    to: NaiveDate,
}

/// What the two keys of a group mean.
#[derive(Clone, Copy)]
enum Keys<'a> {
    ServiceAndAccount,
    ServiceAnd(&'a Breakdown, &'a str),
}

impl Asked {
    pub(super) fn new(session: &Session, from: NaiveDate, to: NaiveDate) -> Self {
        let (client, sent) = client(session);
        Self {
            client,
            sent,
            most: session.connection().cost_explorer.most_requests.into(),
            from,
            to,
        }
    }

    pub(super) async fn by_account(&self, costs: &mut DailyCosts) -> Result<(), CostsFailure> {
        let second = dimension("LINKED_ACCOUNT");
        self.pages(second, None, Keys::ServiceAndAccount, costs)
            .await
    }

    pub(super) async fn of_account(
        &self,
        account: &str,
        by: &Breakdown,
        costs: &mut DailyCosts,
    ) -> Result<(), CostsFailure> {
        let second = match by {
            Breakdown::Region => dimension("REGION"),
            Breakdown::Tag(key) => group(GroupDefinitionType::Tag, key),
        };
        let only = DimensionValues::builder()
            .key(Dimension::LinkedAccount)
            .values(account)
            .build();
        let only = Expression::builder().dimensions(only).build();
        self.pages(second, Some(only), Keys::ServiceAnd(by, account), costs)
            .await
    }

    async fn pages(
        &self,
        second: GroupDefinition,
        filter: Option<Expression>,
        keys: Keys<'_>,
        costs: &mut DailyCosts,
    ) -> Result<(), CostsFailure> {
        let mut token = None;
        loop {
            let failed = |failure| CostsFailure {
                failure,
                requests: self.sent.count(),
            };
            if self.sent.count() >= self.most {
                let said = format!(
                    "the answer takes more than {} requests: raise cost_explorer.most_requests, or ask for less",
                    self.most
                );
                return Err(failed(unexpected(ACTION, &said)));
            }
            let time = DateInterval::builder()
                .start(self.from.to_string())
                .end(self.to.to_string())
                .build()
                .map_err(|error| failed(unexpected(ACTION, &error.to_string())))?;
            let page = self
                .client
                .get_cost_and_usage()
                .time_period(time)
                .granularity(Granularity::Daily)
                .set_metrics(Some(METRICS.map(str::to_owned).to_vec()))
                .group_by(dimension("SERVICE"))
                .group_by(second.clone())
                .set_filter(filter.clone())
                .set_next_page_token(token.clone())
                .send()
                .await
                .map_err(|error| failed(Failure::of(ACTION, &error)))?;
            costs.requests = self.sent.count();
            for result in page.results_by_time() {
                let unknown = |said: String| failed(unexpected(ACTION, &said));
                let day = day(result).map_err(unknown)?;
                let groups = result.groups().iter();
                let rows = groups.map(|group| row(day, result.estimated(), group, keys));
                let rows: Result<Vec<_>, _> = rows.collect();
                costs.rows.extend(rows.map_err(unknown)?);
                if result.estimated() {
                    costs.estimated.insert(day);
                }
            }
            let next = page.next_page_token().filter(|token| !token.is_empty());
            let next = next.map(str::to_owned);
            if next.is_none() {
                return Ok(());
            }
            if next == token {
                return Err(failed(unexpected(ACTION, "the same page is offered again")));
            }
            token = next;
        }
    }
}

pub(super) async fn has_active_tags(session: &Session) -> Result<(bool, u64), CostsFailure> {
    let (client, sent) = client(session);
    let mut pages = client
        .list_cost_allocation_tags()
        .status(CostAllocationTagStatus::Active)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CostsFailure {
            failure: Failure::of("ce:ListCostAllocationTags", &error),
            requests: sent.count(),
        })?;
        if !page.cost_allocation_tags().is_empty() {
            return Ok((true, sent.count()));
        }
    }
    Ok((false, sent.count()))
}

fn dimension(key: &str) -> GroupDefinition {
    group(GroupDefinitionType::Dimension, key)
}

fn group(kind: GroupDefinitionType, key: &str) -> GroupDefinition {
    GroupDefinition::builder().r#type(kind).key(key).build()
}

fn day(result: &ResultByTime) -> Result<NaiveDate, String> {
    let start = result
        .time_period()
        .map(DateInterval::start)
        .unwrap_or_default();
    let day = start.get(..10).and_then(|day| day.parse().ok());
    day.ok_or_else(|| format!("`{start}` is no day"))
}

fn row(
    day: NaiveDate,
    estimated: bool,
    group: &Group,
    keys: Keys<'_>,
) -> Result<DailyCost, String> {
    let [service, second] = group.keys() else {
        return Err(format!("a group has {} keys, not 2", group.keys().len()));
    };
    let empty = HashMap::new();
    let metrics = group.metrics().unwrap_or(&empty);
    let amount = |name: &str| {
        let amount = metrics.get(name).and_then(MetricValue::amount);
        amount.map(str::to_owned)
    };
    let currency = metrics
        .get(METRICS[0])
        .and_then(MetricValue::unit)
        .ok_or_else(|| format!("a group has no {}", METRICS[0]))?;
    let (account_id, region, tag) = match keys {
        Keys::ServiceAndAccount => (second.as_str(), None, None),
        Keys::ServiceAnd(Breakdown::Region, account) => (account, Some(second.clone()), None),
        Keys::ServiceAnd(Breakdown::Tag(key), account) => {
            // A group of a tag is `key$value`.
            let value = second
                .strip_prefix(key.as_str())
                .and_then(|rest| rest.strip_prefix('$'))
                .ok_or_else(|| format!("`{second}` is no value of the tag `{key}`"))?;
            (account, None, Some((key.clone(), value.to_owned())))
        }
    };
    Ok(DailyCost {
        day,
        account_id: account_id.to_owned(),
        service: services::code(service).to_owned(),
        region,
        tag,
        unblended: amount("UnblendedCost"),
        amortized: amount("AmortizedCost"),
        net_unblended: amount("NetUnblendedCost"),
        net_amortized: amount("NetAmortizedCost"),
        blended: amount("BlendedCost"),
        currency: currency.to_owned(),
        estimated,
    })
}
