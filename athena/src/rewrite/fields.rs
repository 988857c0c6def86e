//! The fields of rows that are selected: their columns have the names of the fields.

use std::{collections::HashSet, ops::ControlFlow};

use datafusion::sql::sqlparser::ast::{
    AccessExpr, Expr, Ident, Select, SelectItem, Statement, TableFactor, TableWithJoins, VisitMut,
    VisitorMut,
};

use crate::ast::labelled;

pub(super) fn name(statement: &mut Statement) {
    struct Name;

    impl VisitorMut for Name {
        type Break = ();

        fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
            let relations = Relations::of(&select.from);
            for item in &mut select.projection {
                if let SelectItem::UnnamedExpr(expr) = item
                    && let Some(field) = relations.field(expr)
                {
                    *item = labelled(expr.clone(), field);
                }
            }
            ControlFlow::Continue(())
        }
    }

    let _: ControlFlow<()> = statement.visit(&mut Name);
}

/// What columns can be said to be of.
#[derive(Default)]
struct Relations {
    tables: HashSet<String>,
    databases: HashSet<String>,
}

impl Relations {
    fn of(from: &[TableWithJoins]) -> Self {
        let mut relations = Self::default();
        for tables in from {
            relations.add_joined(tables);
        }
        relations
    }

    fn add_joined(&mut self, tables: &TableWithJoins) {
        self.add(&tables.relation);
        for join in &tables.joins {
            self.add(&join.relation);
        }
    }

    fn add(&mut self, factor: &TableFactor) {
        let alias = match factor {
            TableFactor::Table { name, alias, .. } => {
                let mut names = name.0.iter().filter_map(|part| part.as_ident());
                let table = names.next_back();
                self.tables.extend(table.map(|name| name.value.clone()));
                self.databases.extend(names.map(|name| name.value.clone()));
                alias
            }
            TableFactor::NestedJoin {
                table_with_joins,
                alias,
            } => {
                self.add_joined(table_with_joins);
                alias
            }
            TableFactor::Derived { alias, .. }
            | TableFactor::UNNEST { alias, .. }
            | TableFactor::TableFunction { alias, .. }
            | TableFactor::Function { alias, .. } => alias,
            _ => return,
        };
        let alias = alias.as_ref().map(|alias| alias.name.value.clone());
        self.tables.extend(alias);
    }

    /// The field that an expression takes from a row. `r.a` takes one unless `r` is a table, `t.r.a` if `t` is.
    fn field(&self, expression: &Expr) -> Option<Ident> {
        match expression {
            Expr::CompoundIdentifier(names) => {
                let first = &names.first()?.value;
                let is_field = if names.len() > 2 {
                    self.tables.contains(first) && !self.databases.contains(first)
                } else {
                    !self.tables.contains(first)
                };
                is_field.then(|| names.last().cloned())?
            }
            Expr::CompoundFieldAccess { access_chain, .. } => match access_chain.last()? {
                AccessExpr::Dot(Expr::Identifier(field)) => Some(field.clone()),
                _ => None,
            },
            _ => None,
        }
    }
}
