//! Calls that are written otherwise in DataFusion.

use datafusion::{
    error::Result,
    sql::sqlparser::ast::{
        AccessExpr, CaseWhen, CastKind, DataType, DateTimeField, DuplicateTreatment, Expr,
        Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments, Ident,
        ObjectName, ObjectNamePart, Statement, Subscript, TimezoneInfo,
        helpers::attached_token::AttachedToken,
    },
};

use super::{each_expression, take};
use crate::ast::{arguments, call, name, text};

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    each_expression(statement, |expression| {
        match expression {
            Expr::Function(function) => {
                if let Some(made) = rewritten(function) {
                    *expression = made;
                }
            }
            Expr::AtTimeZone {
                timestamp,
                time_zone,
            } => *expression = call("at_timezone", vec![take(timestamp), take(time_zone)]),
            // Fields of a row; what a name begins with is a table or a column.
            Expr::CompoundFieldAccess { root, access_chain } => {
                let is_name = |access: &AccessExpr| {
                    matches!(root.as_ref(), Expr::Identifier(_))
                        && matches!(access, AccessExpr::Dot(Expr::Identifier(_)))
                };
                let names = access_chain.iter().take_while(|access| is_name(access));
                let names = names.count();
                for access in access_chain.iter_mut().skip(names) {
                    if let AccessExpr::Dot(Expr::Identifier(name)) = access {
                        let index = text(name.value.clone());
                        *access = AccessExpr::Subscript(Subscript::Index { index });
                    }
                }
            }
            Expr::Extract { field, expr, .. } => {
                if let Some(function) = extracting(field) {
                    *expression = call(function, vec![take(expr)]);
                }
            }
            _ => {}
        }
        Ok(())
    })
}

/// What takes the place of a call; the call may be changed in place as well.
fn rewritten(function: &mut Function) -> Option<Expr> {
    let called = name(function)?.to_owned();
    match called.as_str() {
        "if" => conditional(function),
        "row" => row(function),
        "listagg" => {
            listagg(function);
            None
        }
        "to_char" => to_char(function),
        "normalize" => normalize(function),
        "count" => {
            count_distinct(function);
            None
        }
        // Their precision, in digits of the second, is that of the session here.
        "current_timestamp" | "localtimestamp" => {
            rename(function, "current_timestamp");
            function.args = FunctionArguments::None;
            (called == "localtimestamp").then(|| Expr::Cast {
                kind: CastKind::Cast,
                expr: Box::new(Expr::Function(function.clone())),
                data_type: DataType::Timestamp(None, TimezoneInfo::None),
                array: false,
                format: None,
            })
        }
        "current_time" | "localtime" => {
            rename(function, "current_time");
            function.args = FunctionArguments::None;
            None
        }
        _ => None,
    }
}

fn rename(function: &mut Function, to: &str) {
    match function.name.0.as_mut_slice() {
        [ObjectNamePart::Identifier(ident)] => to.clone_into(&mut ident.value),
        _ => function.name = ObjectName::from(vec![Ident::new(to)]),
    }
}

/// `IF(condition, a, b)` computes only the one that it gives, as CASE does and a function would not.
fn conditional(function: &Function) -> Option<Expr> {
    let (condition, result, other) = match arguments(function)?.as_slice() {
        [condition, result] => (*condition, *result, None),
        [condition, result, other] => (*condition, *result, Some(*other)),
        _ => return None,
    };
    Some(Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: vec![CaseWhen {
            condition: condition.clone(),
            result: result.clone(),
        }],
        else_result: other.map(|other| Box::new(other.clone())),
    })
}

/// `normalize(x, NFC)`, in which the form is a word.
fn normalize(function: &Function) -> Option<Expr> {
    let arguments = arguments(function)?;
    let [value, Expr::Identifier(form)] = arguments.as_slice() else {
        return None;
    };
    let form = form.value.to_uppercase();
    let is_form = ["NFC", "NFD", "NFKC", "NFKD"].contains(&form.as_str());
    is_form.then(|| call("normalize", vec![(*value).clone(), text(form)]))
}

