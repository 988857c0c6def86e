//! A plan over what is read instead of its line items.

use std::{collections::BTreeSet, sync::Arc};

use curtail_store::{Beside, ROW_COUNT};
use datafusion::{
    arrow::datatypes::{DataType, Field},
    catalog::TableProvider,
    common::{DFSchema, DataFusionError, Result},
    datasource::provider_as_source,
    logical_expr::{
        Expr, Filter, LogicalPlan, LogicalPlanBuilder, Projection, SubqueryAlias, TableScan, Union,
        lit, when,
    },
    prelude::coalesce,
};

use super::{
    class::Reason,
    input::{Input, Instead, with_files},
    join::Joined,
    looked::Looked,
    told::{Told, told_by},
};
use crate::catalog::DataFiles;

/// Why there is no plan.
pub(super) enum Refusal {
    /// Line items have to be read.
    Because(Reason),
    /// It failed.
    Failed(DataFusionError),
}

impl Refusal {
    pub(super) fn because(why: impl Into<Reason>) -> Self {
        Self::Because(why.into())
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::Because(reason)
    }
}

impl From<DataFusionError> for Refusal {
    fn from(error: DataFusionError) -> Self {
        Self::Failed(error)
    }
}

/// The same plan over what is read instead where that is possible, with what is `asked` of its rows as its last columns; they are
/// `looked` at by what stands above. `used` becomes true if any table is read differently now.
pub(super) fn over(
    plan: &LogicalPlan,
    instead: Instead<'_>,
    asked: &[Told],
    looked: &Looked,
    used: &mut bool,
) -> std::result::Result<LogicalPlan, Refusal> {
    if !instead.is_for(plan) {
        return Ok(as_they_are(plan.clone(), asked)?);
    }
    match plan {
        LogicalPlan::TableScan(scan) => {
            let scanned = with_files(scan, |files| {
                scanned(scan, files, instead, asked, looked, used)
            });
            Ok(scanned.unwrap_or_else(|| as_they_are(plan.clone(), asked))?)
        }
        LogicalPlan::Projection(projection) => {
            let below = Input::of(&projection.input, instead)?;
            let mut ask = Vec::new();
            let mut looked = Looked::by(&projection.expr, &below.schema)?;
            for told in asked {
                let expr = told.of(&projection.expr, &below, &mut |told| {
                    if !ask.contains(&told) {
                        ask.push(told);
                    }
                    lit(0_i64)
                })?;
                looked.also([&expr], &below.schema)?;
            }
            let input = over(&projection.input, instead, &ask, &looked, used)?;
            let tell = told_by(&input, &ask);
            let mut exprs = projection.expr.clone();
            for told in asked {
                let expr = told.of(&projection.expr, &below, &mut |told| tell(told))?;
                exprs.push(expr.alias(told.name()));
            }
            let projected = Projection::try_new(exprs, Arc::new(input))?;
            Ok(LogicalPlan::Projection(projected))
        }
        LogicalPlan::Filter(filter) => {
            let mut looked = looked.clone();
            looked.also([&filter.predicate], filter.input.schema())?;
            let input = over(&filter.input, instead, asked, &looked, used)?;
            let filter = Filter::try_new(filter.predicate.clone(), Arc::new(input))?;
            Ok(LogicalPlan::Filter(filter))
        }
        LogicalPlan::SubqueryAlias(alias) => {
            let input = over(&alias.input, instead, asked, looked, used)?;
            let alias = SubqueryAlias::try_new(Arc::new(input), alias.alias.clone())?;
            Ok(LogicalPlan::SubqueryAlias(alias))
        }
        // No aggregate that gets here looks at the order.
        LogicalPlan::Sort(sort) => over(&sort.input, instead, asked, looked, used),
        LogicalPlan::Join(join) => Joined::of(join, instead)?.over(join, instead, asked, used),
        LogicalPlan::Union(union) => {
            let mut inputs = Vec::with_capacity(union.inputs.len());
            for input in &union.inputs {
                inputs.push(Arc::new(over(
                    input,
                    instead,
                    asked,
                    &Looked::default(),
                    used,
                )?));
            }
            let schema = &union.schema;
            let mut fields: Vec<_> = schema
                .iter()
                .map(|(qualifier, field)| (qualifier.cloned(), Arc::clone(field)))
                .collect();
            for told in asked {
                let data_type = match told {
                    Told::Lines | Told::With(_) => DataType::Int64,
                    Told::Least(place) | Told::Most(place) => {
                        schema.field(*place).data_type().clone()
                    }
                };
                let field = Arc::new(Field::new(told.name(), data_type, true));
                fields.push((None, field));
            }
            let schema = DFSchema::new_with_metadata(fields, schema.metadata().clone())?;
            let schema = Arc::new(schema);
            Ok(LogicalPlan::Union(Union { inputs, schema }))
        }
        other => Err(Refusal::because(format!(
            "{} stands between line items and the aggregate",
            other.display()
        ))),
    }
}

