//! `format`, after Java's `Formatter`.

use arrow::{
    array::{Array, ArrayRef, AsArray, StringViewArray},
    compute::cast,
    datatypes::{DataType, Decimal128Type, Float64Type, Int64Type},
};
use datafusion::{
    common::{exec_datafusion_err, exec_err},
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};

use super::{
    number::{Digits, java_double},
    plain::{
        Kind::{Any, Text},
        Plain, Texts, text_rows,
    },
};
use crate::functions::support::TEXT;

/// The widest field, and the longest fraction: more is a mistake, and would fill the memory.
const WIDEST: usize = 4096;

/// The functions of this module.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![Plain::new("format", &[Text], TEXT, format).rest(Any).into()]
}

fn format(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let formats = Texts::of(&arguments[0], rows)?;
    let columns = arguments[1..]
        .iter()
        .map(|argument| Column::of(&argument.to_array(rows)?))
        .collect::<Result<Vec<_>>>()?;
    let mut known: Option<(String, Vec<Piece>)> = None;
    text_rows(rows, |row, made| {
        let Some(format) = formats.get(row) else {
            return Ok(false);
        };
        let pieces = match &mut known {
            Some((text, pieces)) if text == format => pieces,
            known => &mut known.insert((format.to_owned(), pieces(format)?)).1,
        };
        for piece in pieces.iter() {
            match piece {
                Piece::Text(text) => made.push_str(text),
                Piece::Field(field) => {
                    let Some(column) = columns.get(field.argument) else {
                        return exec_err!(
                            "format: {format:?} needs {} arguments, there are {}",
                            field.argument + 1,
                            columns.len()
                        );
                    };
                    field
                        .print(&column.get(row), made)
                        .map_err(|why| exec_datafusion_err!("format: {why}, in {format:?}"))?;
                }
            }
        }
        Ok(true)
    })
}

/// An argument's values.
enum Column {
    Text(StringViewArray),
    Integer(arrow::array::Int64Array),
    Decimal(arrow::array::Decimal128Array, i8),
    Double(arrow::array::Float64Array),
    Truth(arrow::array::BooleanArray),
}

enum Value<'a> {
    Null,
    Text(&'a str),
    Integer(i64),
    Decimal(i128, i8),
    Double(f64),
    Truth(bool),
}

impl Column {
    fn of(array: &ArrayRef) -> Result<Self> {
        Ok(match array.data_type() {
            DataType::Decimal128(_, scale) => {
                Self::Decimal(array.as_primitive::<Decimal128Type>().clone(), *scale)
            }
            number if number.is_integer() => {
                let integers = cast(array, &DataType::Int64)?;
                Self::Integer(integers.as_primitive::<Int64Type>().clone())
            }
            number if number.is_floating() => {
                let doubles = cast(array, &DataType::Float64)?;
                Self::Double(doubles.as_primitive::<Float64Type>().clone())
            }
            DataType::Boolean => Self::Truth(array.as_boolean().clone()),
            _ => Self::Text(cast(array, &TEXT)?.as_string_view().clone()),
        })
    }

    fn get(&self, row: usize) -> Value<'_> {
        match self {
            Self::Text(values) if values.is_valid(row) => Value::Text(values.value(row)),
            Self::Integer(values) if values.is_valid(row) => Value::Integer(values.value(row)),
            Self::Decimal(values, scale) if values.is_valid(row) => {
                Value::Decimal(values.value(row), *scale)
            }
            Self::Double(values) if values.is_valid(row) => Value::Double(values.value(row)),
            Self::Truth(values) if values.is_valid(row) => Value::Truth(values.value(row)),
            _ => Value::Null,
        }
    }
}

/// A part of a format.
enum Piece {
    Text(String),
    Field(Field),
}

/// `%[argument$][flags][width][.precision]conversion`
#[derive(Default)]
struct Field {
    argument: usize,
    flags: String,
    width: usize,
    precision: Option<usize>,
    conversion: char,
}

fn pieces(format: &str) -> Result<Vec<Piece>> {
    let mut made = Vec::new();
    let mut rest = format;
    let mut next = 0;
    while let Some((text, after)) = rest.split_once('%') {
        if !text.is_empty() {
            made.push(Piece::Text(text.to_owned()));
        }
        let mut field = Field::default();
        let (number, after_number) = leading_number(after, format)?;
        let (explicit, after) = match (number, after_number.strip_prefix('$')) {
            (Some(number @ 1..), Some(after)) => (Some(number - 1), after),
            _ => (None, after),
        };
        let end = after
            .find(|flag| !"-+ 0,(#".contains(flag))
            .unwrap_or(after.len());
        let (flags, after) = after.split_at(end);
        flags.clone_into(&mut field.flags);
        let (width, mut after) = leading_number(after, format)?;
        field.width = width.unwrap_or(0);
        if let Some(digits) = after.strip_prefix('.') {
            let (precision, after_precision) = leading_number(digits, format)?;
            if precision.is_none() {
                return exec_err!("format: a precision is missing in {format:?}");
            }
            field.precision = precision;
            after = after_precision;
        }
        let mut letters = after.chars();
        let Some(conversion) = letters.next() else {
            return exec_err!("format: {format:?} ends within a field");
        };
        rest = letters.as_str();
        field.conversion = conversion;
        match conversion {
            'n' => made.push(Piece::Text("\n".to_owned())),
            '%' => {
                let mut text = String::new();
                field.pad("%", &mut text);
                made.push(Piece::Text(text));
            }
            's' | 'S' | 'd' | 'f' | 'e' | 'E' | 'x' | 'X' | 'o' | 'b' | 'B' | 'c' => {
                field.argument = explicit.unwrap_or(next);
                if explicit.is_none() {
                    next += 1;
                }
                made.push(Piece::Field(field));
            }
            't' | 'T' => {
                return exec_err!(
                    "format: {format:?} formats a date, which only date_format does here"
                );
            }
            other => return exec_err!("format: unknown conversion '{other}' in {format:?}"),
        }
        if made.len() > WIDEST {
            return exec_err!("format: more than {WIDEST} fields");
        }
    }
    if !rest.is_empty() {
        made.push(Piece::Text(rest.to_owned()));
    }
    Ok(made)
}

