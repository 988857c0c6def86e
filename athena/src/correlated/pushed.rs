//! A sub-query with its domain below it: its rows for each value of the domain, which they carry with them.

use std::sync::Arc;

use datafusion::{
    common::{
        Column, DFSchema, JoinType, NullEquality, not_impl_err,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    functions::core::expr_fn::coalesce,
    functions_window::expr_fn::row_number,
    logical_expr::{
        Aggregate, Distinct, Expr, ExprFunctionExt, FetchType, Filter, Join, Limit, LogicalPlan,
        LogicalPlanBuilder, Operator, Projection, SkipType, SortExpr, SubqueryAlias, Union, Values,
        Window, binary_expr, expr::AggregateFunction, lit,
    },
};

use super::{
    domain::{Domain, joined_on},
    references::has_subquery,
};

/// Which rows an aggregate sees: those that are not only there for the domain.
const THERE: &str = "__there";
/// The place of a row among those of one value of the domain.
const PLACE: &str = "__place";

impl Domain {
    /// The columns of the plan, then those of the domain.
    pub(super) fn pushed(&self, plan: &LogicalPlan) -> Result<LogicalPlan> {
        if !self.is_in(plan) {
            return LogicalPlanBuilder::from(plan.clone())
                .cross_join(self.plan().clone())?
                .build();
        }
        match plan {
            LogicalPlan::Projection(projection) => {
                self.projected(projection, self.pushed(&projection.input)?)
            }
            LogicalPlan::Filter(filter) => LogicalPlanBuilder::from(self.pushed(&filter.input)?)
                .filter(self.inner(filter.predicate.clone())?)?
                .build(),
            LogicalPlan::SubqueryAlias(SubqueryAlias { input, schema, .. }) => {
                self.named(self.pushed(input)?, schema)
            }
            LogicalPlan::Subquery(query) => self.pushed(&query.subquery),
            LogicalPlan::Aggregate(aggregate) => self.aggregate(aggregate),
            LogicalPlan::Distinct(Distinct::All(input)) => {
                LogicalPlanBuilder::from(self.pushed(input)?)
                    .distinct()?
                    .build()
            }
            // Which rows come first is of no account where not so many are taken.
            LogicalPlan::Sort(sort) => match sort.fetch {
                Some(fetch) => self.limited(plan, 0, fetch),
                None => self.pushed(&sort.input),
            },
            LogicalPlan::Limit(limit) => self.limit(limit),
            LogicalPlan::Window(window) => self.window(window),
            LogicalPlan::Join(join) if !join.null_aware => self.join(join),
            LogicalPlan::Union(union) => {
                let inputs = union.inputs.iter();
                let inputs = inputs.map(|input| self.pushed(input).map(Arc::new));
                let made = Union::try_new(inputs.collect::<Result<_>>()?)?;
                self.named(LogicalPlan::Union(made), &union.schema)
            }
            LogicalPlan::Unnest(unnest) => LogicalPlanBuilder::from(self.pushed(&unnest.input)?)
                .unnest_columns_with_options(unnest.exec_columns.clone(), unnest.options.clone())?
                .build(),
            LogicalPlan::Values(values) => self.values(values),
            LogicalPlan::EmptyRelation(empty) if empty.produce_one_row => Ok(self.plan().clone()),
            other => not_impl_err!(
                "A sub-query that speaks of the rows around it is not supported in this place: {}",
                other.display()
            ),
        }
    }

    /// Whether a plan speaks of the domain.
    fn is_in(&self, plan: &LogicalPlan) -> bool {
        plan.exists(|plan| {
            let mut found = false;
            plan.apply_expressions(|expr| {
                found |= self.is_in_expression(expr);
                Ok(TreeNodeRecursion::Continue)
            })?;
            Ok(found)
        })
        .unwrap_or(true)
    }

    fn is_in_expression(&self, expr: &Expr) -> bool {
        expr.exists(|part| {
            Ok(matches!(part, Expr::OuterReferenceColumn(_, column) if self.has(column)))
        })
        .unwrap_or(true)
    }

    /// An expression that finds the values of the domain in its columns.
    fn inner(&self, expr: Expr) -> Result<Expr> {
        let made = expr.transform(|part| {
            Ok(match part {
                Expr::OuterReferenceColumn(_, column) if self.has(&column) => {
                    Transformed::yes(Expr::Column(column))
                }
                other => Transformed::no(other),
            })
        })?;
        Ok(made.data)
    }

    /// The same under the name that others know it by, after `also` has had its way with it.
    fn renamed(&self, expr: &Expr, also: impl FnOnce(Expr) -> Result<Expr>) -> Result<Expr> {
        let (qualifier, name) = expr.qualified_name();
        let made = also(self.inner(expr.clone())?)?;
        Ok(
            if made.qualified_name() == (qualifier.clone(), name.clone()) {
                made
            } else {
                made.alias_qualified(qualifier, name)
            },
        )
    }

    fn keys(&self) -> impl Iterator<Item = Expr> {
        self.columns().map(Expr::Column)
    }

    /// A plan with its columns under the names of a schema, then those of the domain.
    fn named(&self, plan: LogicalPlan, schema: &DFSchema) -> Result<LogicalPlan> {
        let columns = plan.schema().columns();
        let named = columns
            .into_iter()
            .zip(schema.iter())
            .map(|(column, (qualifier, field))| {
                Expr::Column(column).alias_qualified(qualifier.cloned(), field.name())
            });
        let all: Vec<_> = named.chain(self.keys()).collect();
        LogicalPlanBuilder::from(plan).project(all)?.build()
    }

    /// The columns of a schema, then those of the domain, of a plan that has them in whatever order.
    fn ordered(&self, plan: LogicalPlan, schema: &DFSchema) -> Result<LogicalPlan> {
        let columns = schema.columns().into_iter().map(Expr::Column);
        let all: Vec<_> = columns.chain(self.keys()).collect();
        LogicalPlanBuilder::from(plan).project(all)?.build()
    }

    fn projected(&self, projection: &Projection, input: LogicalPlan) -> Result<LogicalPlan> {
        let expressions = projection.expr.iter();
        let mut all = expressions
            .map(|expr| self.renamed(expr, Ok))
            .collect::<Result<Vec<_>>>()?;
        all.extend(self.keys());
        LogicalPlanBuilder::from(input).project(all)?.build()
    }

    /// An aggregate has groups for each value of the domain; one without groups has a row of each even where it sees none.
    fn aggregate(&self, aggregate: &Aggregate) -> Result<LogicalPlan> {
        let is_single = aggregate.group_expr.is_empty();
        let input = if is_single {
            self.for_each(&aggregate.input)?
        } else {
            self.pushed(&aggregate.input)?
        };
        if matches!(aggregate.group_expr[..], [Expr::GroupingSet(_)]) {
            return not_impl_err!(
                "GROUPING SETS, CUBE and ROLLUP are not supported in a sub-query that speaks of the rows around it"
            );
        }
        let mut groups = aggregate
            .group_expr
            .iter()
            .map(|expr| self.renamed(expr, Ok))
            .collect::<Result<Vec<_>>>()?;
        groups.extend(self.keys());
        let of_rows = |expr| {
            if is_single {
                of_rows_there(expr)
            } else {
                Ok(expr)
            }
        };
        let aggregates = aggregate
            .aggr_expr
            .iter()
            .map(|expr| self.renamed(expr, of_rows))
            .collect::<Result<Vec<_>>>()?;
        let made = Aggregate::try_new(Arc::new(input), groups, aggregates)?;
        self.ordered(LogicalPlan::Aggregate(made), &aggregate.schema)
    }

    /// The rows of a plan with [`THERE`], and one without it for each value of the domain that has none.
    fn for_each(&self, plan: &LogicalPlan) -> Result<LogicalPlan> {
        let there = |plan: LogicalPlan, keys: Vec<Expr>, schema: &DFSchema| {
            let columns = schema.columns().into_iter().map(Expr::Column);
            let there = [lit(true).alias(THERE)];
            let all: Vec<_> = columns.chain(keys).chain(there).collect();
            LogicalPlanBuilder::from(plan).project(all)?.build()
        };
        let domain = self.plan().clone();
        if let LogicalPlan::Filter(Filter {
            predicate, input, ..
        }) = plan
            && !self.is_in(input)
            && !has_subquery(predicate)
        {
            let right = there(input.as_ref().clone(), Vec::new(), input.schema())?;
            let condition = self.inner(predicate.clone())?;
            return LogicalPlanBuilder::from(domain)
                .join_on(right, JoinType::Left, [condition])?
                .build();
        }
        let again = self.again();
        let keys = again.iter().map(|(own, other)| own.clone().alias(other));
        let right = there(self.pushed(plan)?, keys.collect(), plan.schema())?;
        let on = again
            .into_iter()
            .map(|(own, other)| (own, Expr::Column(Column::new_unqualified(other))))
            .collect();
        joined_on(domain, right, on, JoinType::Left, None)
    }

    /// The columns of the domain with the names that they have on the other side of a join.
    fn again(&self) -> Vec<(Expr, String)> {
        self.columns()
            .map(|column| {
                let name = format!("{}_again", column.name);
                (Expr::Column(column), name)
            })
            .collect()
    }

    fn limit(&self, limit: &Limit) -> Result<LogicalPlan> {
        match (limit.get_skip_type()?, limit.get_fetch_type()?) {
            (SkipType::Literal(0), FetchType::Literal(None)) => self.pushed(&limit.input),
            (SkipType::Literal(skip), FetchType::Literal(fetch)) => {
                self.limited(&limit.input, skip, fetch.unwrap_or(usize::MAX))
            }
            _ => not_impl_err!(
                "LIMIT and OFFSET of an expression are not supported in a sub-query that speaks of the rows around it"
            ),
        }
    }

    /// So many rows of each value of the domain, in the order that the plan sorts them in.
    fn limited(&self, plan: &LogicalPlan, skip: usize, fetch: usize) -> Result<LogicalPlan> {
        let (input, order): (_, &[SortExpr]) = match plan {
            LogicalPlan::Projection(projection) => {
                let input = self.limited(&projection.input, skip, fetch)?;
                return self.projected(projection, input);
            }
            LogicalPlan::Sort(sort) => (&sort.input, &sort.expr),
            other => (&Arc::new(other.clone()), &[]),
        };
        let order = order.iter().map(|sort| {
            let expr = self.inner(sort.expr.clone())?;
            Ok(SortExpr {
                expr,
                ..sort.clone()
            })
        });
        let place = row_number()
            .partition_by(self.keys().collect())
            .order_by(order.collect::<Result<_>>()?)
            .build()?
            .alias(PLACE);
        let place_is = Expr::Column(Column::new_unqualified(PLACE));
        let bound = |rows: usize| lit(u64::try_from(rows).unwrap_or(u64::MAX));
        let made = LogicalPlanBuilder::from(self.pushed(input)?)
            .window([place])?
            .filter(
                place_is
                    .clone()
                    .gt(bound(skip))
                    .and(place_is.lt_eq(bound(skip.saturating_add(fetch)))),
            )?
            .build()?;
        self.ordered(made, input.schema())
    }

    fn window(&self, window: &Window) -> Result<LogicalPlan> {
        let partitioned = |expr: Expr| {
            let made = expr.transform_up(|part| {
                Ok(match part {
                    Expr::WindowFunction(mut function) => {
                        function.params.partition_by.extend(self.keys());
                        Transformed::yes(Expr::WindowFunction(function))
                    }
                    other => Transformed::no(other),
                })
            })?;
            Ok(made.data)
        };
        let expressions = window
            .window_expr
            .iter()
            .map(|expr| self.renamed(expr, partitioned))
            .collect::<Result<Vec<_>>>()?;
        let made = Window::try_new(expressions, Arc::new(self.pushed(&window.input)?))?;
        self.ordered(LogicalPlan::Window(made), &window.schema)
    }

    /// A join happens within each value of the domain.
    fn join(&self, join: &Join) -> Result<LogicalPlan> {
        let conditions = join.on.iter();
        let conditions = conditions.map(|(left, right)| match join.null_equality {
            NullEquality::NullEqualsNothing => left.clone().eq(right.clone()),
            NullEquality::NullEqualsNull => {
                binary_expr(left.clone(), Operator::IsNotDistinctFrom, right.clone())
            }
        });
        let condition = conditions.chain(join.filter.clone()).reduce(Expr::and);
        let condition = condition
            .map(|condition| self.inner(condition))
            .transpose()?;
        let (in_left, in_right) = (self.is_in(&join.left), self.is_in(&join.right));
        let keeps_right = matches!(
            join.join_type,
            JoinType::Right | JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark
        );
        // The side whose rows all stay has to know of which value each is.
        let (push_left, push_right) = match join.join_type {
            JoinType::Inner => (in_left || !in_right, in_right),
            JoinType::Full => (true, true),
            _ if keeps_right => (in_left, true),
            _ => (true, in_right),
        };
        let side = |plan: &LogicalPlan, push: bool| {
            if push {
                self.pushed(plan)
            } else {
                Ok(plan.clone())
            }
        };
        let mut left = side(&join.left, push_left)?;
        let mut right = side(&join.right, push_right)?;
        let mut on = Vec::new();
        let again = self.again();
        if push_left && push_right {
            let (other, schema) = if keeps_right {
                (&mut left, join.left.schema())
            } else {
                (&mut right, join.right.schema())
            };
            let columns = schema.columns().into_iter().map(Expr::Column);
            let keys = again.iter().map(|(own, name)| own.clone().alias(name));
            let all: Vec<_> = columns.chain(keys).collect();
            *other = LogicalPlanBuilder::from(other.clone())
                .project(all)?
                .build()?;
            on.extend(again.iter().map(|(own, name)| {
                let again = Expr::Column(Column::new_unqualified(name));
                if keeps_right {
                    (again, own.clone())
                } else {
                    (own.clone(), again)
                }
            }));
        }
        let made = joined_on(left, right, on, join.join_type, condition)?;
        if join.join_type != JoinType::Full {
            return self.ordered(made, &join.schema);
        }
        let columns = join.schema.columns().into_iter().map(Expr::Column);
        let keys = again.into_iter().map(|(own, name)| {
            let of_own = own.qualified_name().1;
            coalesce(vec![own, Expr::Column(Column::new_unqualified(name))]).alias(of_own)
        });
        let all: Vec<_> = columns.chain(keys).collect();
        LogicalPlanBuilder::from(made).project(all)?.build()
    }

    /// Rows of expressions, each a projection of the domain.
    fn values(&self, values: &Values) -> Result<LogicalPlan> {
        let mut rows = values.values.iter().map(|row| {
            let expressions = row.iter().zip(values.schema.iter());
            let mut all = expressions
                .map(|(expr, (qualifier, field))| {
                    let made = self.inner(expr.clone())?;
                    Ok(made.alias_qualified(qualifier.cloned(), field.name()))
                })
                .collect::<Result<Vec<_>>>()?;
            all.extend(self.keys());
            LogicalPlanBuilder::from(self.plan().clone())
                .project(all)?
                .build()
        });
        let Some(first) = rows.next() else {
            return not_impl_err!("VALUES without rows");
        };
        let mut made = LogicalPlanBuilder::from(first?);
        for row in rows {
            made = made.union(row?)?;
        }
        made.build()
    }
}

/// An aggregate of the rows that are [`THERE`].
fn of_rows_there(expr: Expr) -> Result<Expr> {
    let made = expr.transform_up(|part| {
        Ok(match part {
            Expr::AggregateFunction(AggregateFunction { func, mut params }) => {
                let there = Expr::Column(Column::new_unqualified(THERE));
                let filter = match params.filter.take() {
                    Some(filter) => there.and(*filter),
                    None => there,
                };
                params.filter = Some(Box::new(filter));
                let function = AggregateFunction { func, params };
                Transformed::yes(Expr::AggregateFunction(function))
            }
            other => Transformed::no(other),
        })
    })?;
    Ok(made.data)
}
