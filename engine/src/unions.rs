//! `SELECT NULL AS x UNION ALL SELECT 1`: the column has the type of what is not NULL, also for what is made of it before all types are
//! settled.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    common::tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    error::Result,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Union, cast},
};

/// A plan whose unions have a type for each column of which any input has one.
pub(crate) fn typed(plan: LogicalPlan) -> Result<LogicalPlan> {
    if has_unknown(&plan) {
        Ok(node(plan)?.data)
    } else {
        Ok(plan)
    }
}

fn has_unknown(plan: &LogicalPlan) -> bool {
    let mut fields = plan.schema().fields().iter();
    fields.any(|field| field.data_type().is_null())
}

fn node(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let below = plan.map_children(node)?;
    let plan = if below.transformed {
        below.data.recompute_schema()?
    } else {
        below.data
    };
    match plan {
        LogicalPlan::Union(union) if has_unknown(&LogicalPlan::Union(union.clone())) => {
            Ok(Transformed::yes(with_types(union)?))
        }
        other => Ok(Transformed::new(
            other,
            below.transformed,
            TreeNodeRecursion::Continue,
        )),
    }
}

fn with_types(union: Union) -> Result<LogicalPlan> {
    let types: Vec<_> = (0..union.schema.fields().len())
        .map(|place| known(&union.inputs, place))
        .collect();
    let inputs = union.inputs.into_iter().map(|input| {
        let columns = input.schema().iter().zip(&types);
        let columns = columns.map(|((qualifier, field), data_type)| {
            let column = Expr::Column((qualifier, field).into());
            match data_type {
                Some(data_type) if field.data_type().is_null() => cast(column, data_type.clone())
                    .alias_qualified(qualifier.cloned(), field.name()),
                _ => column,
            }
        });
        let columns: Vec<_> = columns.collect();
        let made = LogicalPlanBuilder::from(input.as_ref().clone()).project(columns)?;
        made.build().map(Arc::new)
    });
    let inputs = inputs.collect::<Result<Vec<_>>>()?;
    Ok(LogicalPlan::Union(Union::try_new_with_loose_types(inputs)?))
}

/// The type of a column in the first input that has one.
fn known(inputs: &[Arc<LogicalPlan>], place: usize) -> Option<DataType> {
    let types = inputs
        .iter()
        .map(|input| input.schema().field(place).data_type());
    let mut known = types.filter(|data_type| !data_type.is_null());
    known.next().cloned()
}
