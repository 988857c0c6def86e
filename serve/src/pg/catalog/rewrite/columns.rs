//! Names of columns, as `PostgreSQL` gives them to expressions without one.

use std::collections::HashMap;

use sqlparser::ast::{
    DataType, Expr, Query, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, Statement,
    TrimWhereField,
};

use super::{BESIDE, make};

/// The name of what has none.
const UNNAMED: &str = "?column?";

/// Names every column of a select list; of several with one name, each but the first gets a suffix that is not shown.
pub(super) fn name(projection: &mut [SelectItem]) {
    let wildcards: Vec<Option<Vec<String>>> = projection.iter().filter_map(wildcard).collect();
    let mut seen = HashMap::<String, usize>::new();
    for item in projection {
        let (name, named, doubled) = match &*item {
            SelectItem::UnnamedExpr(expr) => {
                let doubled = |table: &Option<Vec<String>>| is_within(expr, table.as_deref());
                let doubled = wildcards.iter().any(doubled);
                (of(expr), make::column(expr).is_some(), doubled)
            }
            SelectItem::ExprWithAlias { alias, .. } => (make::folded(alias), true, false),
            _ => continue,
        };
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        let unique = if *count > 1 || doubled {
            format!("{name}{BESIDE}{count}")
        } else if named {
            continue;
        } else {
            name
        };
        let expr = match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                make::take(expr)
            }
            _ => continue,
        };
        *item = SelectItem::ExprWithAlias {
            expr,
            alias: make::quoted(&unique),
        };
    }
}

/// The table whose columns a `*` stands for: `Some(None)` for all tables, `None` if it is no `*`.
#[expect(
    clippy::option_option,
    reason = "what it is, and of what, are two questions"
)]
fn wildcard(item: &SelectItem) -> Option<Option<Vec<String>>> {
    match item {
        SelectItem::Wildcard(_) => Some(None),
        SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
            Some(Some(make::parts(name)))
        }
        _ => None,
    }
}

/// Whether a column is among those that a `*` of `table` (or of all) stands for.
fn is_within(expr: &Expr, table: Option<&[String]>) -> bool {
    match (expr, table) {
        (Expr::Identifier(_) | Expr::CompoundIdentifier(_), None) => true,
        (Expr::CompoundIdentifier(names), Some(table)) => {
            let before = names.len().saturating_sub(1);
            let before: Vec<_> = names[..before].iter().map(make::folded).collect();
            before.ends_with(table) || table.ends_with(&before)
        }
        _ => false,
    }
}

/// Shows what a number of the outermost query names: `SELECT 'costs'::regclass` is a name.
pub(super) fn show_names(statement: &mut Statement) {
    let Statement::Query(query) = statement else {
        return;
    };
    let SetExpr::Select(select) = query.body.as_mut() else {
        return;
    };
    for item in &mut select.projection {
        let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item else {
            continue;
        };
        for name in ["pg_regclass", "pg_regtype", "pg_regnamespace", "pg_regrole"] {
            if let Some(argument) = make::argument_of(expr, name) {
                *expr = make::call(&format!("{name}_text"), vec![argument.clone()]);
            }
        }
    }
}

/// The name that an expression's column gets.
fn of(expr: &Expr) -> String {
    figured(expr).map_or_else(|| UNNAMED.to_owned(), |(name, _)| name)
}

/// A name, and whether it is better than that of a type around it.
fn figured(expr: &Expr) -> Option<(String, bool)> {
    let strong = |name: &str| Some((name.to_owned(), true));
    let weak = |name: String| Some((name, false));
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => Some((make::column(expr)?, true)),
        Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => figured(inner),
        Expr::CompoundFieldAccess { root, .. } => figured(root),
        Expr::Function(function) => Some((make::parts(&function.name).pop()?, true)),
        Expr::Cast {
            expr, data_type, ..
        } => match figured(expr) {
            Some((name, true)) => Some((name, true)),
            _ => weak(type_name(data_type)),
        },
        Expr::TypedString(typed) => weak(type_name(&typed.data_type)),
        Expr::Interval(_) => weak("interval".to_owned()),
        Expr::Case { else_result, .. } => {
            let otherwise = else_result.as_deref().and_then(figured);
            match otherwise {
                Some((name, true)) => Some((name, true)),
                _ => weak("case".to_owned()),
            }
        }
        Expr::Array(_) => strong("array"),
        Expr::Exists { .. } => strong("exists"),
        Expr::Subquery(query) => first(query),
        Expr::Tuple(_) => strong("row"),
        Expr::Extract { .. } => strong("extract"),
        Expr::Position { .. } => strong("position"),
        Expr::Substring { .. } => strong("substring"),
        Expr::Overlay { .. } => strong("overlay"),
        Expr::Ceil { .. } => strong("ceil"),
        Expr::Floor { .. } => strong("floor"),
        Expr::AtTimeZone { .. } => strong("timezone"),
        Expr::Trim { trim_where, .. } => strong(match trim_where {
            Some(TrimWhereField::Leading) => "ltrim",
            Some(TrimWhereField::Trailing) => "rtrim",
            _ => "btrim",
        }),
        _ => None,
    }
}

/// The name of the one column of a query.
fn first(query: &Query) -> Option<(String, bool)> {
    let SetExpr::Select(select) = query.body.as_ref() else {
        return None;
    };
    match select.projection.first()? {
        SelectItem::UnnamedExpr(expr) => figured(expr),
        SelectItem::ExprWithAlias { alias, .. } => {
            let name = make::folded(alias);
            let name = super::shown_name(&name);
            (name != UNNAMED).then(|| (name.to_owned(), true))
        }
        _ => None,
    }
}

/// A type's name, as `pg_type` has it.
fn type_name(data_type: &DataType) -> String {
    let written = data_type.to_string();
    if let Some(found) = crate::pg::catalog::types::written(&written) {
        return found.name.to_owned();
    }
    let last = written.rsplit('.').next().unwrap_or(&written);
    last.trim_matches('"').to_lowercase()
}
