//! Rules about expressions: casts, operators and functions that DataFusion has under other names, or not at all.

use sqlparser::ast::{
    AccessExpr, Array, ArrayElemTypeDef, BinaryOperator, DataType, ExactNumberInfo, Expr, Function,
    FunctionArguments, ObjectName, Subscript, Value, ValueWithSpan,
};

use super::{make, patterns};
use crate::pg::catalog::{
    functions::{elements, escaped},
    relations,
};

/// Names without parentheses that are functions.
const NILADIC: [&str; 6] = [
    "current_catalog",
    "current_role",
    "current_schema",
    "current_user",
    "session_user",
    "user",
];

/// Columns that hold functions. The catalog tells these by name.
const FUNCTIONS: [&str; 13] = [
    "aggfnoid",
    "amhandler",
    "amproc",
    "oprcode",
    "prosupport",
    "typanalyze",
    "typinput",
    "typmodin",
    "typmodout",
    "typoutput",
    "typreceive",
    "typsend",
    "typsubscript",
];

/// Rewrites one expression whose parts have been rewritten.
pub(super) fn rewrite(expr: &mut Expr) {
    match expr {
        Expr::Collate { expr: inner, .. } => *expr = make::take(inner),
        Expr::Identifier(name)
            if name.quote_style.is_none() && NILADIC.contains(&make::folded(name).as_str()) =>
        {
            *expr = make::call(&make::folded(name), Vec::new());
        }
        Expr::Function(function) => {
            if let Some(instead) = of_function(function) {
                *expr = instead;
            }
        }
        Expr::Cast { .. } => cast(expr),
        Expr::BinaryOp { .. } => operator(expr),
        Expr::AnyOp { left, right, .. } | Expr::AllOp { left, right, .. } => {
            array(right, is_number(left));
        }
        Expr::Like {
            pattern,
            escape_char,
            ..
        }
        | Expr::ILike {
            pattern,
            escape_char,
            ..
        } => escape(pattern, escape_char),
        _ => {}
    }
}

fn of_function(function: &mut Function) -> Option<Expr> {
    let names = make::parts(&function.name);
    if let [schema, name] = names.as_slice()
        && super::is_own_schema(schema)
    {
        function.name = ObjectName::from(make::quoted(name));
    }
    let name = names.last()?.as_str();
    match (&function.args, name) {
        (FunctionArguments::None, name) if NILADIC.contains(&name) => {
            Some(make::call(name, Vec::new()))
        }
        (FunctionArguments::List(_), "to_char" | "to_date" | "to_timestamp") => {
            let arguments = make::arguments(function);
            let [value, pattern] = arguments.as_slice() else {
                return None;
            };
            let pattern = patterns::of_time(make::literal(pattern)?)?;
            Some(make::call(
                name,
                vec![(*value).clone(), make::text(&pattern)],
            ))
        }
        _ => None,
    }
}

/// A type's name as `PostgreSQL` knows it: without a schema and length, in lower case.
fn type_name(data_type: &DataType) -> String {
    let text = data_type.to_string();
    let text = text.strip_prefix("pg_catalog.").unwrap_or(&text);
    let text = text.strip_prefix("information_schema.").unwrap_or(text);
    if text == "\"char\"" {
        return "text".to_owned();
    }
    text.trim_matches('"').to_lowercase()
}

fn cast(expr: &mut Expr) {
    let Expr::Cast {
        expr: inner,
        data_type,
        ..
    } = expr
    else {
        return;
    };
    let name = type_name(data_type);
    if let Some(element) = element_name(&name) {
        let element = plain(&element).unwrap_or(DataType::Text);
        array(inner, false);
        let list = match make::take(inner) {
            list @ Expr::Array(_) => list,
            list if make::argument_of(&list, "pg_array").is_some() => list,
            other => make::call("pg_array", vec![other]),
        };
        let target = DataType::Array(ArrayElemTypeDef::SquareBracket(Box::new(element), None));
        *expr = make::cast(list, target);
        return;
    }
    let function = match name.as_str() {
        "regclass" => "pg_regclass",
        "regtype" => "pg_regtype",
        "regnamespace" => "pg_regnamespace",
        "regrole" => "pg_regrole",
        "regproc" | "regprocedure" | "regoper" | "regoperator" => "pg_regproc",
        other => {
            if let Some(target) = plain(other) {
                *data_type = target;
            }
            through_names(expr);
            return;
        }
    };
    *expr = make::call(function, vec![make::take(inner)]);
}

