//! `IN (SELECT …)`, `EXISTS` and comparisons with `ANY` or `ALL` where a value is asked for, not which rows there are.
//!
//! DataFusion makes joins of those that decide in WHERE or HAVING which rows stay. In such a join what is unknown is false, which is right
//! where only AND and OR lie between it and the condition; elsewhere it would be wrong, and in what is selected there is no join at all.

mod compared;
mod joins;

use std::sync::Arc;

use datafusion::{
    common::{
        Column, DFSchema, ScalarValue, Spans,
        config::ConfigOptions,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    functions_aggregate::{array_agg::array_agg_udaf, count::count_udaf},
    logical_expr::{
        Aggregate, BinaryExpr, Expr, LogicalPlan, LogicalPlanBuilder, Operator, Sort, Subquery,
        Window,
        expr::{AggregateFunction, Exists, InSubquery},
        expr_rewriter::NamePreserver,
        lit,
        utils::merge_schema,
        when,
    },
    optimizer::AnalyzerRule,
};

use crate::{
    correlated::{complete, decides},
    functions::is_member,
};

/// What is sought among the rows of a sub-query.
const MEMBER: &str = "__member";

/// Makes values of such sub-queries. After types are settled.
#[derive(Debug)]
pub(crate) struct SubqueriesAsValues;

impl AnalyzerRule for SubqueriesAsValues {
    fn name(&self) -> &'static str {
        "subqueries_as_values"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        complete(plan)?
            .transform_up_with_subqueries(node)
            .map(|plan| plan.data)
    }
}

fn node(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let mut asked = false;
    plan.apply_expressions(|expr| {
        asked |= asks(expr)?;
        Ok(TreeNodeRecursion::Continue)
    })?;
    // What sub-queries tell of each row is computed in filters and projections.
    let sinks = matches!(
        plan,
        LogicalPlan::Sort(_) | LogicalPlan::Aggregate(_) | LogicalPlan::Window(_)
    );
    let plan = match plan {
        LogicalPlan::Join(join) => return joins::join(join),
        _ if !asked && !sinks => return Ok(Transformed::no(plan)),
        other => other,
    };
    let decides = matches!(plan, LogicalPlan::Filter(_));
    let schema = merge_schema(&plan.inputs());
    let names = NamePreserver::new(&plan);
    let made = plan.map_expressions(|expr| {
        let name = names.save(&expr);
        let made = if decides {
            condition(expr, true, &schema)?
        } else {
            value(expr, &schema)?
        };
        Ok(made.update_data(|expr| name.restore(expr)))
    })?;
    if !made.transformed && !sinks {
        return Ok(made);
    }
    let changed = made.transformed;
    let made = if changed {
        made.data.recompute_schema()?
    } else {
        made.data
    };
    let made = sunk(made)?;
    Ok(Transformed::new(
        made.data,
        changed || made.transformed,
        TreeNodeRecursion::Continue,
    ))
}

/// Whether an expression has a sub-query that speaks of the rows around it.
fn is_correlated(expr: &Expr) -> Result<bool> {
    expr.exists(|part| {
        Ok(matches!(part, Expr::ScalarSubquery(query) if !query.outer_ref_columns.is_empty()))
    })
}

/// Whether an expression asks what a value is to the rows of a sub-query.
fn asks(expr: &Expr) -> Result<bool> {
    expr.exists(|part| {
        Ok(matches!(
            part,
            Expr::InSubquery(_) | Expr::Exists(_) | Expr::SetComparison(_)
        ))
    })
}

