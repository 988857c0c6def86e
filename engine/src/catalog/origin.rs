//! Where a column of a plan comes from.

use datafusion::{
    common::Column,
    logical_expr::{Expr, LogicalPlan},
};

/// Whether `column` of `plan` is passed on, under whatever name, from a node of which `told` says so. `None` of it leads further down.
pub(crate) fn comes_from(
    plan: &LogicalPlan,
    column: &Column,
    told: &dyn Fn(&LogicalPlan, &Column) -> Option<bool>,
) -> bool {
    if let Some(told) = told(plan, column) {
        return told;
    }
    let below = |input: &LogicalPlan| {
        let place = plan.schema().maybe_index_of_column(column);
        place.is_some_and(|place| {
            let (qualifier, field) = input.schema().qualified_field(place);
            comes_from(input, &Column::from((qualifier, field)), told)
        })
    };
    match plan {
        LogicalPlan::Projection(projection) => plan
            .schema()
            .maybe_index_of_column(column)
            .and_then(|place| match projection.expr[place].clone().unalias() {
                Expr::Column(inner) => Some(comes_from(&projection.input, &inner, told)),
                _ => None,
            })
            .unwrap_or_default(),
        LogicalPlan::SubqueryAlias(alias) => below(&alias.input),
        LogicalPlan::Union(union) => union.inputs.iter().all(|input| below(input)),
        LogicalPlan::Aggregate(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Distinct(_)
        | LogicalPlan::Window(_)
        | LogicalPlan::Join(_) => plan
            .inputs()
            .into_iter()
            .any(|input| input.schema().has_column(column) && comes_from(input, column, told)),
        _ => false,
    }
}
