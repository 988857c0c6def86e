//! What the planner means by what it says, and what to write instead.

use datafusion::error::DataFusionError;

use super::{functions, values, words};
use crate::EngineError;

/// The error of a statement that could not be planned.
pub(crate) fn planned(message: &str) -> EngineError {
    let found = call(message)
        .or_else(|| clause(message))
        .or_else(|| types(message));
    match found {
        Some((what, instead)) => EngineError::Mistake { what, instead },
        None => EngineError::Plan(words::plain(message)),
    }
}

/// The same of what a function said that could not be planned, if `error` tells which.
pub(crate) fn planned_within(message: &str, error: &DataFusionError) -> EngineError {
    match (planned(message), values::function(error)) {
        (EngineError::Plan(what), Some(name)) if functions::call(name).is_some() => {
            EngineError::Mistake {
                what: format!("`{name}`: {what}"),
                instead: usage(name),
            }
        }
        (other, _) => other,
    }
}

/// What is wrong, and what to write instead.
type Meant = Option<(String, String)>;

#[expect(clippy::unnecessary_wraps, reason = "every caller returns it as it is")]
fn meant(what: impl Into<String>, instead: impl Into<String>) -> Meant {
    Some((what.into(), instead.into()))
}

/// The text between `before` and `after`.
fn between<'a>(message: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = message.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

/// The last part of a qualified name, without quotes.
fn bare(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.trim_matches('"').to_owned()
}

/// A function with arguments that it does not take.
fn call(message: &str) -> Meant {
    if message.starts_with("Substring without for/from") {
        return meant("`substr` was given too few arguments", usage("substr"));
    }
    let called = between(message, "name and argument types '", "'. You might")?;
    let (name, given) = called.split_once('(')?;
    let name = &words::type_of(name);
    let given = given.strip_suffix(')').unwrap_or(given);
    // What the function itself says comes first.
    let own = between(message, "coercion failed with: ", ". No function matches");
    let own = own.map(words::plain).filter(|said| {
        let technical = ["signature", "coerc", "was called with", "expects", "UDF"];
        !technical.iter().any(|word| said.contains(word))
    });
    let counts = between(message, "expected ", " arguments but received ")
        .and_then(|wanted| Some((wanted, between(message, "but received ", ".")?)));
    let what = match (own, counts) {
        (Some(own), _) if own.contains(name) => own,
        (Some(own), _) => format!("`{name}`: {own}"),
        (_, Some((wanted, received))) => {
            let (arguments, were) = (plural(wanted), if received == "1" { "was" } else { "were" });
            format!("`{name}` takes {wanted} {arguments}, and {received} {were} given")
        }
        _ if given.is_empty() => format!("`{name}` was given no arguments"),
        _ => format!("`{name}` does not take ({})", words::type_of(given)),
    };
    meant(what, usage(name))
}

fn plural(count: &str) -> &'static str {
    if count == "1" {
        "argument"
    } else {
        "arguments"
    }
}

/// How a function is called, for people.
fn usage(name: &str) -> String {
    match functions::call(name) {
        Some(call) => format!("it is called as {call}"),
        None => "`SHOW FUNCTIONS` lists what there is, docs/sql.md what differs".to_owned(),
    }
}