/// Computes below aggregates, windows and sorting what they ask of sub-queries row by row: DataFusion makes joins of such sub-queries in
/// filters and projections alone.
fn sunk(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let input = match &plan {
        LogicalPlan::Aggregate(aggregate) => Arc::clone(&aggregate.input),
        LogicalPlan::Window(window) => Arc::clone(&window.input),
        LogicalPlan::Sort(sort) => Arc::clone(&sort.input),
        _ => return Ok(Transformed::no(plan)),
    };
    let names = NamePreserver::new(&plan);
    let mut computed: Vec<Expr> = Vec::new();
    let plan = plan.map_expressions(|expr| {
        let name = names.save(&expr);
        let made = expr.transform_up(|part| match &part {
            Expr::ScalarSubquery(query) if !query.outer_ref_columns.is_empty() => {
                let known = computed.iter().position(|known| *known == part);
                let place = known.unwrap_or(computed.len());
                if known.is_none() {
                    computed.push(part);
                }
                Ok(Transformed::yes(Expr::Column(Column::new_unqualified(
                    computed_name(place),
                ))))
            }
            _ => Ok(Transformed::no(part)),
        })?;
        Ok(made.update_data(|expr| name.restore(expr)))
    })?;
    if computed.is_empty() {
        return Ok(Transformed::no(plan.data));
    }
    let columns = input.schema().columns();
    let input = with_computed(&input, computed)?;
    Ok(Transformed::yes(match plan.data {
        LogicalPlan::Aggregate(aggregate) => LogicalPlan::Aggregate(Aggregate::try_new(
            input,
            aggregate.group_expr,
            aggregate.aggr_expr,
        )?),
        LogicalPlan::Window(window) => {
            LogicalPlan::Window(Window::try_new(window.window_expr, input)?)
        }
        LogicalPlan::Sort(sort) => {
            let sorted = LogicalPlan::Sort(Sort { input, ..sort });
            LogicalPlanBuilder::from(sorted)
                .project(columns.into_iter().map(Expr::Column))?
                .build()?
        }
        other => other,
    }))
}

/// A plan with more columns, each by its [`computed_name`].
fn with_computed(input: &LogicalPlan, computed: Vec<Expr>) -> Result<Arc<LogicalPlan>> {
    let columns = input.schema().columns().into_iter().map(Expr::Column);
    let computed = computed.into_iter().enumerate();
    let computed = computed.map(|(place, expr)| expr.alias(computed_name(place)));
    let made = LogicalPlanBuilder::from(input.clone())
        .project(columns.chain(computed).collect::<Vec<_>>())?
        .build()?;
    Ok(Arc::new(made))
}

fn computed_name(place: usize) -> String {
    format!("__asked_{place}")
}

/// A condition that decides which rows stay. `always` says that rows stay only if it is true.
fn condition(expr: Expr, always: bool, schema: &DFSchema) -> Result<Transformed<Expr>> {
    match expr {
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: op @ (Operator::And | Operator::Or),
            right,
        }) => {
            let always = always && op == Operator::And;
            let left = condition(*left, always, schema)?;
            let right = condition(*right, always, schema)?;
            let transformed = left.transformed || right.transformed;
            let made = BinaryExpr::new(Box::new(left.data), op, Box::new(right.data));
            Ok(Transformed::new(
                Expr::BinaryExpr(made),
                transformed,
                TreeNodeRecursion::Continue,
            ))
        }
        Expr::SetComparison(ref query) if query.subquery.outer_ref_columns.is_empty() => {
            Ok(Transformed::no(expr))
        }
        Expr::Exists(ref query) if decides(&query.subquery, schema) => Ok(Transformed::no(expr)),
        Expr::InSubquery(query) if is_join(&query, always, schema) => named(query),
        Expr::Not(ref inner) => match inner.as_ref() {
            Expr::Exists(query) if decides(&query.subquery, schema) => Ok(Transformed::no(expr)),
            Expr::InSubquery(query) if !query.negated && always && is_plain(query) => {
                Ok(Transformed::no(expr))
            }
            _ => value(expr, schema),
        },
        other => value(other, schema),
    }
}

/// Whether DataFusion makes the right join of `IN` or `NOT IN`.
fn is_join(query: &InSubquery, always: bool, schema: &DFSchema) -> bool {
    if query.negated {
        always && is_plain(query)
    } else {
        decides(&query.subquery, schema)
    }
}

/// What is sought among the rows of a correlated sub-query under a name of its own. DataFusion joins other columns of these rows too, and
/// a cast has the name of its column.
fn named(mut query: InSubquery) -> Result<Transformed<Expr>> {
    let plan = Arc::clone(&query.subquery.subquery);
    let column = Expr::Column(Column::from(plan.schema().qualified_field(0)));
    let is_named = is_plain(&query)
        || matches!(plan.as_ref(), LogicalPlan::Projection(projection) if matches!(projection.expr[..], [Expr::Column(_)]));
    if is_named {
        return Ok(Transformed::no(Expr::InSubquery(query)));
    }
    let plan = match plan.as_ref() {
        LogicalPlan::Projection(projection) => {
            let values = projection.expr.iter().cloned();
            let values = values.map(|value| value.unalias_nested().data.alias(MEMBER));
            LogicalPlanBuilder::from(projection.input.as_ref().clone())
                .project(values.collect::<Vec<_>>())?
        }
        other => LogicalPlanBuilder::from(other.clone()).project([column.alias(MEMBER)])?,
    };
    query.subquery.subquery = Arc::new(plan.build()?);
    Ok(Transformed::yes(Expr::InSubquery(query)))
}

