//! What comes of tables that never have a row: nothing, whatever else a query asks of them. Most of what clients ask is about
//! indexes, constraints and the like, in ways that DataFusion does not plan; with this it need not.

use std::{collections::BTreeSet, ops::ControlFlow};

use sqlparser::ast::{
    DataType, Expr, GroupByExpr, Ident, JoinOperator, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, SetOperator, TableAlias, TableFactor, TableWithJoins,
    Value, VisitMut, VisitorMut,
};

use super::{
    Structure, make,
    sources::{self, Named},
};

/// Whether a query has no rows, as [`fold`] leaves it.
pub(super) fn is_empty(query: &Query) -> bool {
    is_empty_set(&query.body)
}

fn is_empty_set(body: &SetExpr) -> bool {
    match body {
        SetExpr::Select(select) => is_folded(select),
        SetExpr::Query(query) => is_empty(query),
        SetExpr::SetOperation {
            left, right, op, ..
        } => match op {
            SetOperator::Union => is_empty_set(left) && is_empty_set(right),
            SetOperator::Intersect => is_empty_set(left) || is_empty_set(right),
            _ => is_empty_set(left),
        },
        _ => false,
    }
}

fn is_folded(select: &Select) -> bool {
    let never = select.selection.as_ref().is_some_and(
        |condition| matches!(condition, Expr::Value(value) if value.value == Value::Boolean(false)),
    );
    never && !is_aggregate(select)
}

/// Makes of a select that reads no row one that says so, with the same columns.
pub(super) fn fold(select: &mut Select) {
    if !select.from.iter().any(is_empty_from) || is_aggregate(select) {
        return;
    }
    let tables = sources::own_tables(&select.from);
    select.selection = Some(make::truth(false));
    // A `*` of what is not of the catalog needs its tables.
    let Some(projection) = columns(&select.projection, &tables, select.from.len()) else {
        return;
    };
    select.projection = projection;
    select.from = Vec::new();
    select.distinct = None;
    select.group_by = GroupByExpr::Expressions(Vec::new(), Vec::new());
    select.having = None;
    select.named_window = Vec::new();
}

/// The same columns, without values.
fn columns(items: &[SelectItem], tables: &[Named], sources: usize) -> Option<Vec<SelectItem>> {
    let mut columns = Vec::new();
    let all_of = |named: &Named| {
        let own = named.own;
        let columns = own.columns.iter().map(|(name, of)| {
            let name = Ident::new(*name);
            absent(sql_type(of), &name)
        });
        columns.collect::<Vec<_>>()
    };
    for item in items {
        match item {
            SelectItem::UnnamedExpr(expr) => {
                let name = make::quoted(&make::column(expr)?);
                columns.push(absent(type_of(expr, tables), &name));
            }
            SelectItem::ExprWithAlias { expr, alias } => {
                columns.push(absent(type_of(expr, tables), alias));
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                let names = make::parts(name);
                let found = tables
                    .iter()
                    .find(|named| names.last() == Some(&named.name));
                columns.extend(all_of(found?));
            }
            SelectItem::Wildcard(_) if tables.len() == 1 && sources == 1 => {
                columns.extend(all_of(&tables[0]));
            }
            _ => return None,
        }
    }
    Some(columns)
}

fn absent(data_type: Option<DataType>, name: &Ident) -> SelectItem {
    let expr = match data_type {
        Some(data_type) => make::cast(make::null(), data_type),
        None => make::null(),
    };
    SelectItem::ExprWithAlias {
        expr,
        alias: name.clone(),
    }
}

/// The type of an expression, where it can be told without planning it.
fn type_of(expr: &Expr, tables: &[Named]) -> Option<DataType> {
    match expr {
        Expr::Cast { data_type, .. } => Some(data_type.clone()),
        Expr::Nested(inner) => type_of(inner, tables),
        Expr::Identifier(name) => {
            let name = make::folded(name);
            let mut types = tables.iter().filter_map(|named| named.own.type_of(&name));
            sql_type(types.next()?)
        }
        Expr::CompoundIdentifier(names) => {
            let [.., table, column] = names.as_slice() else {
                return None;
            };
            let table = make::folded(table);
            let found = tables.iter().find(|named| named.name == table)?;
            sql_type(found.own.type_of(&make::folded(column))?)
        }
        Expr::Function(function) => {
            let name = make::parts(&function.name).pop()?;
            match name.as_str() {
                "count" | "row_number" | "rank" => Some(DataType::BigInt(None)),
                "current_database" | "string_agg" | "array_to_string" | "format_type" => {
                    Some(DataType::Text)
                }
                name if name.starts_with("pg_get_") => Some(DataType::Text),
                _ => None,
            }
        }
        Expr::IsNull(_) | Expr::IsNotNull(_) => Some(DataType::Boolean),
        _ => None,
    }
}

/// How SQL writes a catalog's type, if plainly.
fn sql_type(of: &str) -> Option<DataType> {
    Some(match of {
        "bool" => DataType::Boolean,
        "int2" => DataType::SmallInt(None),
        "int4" | "cardinal_number" => DataType::Integer(None),
        "oid" | "int8" | "xid" => DataType::BigInt(None),
        "float4" => DataType::Real,
        "float8" => DataType::DoublePrecision,
        "text" | "name" | "char" | "regproc" | "pg_node_tree" | "sql_identifier"
        | "character_data" | "yes_or_no" => DataType::Text,
        _ => return None,
    })
}

