//! Requests to Cost Explorer, page by page.

use std::collections::HashMap;

use aws_sdk_costexplorer::{
    Client,
    types::{
        CostAllocationTagStatus, DateInterval, Dimension, DimensionValues, Expression, Granularity,
        Group, GroupDefinition, GroupDefinitionType, MetricValue, ResultByTime,
    },
};
use chrono::NaiveDate;

use super::{Breakdown, CostsFailure, DailyCost, DailyCosts, unexpected};
use crate::{Failure, Session};

const ACTION: &str = "ce:GetCostAndUsage";

const METRICS: [&str; 6] = [
    "UnblendedCost",
    "AmortizedCost",
    "NetUnblendedCost",
    "NetAmortizedCost",
    "BlendedCost",
    "UsageQuantity",
];

/// What is asked for: a time.
pub(super) struct Asked {
    client: Client,
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
        Self {
            client: Client::new(&session.central()),
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
            costs.requests += 1;
            let requests = costs.requests;
            let failed = |failure| CostsFailure { failure, requests };
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
                .set_next_page_token(token)
                .send()
                .await
                .map_err(|error| failed(Failure::of(ACTION, &error)))?;
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
            token = page.next_page_token().map(str::to_owned);
            if token.is_none() {
                return Ok(());
            }
        }
    }
}

pub(super) async fn has_active_tags(session: &Session) -> Result<(bool, u64), CostsFailure> {
    let client = Client::new(&session.central());
    let mut pages = client
        .list_cost_allocation_tags()
        .status(CostAllocationTagStatus::Active)
        .into_paginator()
        .send();
    let mut requests = 0;
    while let Some(page) = pages.next().await {
        requests += 1;
        let page = page.map_err(|error| CostsFailure {
            failure: Failure::of("ce:ListCostAllocationTags", &error),
            requests,
        })?;
        if !page.cost_allocation_tags().is_empty() {
            return Ok((true, requests));
        }
    }
    Ok((false, requests))
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
        service: service.clone(),
        region,
        tag,
        unblended: amount("UnblendedCost"),
        amortized: amount("AmortizedCost"),
        net_unblended: amount("NetUnblendedCost"),
        net_amortized: amount("NetAmortizedCost"),
        blended: amount("BlendedCost"),
        usage: amount("UsageQuantity"),
        currency: currency.to_owned(),
        estimated,
    })
}
