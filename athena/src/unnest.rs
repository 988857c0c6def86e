//! `UNNEST` of columns of the tables before it, and `LATERAL` sub-queries without tables of their own, which DataFusion plans as lateral
//! joins and cannot run.

use std::sync::Arc;

use datafusion::{
    common::{
        Column, DFSchema,
        config::ConfigOptions,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    logical_expr::{
        Expr, Join, JoinType, LogicalPlan, LogicalPlanBuilder, Projection, SubqueryAlias,
    },
    optimizer::AnalyzerRule,
};

/// Makes of a join with what is made of each row one plan: the rows of the left side, with what is made of them.
///
/// `t CROSS JOIN UNNEST(t.list) AS u (x)` is planned as a join of `t` with a sub-query, in which `t.list` is an outer reference and
/// which begins with one row of nothing. That row is the row of `t`, so its plan takes the place of the row of nothing, and its columns
/// are handed through all that is above.
#[derive(Debug)]
pub(crate) struct UnnestsOfColumns;

impl AnalyzerRule for UnnestsOfColumns {
    fn name(&self) -> &'static str {
        "unnests_of_columns"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let made = plan.transform_up_with_subqueries(|plan| {
            let LogicalPlan::Join(join) = &plan else {
                return Ok(Transformed::no(plan));
            };
            Ok(match joined(join)? {
                Some(made) => Transformed::yes(made),
                None => Transformed::no(plan),
            })
        })?;
        Ok(made.data)
    }
}

fn joined(join: &Join) -> Result<Option<LogicalPlan>> {
    let is_cross = join.join_type == JoinType::Inner && join.on.is_empty();
    if !is_cross || !is_lateral(&join.right) {
        return Ok(None);
    }
    let left = Left::new(&join.left)?;
    let Some(made) = left.below(&join.right)? else {
        return Ok(None);
    };
    let mut columns = left.restored(join.left.schema());
    columns.extend(left.others(&made).into_iter().map(Expr::Column));
    let made = LogicalPlanBuilder::from(made).project(columns)?;
    let made = match &join.filter {
        Some(filter) => made.filter(filter.clone())?,
        None => made,
    };
    Ok(Some(made.build()?))
}

/// Whether a plan is a sub-query with outer references.
fn is_lateral(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::SubqueryAlias(alias) => is_lateral(&alias.input),
        LogicalPlan::Subquery(subquery) => !subquery.outer_ref_columns.is_empty(),
        _ => false,
    }
}

/// The left side, with columns of names that nothing else has.
struct Left {
    plan: LogicalPlan,
    schema: Arc<DFSchema>,
}

impl Left {
    fn new(plan: &LogicalPlan) -> Result<Self> {
        let schema = Arc::clone(plan.schema());
        let columns = schema
            .columns()
            .into_iter()
            .enumerate()
            .map(|(place, column)| Expr::Column(column).alias(hidden(place)));
        let plan = LogicalPlanBuilder::from(plan.clone())
            .project(columns)?
            .build()?;
        Ok(Self { plan, schema })
    }

    fn columns(&self) -> impl Iterator<Item = Column> {
        (0..self.schema.fields().len()).map(|place| Column::new_unqualified(hidden(place)))
    }

    /// The columns under the names that they had.
    fn restored(&self, schema: &DFSchema) -> Vec<Expr> {
        self.columns()
            .zip(schema.iter())
            .map(|(column, (qualifier, field))| {
                Expr::Column(column).alias_qualified(qualifier.cloned(), field.name())
            })
            .collect()
    }

    /// The columns of a plan made by [`Self::below`] that are not of the left side.
    fn others(&self, plan: &LogicalPlan) -> Vec<Column> {
        plan.schema()
            .columns()
            .into_iter()
            .skip(self.schema.fields().len())
            .collect()
    }

    /// The plan with the left side in the place of its one row of nothing, and the columns of the left side before its own.
    fn below(&self, plan: &LogicalPlan) -> Result<Option<LogicalPlan>> {
        Ok(match plan {
            LogicalPlan::EmptyRelation(empty) if empty.produce_one_row => Some(self.plan.clone()),
            LogicalPlan::Subquery(subquery) => self.below(&subquery.subquery)?,
            LogicalPlan::Projection(Projection { expr, input, .. }) => {
                let Some(input) = self.below(input)? else {
                    return Ok(None);
                };
                let mut all: Vec<_> = self.columns().map(Expr::Column).collect();
                for expression in expr {
                    let Some(expression) = self.inner(expression)? else {
                        return Ok(None);
                    };
                    all.push(expression);
                }
                Some(LogicalPlanBuilder::from(input).project(all)?.build()?)
            }
            LogicalPlan::Filter(filter) => {
                let input = self.below(&filter.input)?;
                let (Some(input), Some(predicate)) = (input, self.inner(&filter.predicate)?) else {
                    return Ok(None);
                };
                Some(LogicalPlanBuilder::from(input).filter(predicate)?.build()?)
            }
            LogicalPlan::Unnest(unnest) => {
                let Some(input) = self.below(&unnest.input)? else {
                    return Ok(None);
                };
                let made = LogicalPlanBuilder::from(input).unnest_columns_with_options(
                    unnest.exec_columns.clone(),
                    unnest.options.clone(),
                )?;
                Some(made.build()?)
            }
            LogicalPlan::SubqueryAlias(SubqueryAlias { input, alias, .. }) => {
                let Some(input) = self.below(input)? else {
                    return Ok(None);
                };
                let mut all: Vec<_> = self.columns().map(Expr::Column).collect();
                all.extend(self.others(&input).into_iter().map(|column| {
                    let name = column.name.clone();
                    Expr::Column(column).alias_qualified(Some(alias.clone()), name)
                }));
                Some(LogicalPlanBuilder::from(input).project(all)?.build()?)
            }
            _ => None,
        })
    }

    /// The expression with columns in the place of outer references; `None` if one is not of the left side.
    fn inner(&self, expression: &Expr) -> Result<Option<Expr>> {
        let mut known = true;
        let made = expression.clone().transform(|part| {
            Ok(match &part {
                Expr::OuterReferenceColumn(_, column) => {
                    if let Some(place) = self.schema.maybe_index_of_column(column) {
                        Transformed::yes(Expr::Column(Column::new_unqualified(hidden(place))))
                    } else {
                        known = false;
                        Transformed::no(part)
                    }
                }
                _ => Transformed::no(part),
            })
        })?;
        // It keeps the name that others know it by.
        let (_, name) = expression.qualified_name();
        let (_, now) = made.data.qualified_name();
        let made = if name == now {
            made.data
        } else {
            made.data.alias(name)
        };
        Ok(known.then_some(made))
    }
}

fn hidden(place: usize) -> String {
    format!("__left_{place}")
}
