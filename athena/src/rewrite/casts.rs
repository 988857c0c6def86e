//! Casts to types that DataFusion does not plan, or plans to mean something else, and literals of them.

use datafusion::{
    error::Result,
    sql::sqlparser::ast::{
        ArrayElemTypeDef, CastKind, CharacterLength, DataType, ExactNumberInfo, Expr, Statement,
        StructField, TimezoneInfo, TypedString, UnaryOperator, Value,
    },
};

use super::{each_expression, take};
use crate::{
    ast::{arguments, bare, call, name, number, text},
    functions,
};

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    each_expression(statement, |expression| {
        match expression {
            Expr::Cast {
                kind,
                expr,
                data_type,
                ..
            } => {
                if let Some(made) = cast(kind, expr, data_type) {
                    *expression = made;
                }
            }
            Expr::TypedString(literal) => {
                if let Some(made) = typed(literal) {
                    *expression = made;
                }
            }
            // Numbers with an exponent are doubles, others decimals.
            Expr::Value(value) => {
                if let Value::Number(digits, _) = &value.value
                    && digits.contains(['e', 'E'])
                {
                    *expression = Expr::TypedString(TypedString {
                        data_type: DataType::Double(ExactNumberInfo::None),
                        value: Value::SingleQuotedString(digits.clone()).with_span(value.span),
                        uses_odbc_syntax: false,
                    });
                }
            }
            _ => {}
        }
        Ok(())
    })
}

fn cast(kind: &CastKind, expr: &mut Expr, data_type: &mut DataType) -> Option<Expr> {
    let has_parts = matches!(
        data_type,
        DataType::JSON | DataType::Array(_) | DataType::Map(..) | DataType::Struct(..)
    );
    if is_json(expr) && !has_parts {
        let scalar = call("json_extract_scalar", vec![take(expr), text("$")]);
        *expr = scalar;
    }
    match data_type {
        DataType::JSON => {
            let function = if matches!(kind, CastKind::TryCast | CastKind::SafeCast) {
                "try_to_json"
            } else {
                "to_json"
            };
            Some(call(function, vec![take(expr)]))
        }
        DataType::Struct(fields, _) => row(kind, expr, fields),
        // Rows have the names of their fields before they are gathered.
        DataType::Array(ArrayElemTypeDef::AngleBracket(item))
            if matches!(item.as_ref(), DataType::Struct(..)) =>
        {
            let Expr::Array(array) = expr else {
                return None;
            };
            for element in &mut array.elem {
                *element = Expr::Cast {
                    kind: kind.clone(),
                    expr: Box::new(take(element)),
                    data_type: item.as_ref().clone(),
                    array: false,
                    format: None,
                };
            }
            (!array.elem.is_empty()).then(|| take(expr))
        }
        DataType::Timestamp(_, TimezoneInfo::WithTimeZone | TimezoneInfo::Tz) => {
            let Expr::Value(value) = &*expr else {
                return None;
            };
            in_zone(&value.value.clone().into_string()?)
        }
        DataType::Varchar(length) | DataType::CharacterVarying(length) => {
            length.take().and_then(limit).map(|length| {
                let whole = as_varchar(kind, take(expr));
                call("substr", vec![whole, number(&1), number(&length)])
            })
        }
        DataType::Char(length) | DataType::Character(length) => {
            length.take().and_then(limit).map(|length| {
                let whole = as_varchar(kind, take(expr));
                call("rpad", vec![whole, number(&length), text(" ")])
            })
        }
        _ => None,
    }
}

/// Whether it is a JSON value, which is text here and has its quotes then.
fn is_json(expression: &Expr) -> bool {
    match bare(expression) {
        Expr::Function(function) => {
            let name = name(function).unwrap_or_default();
            let name = name.strip_prefix("try_").unwrap_or(name);
            ["json_parse", "json_extract", "to_json"].contains(&name)
        }
        _ => false,
    }
}

fn as_varchar(kind: &CastKind, expr: Expr) -> Expr {
    Expr::Cast {
        kind: kind.clone(),
        expr: Box::new(expr),
        data_type: DataType::Varchar(None),
        array: false,
        format: None,
    }
}

fn limit(length: CharacterLength) -> Option<u64> {
    match length {
        CharacterLength::IntegerLength { length, .. } => Some(length),
        CharacterLength::Max => None,
    }
}

/// `CAST(ROW(1, 'a') AS ROW(x integer, y varchar))` names the fields of the row.
fn row(kind: &CastKind, expr: &Expr, fields: &[StructField]) -> Option<Expr> {
    let values: Vec<&Expr> = match bare(expr) {
        Expr::Function(function) if name(function) == Some("named_struct") => arguments(function)?
            .into_iter()
            .skip(1)
            .step_by(2)
            .collect(),
        Expr::Tuple(values) => values.iter().collect(),
        _ => return None,
    };
    if values.len() != fields.len() {
        return None;
    }
    let named = fields.iter().zip(values).enumerate();
    let named = named.flat_map(|(place, (field, value))| {
        let label = match &field.field_name {
            Some(label) => label.value.to_lowercase(),
            None => format!("field{place}"),
        };
        let value = Expr::Cast {
            kind: kind.clone(),
            expr: Box::new(value.clone()),
            data_type: field.field_type.clone(),
            array: false,
            format: None,
        };
        [text(label), value]
    });
    Some(call("named_struct", named.collect()))
}

/// A literal that names its type, where text cast to the type is not the same.
/// A time in the zone that its text names, if it does.
fn in_zone(value: &str) -> Option<Expr> {
    let zone = functions::zone_named(value)?;
    let instant = Expr::Cast {
        kind: CastKind::Cast,
        expr: Box::new(text(value)),
        data_type: DataType::Timestamp(None, TimezoneInfo::None),
        array: false,
        format: None,
    };
    Some(call("at_timezone", vec![instant, text(zone)]))
}

fn typed(literal: &TypedString) -> Option<Expr> {
    let value = literal.value.clone().into_string()?;
    let value = value.as_str();
    match &literal.data_type {
        // The zone that it names is a part of it.
        DataType::Timestamp(..) => in_zone(value),
        DataType::JSON => Some(call("json_parse", vec![text(value)])),
        // It has as many digits as are written.
        DataType::Decimal(_) => {
            let value = value.trim();
            let (negative, digits) = match value.strip_prefix('-') {
                Some(digits) => (true, digits),
                None => (false, value.strip_prefix('+').unwrap_or(value)),
            };
            let plain = digits.chars().any(|c| c.is_ascii_digit())
                && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
                && digits.matches('.').count() <= 1;
            // Without a point it would be an integer.
            if !plain || !digits.contains('.') {
                return None;
            }
            let literal = number(&digits);
            Some(if negative {
                Expr::UnaryOp {
                    op: UnaryOperator::Minus,
                    expr: Box::new(literal),
                }
            } else {
                literal
            })
        }
        _ => None,
    }
}