/// Something in a place where it cannot stand.
fn clause(message: &str) -> Meant {
    if let Some(column) = between(message, "column \"", "\" must appear in the GROUP BY") {
        let column = bare(column);
        return meant(
            format!("`{column}` stands neither in GROUP BY nor in an aggregate"),
            format!(
                "GROUP BY {column}, or take one of its values: max({column}), arbitrary({column})"
            ),
        );
    }
    if message.contains("Aggregate functions are not allowed in the WHERE clause") {
        return meant(
            AGGREGATE_IN_WHERE,
            "behind GROUP BY, HAVING takes conditions on aggregates",
        );
    }
    if message.contains("Aggregate function calls cannot be nested") {
        return meant(
            "an aggregate cannot stand within another",
            "work the inner one out in a sub-query: SELECT max(cost) FROM (SELECT sum(…) AS cost … GROUP BY …)",
        );
    }
    if let Some(found) = message.strip_prefix("Unsupported ast node in sqltorel: ") {
        let found = found.split(['(', ' ', '{']).next().unwrap_or(found);
        let what = match found {
            "Lambda" => "this function takes no lambda here".to_owned(),
            other => format!("`{}` is not supported", other.to_lowercase()),
        };
        return meant(what, "docs/sql.md says what there is not");
    }
    if let Some(logical) = between(message, "does not support logical expression ", "(") {
        return match logical {
            "WindowFunction" => meant(WINDOW_IN_WHERE, ASKED_AROUND),
            "Exists" | "InSubquery" => meant(
                "EXISTS and IN (SELECT …) are supported as conditions alone, not among selected columns",
                "join the other table with LEFT JOIN, or count its rows in a sub-query",
            ),
            other => meant(
                format!("`{other}` is not supported here"),
                "ask in two steps, with a sub-query",
            ),
        };
    }
    if let Some(field) = message.strip_prefix("Ambiguous reference to unqualified field ") {
        let field = bare(field);
        return meant(
            format!("`{field}` is a column of several tables here"),
            format!("say of which one, such as a.{field} with FROM … AS a"),
        );
    }
    if message.starts_with("Schema contains qualified field name")
        || message.starts_with("Schema contains duplicate")
        || message.contains("Projections require unique expression names")
    {
        return meant(
            words::plain(message),
            "give one of the columns another name with AS",
        );
    }
    if message.starts_with("join condition should not be empty") {
        return meant(
            "a JOIN lacks its condition",
            "ON a.x = b.x, USING (x), or CROSS JOIN if every row is to meet every other",
        );
    }
    if message.contains("queries have different number of columns") {
        return meant(
            "the queries of a UNION have different numbers of columns",
            "NULL AS name stands for a column that one of them lacks",
        );
    }
    if message.starts_with("Too many columns! The subquery should only return one column") {
        return meant(
            "the sub-query gives several columns where one is compared",
            "select the one column that is compared, or compare several: (a, b) IN (SELECT a, b …)",
        );
    }
    if let Some(place) = between(message, "Order by column out of bounds, specified: ", ",")
        .or_else(|| between(message, "Cannot find column with position ", " in SELECT"))
    {
        return meant(
            format!("there is no column {place} in SELECT"),
            "numbers in GROUP BY and ORDER BY count the selected columns, from 1 on",
        );
    }
    None
}

/// An aggregate stands where rows are not grouped yet.
pub(super) const AGGREGATE_IN_WHERE: &str = "an aggregate cannot stand in WHERE";
/// A window function stands where rows are still chosen.
pub(super) const WINDOW_IN_WHERE: &str =
    "a window function cannot stand in WHERE, GROUP BY or HAVING";
/// How a window function's value is made a condition.
pub(super) const ASKED_AROUND: &str =
    "ask for it around: SELECT * FROM (SELECT …, row_number() OVER (…) AS r FROM …) WHERE r = 1";

/// Types that do not go together.
fn types(message: &str) -> Meant {
    if let Some(operation) = between(message, "Cannot coerce arithmetic expression ", " to valid") {
        let (left, operator, right) = operands(operation)?;
        let dates = [&left, &right].iter().any(|side| {
            let side = side.as_str();
            side == "date" || side.starts_with("timestamp")
        });
        let instead = if dates {
            "dates take intervals: x + INTERVAL '1' DAY, date_add('day', n, x); date_diff('day', a, b) is the days between two"
        } else {
            "cast text to a number first: CAST(x AS double), or try_cast(x AS double) where some of it is none"
        };
        return meant(
            format!("`{operator}` does not take {left} and {right}"),
            instead,
        );
    }
    if let Some(rest) =
        message.strip_prefix("Cannot infer common argument type for comparison operation ")
    {
        let (left, operator, right) = operands(rest)?;
        return meant(
            format!("`{operator}` does not compare {left} with {right}"),
            "compare values of one type: a map's value is map['key'], a row's field row.field",
        );
    }
    if let Some(kinds) = between(message, "There isn't a common type to coerce ", " in LIKE") {
        return meant(
            format!("LIKE takes text, not {}", words::type_of(kinds)),
            "CAST(x AS varchar) LIKE '…' compares a number's text",
        );
    }
    if let Some(rest) = message.strip_prefix("Cannot create filter with non-boolean predicate '") {
        let (predicate, kind) = rest.split_once("' returning ")?;
        let predicate = bare(predicate);
        return meant(
            format!(
                "`{predicate}` is {}, and no condition",
                words::type_of(kind)
            ),
            format!("compare it: {predicate} > 0, {predicate} IS NOT NULL"),
        );
    }
    if message.starts_with("unnest() can only be applied to") {
        return meant(
            "UNNEST takes arrays and maps",
            "name the columns: CROSS JOIN UNNEST(array) AS t (x), UNNEST(map) AS t (k, v)",
        );
    }
    None
}

