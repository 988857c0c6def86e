//! What was restated between two versions of a billing period.

mod sides;
mod sql;

use std::sync::Arc;

use curtail_store::{BillingPeriod, PeriodVersion, ReportName, Standing, Store};
use datafusion::{
    catalog::{CatalogProvider, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider},
    execution::SessionState,
    logical_expr::LogicalPlan,
};

use self::sides::Sides;
use crate::{
    Answer, Dimension, Engine, EngineError, EngineOptions, Metric, catalog::counted_costs, session,
    statement,
};

/// A question about what changed between two versions of a billing period.
///
/// The answer has one column per dimension; `cause`; per metric its sum `…_from` one version, `…_to` the other, and their
/// difference `…_change`; `rows_from` and `rows_to`, the line items behind them; `change` (`added`, `removed`, `changed`); and
/// `currency`. Only what changed is in it, the largest difference first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffQuery {
    /// The billing period.
    pub period: BillingPeriod,
    /// The report; may be left out if only one has the billing period.
    pub report: Option<ReportName>,
    /// The version to start from; the one before `to` if left out.
    pub from: Option<u64>,
    /// The version to arrive at; the current one if left out.
    pub to: Option<u64>,
    /// What to group by.
    pub by: Vec<Dimension>,
    /// What to compare; unblended cost if empty.
    pub metrics: Vec<Metric>,
    /// Whether rollups may answer.
    pub rollups: bool,
}

impl Engine {
    /// Plans a comparison of two versions. Where that gives the same digits, it is answered from their rollups.
    pub async fn diff(
        store: &Store,
        query: &DiffQuery,
        options: &EngineOptions,
    ) -> Result<Answer, EngineError> {
        let (from, to) = versions(&store.history().await?, query)?;
        let sides = Sides::open(store, from, to).await?;
        let engine = Self::over(store, sides.to.clone(), options).await?;
        let sorted = |error| EngineError::from_datafusion(error, options.memory_limit);
        let runtime = session::runtime(store, options).map_err(sorted)?;
        let state = session::session(&runtime, options);
        for candidate in sides.candidates(query) {
            let text = sql::text(query, &candidate.tags, &engine).await?;
            let (state, plan) = plan(&state, &candidate, &text).await.map_err(sorted)?;
            if candidate.answers(&plan).map_err(sorted)? {
                let plan = state.create_physical_plan(&plan).await.map_err(sorted)?;
                let answer = Answer::new(plan, state.task_ctx(), options.memory_limit);
                return Ok(answer.with_notes(sides.notes()));
            }
        }
        Err(EngineError::Incomparable(
            "neither line items nor rollups have the columns".to_owned(),
        ))
    }
}

/// The two versions that are meant.
fn versions(
    history: &[PeriodVersion],
    query: &DiffQuery,
) -> Result<(PeriodVersion, PeriodVersion), EngineError> {
    let period = query.period;
    let wrong = |why: String| EngineError::Incomparable(why);
    let of_period: Vec<_> = history
        .iter()
        .filter(|version| version.receipt.billing_period == period)
        .collect();
    let mut reports: Vec<_> = of_period
        .iter()
        .map(|version| &version.receipt.report)
        .collect();
    reports.sort_unstable();
    reports.dedup();
    let report = match (&query.report, reports.as_slice()) {
        (Some(report), _) => report,
        (None, [report]) => report,
        (None, []) => return Err(wrong(format!("the store has no {period}"))),
        (None, several) => {
            let names: Vec<_> = several.iter().map(ToString::to_string).collect();
            let names = names.join(", ");
            return Err(wrong(format!("several reports have {period}: {names}")));
        }
    };
    let of_report: Vec<_> = of_period
        .into_iter()
        .filter(|version| version.receipt.report == *report)
        .collect();
    let known = || {
        let versions = of_report
            .iter()
            .map(|version| match version.standing {
                Standing::Dropped => format!("{} (dropped)", version.version),
                _ => version.version.to_string(),
            })
            .collect::<Vec<_>>();
        format!(
            "{period} of `{report}` has versions {}",
            versions.join(", ")
        )
    };
    let find = |wanted: u64| {
        let place = of_report
            .iter()
            .position(|version| version.version == wanted);
        place.ok_or_else(|| wrong(format!("{}, and not {wanted}", known())))
    };
    let to = match query.to {
        Some(to) => find(to)?,
        None => of_report
            .len()
            .checked_sub(1)
            .ok_or_else(|| wrong(format!("`{report}` has no {period} in the store")))?,
    };
    let from = match query.from {
        Some(from) => find(from)?,
        None => to.checked_sub(1).ok_or_else(|| {
            let version = of_report[to].version;
            wrong(format!(
                "version {version} is the first of {period} of `{report}`"
            ))
        })?,
    };
    Ok((of_report[from].clone(), of_report[to].clone()))
}

/// The optimised plan of a statement over the two sides of `candidate`.
async fn plan(
    state: &SessionState,
    candidate: &sides::Candidate,
    text: &str,
) -> datafusion::error::Result<(SessionState, LogicalPlan)> {
    let schema = MemorySchemaProvider::new();
    for (name, snapshot) in [("before", &candidate.from), ("after", &candidate.to)] {
        let rolled_up = candidate.allowed.is_some();
        let table = counted_costs(state, snapshot, candidate.table, rolled_up).await?;
        schema.register_table(name.to_owned(), table)?;
    }
    let catalog = MemoryCatalogProvider::new();
    catalog.register_schema(session::PUBLIC, Arc::new(schema))?;
    let context = session::context(state.clone(), Arc::new(catalog));
    let state = context.state();
    let statement = statement::parse(text)?.remove(0);
    let plan = state.statement_to_plan(statement).await?;
    let plan = state.optimize(&plan)?;
    Ok((state, plan))
}
