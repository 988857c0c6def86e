//! Engines that show a part of the rows.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use curtail_store::{BillingPeriod, Snapshot, Table};
use datafusion::{
    arrow::{array::AsArray, compute::cast, datatypes::DataType},
    error::DataFusionError,
    logical_expr::LogicalPlan,
};

use super::Engine;
use crate::{
    Dialect, EngineError,
    catalog::Limit,
    costs::{LeftOut, TagKeys},
    limit,
    plans::Plans,
    session,
    views::Views,
};

/// What is told in the place of a note that may name what is not shown.
const NOTE: &str = "only a part of the store's rows is shown to this user; some of them may be provisional (column `provisional`), or told by several \
                    reports (column `report`)";

impl Engine {
    /// The same snapshot, of which every table, view and rollup shows no rows but those for which `condition` is true: SQL over
    /// columns of `costs`, such as `account_id in ('012345678901') and tags['team'] = 'web'`. A row for which it is unknown, since
    /// it has no value or the table does not tell it, is not shown.
    ///
    /// Nothing that a statement says gets around it, and nothing that tells of other rows is left: of the schema `meta` there is
    /// `columns` alone, plans are not shown, columns of tags that no row has are not there, and notes and errors name nothing. [`Self::snapshot`] is of all
    /// rows still, and so is what [`Answer::stats`](crate::Answer::stats) counts: neither is for those who are limited. Memory and what was read before are shared;
    /// views and prepared statements are not.
    pub async fn limited_to(&self, condition: &str) -> Result<Self, EngineError> {
        let mut condition = limit::checked(condition)?;
        if let Some(before) = &self.limit {
            condition = format!("({}) AND ({condition})", before.condition());
        }
        let sorted = |error| EngineError::from_datafusion(error, self.memory_limit);
        // Keys of maps are looked up as users do it.
        let session = self.sessions.of(Dialect::Generic);
        let limit = Limit::of(session, &self.snapshot, &self.beside, &condition);
        let limit = Arc::new(Box::pin(limit).await.map_err(sorted)?);
        let state = self.everything.state();
        let catalog = self.catalog.limited(&self.snapshot, &limit);
        let everything = session::context(state.clone(), catalog.provider().map_err(sorted)?);
        let left_out = left_out(&self.snapshot, &limit).map_err(sorted)?;
        let chosen = if left_out.is_empty() {
            everything.clone()
        } else {
            let restricted = catalog.restricted(&state, &left_out);
            session::context(state, restricted.provider().map_err(sorted)?)
        };
        Ok(Self {
            store: self.store.clone(),
            snapshot: Arc::clone(&self.snapshot),
            catalog,
            everything,
            chosen,
            left_out,
            beside: Arc::clone(&self.beside),
            runtime: Arc::clone(&self.runtime),
            memory_limit: self.memory_limit,
            dialect: self.dialect,
            keeping_views: false,
            sessions: Arc::clone(&self.sessions),
            views: Arc::new(Views::new(&self.store)),
            plans: Plans::default(),
            extension: None,
            prepared: Mutex::default(),
            // What limits them is not for others to compute.
            elsewhere: None,
            limit: Some(limit),
            tags: tokio::sync::OnceCell::new(),
        })
    }

    /// Whether not all rows are shown.
    pub(crate) fn is_limited(&self) -> bool {
        self.limit.is_some()
    }

    /// The tags and cost categories that there are, of those who see a part of the rows those of these.
    pub(super) async fn tags(&self) -> Result<&TagKeys, EngineError> {
        if self.limit.is_none() {
            return Ok(&self.beside.tags);
        }
        let seen = async || {
            let cur = self.catalog.public("cur").await;
            let cur = cur.map_err(|error| self.sorted(error))?;
            let schema = cur.map(|cur| cur.schema());
            let has = |column: &str| {
                let schema = schema.as_ref();
                schema.is_some_and(|schema| schema.column_with_name(column).is_some())
            };
            let told =
                self.texts("SELECT DISTINCT tag_key FROM cost_explorer WHERE tag_key IS NOT NULL");
            Ok(self.beside.tags.only(has, &told.await?))
        };
        self.tags.get_or_try_init(seen).await
    }

    /// The first column of a statement of our own, as text.
    pub(super) async fn texts(&self, sql: &str) -> Result<Vec<String>, EngineError> {
        let mut texts = Vec::new();
        for batch in self.rows(sql).await? {
            let column = cast(batch.column(0), &DataType::Utf8);
            let column = column.map_err(|error| self.sorted(DataFusionError::from(error)))?;
            let column = column.as_string::<i32>();
            texts.extend(column.iter().flatten().map(str::to_owned));
        }
        Ok(texts)
    }

    /// The billing periods of the rows that are shown, if not all are.
    pub(crate) async fn periods_seen(
        &self,
    ) -> Result<Option<BTreeSet<BillingPeriod>>, EngineError> {
        if !self.is_limited() {
            return Ok(None);
        }
        let periods = self
            .texts("SELECT DISTINCT billing_period FROM costs")
            .await?;
        let periods = periods.iter().filter_map(|period| period.parse().ok());
        Ok(Some(periods.collect()))
    }

    /// What one should know, unless it may name what is not shown.
    pub(super) fn tellable(&self, notes: Vec<String>) -> Vec<String> {
        if self.is_limited() && !notes.is_empty() {
            return vec![NOTE.to_owned()];
        }
        notes
    }

    /// The reports that one is chosen of, where several tell the same charges: those that are asked for, or else those that may be shown.
    pub(super) fn chosen_of(&self, asked: &[String]) -> Result<LeftOut, EngineError> {
        match &self.limit {
            Some(limit) if asked.is_empty() => {
                left_out(&self.snapshot, limit).map_err(|error| self.sorted(error))
            }
            _ => Ok(LeftOut::of(&self.snapshot, asked)),
        }
    }

    /// Refuses to tell plans to those who see a part of the rows: they say how many rows there are, which files are read for which
    /// value, and how accounts are told apart.
    pub(super) fn may_plan(&self, plan: &LogicalPlan) -> Result<(), EngineError> {
        let tells = matches!(plan, LogicalPlan::Explain(_) | LogicalPlan::Analyze(_));
        if tells && self.is_limited() {
            return Err(EngineError::Denied {
                what:
                    "EXPLAIN is not for users who see a part of the rows: plans tell of the others"
                        .to_owned(),
                instead: "run the statement itself, or ask somebody who sees all rows for its plan"
                    .to_owned(),
            });
        }
        Ok(())
    }
}

/// What is left out of the reports that may be shown because another of them tells it.
fn left_out(snapshot: &Snapshot, limit: &Limit) -> datafusion::error::Result<LeftOut> {
    let mut shown = Vec::new();
    let mut all = true;
    for version in snapshot.periods() {
        let receipt = &version.receipt;
        let table: Table = receipt.kind.table();
        if limit.may_show(table, receipt.report.as_str())? {
            shown.push(receipt.report.to_string());
        } else {
            all = false;
        }
    }
    if all {
        return Ok(LeftOut::of(snapshot, &[]));
    }
    if shown.is_empty() {
        return Ok(LeftOut::default());
    }
    Ok(LeftOut::of(snapshot, &shown))
}