/// The two types and what stands between them, in `Date32 + Utf8View`.
fn operands(operation: &str) -> Option<(String, String, String)> {
    const OPERATORS: [&str; 18] = [
        "IS NOT DISTINCT FROM",
        "IS DISTINCT FROM",
        "<=",
        ">=",
        "!=",
        "<>",
        "||",
        "AND",
        "OR",
        "+",
        "-",
        "*",
        "/",
        "%",
        "=",
        "<",
        ">",
        "~",
    ];
    let found = OPERATORS.into_iter().find_map(|operator| {
        let around = format!(" {operator} ");
        let (left, right) = operation.split_once(&around)?;
        Some((left, operator, right))
    });
    let (left, operator, right) = found?;
    let operator = if operator == "!=" { "<>" } else { operator };
    let right = right.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    Some((
        words::type_of(left),
        operator.to_owned(),
        words::type_of(right),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(message: &str) -> (String, String) {
        match planned(message) {
            EngineError::Mistake { what, instead } => (what, instead),
            other => (other.to_string(), String::new()),
        }
    }

    #[test]
    fn calls_are_explained() {
        let (what, instead) = said(
            "The function 'date_diff' expected 3 arguments but received 2. No function matches the given name and argument types 'date_diff(Utf8, Date32)'. You might need to add explicit type casts.\n\tCandidate functions:\n\tdate_diff(Any, Any, Any)",
        );
        assert_eq!(what, "`date_diff` takes 3 arguments, and 2 were given");
        let (what, _) = said(
            "The function 'date_format' expected 2 arguments but received 1. No function matches the given name and argument types 'date_format(Date32)'. You might need",
        );
        assert_eq!(what, "`date_format` takes 2 arguments, and 1 was given");
        let (what, _) = said("Unsupported ast node in sqltorel: Lambda(LambdaFunction { … })");
        assert_eq!(what, "this function takes no lambda here");
        assert!(instead.contains("date_diff(unit, from, to)"), "{instead}");
        let (what, _) = said(
            "Internal error: Function 'sum' failed to match any signature. No function matches the given name and argument types 'sum(Utf8View)'. You might need",
        );
        assert_eq!(what, "`sum` does not take (varchar)");
        let (what, _) = said(
            "Execution error: Function 'array_join' user-defined coercion failed with: Error during planning: array_join takes an array, a delimiter and what stands for NULL, not (varchar, varchar). No function matches the given name and argument types 'array_join(Utf8View, Utf8)'. You might need",
        );
        assert_eq!(
            what,
            "array_join takes an array, a delimiter and what stands for NULL, not (varchar, varchar)"
        );
    }

    #[test]
    fn operations_are_explained() {
        let (what, instead) =
            said("Cannot coerce arithmetic expression Date32 + Utf8View to valid types");
        assert_eq!(what, "`+` does not take date and varchar");
        assert!(instead.contains("INTERVAL"), "{instead}");
        let (what, _) = said(
            "Cannot infer common argument type for comparison operation Decimal128(38, 18) <= Boolean",
        );
        assert_eq!(what, "`<=` does not compare decimal(38,18) with boolean");
        assert_eq!(said("It is odd: Utf8").0, "It is odd: varchar");
    }
}
