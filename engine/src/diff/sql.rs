//! The statement that compares the views `before` and `after`.
//!
//! Both sides are added up by the columns of [`GROUND`], the dimensions asked for, and the tags. What differs has a cause. If
//! all of the same ground together is the same, nothing but a label changed: a tag, or another dimension. Otherwise the kind
//! of charge tells, and for usage whether its amount changed or its price.

use super::DiffQuery;
use crate::{Dimension, Engine, EngineError, Metric, costs::identifier};

/// What makes up one charge, apart from labels.
const GROUND: [&str; 7] = [
    "charge_type",
    "purchase_option",
    "account_id",
    "service",
    "usage_type",
    "operation",
    "usage_date",
];

/// Why something differs; `changed_…` say what changed, taken together, that has the same ground (and labels; and dimensions).
const CAUSE: &str = "CASE
        WHEN NOT changed_part OR NOT changed_labels AND NOT changed_ground THEN 'tag backfill'
        WHEN NOT changed_ground THEN 'relabelled'
        WHEN charge_type = 'Credit' THEN 'late credits'
        WHEN charge_type = 'Refund' THEN 'refunds'
        WHEN charge_type = 'Tax' THEN 'tax'
        WHEN charge_type IN ('DiscountedUsage', 'RIFee') THEN 'reservation true-up'
        WHEN charge_type = 'Fee' AND purchase_option = 'Reserved' THEN 'reservation true-up'
        WHEN charge_type LIKE 'SavingsPlan%' THEN 'savings plan true-up'
        WHEN charge_type LIKE '%Discount' THEN 'discounts'
        WHEN charge_type IN ('Fee', 'FlatRateSubscription', 'Purchase') THEN 'fees'
        WHEN charge_type = 'Adjustment' THEN 'adjustments'
        WHEN ground_from = 0 THEN 'late usage'
        WHEN ground_to = 0 THEN 'usage withdrawn'
        WHEN NOT changed_usage THEN 'price change'
        ELSE 'usage restated'
    END";

