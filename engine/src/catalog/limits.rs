//! What a condition over `costs` means for each table of data files.

use std::sync::Arc;

use curtail_store::{SideTable, Snapshot, Table};
use datafusion::{
    arrow::{
        array::{AsArray, RecordBatch},
        compute::filter_record_batch,
        datatypes::{Int64Type, SchemaRef},
    },
    catalog::TableProvider,
    common::{
        Column, DFSchema, internal_err,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    datasource::provider_as_source,
    error::Result,
    execution::SessionState,
    functions_aggregate::expr_fn,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit, utils::conjunction},
    optimizer::simplify_expressions::{ExprSimplifier, SimplifyContext},
    prelude::{DataFrame, ident},
};

use super::{
    Beside, Tables,
    scan::DataFiles,
    views::{plan_of, shaped, text, with_maps},
};
use crate::limit::Guard;

/// The columns that `accounts` shares with `costs`.
const OF_ACCOUNTS: [&str; 2] = ["account_id", "payer_account_id"];

/// The rows that are shown.
#[derive(Debug)]
pub(crate) struct Limit {
    condition: String,
    line_items: Arc<Guard>,
    focus: Arc<Guard>,
    cost_explorer: Arc<Guard>,
    /// Whether the condition speaks of reports.
    of_reports: bool,
    /// `None`: it speaks of more than `accounts` knows, so none is shown.
    accounts: Option<Expr>,
}

impl Limit {
    /// The rows for which `condition`, which was [checked](crate::limit::checked), is true. `session` plans it.
    pub(crate) async fn of(
        session: &SessionState,
        snapshot: &Snapshot,
        beside: &Beside,
        condition: &str,
    ) -> Result<Self> {
        let files = |table| DataFiles::new(snapshot, table, &[]).map(Arc::new);
        let line_items: Tables = vec![("line_items", with_maps(files(Table::LineItems)?, None)?)];
        let focus: Tables = vec![("focus", files(Table::Focus)?)];
        let told = DataFiles::beside(snapshot, SideTable::CostExplorer, |_| true)?;
        let told: Tables = vec![("cost_explorer", shaped(told, beside)?)];
        let provisional = told_by(session, &told, "costs_provisional", condition).await?;
        let spoken_of = columns_of(session, &told, condition).await?;
        let accounts = spoken_of
            .iter()
            .all(|name| OF_ACCOUNTS.contains(&name.as_str()));
        Ok(Self {
            condition: condition.to_owned(),
            line_items: guard(session, &line_items, "costs_line_items", condition).await?,
            focus: guard(session, &focus, "costs_focus", condition).await?,
            accounts: accounts.then(|| provisional.clone()),
            cost_explorer: Arc::new(Guard::new(provisional)),
            of_reports: spoken_of.iter().any(|name| name == "report"),
        })
    }

    /// The condition, over `costs`.
    pub(crate) fn condition(&self) -> &str {
        &self.condition
    }

    /// What the rows of a table of reports have to meet.
    pub(super) fn guard(&self, table: Table) -> &Arc<Guard> {
        match table {
            Table::LineItems => &self.line_items,
            Table::Focus => &self.focus,
        }
    }

    /// What the rows of `cost_explorer` have to meet.
    pub(super) fn cost_explorer(&self) -> &Arc<Guard> {
        &self.cost_explorer
    }

    /// Those of `rows`, which are of `accounts`, that are shown.
    pub(super) fn accounts(
        &self,
        session: &SessionState,
        rows: &RecordBatch,
    ) -> Result<RecordBatch> {
        let Some(condition) = &self.accounts else {
            return Ok(rows.slice(0, 0));
        };
        let schema = DFSchema::try_from(rows.schema())?;
        let holds = session.create_physical_expr(condition.clone(), &schema)?;
        let holds = holds.evaluate(rows)?.into_array(rows.num_rows())?;
        // Where it is unknown, nothing is shown.
        Ok(filter_record_batch(rows, holds.as_boolean())?)
    }

    /// Whether it may show rows of this report.
    pub(crate) fn may_show(&self, table: Table, report: &str) -> Result<bool> {
        if !self.of_reports {
            return Ok(true);
        }
        let condition = self.guard(table).condition().clone();
        let named = condition.transform_up(|part| {
            Ok(match &part {
                Expr::Column(column) if column.name == "report" => Transformed::yes(lit(report)),
                _ => Transformed::no(part),
            })
        })?;
        let simple = ExprSimplifier::new(SimplifyContext::builder().build());
        // What cannot be told without its columns is not told to be false.
        let Ok(simple) = simple.simplify(named.data) else {
            return Ok(true);
        };
        Ok(!matches!(simple, Expr::Literal(value, _) if value.is_null() || value == false.into()))
    }
}

async fn guard(
    session: &SessionState,
    tables: &Tables,
    view: &str,
    condition: &str,
) -> Result<Arc<Guard>> {
    let condition = told_by(session, tables, view, condition).await?;
    Ok(Arc::new(Guard::new(condition)))
}

