//! The values of the rows around a sub-query that its answer hangs on.

use datafusion::{
    common::{
        Column, JoinType, NullEquality,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{
        Expr, ExprSchemable, FetchType, Join, JoinConstraint, LogicalPlan, LogicalPlanBuilder,
        expr_rewriter::NamePreserver,
    },
};

use super::plain;

/// One of these values.
struct Key {
    /// How it is computed of a row around.
    outside: Expr,
    /// The column in which a sub-query finds it.
    name: String,
}

/// All that there are among the rows around, each once.
pub(super) struct Domain {
    keys: Vec<Key>,
    plan: LogicalPlan,
}

impl Domain {
    /// The domain of a sub-query in the expressions of a plan whose input are `rows`, and the sub-query as it speaks of it: of the
    /// columns of the domain as outer references.
    pub(super) fn of(
        rows: &LogicalPlan,
        subquery: &LogicalPlan,
        number: &mut usize,
    ) -> Result<(Self, LogicalPlan)> {
        let subquery = subquery.clone().transform_up(|plan| match plan {
            LogicalPlan::Join(join) if plain::lateral(&join).is_some() => {
                super::lateral(join, number).map(Transformed::yes)
            }
            other => Ok(Transformed::no(other)),
        })?;
        let mut keys = Keys {
            rows,
            number: *number,
            found: Vec::new(),
        };
        *number += 1;
        let subquery = subquery.data.transform_up(|plan| {
            let names = NamePreserver::new(&plan);
            plan.map_expressions(|expr| {
                let name = names.save(&expr);
                let made = expr.transform_down(|part| keys.put(part))?;
                Ok(made.update_data(|expr| name.restore(expr)))
            })
        })?;
        let keys = keys.found;
        let values = keys.iter().map(|key| key.outside.clone().alias(&key.name));
        let plan = LogicalPlanBuilder::from(rows.clone())
            .project(values.collect::<Vec<_>>())?
            .distinct()?
            .build()?;
        Ok((Self { keys, plan }, subquery.data))
    }

    /// Its columns.
    pub(super) fn columns(&self) -> impl Iterator<Item = Column> {
        self.keys
            .iter()
            .map(|key| Column::new_unqualified(&key.name))
    }

    /// It as a plan, of these columns.
    pub(super) fn plan(&self) -> &LogicalPlan {
        &self.plan
    }

    /// Whether a column is one of its own.
    pub(super) fn has(&self, column: &Column) -> bool {
        column.relation.is_none() && self.keys.iter().any(|key| key.name == column.name)
    }

    /// Joins to the rows around what a plan that has the columns of the domain says of them.
    pub(super) fn joined(
        &self,
        rows: LogicalPlan,
        answers: LogicalPlan,
        join_type: JoinType,
        condition: Option<Expr>,
    ) -> Result<LogicalPlan> {
        let inside = self.columns().map(Expr::Column);
        let outside = self.keys.iter().map(|key| key.outside.clone());
        let on = outside.zip(inside).collect();
        joined_on(rows, answers, on, join_type, condition)
    }
}

/// A join by keys of which NULL equals NULL.
pub(super) fn joined_on(
    left: LogicalPlan,
    right: LogicalPlan,
    keys: Vec<(Expr, Expr)>,
    join_type: JoinType,
    condition: Option<Expr>,
) -> Result<LogicalPlan> {
    // Conditions become keys later, with what is said here of keys.
    let null_equality = if keys.is_empty() {
        NullEquality::NullEqualsNothing
    } else {
        NullEquality::NullEqualsNull
    };
    Ok(LogicalPlan::Join(Join::try_new(
        left.into(),
        right.into(),
        keys,
        condition,
        join_type,
        JoinConstraint::On,
        null_equality,
        false,
    )?))
}

/// The keys found so far.
struct Keys<'a> {
    rows: &'a LogicalPlan,
    number: usize,
    found: Vec<Key>,
}

impl Keys<'_> {
    /// Puts a key in the place of an expression of the rows around.
    fn put(&mut self, part: Expr) -> Result<Transformed<Expr>> {
        if !self.is_key(&part)? {
            return Ok(Transformed::no(part));
        }
        let outside = part.transform(|part| {
            Ok(match part {
                Expr::OuterReferenceColumn(_, column) => Transformed::yes(Expr::Column(column)),
                other => Transformed::no(other),
            })
        })?;
        let outside = outside.data;
        let (_, field) = outside.to_field(self.rows.schema())?;
        let known = self.found.iter().position(|key| key.outside == outside);
        let place = known.unwrap_or(self.found.len());
        let name = format!("__outer_{}_{place}", self.number);
        let column = Column::new_unqualified(&name);
        if known.is_none() {
            self.found.push(Key { outside, name });
        }
        let outer = Expr::OuterReferenceColumn(field, column);
        Ok(Transformed::new(outer, true, TreeNodeRecursion::Jump))
    }

    /// Whether an expression is a column of the rows around, or what a function finds in one that holds many values.
    fn is_key(&self, expr: &Expr) -> Result<bool> {
        match expr {
            Expr::OuterReferenceColumn(_, column) => Ok(self.rows.schema().has_column(column)),
            Expr::ScalarFunction(function) if !expr.any_column_refs() && !expr.is_volatile() => {
                let schema = self.rows.schema();
                let mut is_lookup = false;
                for argument in &function.args {
                    match argument {
                        Expr::OuterReferenceColumn(field, column) => {
                            if !schema.has_column(column) {
                                return Ok(false);
                            }
                            is_lookup |= field.data_type().is_nested();
                        }
                        Expr::Literal(..) => {}
                        _ => return Ok(false),
                    }
                }
                Ok(is_lookup && !expr.get_type(schema)?.is_nested())
            }
            _ => Ok(false),
        }
    }
}

/// Whether a sub-query has one row at most for each row around it.
pub(super) fn at_most_one_row(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Aggregate(aggregate) if aggregate.group_expr.is_empty() => true,
        LogicalPlan::Limit(limit) => {
            matches!(limit.get_fetch_type(), Ok(FetchType::Literal(Some(0 | 1))))
                || at_most_one_row(&limit.input)
        }
        LogicalPlan::EmptyRelation(_) => true,
        LogicalPlan::Values(values) => values.values.len() <= 1,
        LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Window(_)
        | LogicalPlan::Distinct(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::SubqueryAlias(_) => plan.inputs().into_iter().all(at_most_one_row),
        _ => false,
    }
}