pub(super) async fn text(
    query: &DiffQuery,
    tags: &[String],
    engine: &Engine,
) -> Result<String, EngineError> {
    let metrics = if query.metrics.is_empty() {
        vec![Metric::default()]
    } else {
        query.metrics.clone()
    };
    let mut by = Vec::new();
    for dimension in &query.by {
        by.push(engine.dimension(dimension).await?);
    }
    let named = |prefix: &str, count: usize| -> Vec<String> {
        (0..count)
            .map(|number| format!("{prefix}{number}"))
            .collect()
    };
    let (dimensions, labels) = (named("d", by.len()), named("t", tags.len()));
    let costs = named("m", metrics.len());
    let ground: Vec<_> = GROUND.iter().map(ToString::to_string).collect();
    let keys = [
        ground.clone(),
        dimensions.clone(),
        labels,
        strings(&["currency"]),
    ]
    .concat();

    let selected = by
        .iter()
        .map(|(expression, _)| expression)
        .chain(tags)
        .zip(dimensions.iter().chain(&keys[GROUND.len() + by.len()..]))
        .map(|(expression, name)| format!("{expression} AS {name}"));
    let selected: Vec<_> = ground.iter().cloned().chain(selected).collect();
    let side = |table: &str, own: &str, other: &str| {
        let measures = costs.iter().zip(&metrics).flat_map(|(name, metric)| {
            measure(name, metric.column(), own, other, "DECIMAL(38, 18)")
        });
        let usage = measure("usage", "usage_amount", own, other, "DECIMAL(38, 18)");
        let rows = measure("rows", "row_count", own, other, "BIGINT");
        let all = selected
            .iter()
            .cloned()
            .chain(["currency".to_owned()])
            .chain(measures)
            .chain(usage)
            .chain(rows);
        format!("SELECT {} FROM {table}", all.collect::<Vec<_>>().join(", "))
    };
    let measured = [costs.clone(), strings(&["usage", "rows"])].concat();
    let sums = measured.iter().flat_map(|name| {
        ["from", "to"].map(|end| format!("coalesce(sum({name}_{end}), 0) AS {name}_{end}"))
    });
    let sums: Vec<_> = sums.collect();
    // Whether the sums of these measures differ over a window.
    let changed = |names: &[String], window: &str| {
        let differs = names
            .iter()
            .map(|name| format!("sum({name}_to - {name}_from) OVER {window} <> 0"));
        differs.collect::<Vec<_>>().join(" OR ")
    };
    let differs: Vec<_> = measured
        .iter()
        .map(|name| format!("{name}_to <> {name}_from"))
        .collect();
    let grounds = [ground, strings(&["currency"])].concat().join(", ");
    // A tag that is asked for is a label still.
    let is_tag = |dimension: &Dimension| matches!(dimension, Dimension::Tag(_));
    let others = query.by.iter().zip(&dimensions);
    let others = others.filter(|(dimension, _)| !is_tag(dimension));
    let on_labels: Vec<_> = std::iter::once(&grounds)
        .chain(others.map(|(_, name)| name))
        .cloned()
        .collect();
    let on_labels = on_labels.join(", ");
    let in_part = [vec![grounds.clone()], dimensions.clone()]
        .concat()
        .join(", ");
    let columns: Vec<_> = by.iter().map(|(_, column)| identifier(column)).collect();
    let shown = dimensions
        .iter()
        .zip(&columns)
        .map(|(name, column)| format!("{name} AS {column}"));
    let amounts = costs.iter().zip(&metrics).flat_map(|(name, metric)| {
        let column = metric.column();
        [
            format!("sum({name}_from) AS {column}_from"),
            format!("sum({name}_to) AS {column}_to"),
            format!("sum({name}_to - {name}_from) AS {column}_change"),
        ]
    });
    let shown: Vec<_> = shown
        .chain(["cause".to_owned()])
        .chain(amounts)
        .chain(strings(&[
            "sum(rows_from) AS rows_from",
            "sum(rows_to) AS rows_to",
            "CASE WHEN sum(rows_from) = 0 THEN 'added' WHEN sum(rows_to) = 0 THEN 'removed' ELSE 'changed' END AS change",
            "currency",
        ]))
        .collect();
    let grouped = [dimensions, strings(&["cause", "currency"])]
        .concat()
        .join(", ");
    let first = metrics[0].column();
    let order = [columns, strings(&["cause", "currency"])]
        .concat()
        .join(", ");
    Ok(format!(
        "WITH sides AS (\n{before}\nUNION ALL\n{after}\n),\n\
         cells AS (\nSELECT {keys}, {sums} FROM sides GROUP BY {keys}\n),\n\
         compared AS (\nSELECT *, {on_ground} AS changed_ground, {on_all_labels} AS changed_labels, \
         {on_part} AS changed_part, {on_usage} AS changed_usage, sum(rows_from) OVER ground AS ground_from, sum(rows_to) OVER ground AS ground_to\n\
         FROM cells WINDOW ground AS (PARTITION BY {grounds}), labels AS (PARTITION BY {on_labels}), \
         part AS (PARTITION BY {in_part})\n),\n\
         explained AS (\nSELECT *, {CAUSE} AS cause FROM compared WHERE changed_part OR {differs}\n)\n\
         SELECT {shown} FROM explained GROUP BY {grouped}\n\
         ORDER BY abs({first}_change) DESC, {order}",
        before = side("before", "from", "to"),
        after = side("after", "to", "from"),
        keys = keys.join(", "),
        sums = sums.join(", "),
        on_ground = changed(&measured, "ground"),
        on_all_labels = changed(&measured, "labels"),
        on_part = changed(&measured, "part"),
        on_usage = changed(&strings(&["usage"]), "ground"),
        differs = differs.join(" OR "),
        shown = shown.join(", "),
    ))
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

/// A measure of one side, and nothing for the other.
fn measure(name: &str, column: &str, own: &str, other: &str, sql_type: &str) -> [String; 2] {
    let mut columns = [
        format!("{column} AS {name}_{own}"),
        format!("CAST(NULL AS {sql_type}) AS {name}_{other}"),
    ];
    // Both sides list `from` first.
    if own > other {
        columns.reverse();
    }
    columns
}
