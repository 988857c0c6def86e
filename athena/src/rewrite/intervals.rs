//! Intervals: signs, products and forms of several units.

use datafusion::{
    error::{DataFusionError, Result},
    sql::sqlparser::ast::{
        BinaryOperator, DateTimeField, Expr, Interval, Statement, UnaryOperator, Value,
    },
};

use super::each_expression;
use crate::ast::{bare, call, number, text};

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    each_expression(statement, |expression| {
        if let Some(made) = shifted(expression)? {
            *expression = made;
        } else if let Some(span) = span(expression)? {
            *expression = span.made();
        }
        Ok(())
    })
}

/// An interval of constants: how many of which units.
#[derive(Debug, Clone)]
struct Span(Vec<(Count, &'static str)>);

/// A number of units in millionths, in which seconds have fractions.
type Count = i128;

const ONE: Count = 1_000_000;

/// The units from the longest to the shortest, and how many a longer one has of each.
const UNITS: [&str; 6] = ["year", "month", "day", "hour", "minute", "second"];

impl Span {
    fn times(mut self, factor: Count) -> Result<Self> {
        for (count, _) in &mut self.0 {
            *count = count
                .checked_mul(factor)
                .filter(|count| count.abs() / ONE <= i128::from(i64::MAX))
                .ok_or_else(|| {
                    DataFusionError::Plan(format!("the interval times {factor} is too long"))
                })?;
        }
        Ok(self)
    }

    fn made(&self) -> Expr {
        let (value, leading_field) = match self.0.as_slice() {
            [(count, unit)] => (printed(*count), field(unit)),
            several => {
                let parts: Vec<_> = several
                    .iter()
                    .map(|(count, unit)| format!("{} {unit}s", printed(*count)))
                    .collect();
                (parts.join(" "), None)
            }
        };
        Expr::Interval(Interval {
            value: Box::new(text(value)),
            leading_field,
            leading_precision: None,
            last_field: None,
            fractional_seconds_precision: None,
        })
    }
}

fn printed(count: Count) -> String {
    let sign = if count < 0 { "-" } else { "" };
    let (whole, part) = (count.abs() / ONE, count.abs() % ONE);
    if part == 0 {
        format!("{sign}{whole}")
    } else {
        let digits = format!("{part:06}");
        format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

fn field(unit: &str) -> Option<DateTimeField> {
    Some(match unit {
        "year" => DateTimeField::Year,
        "month" => DateTimeField::Month,
        "week" => DateTimeField::Week(None),
        "day" => DateTimeField::Day,
        "hour" => DateTimeField::Hour,
        "minute" => DateTimeField::Minute,
        "second" => DateTimeField::Second,
        _ => return None,
    })
}

fn unit(field: &DateTimeField) -> Option<&'static str> {
    Some(match field {
        DateTimeField::Year | DateTimeField::Years => "year",
        DateTimeField::Month | DateTimeField::Months => "month",
        DateTimeField::Week(None) | DateTimeField::Weeks => "week",
        DateTimeField::Day | DateTimeField::Days => "day",
        DateTimeField::Hour | DateTimeField::Hours => "hour",
        DateTimeField::Minute | DateTimeField::Minutes => "minute",
        DateTimeField::Second | DateTimeField::Seconds => "second",
        _ => return None,
    })
}

/// The interval that an expression of constants comes to.
fn span(expression: &Expr) -> Result<Option<Span>> {
    match bare(expression) {
        Expr::Interval(interval) => literal(interval),
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr,
        } => span(expr)?.map(|span| span.times(-1)).transpose(),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Multiply,
            right,
        } => {
            let (factor, interval) = match (whole(left), whole(right)) {
                (Some(factor), _) => (factor, right),
                (_, Some(factor)) => (factor, left),
                _ => return Ok(None),
            };
            span(interval)?.map(|span| span.times(factor)).transpose()
        }
        _ => Ok(None),
    }
}

/// A whole number with its sign.
fn whole(expression: &Expr) -> Option<Count> {
    match bare(expression) {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => digits.parse::<i64>().ok().map(Count::from),
            _ => None,
        },
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr,
        } => whole(expr).map(|number| -number),
        _ => None,
    }
}

