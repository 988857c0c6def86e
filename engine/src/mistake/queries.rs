//! What the queries of a text name: their tables, the labels of their columns, and functions where rows are chosen.

use std::ops::ControlFlow;

use datafusion::sql::{
    parser::Statement,
    sqlparser::ast::{
        Expr, Function, Query, Select, SelectItem, Statement as Ast, TableFactor, Visit, Visitor,
    },
};

use super::Place;

/// A table as a query calls it, and as it is called otherwise.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) alias: String,
    pub(super) name: String,
}

/// A label of a column, and whether a window function is behind it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) name: String,
    pub(super) of_window: bool,
}

/// A function in WHERE.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) of_window: bool,
    pub(super) place: Option<Place>,
}

/// All of the queries of a text together, in small letters.
#[derive(Debug, Default)]
pub(super) struct Queries {
    pub(super) tables: Vec<Named>,
    pub(super) labels: Vec<Label>,
    pub(super) chosen: Vec<Chosen>,
}

impl Queries {
    pub(super) fn of(statements: &[Statement]) -> Self {
        let mut found = Self::default();
        for statement in statements {
            let mut statement = statement;
            while let Statement::Explain(explain) = statement {
                statement = &explain.statement;
            }
            if let Statement::Statement(statement) = statement {
                let statement: &Ast = statement;
                let _: ControlFlow<()> = statement.visit(&mut found);
            }
        }
        found
    }
}

impl Visitor for Queries {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        let (name, alias) = match factor {
            TableFactor::Table { name, alias, .. } => {
                let last = name.0.last().and_then(|part| part.as_ident());
                (last.map(|last| last.value.to_lowercase()), alias)
            }
            TableFactor::Derived { alias, .. } | TableFactor::UNNEST { alias, .. } => (None, alias),
            _ => return ControlFlow::Continue(()),
        };
        let alias = alias.as_ref().map(|alias| alias.name.value.to_lowercase());
        if let Some(alias) = alias.or_else(|| name.clone()) {
            let name = name.unwrap_or_else(|| alias.clone());
            self.tables.push(Named { alias, name });
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        for item in &select.projection {
            let SelectItem::ExprWithAlias { expr, alias } = item else {
                continue;
            };
            // What is called as it was before is no other name.
            if matches!(expr, Expr::Identifier(name) if name.value.eq_ignore_ascii_case(&alias.value))
            {
                continue;
            }
            self.labels.push(Label {
                name: alias.value.to_lowercase(),
                of_window: functions(expr).iter().any(|call| call.of_window),
            });
        }
        if let Some(condition) = &select.selection {
            self.chosen.extend(functions(condition));
        }
        ControlFlow::Continue(())
    }
}

/// The functions in an expression, those of its sub-queries left out.
fn functions(expression: &Expr) -> Vec<Chosen> {
    struct Calls {
        depth: usize,
        found: Vec<Chosen>,
    }

    impl Visitor for Calls {
        type Break = ();

        fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
            self.depth += 1;
            ControlFlow::Continue(())
        }

        fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
            self.depth -= 1;
            ControlFlow::Continue(())
        }

        fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
            if let (Expr::Function(call), 0) = (expression, self.depth) {
                self.found.extend(chosen(call));
            }
            ControlFlow::Continue(())
        }
    }

    let mut calls = Calls {
        depth: 0,
        found: Vec::new(),
    };
    let _: ControlFlow<()> = expression.visit(&mut calls);
    calls.found
}

fn chosen(call: &Function) -> Option<Chosen> {
    let name = call.name.0.last()?.as_ident()?;
    let start = name.span.start;
    Some(Chosen {
        name: name.value.to_lowercase(),
        of_window: call.over.is_some(),
        place: Place::at(start.line, start.column),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_functions_are_found() {
        let text =
            "SELECT a AS b, a AS A, rank() OVER (ORDER BY a) AS r FROM x.C AS d JOIN e ON true
            WHERE sum(a) > 1 AND EXISTS (SELECT max(a) FROM f)";
        let found = Queries::of(&crate::statement::parse(text).unwrap());
        let names = |named: &Named| format!("{}={}", named.alias, named.name);
        let tables: Vec<_> = found.tables.iter().map(names).collect();
        assert_eq!(tables, ["d=c", "e=e", "f=f"]);
        let labels: Vec<_> = found
            .labels
            .iter()
            .map(|label| (label.name.as_str(), label.of_window))
            .collect();
        assert_eq!(labels, [("b", false), ("r", true)]);
        assert_eq!(found.chosen.len(), 1);
        assert_eq!(
            found.chosen[0].place,
            Some(Place {
                line: 2,
                column: 19
            })
        );
    }
}