/// Whether it makes one row of all, even of none.
fn is_aggregate(select: &Select) -> bool {
    let grouped = match &select.group_by {
        GroupByExpr::All(_) => true,
        GroupByExpr::Expressions(expressions, _) => !expressions.is_empty(),
    };
    !grouped && (select.having.is_some() || select.projection.iter().any(has_aggregate))
}

fn has_aggregate(item: &SelectItem) -> bool {
    let mut item = item.clone();
    item.visit(&mut Aggregates { within: 0 }).is_break()
}

/// Looks for aggregates that belong to the select itself.
struct Aggregates {
    within: usize,
}

/// The aggregates that clients call.
const AGGREGATES: [&str; 19] = [
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bool_and",
    "bool_or",
    "count",
    "every",
    "json_agg",
    "json_object_agg",
    "jsonb_agg",
    "jsonb_object_agg",
    "max",
    "min",
    "stddev",
    "string_agg",
    "sum",
    "variance",
    "xmlagg",
];

impl VisitorMut for Aggregates {
    type Break = ();

    fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.within += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.within -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(function) if self.within == 0 && function.over.is_none() => {
                let name = make::parts(&function.name).pop().unwrap_or_default();
                if AGGREGATES.contains(&name.as_str()) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

/// Whether a select's aggregates need to be known at all.
pub(super) fn aggregates(select: &Select) -> bool {
    select.having.is_some() || select.projection.iter().any(has_aggregate)
}

/// Whether a part of FROM has no rows.
fn is_empty_from(tables: &TableWithJoins) -> bool {
    let mut empty = is_empty_factor(&tables.relation);
    for join in &tables.joins {
        let right = is_empty_factor(&join.relation);
        empty = match join.join_operator {
            JoinOperator::Join(_) | JoinOperator::Inner(_) | JoinOperator::CrossJoin(_) => {
                empty || right
            }
            JoinOperator::Left(_) | JoinOperator::LeftOuter(_) => empty,
            JoinOperator::Right(_) | JoinOperator::RightOuter(_) => right,
            JoinOperator::FullOuter(_) => empty && right,
            _ => false,
        };
    }
    empty
}

/// Columns of the catalog that hold arrays, and are always NULL.
const NEVER: [&str; 12] = [
    "attfdwoptions",
    "attoptions",
    "datacl",
    "evttags",
    "extconfig",
    "nspacl",
    "proargnames",
    "proconfig",
    "relacl",
    "reloptions",
    "setconfig",
    "spcoptions",
];

fn is_empty_factor(factor: &TableFactor) -> bool {
    match factor {
        TableFactor::UNNEST { array_exprs, .. } => array_exprs.iter().all(|array| {
            make::column(array).is_some_and(|column| NEVER.contains(&column.as_str()))
        }),
        TableFactor::Derived { subquery, .. } => is_empty(subquery),
        TableFactor::NestedJoin {
            table_with_joins, ..
        } => is_empty_from(table_with_joins),
        factor => sources::own_table(factor).is_some_and(|named| named.own.is_empty()),
    }
}

/// Puts in the place of names of a WITH that has no rows the query itself, so that what reads them is folded too. The order of no
/// rows is none.
pub(super) fn fold_tables(query: &mut Query) {
    let empty = query.with.iter().flat_map(|with| &with.cte_tables);
    let empty = empty.filter(|table| is_empty(&table.query)).cloned();
    let empty: Vec<_> = empty.collect();
    if !empty.is_empty() {
        let names = empty.iter().map(|table| make::folded(&table.alias.name));
        let names: BTreeSet<_> = names.collect();
        for table in empty {
            let _ = query.visit(&mut Inlined {
                name: make::folded(&table.alias.name),
                alias: table.alias,
                query: table.query,
            });
        }
        if let Some(with) = &mut query.with {
            (with.cte_tables).retain(|table| !names.contains(&make::folded(&table.alias.name)));
            if with.cte_tables.is_empty() {
                query.with = None;
            }
        }
        let _ = query.visit(&mut Structure);
    }
    if is_empty(query) {
        query.order_by = None;
    }
}

/// Puts a query in the place of its name.
struct Inlined {
    name: String,
    alias: TableAlias,
    query: Box<Query>,
}

impl VisitorMut for Inlined {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        let TableFactor::Table {
            name,
            alias,
            args: None,
            ..
        } = factor
        else {
            return ControlFlow::Continue(());
        };
        if make::parts(name) != [self.name.as_str()] {
            return ControlFlow::Continue(());
        }
        let mut called = alias.take().unwrap_or_else(|| TableAlias {
            columns: Vec::new(),
            ..self.alias.clone()
        });
        if called.columns.is_empty() {
            called.columns.clone_from(&self.alias.columns);
        }
        *factor = TableFactor::Derived {
            lateral: false,
            subquery: self.query.clone(),
            alias: Some(called),
            sample: None,
        };
        ControlFlow::Continue(())
    }
}