/// The literal's parts; `None` for one that says its units in its text, which DataFusion reads.
fn literal(interval: &Interval) -> Result<Option<Span>> {
    let Some(first) = interval.leading_field.as_ref().and_then(unit) else {
        // Seconds to DataFusion, and a slip of the pen to whoever wrote it.
        let bare = signed(&interval.value).filter(|(_, value)| {
            interval.leading_field.is_none() && !value.contains(char::is_alphabetic)
        });
        return match bare {
            Some((_, value)) => Err(DataFusionError::Plan(format!(
                "INTERVAL '{value}' lacks its unit, such as DAY"
            ))),
            None => Ok(None),
        };
    };
    let Some((negative, value)) = signed(&interval.value) else {
        return Ok(None);
    };
    let wrong = || {
        DataFusionError::Plan(format!(
            "'{value}' is no value of an interval {}",
            interval.last_field.as_ref().map_or_else(
                || first.to_owned(),
                |last| format!("{first} to {last}").to_lowercase()
            )
        ))
    };
    let last = match &interval.last_field {
        Some(last) => unit(last).ok_or_else(wrong)?,
        None => first,
    };
    let units: Vec<_> = if first == last {
        vec![first]
    } else {
        let units = UNITS.iter().copied();
        let mut units: Vec<_> = units.skip_while(|unit| *unit != first).collect();
        let end = units.iter().position(|unit| *unit == last);
        units.truncate(end.ok_or_else(wrong)? + 1);
        units
    };
    let (negative, value) = match value.trim().strip_prefix('-') {
        Some(rest) => (!negative, rest.to_owned()),
        None => (negative, value.trim().trim_start_matches('+').to_owned()),
    };
    let parts: Vec<_> = value.split(['-', ' ', ':']).collect();
    if parts.len() > units.len() {
        return Err(wrong());
    }
    let mut counts = Vec::with_capacity(parts.len());
    for (part, unit) in parts.into_iter().zip(units) {
        let count = count(part).ok_or_else(wrong)?;
        counts.push((if negative { -count } else { count }, unit));
    }
    Ok(Some(Span(counts)))
}

/// The text of a literal, and whether a sign before it turns it around.
fn signed(value: &Expr) -> Option<(bool, String)> {
    match bare(value) {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some((false, text.clone())),
            Value::Number(digits, _) => Some((false, digits.clone())),
            _ => None,
        },
        Expr::UnaryOp { op, expr } => {
            let (negative, text) = signed(expr)?;
            match op {
                UnaryOperator::Minus => Some((!negative, text)),
                UnaryOperator::Plus => Some((negative, text)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Digits, with a fraction or without, in millionths.
fn count(part: &str) -> Option<Count> {
    let (whole, fraction) = part.split_once('.').unwrap_or((part, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || fraction.len() > 6 || !digits(whole) {
        return None;
    }
    if !digits(fraction) {
        return None;
    }
    let fraction = format!("{fraction:0<6}");
    Some(whole.parse::<Count>().ok()? * ONE + fraction.parse::<Count>().ok()?)
}

/// `x + n * INTERVAL '2' DAY`, where n is no constant, is `date_add('day', n * 2, x)`.
fn shifted(expression: &Expr) -> Result<Option<Expr>> {
    let Expr::BinaryOp { left, op, right } = expression else {
        return Ok(None);
    };
    let sign: Count = match op {
        BinaryOperator::Plus => 1,
        BinaryOperator::Minus => -1,
        _ => return Ok(None),
    };
    let Expr::BinaryOp {
        left: one,
        op: BinaryOperator::Multiply,
        right: two,
    } = bare(right)
    else {
        return Ok(None);
    };
    let (times, interval) = match (bare(one), bare(two)) {
        (times, interval @ Expr::Interval(_)) if whole(times).is_none() => (times, interval),
        (interval @ Expr::Interval(_), times) if whole(times).is_none() => (times, interval),
        _ => return Ok(None),
    };
    let Some(Span(parts)) = span(interval)? else {
        return Ok(None);
    };
    let [(count, unit)] = parts.as_slice() else {
        return Ok(None);
    };
    if count % ONE != 0 {
        return Ok(None);
    }
    let each = sign * (count / ONE);
    let times = Expr::BinaryOp {
        left: Box::new(Expr::Nested(Box::new(times.clone()))),
        op: BinaryOperator::Multiply,
        right: Box::new(if each < 0 {
            Expr::Nested(Box::new(Expr::UnaryOp {
                op: UnaryOperator::Minus,
                expr: Box::new(number(&-each)),
            }))
        } else {
            number(&each)
        }),
    };
    let from = left.as_ref().clone();
    Ok(Some(call("date_add", vec![text(*unit), times, from])))
}
