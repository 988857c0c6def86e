//! Sub-queries that speak of the rows around them, of every form. DataFusion makes joins of the plainest ([`plain`]) and refuses the
//! others, or answers them wrongly; those become joins here.
//!
//! What a sub-query says of a row hangs on a few values of it alone. So it is asked once for each of those that there are
//! ([`domain`]), and its answers are joined to the rows. After Neumann and Kemper, "Unnesting Arbitrary Queries", BTW 2015.

mod domain;
mod plain;
mod pushed;
mod references;

use std::sync::Arc;

use datafusion::{
    common::{
        Column, JoinType,
        config::ConfigOptions,
        plan_err,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    functions_aggregate::{count::count_udaf, first_last::first_value_udaf},
    logical_expr::{
        Expr, Join, LogicalPlan, LogicalPlanBuilder, Subquery, expr::AggregateFunction,
        expr_rewriter::NamePreserver, lit, utils::merge_schema,
    },
    optimizer::AnalyzerRule,
};

pub(crate) use plain::decides;
pub(crate) use references::complete;

use crate::functions::single_row;
use domain::Domain;
use references::outer_references;

/// Makes joins of them. After types are settled, and after [`SubqueriesAsValues`](crate::subqueries::SubqueriesAsValues).
#[derive(Debug)]
pub(crate) struct CorrelatedSubqueries;

impl AnalyzerRule for CorrelatedSubqueries {
    fn name(&self) -> &'static str {
        "correlated_subqueries"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        // No two have the same number, so their columns can stand side by side.
        let mut number = 0;
        let made = plan.transform_up_with_subqueries(|plan| node(plan, &mut number))?;
        if let Some(Expr::OuterReferenceColumn(_, column)) = outer_references(&made.data).first() {
            return plan_err!(
                "a sub-query speaks of `{column}`, which the rows around it do not have there: it has to stand in GROUP BY, or to be selected where the sub-query stands in ORDER BY"
            );
        }
        Ok(made.data)
    }
}

fn node(plan: LogicalPlan, number: &mut usize) -> Result<Transformed<LogicalPlan>> {
    match plan {
        LogicalPlan::Join(join) => {
            let subquery = plain::lateral(&join);
            if subquery.is_none_or(|query| decides(query, join.left.schema())) {
                return Ok(Transformed::no(LogicalPlan::Join(join)));
            }
            lateral(join, number).map(Transformed::yes)
        }
        LogicalPlan::Filter(_) | LogicalPlan::Projection(_) => values(plan, number),
        other => Ok(Transformed::no(other)),
    }
}

/// Joins to the rows of a plan what the sub-queries in its expressions say of each.
fn values(plan: LogicalPlan, number: &mut usize) -> Result<Transformed<LogicalPlan>> {
    let [input] = plan.inputs()[..] else {
        return Ok(Transformed::no(plan));
    };
    let schema = merge_schema(&[input]);
    let columns = input.schema().columns();
    let mut input = input.clone();
    let mut known: Vec<(Subquery, String)> = Vec::new();
    let names = NamePreserver::new(&plan);
    let keeps_columns = matches!(plan, LogicalPlan::Filter(_));
    let plan = plan.map_expressions(|expr| {
        let name = names.save(&expr);
        let made = expr.transform_up(|part| {
            let Expr::ScalarSubquery(query) = &part else {
                return Ok(Transformed::no(part));
            };
            if query.outer_ref_columns.is_empty() || plain::as_value(query, &schema) {
                return Ok(Transformed::no(part));
            }
            let asked = known.iter().find(|(known, _)| known == query);
            let value = if let Some((_, value)) = asked {
                value.clone()
            } else {
                let (joined, value) = with_value(&input, query, number)?;
                input = joined;
                known.push((query.clone(), value.clone()));
                value
            };
            Ok(Transformed::yes(Expr::Column(Column::new_unqualified(
                value,
            ))))
        })?;
        Ok(made.update_data(|expr| name.restore(expr)))
    })?;
    if known.is_empty() {
        return Ok(Transformed::no(plan.data));
    }
    let expressions = plan.data.expressions();
    let mut made = plan.data.with_new_exprs(expressions, vec![input])?;
    if keeps_columns {
        made = LogicalPlanBuilder::from(made)
            .project(columns.into_iter().map(Expr::Column))?
            .build()?;
    }
    Ok(Transformed::yes(made))
}

/// The rows with one more column, of the name returned: the value of a sub-query, NULL where it has no row.
fn with_value(
    rows: &LogicalPlan,
    query: &Subquery,
    number: &mut usize,
) -> Result<(LogicalPlan, String)> {
    let value = format!("__value_{number}");
    let (domain, subquery) = Domain::of(rows, &query.subquery, number)?;
    let pushed = domain.pushed(&subquery)?;
    let asked = Expr::Column(Column::from(subquery.schema().qualified_field(0)));
    let keys = || domain.columns().map(Expr::Column);
    let answers = if domain::at_most_one_row(&subquery) {
        let columns = keys().chain([asked.alias(&value)]);
        LogicalPlanBuilder::from(pushed)
            .project(columns.collect::<Vec<_>>())?
            .build()?
    } else {
        let aggregate = |function, argument: Expr, name: &str| {
            let made =
                AggregateFunction::new_udf(function, vec![argument], false, None, vec![], None);
            Expr::AggregateFunction(made).alias(name)
        };
        let first = aggregate(first_value_udaf(), asked, "__first");
        let rows = aggregate(count_udaf(), lit(1_i64), "__rows");
        let column = |name: &str| Expr::Column(Column::new_unqualified(name));
        let only = single_row().call(vec![column("__first"), column("__rows")]);
        LogicalPlanBuilder::from(pushed)
            .aggregate(keys().collect::<Vec<_>>(), vec![first, rows])?
            .project(keys().chain([only.alias(&value)]).collect::<Vec<_>>())?
            .build()?
    };
    let joined = domain.joined(rows.clone(), answers, JoinType::Left, None)?;
    let mut columns: Vec<_> = rows.schema().columns();
    columns.push(Column::new_unqualified(&value));
    let joined = LogicalPlanBuilder::from(joined)
        .project(columns.into_iter().map(Expr::Column))?
        .build()?;
    Ok((joined, value))
}

/// A join with a sub-query that speaks of the rows of its left side.
fn lateral(join: Join, number: &mut usize) -> Result<LogicalPlan> {
    let columns = join.schema.columns();
    let (domain, subquery) = Domain::of(&join.left, &join.right, number)?;
    let pushed = domain.pushed(&subquery)?;
    let conditions = join.on.into_iter().map(|(left, right)| left.eq(right));
    let condition = conditions.chain(join.filter).reduce(Expr::and);
    let left = Arc::unwrap_or_clone(join.left);
    let joined = domain.joined(left, pushed, join.join_type, condition)?;
    LogicalPlanBuilder::from(joined)
        .project(columns.into_iter().map(Expr::Column))?
        .build()
}
