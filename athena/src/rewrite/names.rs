//! Names are the same in upper and lower case, quoted or not: all become lower case.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    AccessExpr, Expr, Function, FunctionArg, FunctionArguments, Ident, Join, JoinConstraint,
    JoinOperator, NamedWindowExpr, ObjectName, ObjectNamePart, ObjectType, OneOrManyWithParens,
    Query, Select, SelectItem, SelectItemQualifiedWildcardKind, Statement, TableAlias, TableFactor,
    VisitMut, VisitorMut, WindowType,
};

pub(super) fn lower(statement: &mut Statement) {
    let _: ControlFlow<()> = statement.visit(&mut Lower);
}

struct Lower;

impl VisitorMut for Lower {
    type Break = ();

    fn pre_visit_statement(&mut self, statement: &mut Statement) -> ControlFlow<()> {
        match statement {
            Statement::CreateView(view) => {
                object(&mut view.name);
                for column in &mut view.columns {
                    ident(&mut column.name);
                }
            }
            Statement::Drop {
                object_type: ObjectType::View | ObjectType::Table,
                names,
                ..
            } => names.iter_mut().for_each(object),
            Statement::Prepare { name, .. } | Statement::Deallocate { name, .. } => ident(name),
            Statement::Execute {
                name: Some(name), ..
            }
            | Statement::ShowCreate { obj_name: name, .. } => object(name),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        if let Some(with) = &mut query.with {
            for cte in &mut with.cte_tables {
                alias(&mut cte.alias);
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        for item in &mut select.projection {
            match item {
                SelectItem::ExprWithAlias { alias, .. } => ident(alias),
                SelectItem::QualifiedWildcard(
                    SelectItemQualifiedWildcardKind::ObjectName(name),
                    _,
                ) => object(name),
                SelectItem::ExprWithAliases { aliases, .. } => {
                    aliases.iter_mut().for_each(ident);
                }
                SelectItem::UnnamedExpr(_)
                | SelectItem::QualifiedWildcard(..)
                | SelectItem::Wildcard(_) => {}
            }
        }
        for table in &mut select.from {
            table.joins.iter_mut().for_each(using);
        }
        for window in &mut select.named_window {
            ident(&mut window.0);
            if let NamedWindowExpr::NamedWindow(name) = &mut window.1 {
                ident(name);
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &mut ObjectName) -> ControlFlow<()> {
        object(relation);
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        match factor {
            TableFactor::Table { alias, .. }
            | TableFactor::Derived { alias, .. }
            | TableFactor::UNNEST { alias, .. }
            | TableFactor::TableFunction { alias, .. } => alias.iter_mut().for_each(self::alias),
            TableFactor::Function { name, alias, .. } => {
                object(name);
                alias.iter_mut().for_each(self::alias);
            }
            TableFactor::NestedJoin {
                table_with_joins,
                alias,
            } => {
                table_with_joins.joins.iter_mut().for_each(using);
                alias.iter_mut().for_each(self::alias);
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        match expression {
            Expr::Identifier(name) => ident(name),
            Expr::CompoundIdentifier(names) => names.iter_mut().for_each(ident),
            Expr::QualifiedWildcard(name, _) => object(name),
            Expr::CompoundFieldAccess { access_chain, .. } => {
                for access in access_chain {
                    if let AccessExpr::Dot(Expr::Identifier(name)) = access {
                        ident(name);
                    }
                }
            }
            Expr::Function(function) => function_names(function),
            Expr::Lambda(lambda) => match &mut lambda.params {
                OneOrManyWithParens::One(parameter) => ident(&mut parameter.name),
                OneOrManyWithParens::Many(parameters) => {
                    for parameter in parameters {
                        ident(&mut parameter.name);
                    }
                }
            },
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

fn function_names(function: &mut Function) {
    object(&mut function.name);
    match &mut function.over {
        Some(WindowType::NamedWindow(name)) => ident(name),
        Some(WindowType::WindowSpec(window)) => window.window_name.iter_mut().for_each(ident),
        None => {}
    }
    if let FunctionArguments::List(list) = &mut function.args {
        for argument in &mut list.args {
            if let FunctionArg::Named { name, .. } = argument {
                ident(name);
            }
        }
    }
}

fn using(join: &mut Join) {
    let (JoinOperator::Join(constraint)
    | JoinOperator::Inner(constraint)
    | JoinOperator::Left(constraint)
    | JoinOperator::LeftOuter(constraint)
    | JoinOperator::Right(constraint)
    | JoinOperator::RightOuter(constraint)
    | JoinOperator::FullOuter(constraint)) = &mut join.join_operator
    else {
        return;
    };
    if let JoinConstraint::Using(columns) = constraint {
        columns.iter_mut().for_each(object);
    }
}

fn alias(alias: &mut TableAlias) {
    ident(&mut alias.name);
    for column in &mut alias.columns {
        ident(&mut column.name);
    }
}

fn object(name: &mut ObjectName) {
    for part in &mut name.0 {
        if let ObjectNamePart::Identifier(name) = part {
            ident(name);
        }
    }
}

/// Keeps where it stands in the text, and its quotes: what only quoted is a name stays one.
fn ident(name: &mut Ident) {
    if name.value.chars().any(char::is_uppercase) {
        name.value = name.value.to_lowercase();
    }
}