/// `x::regclass::oid` is a number and `x::regclass::text` a name, whichever `x` is.
fn through_names(expr: &mut Expr) {
    let Expr::Cast {
        expr: inner,
        data_type,
        ..
    } = expr
    else {
        return;
    };
    let ending = match data_type {
        DataType::BigInt(_) | DataType::Int(_) | DataType::Integer(_) => "oid",
        DataType::Text | DataType::Varchar(_) | DataType::CharacterVarying(_) => "text",
        _ => return,
    };
    for name in ["pg_regclass", "pg_regtype", "pg_regnamespace", "pg_regrole"] {
        if let Some(argument) = make::argument_of(inner, name) {
            *expr = make::call(&format!("{name}_{ending}"), vec![argument.clone()]);
            return;
        }
    }
    if ending == "oid" {
        let named = make::argument_of(inner, "pg_regproc").cloned();
        let function = named.or_else(|| is_function(inner).then(|| inner.as_ref().clone()));
        if let Some(function) = function {
            *expr = make::call("pg_regproc_oid", vec![function]);
        }
    }
}

/// The name of an array type's elements.
fn element_name(name: &str) -> Option<String> {
    let bracketed = name.strip_suffix("[]");
    let element = bracketed.or_else(|| name.strip_prefix('_'))?;
    let element = element.strip_prefix("pg_catalog.").unwrap_or(element);
    Some(element.trim_matches('"').to_owned())
}

/// A type that DataFusion knows by another name, or by none.
fn plain(name: &str) -> Option<DataType> {
    Some(match name {
        "oid" | "xid" | "cid" | "int8" | "bigint" => DataType::BigInt(None),
        "int4" | "int" | "integer" | "cardinal_number" => DataType::Integer(None),
        "int2" | "smallint" => DataType::SmallInt(None),
        "bool" | "boolean" => DataType::Boolean,
        "float4" | "real" => DataType::Real,
        "float8" | "double precision" => DataType::DoublePrecision,
        // Without a precision, DataFusion's would cut amounts off.
        "numeric" | "decimal" | "dec" => {
            DataType::Decimal(ExactNumberInfo::PrecisionAndScale(38, 18))
        }
        "text" | "name" | "bpchar" | "varchar" | "character varying" | "unknown" | "cstring"
        | "sql_identifier" | "character_data" | "yes_or_no" | "json" | "jsonb" | "xml" | "uuid"
        | "inet" | "cidr" | "aclitem" | "pg_node_tree" | "pg_lsn" | "citext" => DataType::Text,
        _ => return None,
    })
}

fn is_function(expr: &Expr) -> bool {
    make::column(expr).is_some_and(|column| FUNCTIONS.contains(&column.as_str()))
}

fn operator(expr: &mut Expr) {
    let Expr::BinaryOp { left, op, right } = expr else {
        return;
    };
    if let BinaryOperator::PGCustomBinaryOperator(names) = op
        && let Some(known) = names.last().and_then(|symbol| known_operator(symbol))
    {
        *op = known;
    }
    match op {
        BinaryOperator::Arrow | BinaryOperator::LongArrow => {
            *expr = Expr::CompoundFieldAccess {
                root: Box::new(make::take(left)),
                access_chain: vec![AccessExpr::Subscript(Subscript::Index {
                    index: make::take(right),
                })],
            };
        }
        BinaryOperator::Eq | BinaryOperator::NotEq => {
            of_functions(left, right);
            of_functions(right, left);
            of_names(left, right);
        }
        _ => {}
    }
}

/// Compares two that are told by name by their numbers: of some there is no name.
fn of_names(left: &mut Expr, right: &mut Expr) {
    for name in ["pg_regclass", "pg_regtype", "pg_regnamespace", "pg_regrole"] {
        if let Some(first) = make::argument_of(left, name)
            && let Some(second) = make::argument_of(right, name)
        {
            let number = format!("{name}_oid");
            let (first, second) = (first.clone(), second.clone());
            *left = make::call(&number, vec![first]);
            *right = make::call(&number, vec![second]);
            return;
        }
    }
}

