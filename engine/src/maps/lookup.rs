//! `tags['user_team']` reads the one column `resource_tags_user_team` instead of making a map of all of them.

use std::sync::Arc;

use datafusion::{
    common::{
        Column, Result, ScalarValue,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    config::ConfigOptions,
    functions::core::getfield::GetFieldFunc,
    logical_expr::{
        Expr, ExprSchemable, LogicalPlan, Projection, SubqueryAlias, Union, cast,
        expr::ScalarFunction, expr_rewriter::NamePreserver, lit,
    },
    optimizer::AnalyzerRule,
};

use super::{function::MapOf, spelling};

/// How the columns that carry values up to their lookup are called; no query can spell them.
const CARRIED: &str = "__map_value";

/// The function of Trino's dialect that does the same. An array has no text as a place, so that its argument must be a map.
const ELEMENT_AT: &str = "element_at";

/// Takes lookups of a constant key down to where the map is made, and takes the value from there.
///
/// DataFusion has such a rule for fields of structs, which knows nothing of maps made of columns (and is switched off, since it breaks
/// other queries). Lookups that do not end at a map of ours stay what they are.
///
/// Keys are taken as they are written, or, for what users write, in any spelling (see [`spelling`]).
#[derive(Debug, Default)]
pub(crate) struct MapLookup {
    /// Whether a key that is stored nowhere may be another spelling of one that is.
    pub(crate) any_spelling: bool,
}

impl MapLookup {
    pub(crate) const NAME: &str = "map_lookup";
}

impl AnalyzerRule for MapLookup {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let mut carried = 0;
        let any_spelling = self.any_spelling;
        plan.transform_down_with_subqueries(|plan| rewrite(plan, any_spelling, &mut carried))
            .map(|plan| plan.data)
    }
}

/// A map's column and a key in it.
#[derive(Clone, PartialEq)]
struct Lookup {
    map: Column,
    key: String,
    /// Whether the key is meant as it is written.
    exact: bool,
}

/// Replaces the lookups in the plan's own expressions.
fn rewrite(
    plan: LogicalPlan,
    any_spelling: bool,
    carried: &mut usize,
) -> Result<Transformed<LogicalPlan>> {
    let mut inputs: Vec<_> = plan.inputs().into_iter().cloned().collect();
    let mut replaced: Vec<(Lookup, Column)> = Vec::new();
    for lookup in lookups(&plan)? {
        for input in inputs
            .iter_mut()
            .filter(|input| input.schema().has_column(&lookup.map))
        {
            let wanted = Lookup {
                exact: !any_spelling || has_key(input, &lookup.key)?,
                ..lookup.clone()
            };
            if let Some((provided, column)) = provide(input, &wanted, carried)? {
                *input = provided;
                replaced.push((lookup, column));
                break;
            }
        }
    }
    if replaced.is_empty() {
        return Ok(Transformed::no(plan));
    }
    let names = NamePreserver::new(&plan);
    let expressions = plan.expressions().into_iter().map(|expression| {
        let name = names.save(&expression);
        let column = |lookup: &Lookup| {
            replaced
                .iter()
                .find(|(other, _)| other == lookup)
                .map(|(_, column)| column.clone())
        };
        let replaced = expression.transform_up(|expression| {
            match lookup_of(&expression).as_ref().and_then(column) {
                Some(column) => Ok(Transformed::yes(Expr::Column(column))),
                None => Ok(Transformed::no(expression)),
            }
        })?;
        Ok(name.restore(replaced.data))
    });
    let changed = plan.with_new_exprs(expressions.collect::<Result<_>>()?, inputs)?;
    // What only passes its input on would show the carried columns to whoever is above.
    let columns = plan.schema().columns();
    if changed.schema().columns() == columns {
        return Ok(Transformed::yes(changed));
    }
    let kept = columns.into_iter().map(Expr::Column).collect();
    Ok(Transformed::yes(LogicalPlan::Projection(
        Projection::try_new(kept, Arc::new(changed))?,
    )))
}