/// The condition over a view of `tables` as one over the columns of the files below.
async fn told_by(
    session: &SessionState,
    tables: &Tables,
    view: &str,
    condition: &str,
) -> Result<Expr> {
    let sql = format!(
        "SELECT 1 AS one FROM (\n{}\n) AS costs\nWHERE {condition}",
        text(view)
    );
    let plan = analyzed(session, tables, &sql).await?;
    let (conditions, files) = below(&plan, Vec::new())?;
    let Some(condition) = conjunction(conditions) else {
        return internal_err!("`{condition}` has got lost");
    };
    let schema = Arc::new(DFSchema::try_from(files)?);
    let context = SimplifyContext::builder()
        .with_schema(schema)
        .with_config_options(Arc::clone(session.config_options()))
        .build();
    ExprSimplifier::new(context).simplify(condition)
}

/// The columns of `costs` that the condition speaks of.
async fn columns_of(
    session: &SessionState,
    tables: &Tables,
    condition: &str,
) -> Result<Vec<String>> {
    let view = text("costs_provisional");
    let sql = format!("SELECT 1 AS one FROM (\n{view}\n) AS costs\nWHERE {condition}");
    let plan = plan_of(session, tables, &sql).await?;
    let mut names = Vec::new();
    plan.apply(|node| {
        if let LogicalPlan::Filter(filter) = node {
            let columns = filter.predicate.column_refs().into_iter();
            names.extend(columns.map(|column| column.name.clone()));
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(names)
}

async fn analyzed(session: &SessionState, tables: &Tables, sql: &str) -> Result<LogicalPlan> {
    let plan = plan_of(session, tables, sql).await?;
    let options = session.config_options();
    session
        .analyzer()
        .execute_and_check(plan, options, |_, _| {})
}

/// The conditions of a plan over one scan, and `above` those of what stands over it, as such over the columns of the scan; and these.
fn below(plan: &LogicalPlan, above: Vec<Expr>) -> Result<(Vec<Expr>, SchemaRef)> {
    match plan {
        LogicalPlan::Filter(filter) => {
            let mut conditions = above;
            conditions.push(filter.predicate.clone());
            below(&filter.input, conditions)
        }
        LogicalPlan::Projection(projection) => {
            let made_of = |place: usize| projection.expr[place].clone().unalias_nested().data;
            below(&projection.input, replaced(above, plan, made_of)?)
        }
        LogicalPlan::SubqueryAlias(alias) => {
            let inner = alias.input.schema();
            let made_of = |place: usize| Expr::Column(Column::from(inner.qualified_field(place)));
            below(&alias.input, replaced(above, plan, made_of)?)
        }
        LogicalPlan::TableScan(scan) if scan.filters.is_empty() => {
            let schema = scan.source.schema();
            let name = |place: usize| {
                let (_, field) = plan.schema().qualified_field(place);
                Expr::Column(Column::new_unqualified(field.name()))
            };
            Ok((replaced(above, plan, name)?, schema))
        }
        other => internal_err!("a condition on rows stands over {}", other.display()),
    }
}

/// The conditions with what each column of `plan` is made of in its place.
fn replaced(
    conditions: Vec<Expr>,
    plan: &LogicalPlan,
    made_of: impl Fn(usize) -> Expr,
) -> Result<Vec<Expr>> {
    let schema = plan.schema();
    let replaced = conditions.into_iter().map(|condition| {
        let condition = condition.transform_up(|part| {
            Ok(match &part {
                Expr::Column(column) => Transformed::yes(made_of(schema.index_of_column(column)?)),
                _ => Transformed::no(part),
            })
        });
        condition.map(|condition| condition.data)
    });
    replaced.collect()
}

/// The columns of a table of files that any of its rows has a value in, as far as they are `doubted`; those that are not are all there.
pub(super) async fn with_values(
    session: &SessionState,
    table: Arc<dyn TableProvider>,
    doubted: &[&str],
) -> Result<Vec<String>> {
    if doubted.is_empty() {
        return Ok(Vec::new());
    }
    let counts = doubted.iter().map(|name| expr_fn::count(ident(*name)));
    let plan = LogicalPlanBuilder::scan("files", provider_as_source(table), None)?
        .aggregate(Vec::<Expr>::new(), counts.collect::<Vec<_>>())?
        .build()?;
    let batches = DataFrame::new(session.clone(), plan).collect().await?;
    let has = |place: usize| {
        batches.iter().any(|batch| {
            let counts = batch.column(place).as_primitive::<Int64Type>();
            counts.iter().flatten().any(|count| count > 0)
        })
    };
    let kept = doubted.iter().enumerate();
    let kept = kept.filter(|(place, _)| has(*place));
    Ok(kept.map(|(_, name)| (*name).to_owned()).collect())
}