/// Teradata's patterns of `to_char(time, 'yyyy-mm-dd hh24:mi:ss')`, as Joda writes them. DataFusion's own, with `%`, stay what they are.
fn to_char(function: &Function) -> Option<Expr> {
    let arguments = arguments(function)?;
    let [time, Expr::Value(pattern)] = arguments.as_slice() else {
        return None;
    };
    let pattern = pattern.value.clone().into_string()?.to_lowercase();
    if pattern.contains('%') {
        return None;
    }
    let parts = [
        ("yyyy", "yyyy"),
        ("hh24", "HH"),
        ("yy", "yy"),
        ("mm", "MM"),
        ("dd", "dd"),
        ("hh", "hh"),
        ("mi", "mm"),
        ("ss", "ss"),
    ];
    let (mut made, mut rest) = (String::new(), pattern.as_str());
    while let Some(next) = rest.chars().next() {
        let part = parts.iter().find(|(from, _)| rest.starts_with(from));
        let (taken, joda) = match part {
            Some((from, to)) => (from.len(), (*to).to_owned()),
            None if next.is_ascii_alphabetic() => return None,
            None => (next.len_utf8(), next.to_string()),
        };
        made.push_str(&joda);
        rest = &rest[taken..];
    }
    Some(call("format_datetime", vec![(*time).clone(), text(made)]))
}

/// `ROW(a, b)` has fields without names, which Trino counts from 0.
fn row(function: &Function) -> Option<Expr> {
    let values = arguments(function)?;
    let fields = values
        .into_iter()
        .enumerate()
        .flat_map(|(place, value)| [text(format!("field{place}")), value.clone()]);
    Some(call("named_struct", fields.collect()))
}

/// `listagg(x)` without an order is `listagg(x, '')`.
fn listagg(function: &mut Function) {
    let FunctionArguments::List(list) = &mut function.args else {
        return;
    };
    if list.args.len() == 1 {
        list.args
            .push(FunctionArg::Unnamed(FunctionArgExpr::Expr(text(""))));
    }
    // What overflows is an error anyway.
    list.clauses
        .retain(|clause| !matches!(clause, FunctionArgumentClause::OnOverflow(_)));
}

/// `count(DISTINCT a, b)` counts the pairs in which nothing is NULL.
fn count_distinct(function: &mut Function) {
    let FunctionArguments::List(list) = &mut function.args else {
        return;
    };
    if list.duplicate_treatment != Some(DuplicateTreatment::Distinct) || list.args.len() < 2 {
        return;
    }
    let values: Option<Vec<Expr>> = list
        .args
        .iter()
        .map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => Some(value.clone()),
            _ => None,
        })
        .collect();
    let Some(values) = values else {
        return;
    };
    let known = values
        .iter()
        .map(|value| Expr::IsNotNull(Box::new(Expr::Nested(Box::new(value.clone())))))
        .reduce(|left, right| Expr::BinaryOp {
            left: Box::new(left),
            op: datafusion::sql::sqlparser::ast::BinaryOperator::And,
            right: Box::new(right),
        });
    let Some(condition) = known else {
        return;
    };
    let pair = Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: vec![CaseWhen {
            condition,
            result: call("struct", values),
        }],
        else_result: None,
    };
    list.args = vec![FunctionArg::Unnamed(FunctionArgExpr::Expr(pair))];
}

/// The function that gives a field as Trino counts it, where DataFusion's EXTRACT would not.
fn extracting(field: &DateTimeField) -> Option<&'static str> {
    Some(match field.to_string().to_lowercase().as_str() {
        "year" => "year",
        "quarter" => "quarter",
        "month" => "month",
        "week" => "week",
        "day" | "day_of_month" => "day",
        "dow" | "dayofweek" | "day_of_week" => "day_of_week",
        "doy" | "dayofyear" | "day_of_year" => "day_of_year",
        "yow" | "year_of_week" => "year_of_week",
        "hour" => "hour",
        "minute" => "minute",
        "second" => "second",
        "timezone_hour" => "timezone_hour",
        "timezone_minute" => "timezone_minute",
        _ => return None,
    })
}
