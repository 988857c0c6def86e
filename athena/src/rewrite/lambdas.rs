//! Lambdas: fields of their parameters, and functions of maps and of text, which DataFusion has for arrays alone.

use std::ops::ControlFlow;

use datafusion::{
    error::Result,
    sql::sqlparser::ast::{
        AccessExpr, Expr, Ident, LambdaFunction, LambdaFunctionParameter, LambdaSyntax,
        OneOrManyWithParens, Statement, Subscript, VisitMut, VisitorMut,
    },
};

use super::each_expression;
use crate::{
    ast::{arguments, call, name, text},
    functions::{FILLED, GAPS, GROUPS, SORTED, ZIPPED},
};

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    each_expression(statement, |expression| {
        match expression {
            Expr::Lambda(lambda) => {
                for parameter in parameters(&lambda.params) {
                    replace(&mut lambda.body, |part| field_of(part, &parameter));
                }
            }
            Expr::Function(function) => {
                let made = name(function)
                    .zip(arguments(function))
                    .and_then(|(name, arguments)| of_pairs(name, &arguments));
                if let Some(made) = made {
                    *expression = made;
                }
            }
            _ => {}
        }
        Ok(())
    })
}

fn parameters(all: &OneOrManyWithParens<LambdaFunctionParameter>) -> Vec<String> {
    all.iter()
        .map(|parameter| parameter.name.value.clone())
        .collect()
}

/// `x.field`, which would be a column of a table `x` otherwise.
fn field_of(part: &Expr, parameter: &str) -> Option<Expr> {
    if let Expr::CompoundFieldAccess { root, access_chain } = part {
        return in_chain(root, access_chain, parameter);
    }
    let Expr::CompoundIdentifier(names) = part else {
        return None;
    };
    let (first, fields) = names.split_first()?;
    (first.value == parameter).then(|| {
        fields
            .iter()
            .fold(Expr::Identifier(first.clone()), |row, field| {
                of(row, &field.value)
            })
    })
}

/// `x.field[1]`, in which the first field follows the parameter's name.
fn in_chain(root: &Expr, access_chain: &[AccessExpr], parameter: &str) -> Option<Expr> {
    let Expr::Identifier(first) = root else {
        return None;
    };
    let fields = access_chain.iter().map(|access| match access {
        AccessExpr::Dot(Expr::Identifier(field)) => AccessExpr::Subscript(Subscript::Index {
            index: text(field.value.clone()),
        }),
        other => other.clone(),
    });
    let fields: Vec<_> = fields.collect();
    (first.value == parameter && fields != access_chain).then(|| Expr::CompoundFieldAccess {
        root: Box::new(root.clone()),
        access_chain: fields,
    })
}

/// A field of a row.
fn of(row: Expr, field: &str) -> Expr {
    let index = text(field);
    Expr::CompoundFieldAccess {
        root: Box::new(row),
        access_chain: vec![AccessExpr::Subscript(Subscript::Index { index })],
    }
}

/// Functions of maps, or of two arrays, as those of an array of pairs.
fn of_pairs(function: &str, arguments: &[&Expr]) -> Option<Expr> {
    const ENTRY: [&str; 2] = ["key", "value"];
    let (last, values) = arguments.split_last()?;
    let Expr::Lambda(lambda) = last else {
        return None;
    };
    let values: Vec<Expr> = values.iter().map(|value| (*value).clone()).collect();
    let on_arrays = |function: &str, part: &str| {
        let part = call(part, values.clone());
        Some(call(function, vec![part, Expr::Lambda(lambda.clone())]))
    };
    let on_entries = |function: &str, made: Option<fn(Vec<Expr>) -> Expr>| {
        let lambda = of_one(lambda, &ENTRY, made)?;
        let entries = call("map_entries", values.clone());
        Some(call(
            "map_from_entries",
            vec![call(function, vec![entries, lambda])],
        ))
    };
    match (function, values.len()) {
        ("any_keys_match", 1) => on_arrays("any_match", "map_keys"),
        ("all_keys_match", 1) => on_arrays("all_match", "map_keys"),
        ("no_keys_match", 1) => on_arrays("none_match", "map_keys"),
        ("any_values_match", 1) => on_arrays("any_match", "map_values"),
        ("all_values_match", 1) => on_arrays("all_match", "map_values"),
        ("no_values_match", 1) => on_arrays("none_match", "map_values"),
        ("map_filter", 1) => on_entries("filter", None),
        ("transform_keys", 1) => on_entries(
            "transform",
            Some(|mut parts| {
                parts.remove(0);
                call("row", parts.into_iter().rev().collect())
            }),
        ),
        ("transform_values", 1) => on_entries(
            "transform",
            Some(|mut parts| {
                parts.remove(1);
                call("row", parts)
            }),
        ),
        ("zip_with", 2) => {
            let lambda = of_one(lambda, &["field0", "field1"], None)?;
            Some(call("transform", vec![call("zip", values), lambda]))
        }
        ("map_zip_with", 2) => {
            let lambda = of_one(
                lambda,
                &["key", "value1", "value2"],
                Some(|parts| {
                    let mut parts = parts.into_iter();
                    let (key, value) = (parts.next(), parts.next_back());
                    call("row", key.into_iter().chain(value).collect())
                }),
            )?;
            let entries = call("transform", vec![call(ZIPPED, values), lambda]);
            Some(call("map_from_entries", vec![entries]))
        }
        ("array_sort", 1) => {
            let mut all = values;
            all.push(Expr::Lambda(lambda.clone()));
            Some(call(SORTED, all))
        }
        ("regexp_replace", 2) => {
            let groups = call(GROUPS, values.clone());
            let replaced = call("transform", vec![groups, Expr::Lambda(lambda.clone())]);
            Some(call(FILLED, vec![call(GAPS, values), replaced]))
        }
        _ => None,
    }
}

/// A lambda of several parameters as one of a row with these fields. What it comes to is `made` of all fields and what it came to.
fn of_one(
    lambda: &LambdaFunction,
    fields: &[&str],
    made: Option<fn(Vec<Expr>) -> Expr>,
) -> Option<Expr> {
    let names = parameters(&lambda.params);
    if names.len() != fields.len() {
        return None;
    }
    // Lambdas inside of this one have other names, or hide these.
    let row = Ident::new(format!("__{}", names.join("_")));
    let field = |name| of(Expr::Identifier(row.clone()), name);
    let mut body = lambda.body.as_ref().clone();
    for (parameter, name) in names.iter().zip(fields) {
        replace(&mut body, |part| field_of(part, parameter));
        replace(&mut body, |part| match part {
            Expr::Identifier(ident) if ident.value == *parameter => Some(field(name)),
            _ => None,
        });
    }
    if let Some(made) = made {
        let mut parts: Vec<_> = fields.iter().map(|name| field(name)).collect();
        parts.push(body);
        body = made(parts);
    }
    Some(Expr::Lambda(LambdaFunction {
        params: OneOrManyWithParens::One(LambdaFunctionParameter {
            name: row,
            data_type: None,
        }),
        body: Box::new(body),
        syntax: LambdaSyntax::Arrow,
    }))
}

/// Puts other expressions in the place of those for which there are any.
fn replace(within: &mut Expr, other: impl Fn(&Expr) -> Option<Expr>) {
    struct Replace<F>(F);

    impl<F: Fn(&Expr) -> Option<Expr>> VisitorMut for Replace<F> {
        type Break = ();

        fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
            if let Some(other) = (self.0)(expression) {
                *expression = other;
            }
            ControlFlow::Continue(())
        }
    }

    let _: ControlFlow<()> = within.visit(&mut Replace(other));
}
