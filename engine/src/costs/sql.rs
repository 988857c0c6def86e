//! The statement that answers a cost query.

use curtail_store::BillingPeriod;

use super::{CostQuery, Dimension, LeftOut, Metric, TagKeys};
use crate::{Engine, EngineError, provisional::Told};

/// What stands for the absence of a dimension.
const NONE: &str = "(none)";

/// A dimension, ready to be put in a statement.
struct Group {
    expression: String,
    column: String,
    time: bool,
}

/// The statement over `costs`, and what one should know about its answer.
pub(crate) async fn sql(
    query: &CostQuery,
    left_out: &LeftOut,
    tags: &TagKeys,
    engine: &Engine,
) -> Result<(String, Vec<String>), EngineError> {
    let told = Told::of(query, engine).await?;
    let mut groups = Vec::new();
    for dimension in dimensions(query) {
        let mut group = group(&dimension, tags, engine).await?;
        if told.any && dimension == Dimension::Hour {
            // A day's cost is none of its first hour.
            let hour = &group.expression;
            group.expression = format!("CASE WHEN NOT provisional THEN {hour} END");
        }
        groups.push(group);
    }
    let metrics = if query.metrics.is_empty() {
        vec![Metric::default()]
    } else {
        query.metrics.clone()
    };
    let conditions = conditions(query, left_out, tags, engine).await?;

    let columns: Vec<_> = groups
        .iter()
        .map(|group| identifier(&group.column))
        .collect();
    let sums: Vec<_> = metrics.iter().map(|metric| metric.column()).collect();
    let output: Vec<_> = columns
        .iter()
        .map(String::as_str)
        .chain(sums.iter().copied())
        .chain(["currency"])
        .collect();
    let selected = groups
        .iter()
        .zip(&columns)
        .map(|(group, column)| format!("{} AS {column}", group.expression));
    let selected: Vec<_> = selected
        .chain(sums.iter().map(|sum| format!("sum({sum}) AS {sum}")))
        .collect();
    let grouped: Vec<_> = groups
        .iter()
        .map(|group| group.expression.as_str())
        .chain(["currency"])
        .collect();
    let mut text = format!("SELECT {}, currency\nFROM costs", selected.join(", "));
    if !conditions.is_empty() {
        text = format!("{text}\nWHERE {}", conditions.join("\n    AND "));
    }
    text = format!("{text}\nGROUP BY {}", grouped.join(", "));

    let order = order(query, &groups, &columns, &sums)?;
    let timeless: Vec<_> = groups
        .iter()
        .zip(&columns)
        .filter(|(group, _)| !group.time)
        .map(|(_, column)| column.as_str())
        .collect();
    text = match query.top {
        None => format!("{text}\nORDER BY {order}"),
        Some(top) if query.sort.is_none() && timeless.len() == groups.len() => {
            format!("{text}\nORDER BY {order}\nLIMIT {top}")
        }
        Some(top) => {
            let keys = if timeless.is_empty() {
                columns.iter().map(String::as_str).collect()
            } else {
                timeless
            };
            let keys: Vec<_> = keys.into_iter().chain(["currency"]).collect();
            let (keys, output, largest) = (keys.join(", "), output.join(", "), sums[0]);
            format!(
                "SELECT {output}\nFROM (\n\
                 SELECT *, dense_rank() OVER (ORDER BY total_of_group DESC, {keys}) AS rank_of_group\nFROM (\n\
                 SELECT *, sum({largest}) OVER (PARTITION BY {keys}) AS total_of_group\nFROM (\n{text}\n)\n)\n)\n\
                 WHERE rank_of_group <= {top}\nORDER BY {order}"
            )
        }
    };
    let mut notes = left_out.notes();
    notes.extend(told.notes);
    if metrics.contains(&Metric::Usage) && !query.by.contains(&Dimension::Column("usage_type")) {
        notes.push("usage amounts of different usage types have different units: group by usage-type to compare them".to_owned());
    }
    Ok((text, notes))
}

/// A text literal.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What `query` groups by, with the dimension of time that its granularity is.
pub(crate) fn dimensions(query: &CostQuery) -> Vec<Dimension> {
    let time = query
        .granularity
        .dimension()
        .filter(|time| !query.by.contains(time));
    let mut dimensions: Vec<Dimension> = Vec::new();
    for dimension in time.into_iter().chain(query.by.iter().cloned()) {
        if !dimensions.contains(&dimension) {
            dimensions.push(dimension);
        }
    }
    dimensions
}

/// The expression over `costs` that a dimension groups by, and its column in the answer.
pub(crate) async fn dimension(
    dimension: &Dimension,
    tags: &TagKeys,
    engine: &Engine,
) -> Result<(String, String), EngineError> {
    let group = group(dimension, tags, engine).await?;
    Ok((group.expression, group.column))
}

