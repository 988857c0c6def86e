//! Rules about what a query reads: functions as tables, and columns that every table of `PostgreSQL` has.

use std::ops::ControlFlow;

use sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Ident, ObjectName, Query, Select, TableAlias,
    TableAliasColumnDef, TableFactor, TableWithJoins, VisitMut, VisitorMut,
};

use super::make;
use crate::pg::catalog::{
    listing::{INFORMATION_SCHEMA, PG_CATALOG},
    relations::{self, Own},
};

/// Columns that every table has beside its own, and that tell nothing here.
const SYSTEM: [&str; 5] = ["xmin", "xmax", "cmin", "cmax", "ctid"];

/// Functions that are tables.
const TABLES: [&str; 3] = ["generate_series", "pg_get_keywords", "range"];

/// Finds functions that are tables under their names alone. The name that one is called by is that of its column too; a
/// function of one value is a table of it.
pub(super) fn rewrite(factor: &mut TableFactor) {
    let (name, arguments, alias) = match factor {
        TableFactor::Table {
            name,
            args: Some(arguments),
            alias,
            ..
        } => (name, &mut arguments.args, alias),
        TableFactor::Function {
            name, args, alias, ..
        } => (name, args, alias),
        TableFactor::UNNEST { alias, .. } => {
            name_column(alias);
            return;
        }
        _ => return,
    };
    let names = make::parts(name);
    let Some(last) = names.last() else { return };
    let own = names.len() == 1
        || names
            .first()
            .is_some_and(|first| super::is_own_schema(first));
    if !own {
        return;
    }
    let arguments: Vec<_> = arguments
        .iter()
        .filter_map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
            _ => None,
        })
        .collect();
    if last == "unnest" {
        name_column(alias);
        *factor = TableFactor::UNNEST {
            alias: alias.take(),
            array_exprs: arguments,
            with_offset: false,
            with_offset_alias: None,
            with_ordinality: false,
        };
    } else if TABLES.contains(&last.as_str()) {
        if last != "pg_get_keywords" {
            name_column(alias);
        }
        // Looked up as it is written, quotes and all.
        *name = ObjectName::from(Ident::new(last));
    } else {
        let called = alias
            .take()
            .unwrap_or_else(|| make::alias(make::quoted(last)));
        let column = called.columns.first().map(|column| column.name.clone());
        let column = column.unwrap_or_else(|| called.name.clone());
        let value = make::call(last, arguments);
        *factor = TableFactor::Derived {
            lateral: false,
            subquery: Box::new(make::query(vec![(value, column)])),
            alias: Some(make::alias(called.name)),
            sample: None,
        };
    }
}

fn name_column(alias: &mut Option<TableAlias>) {
    if let Some(alias) = alias
        && alias.columns.is_empty()
    {
        alias.columns.push(TableAliasColumnDef {
            name: alias.name.clone(),
            data_type: None,
        });
    }
}

/// A table of the catalog with the name that a select calls it by.
pub(super) struct Named {
    /// The last part of the name; what stands before it may be left out.
    pub(super) name: String,
    pub(super) own: &'static Own,
}

/// The catalog's tables that a select reads.
pub(super) fn own_tables(from: &[TableWithJoins]) -> Vec<Named> {
    let mut found = Vec::new();
    for tables in from {
        let joined = tables.joins.iter().map(|join| &join.relation);
        for factor in std::iter::once(&tables.relation).chain(joined) {
            match factor {
                TableFactor::NestedJoin {
                    table_with_joins, ..
                } => found.extend(own_tables(std::slice::from_ref(table_with_joins))),
                factor => found.extend(own_table(factor)),
            }
        }
    }
    found
}

/// The table of the catalog that a part of FROM names.
pub(super) fn own_table(factor: &TableFactor) -> Option<Named> {
    let TableFactor::Table {
        name,
        alias,
        args: None,
        ..
    } = factor
    else {
        return None;
    };
    let names = make::parts(name);
    let own = match names.as_slice() {
        [name] => relations::named(PG_CATALOG, name),
        [.., schema, name] if schema == PG_CATALOG || schema == INFORMATION_SCHEMA => {
            relations::named(schema, name)
        }
        _ => None,
    };
    let called = alias.as_ref().map(|alias| make::folded(&alias.name));
    Some(Named {
        name: called.or_else(|| names.last().cloned())?,
        own: own?,
    })
}

/// Puts values in the place of columns that `PostgreSQL` adds to every table: `tableoid` is the number of the catalog's table.
pub(super) fn system_columns(select: &mut Select) {
    let tables = own_tables(&select.from);
    if tables.is_empty() {
        return;
    }
    let _ = select.visit(&mut SystemColumns { tables, within: 0 });
}

struct SystemColumns {
    tables: Vec<Named>,
    /// How many queries within the select are being visited; theirs are done already.
    within: usize,
}

impl VisitorMut for SystemColumns {
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
        let (table, column) = match expr {
            Expr::CompoundIdentifier(names) => match names.as_slice() {
                [.., table, column] => (Some(make::folded(table)), make::folded(column)),
                _ => return ControlFlow::Continue(()),
            },
            Expr::Identifier(column) if self.within == 0 => (None, make::folded(column)),
            _ => return ControlFlow::Continue(()),
        };
        let mut tables = self.tables.iter();
        let found = match &table {
            Some(name) => tables.find(|named| named.name == *name),
            None => tables.next().filter(|_| self.tables.len() == 1),
        };
        if let Some(found) = found {
            if column == "tableoid" {
                *expr = make::number(&found.own.oid);
            } else if SYSTEM.contains(&column.as_str()) {
                *expr = make::number(&1);
            }
        }
        ControlFlow::Continue(())
    }
}