/// Whether a sub-query does not speak of the rows around it: of those alone DataFusion makes joins that keep what `NOT IN` keeps.
fn is_plain(query: &InSubquery) -> bool {
    query.subquery.outer_ref_columns.is_empty()
}

/// An expression whose value counts.
fn value(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|part| match part {
        Expr::InSubquery(query) => Ok(Transformed::yes(member(query, schema)?)),
        Expr::Exists(query) => Ok(Transformed::yes(exists(query)?)),
        Expr::SetComparison(query) => Ok(Transformed::yes(compared::compared(query, schema)?)),
        other => Ok(Transformed::no(other)),
    })
}

fn scalar(plan: LogicalPlan, outer_ref_columns: Vec<Expr>) -> Expr {
    Expr::ScalarSubquery(Subquery {
        subquery: Arc::new(plan),
        outer_ref_columns,
        spans: Spans::new(),
    })
}

/// How many rows a plan has, in a sub-query.
fn counted(plan: LogicalPlan, outer_ref_columns: &[Expr]) -> Result<Expr> {
    let count =
        AggregateFunction::new_udf(count_udaf(), vec![lit(1_i64)], false, None, vec![], None);
    let count = Expr::AggregateFunction(count).alias("__count");
    let plan = LogicalPlanBuilder::from(plan)
        .aggregate(Vec::<Expr>::new(), vec![count])?
        .build()?;
    Ok(scalar(plan, outer_ref_columns.to_vec()))
}

fn exists(query: Exists) -> Result<Expr> {
    let Subquery {
        subquery,
        outer_ref_columns,
        ..
    } = query.subquery;
    let mut plan = subquery.as_ref().clone();
    if outer_ref_columns.is_empty() {
        // One row is enough.
        plan = LogicalPlanBuilder::from(plan).limit(0, Some(1))?.build()?;
    }
    let found = counted(plan, &outer_ref_columns)?;
    let none = lit(0_i64);
    Ok(if query.negated {
        found.eq(none)
    } else {
        found.gt(none)
    })
}

fn member(query: InSubquery, schema: &DFSchema) -> Result<Expr> {
    let made = if query.subquery.outer_ref_columns.is_empty() {
        member_of(*query.expr, &query.subquery)?
    } else {
        correlated(*query.expr, &query.subquery, schema)?
    };
    Ok(if query.negated { !made } else { made })
}

/// Whether a value is among those of a sub-query that is the same for all rows.
fn member_of(expr: Expr, query: &Subquery) -> Result<Expr> {
    let plan = query.subquery.as_ref();
    let column = Expr::Column(Column::from(plan.schema().qualified_field(0)));
    let all = AggregateFunction::new_udf(array_agg_udaf(), vec![column], true, None, vec![], None);
    let plan = LogicalPlanBuilder::from(plan.clone())
        .aggregate(
            Vec::<Expr>::new(),
            vec![Expr::AggregateFunction(all).alias("__all")],
        )?
        .build()?;
    Ok(is_member().call(vec![scalar(plan, Vec::new()), expr]))
}

/// The same of a sub-query that speaks of the rows around it, which has an answer of its own for each of them.
fn correlated(expr: Expr, query: &Subquery, schema: &DFSchema) -> Result<Expr> {
    let plan = query.subquery.as_ref();
    let outer = &query.outer_ref_columns;
    let column = Expr::Column(Column::from(plan.schema().qualified_field(0)));
    let mut columns = outer.clone();
    let sought = expr.clone().transform(|part| match part {
        Expr::Column(column) => {
            let (_, field) = schema.qualified_field_from_column(&column)?;
            let outside = Expr::OuterReferenceColumn(Arc::clone(field), column);
            columns.push(outside.clone());
            Ok(Transformed::yes(outside))
        }
        other => Ok(Transformed::no(other)),
    })?;
    let only = |condition: Expr| -> Result<LogicalPlan> {
        LogicalPlanBuilder::from(plan.clone())
            .filter(condition)?
            .build()
    };
    let found = counted(only(column.clone().eq(sought.data))?, &columns)?;
    let unknown = counted(only(column.clone().is_null())?, outer)?;
    let any = counted(plan.clone(), outer)?;
    let none = || lit(0_i64);
    let is_unknown = unknown.gt(none()).or(expr.is_null().and(any.gt(none())));
    when(found.gt(none()), lit(true))
        .when(is_unknown, lit(ScalarValue::Boolean(None)))
        .otherwise(lit(false))
}