async fn group(
    dimension: &Dimension,
    tags: &TagKeys,
    engine: &Engine,
) -> Result<Group, EngineError> {
    let or_none = |expression: &str| format!("coalesce(nullif({expression}, ''), '{NONE}')");
    let expression = match dimension {
        Dimension::Hour => "date_trunc('hour', usage_start)".to_owned(),
        Dimension::Column(column) if dimension.is_time() => (*column).to_owned(),
        // An account without a name is not the same as another one.
        Dimension::Column("account_name") => {
            or_none("coalesce(nullif(account_name, ''), account_id)")
        }
        Dimension::Column(column) => or_none(column),
        Dimension::Tag(key) => or_none(&tags.tag(key, engine).await?),
        Dimension::Category(key) => or_none(&tags.category(key, engine).await?),
    };
    Ok(Group {
        expression,
        column: dimension.column(),
        time: dimension.is_time(),
    })
}

/// Conditions on time and reports.
pub(crate) fn scope(query: &CostQuery) -> Vec<String> {
    let mut conditions = Vec::new();
    if !query.periods.is_empty() {
        let range = |first: &BillingPeriod, last: &BillingPeriod| {
            if first == last {
                format!("billing_period = '{first}'")
            } else {
                format!("billing_period BETWEEN '{first}' AND '{last}'")
            }
        };
        let ranges: Vec<_> = query
            .periods
            .iter()
            .map(|range_of| range(range_of.start(), range_of.end()))
            .collect();
        conditions.push(format!("({})", ranges.join(" OR ")));
    }
    // The same as on usage_date, but statistics of files know usage_start.
    conditions.extend(
        query
            .from
            .map(|day| format!("usage_start >= '{day}T00:00:00Z'")),
    );
    conditions.extend(
        query
            .to
            .map(|day| format!("usage_start < '{day}T00:00:00Z'")),
    );
    conditions.extend(one_of("report", &query.reports));
    conditions
}

/// The condition on accounts.
pub(crate) fn accounts(query: &CostQuery) -> Option<String> {
    one_of("account_id", &query.accounts)
}

/// That a column has one of these values; nothing if there are none.
fn one_of(column: &str, values: &[String]) -> Option<String> {
    let quoted: Vec<_> = values.iter().map(|value| quoted(value)).collect();
    (!values.is_empty()).then(|| format!("{column} IN ({})", quoted.join(", ")))
}

/// All conditions of a query.
pub(super) async fn conditions(
    query: &CostQuery,
    left_out: &LeftOut,
    tags: &TagKeys,
    engine: &Engine,
) -> Result<Vec<String>, EngineError> {
    let mut conditions = scope(query);
    conditions.extend(accounts(query));
    conditions.extend(one_of("service", &query.services));
    conditions.extend(one_of("region", &query.regions));
    conditions.extend(one_of("charge_type", &query.charge_types));
    for (key, value) in &query.tags {
        let expression = tags.tag(key, engine).await?;
        conditions.push(match value.as_str() {
            "" | NONE => format!("nullif({expression}, '') IS NULL"),
            value => format!("{expression} = {}", quoted(value)),
        });
    }
    if let Some(condition) = &query.condition {
        let condition = curtail_queries::condition(condition);
        let condition = condition.map_err(|invalid| EngineError::Syntax(invalid.to_string()))?;
        conditions.push(format!("({condition})"));
    }
    if !left_out.is_empty() {
        conditions.push(left_out.condition("payer_account_id"));
    }
    Ok(conditions)
}

fn order(
    query: &CostQuery,
    groups: &[Group],
    columns: &[String],
    sums: &[&str],
) -> Result<String, EngineError> {
    let times = groups
        .iter()
        .zip(columns)
        .filter(|(group, _)| group.time)
        .map(|(_, column)| column.clone());
    let mut order: Vec<_> = match &query.sort {
        None => times.chain([format!("{} DESC", sums[0])]).collect(),
        Some(sort) => {
            let asked = columns
                .iter()
                .find(|column| **column == identifier(&sort.column));
            let column = asked
                .map(String::as_str)
                .or_else(|| sums.iter().copied().find(|sum| *sum == sort.column));
            let column = column.ok_or_else(|| EngineError::UnknownColumn {
                name: sort.column.clone(),
                similar: groups
                    .iter()
                    .map(|group| group.column.clone())
                    .chain(sums.iter().map(ToString::to_string))
                    .collect(),
                elsewhere: Vec::new(),
            })?;
            vec![format!(
                "{column}{}",
                if sort.descending { " DESC" } else { "" }
            )]
        }
    };
    // What is left equal is put in a fixed order: the same question has the same answer, row by row.
    let rest: Vec<_> = columns
        .iter()
        .filter(|column| {
            !order
                .iter()
                .any(|placed| placed.starts_with(column.as_str()))
        })
        .cloned()
        .collect();
    order.extend(rest);
    order.push("currency".to_owned());
    Ok(order.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_quotes() {
        assert_eq!(quoted("it's"), "'it''s'");
        assert_eq!(identifier("tag:a\"b"), "\"tag:a\"\"b\"");
    }
}
