//! `JOIN … USING (k)`: `k` is one column that comes first, and in outer joins what either side has, where DataFusion takes it from the
//! left one.

use std::{cmp::Reverse, ops::ControlFlow};

use datafusion::{
    error::{DataFusionError, Result},
    sql::sqlparser::ast::{
        BinaryOperator, ExcludeSelectItem, Expr, Ident, JoinConstraint, JoinOperator, ObjectName,
        OrderByKind, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr,
        Statement, TableFactor, TableWithJoins, VisitMut, VisitorMut, WildcardAdditionalOptions,
    },
};

use super::{done, each_select, flow};
use crate::ast::{call, labelled};

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    done(statement.visit(&mut Usings))
}

struct Usings;

impl VisitorMut for Usings {
    type Break = DataFusionError;

    // Those inside come first, so that what they name is no longer a plain name.
    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<DataFusionError> {
        flow(in_query(query))
    }
}

/// A column of both sides.
struct Merged {
    name: Ident,
    /// What it stands for.
    value: Expr,
    /// The tables that have it.
    tables: Vec<Ident>,
    /// The last join that has it in its USING, and its place there.
    place: (usize, usize),
}

fn in_query(query: &mut Query) -> Result<()> {
    let mut columns = Vec::new();
    each_select(&mut query.body, &mut |select| {
        columns = Vec::new();
        let mut tables = Some(Vec::new());
        for item in &mut select.from {
            let joined = joined(item)?;
            columns.extend(joined.columns);
            tables = match (tables, joined.tables) {
                (Some(tables), Some(names)) => Some([tables, names].concat()),
                _ => None,
            };
        }
        in_select(select, &columns, tables.as_deref())
    })?;
    let SetExpr::Select(select) = query.body.as_ref() else {
        return Ok(());
    };
    let labels = select.projection.iter().filter_map(|item| match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.as_str()),
        _ => None,
    });
    let labels: Vec<_> = labels.collect();
    // What is sorted by a label of the answer is the answer's.
    if let Some(OrderByKind::Expressions(keys)) =
        query.order_by.as_mut().map(|order| &mut order.kind)
    {
        for key in keys {
            let is_label = matches!(&key.expr, Expr::Identifier(name) if labels.contains(&name.value.as_str()));
            if !is_label {
                replace(&mut key.expr, &columns)?;
            }
        }
    }
    Ok(())
}

fn in_select(select: &mut Select, columns: &[Merged], tables: Option<&[Ident]>) -> Result<()> {
    if columns.is_empty() {
        return Ok(());
    }
    if let Some(tables) = tables {
        let items = std::mem::take(&mut select.projection);
        for item in items {
            match item {
                SelectItem::Wildcard(ref options) if *options == plain(options) => {
                    select.projection.extend(all(columns, tables, options));
                }
                other => select.projection.push(other),
            }
        }
    }
    // A column keeps its name.
    for item in &mut select.projection {
        if let SelectItem::UnnamedExpr(Expr::Identifier(name)) = item
            && columns.iter().any(|column| column.name.value == name.value)
        {
            *item = labelled(Expr::Identifier(name.clone()), name.clone());
        }
    }
    replace(&mut select.projection, columns)?;
    replace(&mut select.selection, columns)?;
    replace(&mut select.group_by, columns)?;
    replace(&mut select.having, columns)
}

/// A `*` that leaves nothing out, at the same place in the text.
fn plain(options: &WildcardAdditionalOptions) -> WildcardAdditionalOptions {
    WildcardAdditionalOptions {
        wildcard_token: options.wildcard_token.clone(),
        ..WildcardAdditionalOptions::default()
    }
}

/// What `*` stands for: the columns of USING, those of the last join first, then all others of each table.
fn all(
    columns: &[Merged],
    tables: &[Ident],
    options: &WildcardAdditionalOptions,
) -> Vec<SelectItem> {
    let mut merged: Vec<_> = columns.iter().collect();
    merged.sort_by_key(|column| (Reverse(column.place.0), column.place.1));
    let mut items: Vec<_> = merged
        .into_iter()
        .map(|column| SelectItem::UnnamedExpr(Expr::Identifier(column.name.clone())))
        .collect();
    for table in tables {
        let known = columns
            .iter()
            .filter(|column| column.tables.contains(table));
        let known = known.map(|column| ObjectName::from(vec![column.name.clone()]));
        let known: Vec<_> = known.collect();
        let kind =
            SelectItemQualifiedWildcardKind::ObjectName(ObjectName::from(vec![table.clone()]));
        let mut options = plain(options);
        options.opt_exclude = (!known.is_empty()).then_some(ExcludeSelectItem::Multiple(known));
        items.push(SelectItem::QualifiedWildcard(kind, options));
    }
    items
}

/// An item of FROM.
#[derive(Default)]
struct Joined {
    /// Its tables, if all have names.
    tables: Option<Vec<Ident>>,
    /// Its columns of USING, if the tables that have them can be told.
    columns: Vec<Merged>,
}