/// Whether a map of ours in `plan` has just this key: then no other one is meant, in no part of it.
fn has_key(plan: &LogicalPlan, key: &str) -> Result<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|plan| {
        plan.apply_expressions(|expression| {
            expression.apply(|part| {
                if let Expr::ScalarFunction(ScalarFunction { func, args }) = part
                    && func.inner().downcast_ref::<MapOf>().is_some()
                {
                    let mut keys = args.iter().step_by(2);
                    found |= keys.any(|argument| {
                        matches!(argument, Expr::Literal(value, _) if value.try_as_str().flatten() == Some(key))
                    });
                }
                Ok(if found {
                    TreeNodeRecursion::Stop
                } else {
                    TreeNodeRecursion::Continue
                })
            })
        })
    })?;
    Ok(found)
}

fn lookups(plan: &LogicalPlan) -> Result<Vec<Lookup>> {
    let mut found = Vec::new();
    // The names of columns in grouping sets cannot be kept: there the map is made.
    let is_set = |expression: &Expr| matches!(expression, Expr::GroupingSet(_));
    if matches!(plan, LogicalPlan::Aggregate(aggregate) if aggregate.group_expr.iter().any(is_set))
    {
        return Ok(found);
    }
    plan.apply_expressions(|expression| {
        expression.apply(|part| {
            if let Some(lookup) = lookup_of(part).filter(|lookup| !found.contains(lookup)) {
                found.push(lookup);
            }
            Ok(TreeNodeRecursion::Continue)
        })
    })?;
    Ok(found)
}

fn lookup_of(expression: &Expr) -> Option<Lookup> {
    let Expr::ScalarFunction(ScalarFunction { func, args }) = expression else {
        return None;
    };
    let [Expr::Column(map), Expr::Literal(key, _)] = args.as_slice() else {
        return None;
    };
    let gets = func.inner().downcast_ref::<GetFieldFunc>().is_some();
    if !gets && func.name() != ELEMENT_AT {
        return None;
    }
    Some(Lookup {
        map: map.clone(),
        key: key.try_as_str()??.to_owned(),
        exact: true,
    })
}

/// The plan with one more column, the value of the lookup, and that column; `None` if it cannot be told where the map is made.
fn provide(
    plan: &LogicalPlan,
    lookup: &Lookup,
    carried: &mut usize,
) -> Result<Option<(LogicalPlan, Column)>> {
    match plan {
        LogicalPlan::Projection(projection) => {
            provide_projection(projection, lookup, carried).map(Some)
        }
        LogicalPlan::SubqueryAlias(alias) => {
            let inner = Lookup {
                map: column_below(plan, lookup, &alias.input)?,
                key: lookup.key.clone(),
                exact: lookup.exact,
            };
            let Some((input, column)) = provide(&alias.input, &inner, carried)? else {
                return Ok(None);
            };
            let aliased = SubqueryAlias::try_new(Arc::new(input), alias.alias.clone())?;
            Ok(Some((
                LogicalPlan::SubqueryAlias(aliased),
                Column::new(Some(alias.alias.clone()), column.name),
            )))
        }
        LogicalPlan::Union(union) => provide_union(plan, union, lookup, carried),
        LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Window(_)
        | LogicalPlan::Join(_) => {
            let mut inputs: Vec<_> = plan.inputs().into_iter().cloned().collect();
            let Some(place) = inputs
                .iter()
                .position(|input| input.schema().has_column(&lookup.map))
            else {
                return Ok(None);
            };
            let Some((input, column)) = provide(&inputs[place], lookup, carried)? else {
                return Ok(None);
            };
            inputs[place] = input;
            let changed = plan.with_new_exprs(plan.expressions(), inputs)?;
            // A semi join has no columns of its other side.
            Ok(changed
                .schema()
                .has_column(&column)
                .then_some((changed, column)))
        }
        _ => Ok(None),
    }
}

