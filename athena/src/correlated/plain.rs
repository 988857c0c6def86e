//! Which sub-queries DataFusion itself makes right joins of.

use datafusion::{
    common::DFSchema,
    logical_expr::{
        BinaryExpr, Expr, Join, JoinType, LogicalPlan, Operator, Subquery, utils::split_conjunction,
    },
};

use super::references::{has_subquery, is_outer, outer_references, speaks_of_outer};

/// The sub-query on the right side of a join that speaks of the rows of the left.
pub(super) fn lateral(join: &Join) -> Option<&Subquery> {
    fn subquery(plan: &LogicalPlan) -> Option<&Subquery> {
        match plan {
            LogicalPlan::SubqueryAlias(alias) => subquery(&alias.input),
            LogicalPlan::Subquery(query) => Some(query),
            _ => None,
        }
    }
    let is_known = matches!(join.join_type, JoinType::Inner | JoinType::Left);
    subquery(&join.right).filter(|query| is_known && speaks_of_outer(&query.subquery))
}

/// Whether a sub-query as a value is one aggregate of rows that are found by what their columns equal. Each row finds one group then.
pub(super) fn as_value(query: &Subquery, around: &DFSchema) -> bool {
    if !is_of(&query.subquery, around) {
        return false;
    }
    let mut plan = query.subquery.as_ref();
    while let LogicalPlan::Projection(projection) = plan
        && !own(plan)
    {
        plan = &projection.input;
    }
    let LogicalPlan::Aggregate(aggregate) = plan else {
        return false;
    };
    let is_single = aggregate.group_expr.is_empty() && !own(plan);
    is_single && conditions(&aggregate.input, &equals_column)
}

/// Whether a sub-query needs no more than conditions of a join with the rows `around` it, of which it decides which stay, or to which
/// its own are joined.
pub(crate) fn decides(query: &Subquery, around: &DFSchema) -> bool {
    let mut plan = query.subquery.as_ref();
    if !is_of(plan, around) {
        return false;
    }
    while let LogicalPlan::Projection(projection) = plan
        && !own(plan)
    {
        plan = &projection.input;
    }
    conditions(plan, &|_| true)
}

/// Whether all that a sub-query speaks of belongs to the rows just around it.
fn is_of(plan: &LogicalPlan, around: &DFSchema) -> bool {
    outer_references(plan).iter().all(
        |outer| matches!(outer, Expr::OuterReferenceColumn(_, column) if around.has_column(column)),
    )
}

/// Whether a plan speaks of the rows around it in filters of what it reads alone, and in conditions that all are `right`.
fn conditions(mut plan: &LogicalPlan, right: &impl Fn(&Expr) -> bool) -> bool {
    while let LogicalPlan::Filter(filter) = plan {
        let schema = filter.input.schema();
        let mut parts = split_conjunction(&filter.predicate)
            .into_iter()
            .filter(|part| is_outer(part, schema));
        if !parts.all(|part| right(part) && !has_subquery(part)) {
            return false;
        }
        plan = &filter.input;
    }
    !speaks_of_outer(plan)
}

/// Whether the expressions of a node itself speak of the rows around.
fn own(plan: &LogicalPlan) -> bool {
    plan.contains_outer_reference()
}

/// `column = …`, where the other side speaks of no column of the sub-query.
fn equals_column(expr: &Expr) -> bool {
    let Expr::BinaryExpr(BinaryExpr {
        left,
        op: Operator::Eq,
        right,
    }) = expr
    else {
        return false;
    };
    match (left.as_ref(), right.as_ref()) {
        (Expr::Column(_), other) | (other, Expr::Column(_)) => !other.any_column_refs(),
        _ => false,
    }
}