/// What is joined to several tables by a column is joined by the value that it has in them.
fn joined(item: &mut TableWithJoins) -> Result<Joined> {
    let mut tables = vec![alias(&item.relation)];
    let mut columns: Vec<Merged> = Vec::new();
    let mut joins = item.joins.clone();
    for join in &mut joins {
        let right = alias(&join.relation);
        if let TableFactor::UNNEST { array_exprs, .. } = &mut join.relation {
            replace(array_exprs, &columns)?;
        }
        match constraint(&mut join.join_operator) {
            Some((JoinConstraint::On(condition), _)) => replace(condition, &columns)?,
            Some((constraint @ JoinConstraint::Using(_), keeps)) => {
                let merged = right
                    .as_ref()
                    .and_then(|right| merge(constraint, keeps, &tables, right, &mut columns));
                let Some(condition) = merged else {
                    return Ok(Joined::default());
                };
                if tables.len() > 1 {
                    *constraint = JoinConstraint::On(condition);
                }
            }
            _ => {}
        }
        tables.push(right);
    }
    item.joins = joins;
    Ok(Joined {
        tables: tables.into_iter().collect(),
        columns,
    })
}

/// Makes the columns of a USING columns of the table on the right side, too; the condition that they are equal.
fn merge(
    constraint: &JoinConstraint,
    keeps: Keeps,
    tables: &[Option<Ident>],
    right: &Ident,
    columns: &mut Vec<Merged>,
) -> Option<Expr> {
    let JoinConstraint::Using(names) = constraint else {
        return None;
    };
    let mut conditions = Vec::new();
    for (position, name) in names.iter().enumerate() {
        let name = name.0.last()?.as_ident()?;
        let of = |table: &Ident| Expr::CompoundIdentifier(vec![table.clone(), name.clone()]);
        let mut known = columns.iter();
        let place = match (
            known.position(|column| column.name.value == name.value),
            tables,
        ) {
            (Some(known), _) => known,
            (None, [Some(first)]) => {
                columns.push(Merged {
                    name: name.clone(),
                    value: of(first),
                    tables: vec![first.clone()],
                    place: (0, 0),
                });
                columns.len() - 1
            }
            // Which of them has it, only the tables themselves know.
            _ => return None,
        };
        let column = &mut columns[place];
        conditions.push(Expr::BinaryOp {
            left: Box::new(column.value.clone()),
            op: BinaryOperator::Eq,
            right: Box::new(of(right)),
        });
        match keeps {
            Keeps::Left => {}
            Keeps::Right => column.value = of(right),
            Keeps::Both => column.value = call("coalesce", vec![column.value.clone(), of(right)]),
        }
        column.tables.push(right.clone());
        column.place = (tables.len(), position);
    }
    conditions.into_iter().reduce(|left, right| Expr::BinaryOp {
        left: Box::new(left),
        op: BinaryOperator::And,
        right: Box::new(right),
    })
}

/// The side of a join of which all rows stay.
#[derive(Clone, Copy)]
enum Keeps {
    Left,
    Right,
    Both,
}

fn constraint(operator: &mut JoinOperator) -> Option<(&mut JoinConstraint, Keeps)> {
    match operator {
        JoinOperator::Join(on)
        | JoinOperator::Inner(on)
        | JoinOperator::Left(on)
        | JoinOperator::LeftOuter(on) => Some((on, Keeps::Left)),
        JoinOperator::Right(on) | JoinOperator::RightOuter(on) => Some((on, Keeps::Right)),
        JoinOperator::FullOuter(on) => Some((on, Keeps::Both)),
        _ => None,
    }
}

/// What a table is called.
fn alias(table: &TableFactor) -> Option<Ident> {
    match table {
        TableFactor::Table {
            alias: Some(alias), ..
        }
        | TableFactor::Derived {
            alias: Some(alias), ..
        }
        | TableFactor::UNNEST {
            alias: Some(alias), ..
        } => Some(alias.name.clone()),
        TableFactor::Table { name, .. } => name.0.last()?.as_ident().cloned(),
        _ => None,
    }
}

/// Puts what the columns stand for in their place, but not in sub-queries, which may have columns of these names.
fn replace(within: &mut impl VisitMut, merged: &[Merged]) -> Result<()> {
    struct Replace<'a> {
        merged: &'a [Merged],
        depth: usize,
    }

    impl VisitorMut for Replace<'_> {
        type Break = DataFusionError;

        fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<DataFusionError> {
            self.depth += 1;
            ControlFlow::Continue(())
        }

        fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<DataFusionError> {
            self.depth -= 1;
            ControlFlow::Continue(())
        }

        fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<DataFusionError> {
            if let (Expr::Identifier(name), 0) = (&*expression, self.depth)
                && let Some(column) = self
                    .merged
                    .iter()
                    .find(|column| column.name.value == name.value)
            {
                *expression = column.value.clone();
            }
            ControlFlow::Continue(())
        }
    }

    done(within.visit(&mut Replace { merged, depth: 0 }))
}