/// The number that text begins with, unless its first digit is 0, which is a flag.
fn leading_number<'a>(text: &'a str, format: &str) -> Result<(Option<usize>, &'a str)> {
    let end = text
        .find(|digit: char| !digit.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() {
        return Ok((None, text));
    }
    match digits.parse() {
        Ok(number) if number <= WIDEST => Ok((Some(number), rest)),
        _ => exec_err!("format: {digits} in {format:?} is more than {WIDEST}"),
    }
}

impl Field {
    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    fn pad(&self, text: &str, made: &mut String) {
        let missing = self.width.saturating_sub(text.chars().count());
        let spaces = std::iter::repeat_n(' ', missing);
        if self.has('-') {
            made.push_str(text);
            made.extend(spaces);
        } else {
            made.extend(spaces);
            made.push_str(text);
        }
    }

    fn print(&self, value: &Value<'_>, made: &mut String) -> Result<(), String> {
        let shown = match self.conversion {
            's' | 'S' | 'b' | 'B' => self.text(value),
            'c' => match value {
                Value::Null => "null".to_owned(),
                Value::Text(text) if text.chars().count() == 1 => (*text).to_owned(),
                Value::Integer(number) => u32::try_from(*number)
                    .ok()
                    .and_then(char::from_u32)
                    .ok_or_else(|| format!("{number} is no character"))?
                    .to_string(),
                _ => return Err("%c takes a character".to_owned()),
            },
            _ if matches!(value, Value::Null) => "null".to_owned(),
            'x' | 'X' | 'o' => {
                let Value::Integer(number) = value else {
                    return Err(format!("%{} takes an integer", self.conversion));
                };
                let digits = match self.conversion {
                    'x' => format!("{number:x}"),
                    'X' => format!("{number:X}"),
                    _ => format!("{number:o}"),
                };
                self.signed(false, "", &digits)
            }
            _ => self.number(value)?,
        };
        if matches!(self.conversion, 'S' | 'B') {
            self.pad(&shown.to_uppercase(), made);
        } else {
            self.pad(&shown, made);
        }
        Ok(())
    }

    fn text(&self, value: &Value<'_>) -> String {
        let is_truth = matches!(self.conversion, 'b' | 'B');
        let text = match value {
            Value::Null if is_truth => "false".to_owned(),
            Value::Truth(truth) => truth.to_string(),
            _ if is_truth => "true".to_owned(),
            Value::Null => "null".to_owned(),
            Value::Text(text) => (*text).to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Double(double) => java_double(*double),
            Value::Decimal(unscaled, scale) => {
                let digits = Digits::of_decimal(*unscaled, *scale);
                let places = usize::try_from(*scale).unwrap_or(0);
                let (whole, fraction) = digits.fixed(places);
                let sign = if digits.is_negative { "-" } else { "" };
                let point = if places > 0 { "." } else { "" };
                format!("{sign}{whole}{point}{fraction}")
            }
        };
        match self.precision {
            Some(longest) => text.chars().take(longest).collect(),
            None => text,
        }
    }

    fn number(&self, value: &Value<'_>) -> Result<String, String> {
        let digits = match value {
            Value::Integer(number) => Digits::of_decimal((*number).into(), 0),
            _ if self.conversion == 'd' => {
                return Err("%d takes an integer: cast the value to bigint, or use %.0f".to_owned());
            }
            Value::Decimal(unscaled, scale) => Digits::of_decimal(*unscaled, *scale),
            Value::Double(double) => match Digits::of_double(*double) {
                Some(digits) => digits,
                None => return Ok(java_double(*double)),
            },
            _ => return Err(format!("%{} takes a number", self.conversion)),
        };
        let places = match self.conversion {
            'd' => 0,
            _ => self.precision.unwrap_or(6),
        };
        let point = if places > 0 { "." } else { "" };
        if let 'e' | 'E' = self.conversion {
            let (first, rest, exponent) = digits.scientific(places);
            let sign = if exponent < 0 { '-' } else { '+' };
            let shown = format!("{point}{rest}e{sign}{:02}", exponent.abs());
            let shown = self.signed(digits.is_negative, &first, &shown);
            return Ok(if self.conversion == 'E' {
                shown.to_uppercase()
            } else {
                shown
            });
        }
        let (whole, fraction) = digits.fixed(places);
        Ok(self.signed(digits.is_negative, &whole, &format!("{point}{fraction}")))
    }

    /// With its sign, its groups of three and the zeros that fill its width.
    fn signed(&self, is_negative: bool, whole: &str, rest: &str) -> String {
        let (before, after) = match is_negative {
            true if self.has('(') => ("(", ")"),
            true => ("-", ""),
            false if self.has('+') => ("+", ""),
            false if self.has(' ') => (" ", ""),
            false => ("", ""),
        };
        let mut grouped = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if self.has(',') && place > 0 && (whole.len() - place).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let zeros = if self.has('0') {
            let taken = before.len() + grouped.len() + rest.len() + after.len();
            "0".repeat(self.width.saturating_sub(taken))
        } else {
            String::new()
        };
        format!("{before}{zeros}{grouped}{rest}{after}")
    }
}
