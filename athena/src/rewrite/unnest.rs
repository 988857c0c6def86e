//! `UNNEST` of maps and rows, `WITH ORDINALITY`, and in a LEFT JOIN.

use std::ops::ControlFlow;

use datafusion::{
    error::{DataFusionError, Result},
    sql::sqlparser::ast::{
        Expr, Ident, JoinConstraint, JoinOperator, Select, Statement, TableAlias,
        TableAliasColumnDef, TableFactor, Value, VisitMut, VisitorMut,
    },
};

use super::{done, flow, unsupported};
use crate::{
    ast::{bare, call},
    functions::{ENTRIES, NEVER_EMPTY, ORDINALS, UNNAMED},
};

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    done(statement.visit(&mut Unnests))
}

struct Unnests;

impl VisitorMut for Unnests {
    type Break = DataFusionError;

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<DataFusionError> {
        flow(in_select(select))
    }
}

fn in_select(select: &mut Select) -> Result<()> {
    for table in &mut select.from {
        unnest(&mut table.relation, false)?;
        for join in &mut table.joins {
            if !matches!(join.relation, TableFactor::UNNEST { .. }) {
                continue;
            }
            let keeps = match &join.join_operator {
                JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => {
                    if !always(on) {
                        return unsupported("LEFT JOIN UNNEST with a condition other than ON TRUE");
                    }
                    true
                }
                _ => false,
            };
            if keeps {
                join.join_operator = JoinOperator::CrossJoin(JoinConstraint::None);
            }
            unnest(&mut join.relation, keeps)?;
        }
    }
    Ok(())
}

fn always(constraint: &JoinConstraint) -> bool {
    match constraint {
        JoinConstraint::None => true,
        JoinConstraint::On(on) => {
            matches!(bare(on), Expr::Value(value) if value.value == Value::Boolean(true))
        }
        _ => false,
    }
}

/// What DataFusion unnests instead. `keeps` says that a row of which nothing comes is kept.
fn unnest(factor: &mut TableFactor, keeps: bool) -> Result<()> {
    let TableFactor::UNNEST {
        alias,
        array_exprs,
        with_ordinality,
        ..
    } = factor
    else {
        return Ok(());
    };
    for array in array_exprs.iter_mut() {
        super::each_expression(array, |part| {
            make_array(part);
            Ok(())
        })?;
    }
    let named = alias.as_ref().map_or(0, |alias| alias.columns.len());
    let labels = if named > 0 {
        named
    } else {
        named_by_place(alias, array_exprs, *with_ordinality)
    };
    let columns = labels.saturating_sub(usize::from(*with_ordinality));
    let opens = columns > array_exprs.len();
    if opens && array_exprs.len() > 1 {
        return unsupported("UNNEST of several maps or arrays of rows");
    }
    let ordinals = with_ordinality.then(|| call(ORDINALS, array_exprs.clone()));
    *with_ordinality = false;
    if opens {
        for array in array_exprs.iter_mut() {
            *array = call(ENTRIES, vec![super::take(array)]);
        }
    }
    let numbered = ordinals.is_some();
    array_exprs.extend(ordinals);
    if keeps {
        for array in array_exprs.iter_mut() {
            *array = call(NEVER_EMPTY, vec![super::take(array)]);
        }
    }
    if opens && let Some(alias) = alias.take() {
        *factor = opened(factor, alias, columns, numbered)?;
    }
    Ok(())
}

/// Names the columns of an `UNNEST` that has no names for them: one for each array, and there is an error if an array has more.
fn named_by_place(
    alias: &mut Option<TableAlias>,
    arrays: &mut [Expr],
    with_ordinality: bool,
) -> usize {
    for array in arrays.iter_mut() {
        *array = call(UNNAMED, vec![super::take(array)]);
    }
    let labels = arrays.len() + usize::from(with_ordinality);
    let columns = (0..labels).map(|place| TableAliasColumnDef::from_name(format!("_col{place}")));
    let columns = columns.collect();
    match alias {
        Some(alias) => alias.columns = columns,
        None => {
            *alias = Some(TableAlias {
                explicit: true,
                name: Ident::new("__unnest"),
                columns,
                at: None,
            });
        }
    }
    labels
}

/// DataFusion looks for no columns of other tables in `ARRAY[…]`, and does in a call.
fn make_array(part: &mut Expr) {
    if let Expr::Array(array) = part {
        *part = call("make_array", std::mem::take(&mut array.elem));
    }
}

/// `UNNEST(map) AS t (k, v)`: a sub-query that gives the fields of its entries.
fn opened(
    factor: &TableFactor,
    alias: TableAlias,
    columns: usize,
    numbered: bool,
) -> Result<TableFactor> {
    let mut fields: Vec<_> = (0..columns)
        .map(|place| format!("entry['f{place}'] AS f{place}"))
        .collect();
    if numbered {
        fields.push("ordinal".to_owned());
    }
    let query = format!("SELECT {} FROM x", fields.join(", "));
    let mut subquery = super::queries::parsed(&query)?
        .ok_or_else(|| DataFusionError::Internal(format!("no query: {query}")))?;
    let mut inner = factor.clone();
    let names = ["entry", "ordinal"];
    let names = names.into_iter().take(1 + usize::from(numbered));
    if let TableFactor::UNNEST { alias, .. } = &mut inner {
        *alias = Some(TableAlias {
            explicit: true,
            name: Ident::new("entries"),
            columns: names.map(TableAliasColumnDef::from_name).collect(),
            at: None,
        });
    }
    if let datafusion::sql::sqlparser::ast::SetExpr::Select(select) = subquery.body.as_mut()
        && let Some(table) = select.from.first_mut()
    {
        table.relation = inner;
    }
    Ok(TableFactor::Derived {
        lateral: true,
        subquery: Box::new(subquery),
        alias: Some(alias),
        sample: None,
    })
}