/// Rows that stand for themselves.
fn as_they_are(plan: LogicalPlan, asked: &[Told]) -> Result<LogicalPlan> {
    if asked.is_empty() {
        return Ok(plan);
    }
    let mut exprs = columns_of(&plan);
    for told in asked {
        let expr = match told {
            Told::Lines => lit(1_i64),
            Told::With(place) => {
                when(exprs[*place].clone().is_null(), lit(0_i64)).otherwise(lit(1_i64))?
            }
            Told::Least(place) | Told::Most(place) => exprs[*place].clone(),
        };
        exprs.push(expr.alias(told.name()));
    }
    Ok(LogicalPlan::Projection(Projection::try_new(
        exprs,
        Arc::new(plan),
    )?))
}

/// The columns of a plan.
pub(super) fn columns_of(plan: &LogicalPlan) -> Vec<Expr> {
    let columns = plan.schema().columns().into_iter();
    columns.map(Expr::Column).collect()
}

fn scanned(
    scan: &TableScan,
    files: &DataFiles,
    instead: Instead<'_>,
    asked: &[Told],
    looked: &Looked,
    used: &mut bool,
) -> Result<LogicalPlan> {
    let read: Vec<String> = scan
        .projected_schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let filtered = scan.filters.iter().flat_map(|filter| filter.column_refs());
    let filtered: Vec<_> = filtered.map(|column| column.name.clone()).collect();
    let beside = asked.iter().flat_map(|told| {
        let (place, beside): (_, &[Beside]) = match told {
            Told::Lines => return Vec::new(),
            Told::With(place) => (place, &[Beside::Nulls]),
            Told::Least(place) => (place, &[Beside::Least]),
            Told::Most(place) => (place, &[Beside::Most, Beside::Least]),
        };
        let columns = beside.iter().map(|beside| beside.column(&read[*place]));
        columns.collect()
    });
    let beside: BTreeSet<String> = beside.collect();
    let mut within = looked.within(&read);
    within.retain(|name, _| !filtered.contains(name));
    let needed = read.iter().chain(&filtered).chain(&beside);
    let needed = needed.filter(|name| !within.contains_key(*name));
    let needed = needed.cloned().collect();
    let Some(mixed) = instead.of(files, &needed, &within)? else {
        return as_they_are(LogicalPlan::TableScan(scan.clone()), asked);
    };
    *used = true;
    let schema = TableProvider::schema(&mixed);
    let count = (!asked.is_empty()).then(|| ROW_COUNT.to_owned());
    let mut projection = Vec::new();
    for name in read.iter().chain(&beside).chain(&count) {
        projection.push(schema.index_of(name)?);
    }
    let source = provider_as_source(Arc::new(mixed));
    let scanned = LogicalPlanBuilder::scan_with_filters(
        scan.table_name.clone(),
        source,
        Some(projection),
        scan.filters.clone(),
    )?
    .build()?;
    if asked.is_empty() {
        return Ok(scanned);
    }
    let mut exprs = columns_of(&scanned);
    let count = exprs.pop().expect("the number of line items is read last");
    // Line items in the same scan stand for themselves, and tell nothing beside.
    let lines = coalesce(vec![count, lit(1_i64)]);
    let known = exprs.split_off(read.len());
    let known = |place: usize, which: Beside| {
        let column = which.column(&read[place]);
        let at = beside.iter().position(|name| *name == column);
        known[at.expect("it was asked for")].clone()
    };
    for told in asked {
        let expr = match *told {
            Told::Lines => lines.clone(),
            Told::With(place) => {
                let nulls = coalesce(vec![known(place, Beside::Nulls), lit(0_i64)]);
                when(exprs[place].clone().is_null(), lit(0_i64)).otherwise(lines.clone() - nulls)?
            }
            Told::Least(place) => coalesce(vec![known(place, Beside::Least), exprs[place].clone()]),
            Told::Most(place) => coalesce(vec![
                known(place, Beside::Most),
                known(place, Beside::Least),
                exprs[place].clone(),
            ]),
        };
        exprs.push(expr.alias(told.name()));
    }
    Ok(LogicalPlan::Projection(Projection::try_new(
        exprs,
        Arc::new(scanned),
    )?))
}