/// Compares a column of functions by number if the other side is one.
fn of_functions(function: &mut Expr, other: &Expr) {
    if !is_function(function) {
        return;
    }
    let by_number = match other {
        Expr::Value(value) => matches!(value.value, Value::Number(..)),
        other => {
            make::column(other).is_some_and(|column| column == "oid")
                || make::argument_of(other, "pg_regproc_oid").is_some()
        }
    };
    if by_number {
        *function = make::call("pg_regproc_oid", vec![make::take(function)]);
    }
}

fn known_operator(symbol: &str) -> Option<BinaryOperator> {
    Some(match symbol {
        "~" => BinaryOperator::PGRegexMatch,
        "~*" => BinaryOperator::PGRegexIMatch,
        "!~" => BinaryOperator::PGRegexNotMatch,
        "!~*" => BinaryOperator::PGRegexNotIMatch,
        "~~" => BinaryOperator::PGLikeMatch,
        "~~*" => BinaryOperator::PGILikeMatch,
        "!~~" => BinaryOperator::PGNotLikeMatch,
        "!~~*" => BinaryOperator::PGNotILikeMatch,
        "=" => BinaryOperator::Eq,
        "<>" | "!=" => BinaryOperator::NotEq,
        "<" => BinaryOperator::Lt,
        "<=" => BinaryOperator::LtEq,
        ">" => BinaryOperator::Gt,
        ">=" => BinaryOperator::GtEq,
        "+" => BinaryOperator::Plus,
        "-" => BinaryOperator::Minus,
        "*" => BinaryOperator::Multiply,
        "/" => BinaryOperator::Divide,
        "%" => BinaryOperator::Modulo,
        "||" => BinaryOperator::StringConcat,
        _ => return None,
    })
}

/// Whether it is a column of the catalog that holds numbers.
fn is_number(expr: &Expr) -> bool {
    let Some(column) = make::column(expr) else {
        return false;
    };
    let mut types = relations::all()
        .iter()
        .filter_map(|own| own.type_of(&column));
    types.any(|of| ["oid", "int2", "int4", "int8"].contains(&of))
}

/// Makes an array of text in `PostgreSQL`'s notation: `'{a,b}'` is `ARRAY['a', 'b']`.
fn array(expr: &mut Expr, of_numbers: bool) {
    if make::is_placeholder(expr) {
        *expr = make::call("pg_array", vec![make::take(expr)]);
        return;
    }
    let Some(elements) = make::literal(expr).and_then(|text| elements(text).ok()) else {
        return;
    };
    if elements.is_empty() {
        *expr = make::call("pg_array", vec![make::take(expr)]);
        return;
    }
    let elem = elements.iter().map(|element| match element {
        Some(digits) if of_numbers && digits.parse::<i64>().is_ok() => make::number(&digits),
        Some(text) => make::text(text),
        None => make::null(),
    });
    *expr = Expr::Array(Array {
        elem: elem.collect(),
        named: true,
    });
}

/// DataFusion's patterns know no other escape than a backslash.
fn escape(pattern: &mut Expr, escape_char: &mut Option<ValueWithSpan>) {
    let Some(other) = escape_char.as_ref().and_then(escape_of) else {
        return;
    };
    *escape_char = None;
    *pattern = match joined(pattern) {
        Some(text) => make::text(&escaped(&text, other)),
        None => make::call(
            "like_escape",
            vec![make::take(pattern), make::text(&other.to_string())],
        ),
    };
}

/// The character that a clause names, if it is not the backslash that is meant anyway.
fn escape_of(value: &ValueWithSpan) -> Option<char> {
    match &value.value {
        Value::SingleQuotedString(text) => text.chars().next().filter(|c| *c != '\\'),
        _ => None,
    }
}

/// The text of literals that are joined by `||`.
fn joined(expr: &Expr) -> Option<String> {
    match expr {
        Expr::BinaryOp {
            left,
            op: BinaryOperator::StringConcat,
            right,
        } => Some(joined(left)? + &joined(right)?),
        other => make::literal(other).map(str::to_owned),
    }
}