fn provide_projection(
    projection: &Projection,
    lookup: &Lookup,
    carried: &mut usize,
) -> Result<(LogicalPlan, Column)> {
    let place = projection.schema.index_of_column(&lookup.map)?;
    let map = projection.expr[place].clone().unalias_nested().data;
    let values = projection.schema.field(place).data_type();
    let (input, value) = match &map {
        Expr::Column(column) => {
            let inner = Lookup {
                map: column.clone(),
                key: lookup.key.clone(),
                exact: lookup.exact,
            };
            match provide(&projection.input, &inner, carried)? {
                Some((input, column)) => (Arc::new(input), Expr::Column(column)),
                None => (Arc::clone(&projection.input), element(map, &lookup.key)),
            }
        }
        Expr::ScalarFunction(ScalarFunction { func, args })
            if func.inner().downcast_ref::<MapOf>().is_some() =>
        {
            let pairs = args.chunks_exact(2);
            let keys = pairs.clone().filter_map(|pair| match &pair[0] {
                Expr::Literal(key, _) => key.try_as_str().flatten(),
                _ => None,
            });
            let keys: Vec<_> = keys.collect();
            let stored = if lookup.exact {
                Some(lookup.key.as_str())
            } else {
                spelling::stored(&lookup.key, &keys)
            };
            let is_key = |argument: &Expr| matches!(argument, Expr::Literal(key, _) if key.try_as_str().flatten() == stored);
            let value = stored.and_then(|_| {
                pairs
                    .into_iter()
                    .find(|pair| is_key(&pair[0]))
                    .map(|pair| pair[1].clone())
            });
            let value_type =
                element(map.clone(), &lookup.key).get_type(projection.input.schema())?;
            let value = match value {
                // The column may be text of another form than the map's values.
                Some(value) if value.get_type(projection.input.schema())? == value_type => value,
                Some(value) => cast(value, value_type),
                None => lit(ScalarValue::try_from(&value_type)?),
            };
            (Arc::clone(&projection.input), value)
        }
        _ => (
            Arc::clone(&projection.input),
            element(map.clone(), &lookup.key),
        ),
    };
    debug_assert!(values.is_nested(), "a lookup is one in a map or struct");
    let name = fresh(carried);
    let expressions = projection
        .expr
        .iter()
        .cloned()
        .chain([value.alias(&name)])
        .collect();
    Ok((
        LogicalPlan::Projection(Projection::try_new(expressions, input)?),
        Column::new_unqualified(name),
    ))
}

fn provide_union(
    plan: &LogicalPlan,
    union: &Union,
    lookup: &Lookup,
    carried: &mut usize,
) -> Result<Option<(LogicalPlan, Column)>> {
    let name = fresh(carried);
    let mut inputs = Vec::with_capacity(union.inputs.len());
    for input in &union.inputs {
        let inner = Lookup {
            map: column_below(plan, lookup, input)?,
            key: lookup.key.clone(),
            exact: lookup.exact,
        };
        let Some((provided, column)) = provide(input, &inner, carried)? else {
            return Ok(None);
        };
        // The inputs of a union match by position: the value goes last in each.
        let columns = input.schema().columns().into_iter().map(Expr::Column);
        let expressions = columns.chain([Expr::Column(column).alias(&name)]).collect();
        inputs.push(Arc::new(LogicalPlan::Projection(Projection::try_new(
            expressions,
            Arc::new(provided),
        )?)));
    }
    let changed = LogicalPlan::Union(Union::try_new_with_loose_types(inputs)?);
    let column = changed.schema().columns().pop();
    Ok(column.map(|column| (changed, column)))
}

/// The column of `input` that stands where the looked-up one stands in `plan`.
fn column_below(plan: &LogicalPlan, lookup: &Lookup, input: &LogicalPlan) -> Result<Column> {
    let place = plan.schema().index_of_column(&lookup.map)?;
    Ok(Column::from(input.schema().qualified_field(place)))
}

fn element(map: Expr, key: &str) -> Expr {
    datafusion::functions::core::expr_fn::get_field(map, key)
}

fn fresh(carried: &mut usize) -> String {
    *carried += 1;
    format!("{CARRIED}_{carried}")
}
