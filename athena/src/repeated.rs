//! `SELECT a, *`: a column that comes a second time with all columns gets a name of its own.

use std::{collections::HashSet, ops::ControlFlow};

use datafusion::{
    common::{DataFusionError, SchemaError},
    sql::{
        parser::Statement,
        sqlparser::ast::{Expr, Ident, Select, SelectItem, VisitMut, VisitorMut},
    },
};

use crate::ast::labelled;

/// The statement in which the column that `error` says comes twice comes by another name the first time. `None` if it says something else,
/// or the statement says nowhere that all columns are to come.
///
/// What `*` stands for only planning shows, so that a statement has to fail first.
#[must_use]
pub fn told_apart(statement: &Statement, error: &DataFusionError) -> Option<Statement> {
    let Statement::Statement(statement) = statement else {
        return None;
    };
    let mut statement = statement.clone();
    let mut named = Named {
        repeated: repeated(error)?,
        given: 0,
    };
    let _: ControlFlow<()> = statement.visit(&mut named);
    (named.given > 0).then_some(Statement::Statement(statement))
}

/// What an error says of names that come twice.
fn repeated(error: &DataFusionError) -> Option<String> {
    match error.find_root() {
        DataFusionError::SchemaError(error, _) => match error.as_ref() {
            SchemaError::DuplicateQualifiedField { name, .. }
            | SchemaError::DuplicateUnqualifiedField { name } => Some(format!("{name}\"")),
            SchemaError::AmbiguousReference { field } => Some(format!("{}\"", field.name)),
            SchemaError::FieldNotFound { .. } => None,
        },
        DataFusionError::Plan(message) if message.contains("unique expression names") => {
            Some(message.clone())
        }
        _ => None,
    }
}

struct Named {
    repeated: String,
    /// How many names have been given: no two are the same in all of the statement.
    given: usize,
}

impl Named {
    fn is_repeated(&self, label: &Ident) -> bool {
        let ends = [
            format!(".{}\"", label.value),
            format!("\"{}\"", label.value),
        ];
        self.repeated == format!("{}\"", label.value)
            || ends.iter().any(|end| self.repeated.contains(end))
    }
}

impl VisitorMut for Named {
    type Break = ();

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        let is_all = |item: &SelectItem| {
            matches!(
                item,
                SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)
            )
        };
        if !select.projection.iter().any(is_all) {
            return ControlFlow::Continue(());
        }
        let labels = select.projection.iter().filter_map(label);
        let taken: HashSet<_> = labels.map(|label| label.value.clone()).collect();
        for item in &mut select.projection {
            let Some(label) = label(item).filter(|label| self.is_repeated(label)) else {
                continue;
            };
            let new = loop {
                self.given += 1;
                let new = format!("{}_{}", label.value, self.given);
                if !taken.contains(&new) {
                    break new;
                }
            };
            let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = &*item
            else {
                continue;
            };
            *item = labelled(expr.clone(), Ident::with_quote('"', new));
        }
        ControlFlow::Continue(())
    }
}

/// What a selected column is called.
fn label(item: &SelectItem) -> Option<&Ident> {
    match item {
        SelectItem::UnnamedExpr(Expr::Identifier(name))
        | SelectItem::ExprWithAlias { alias: name, .. } => Some(name),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last(),
        _ => None,
    }
}
