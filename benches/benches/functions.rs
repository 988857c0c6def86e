//! Trino's functions against DataFusion's own, on batches of resource ids, of hours of usage and of tags.

#![expect(
    missing_docs,
    reason = "criterion's macros make functions without docs"
)]

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, MapArray, MapBuilder, RecordBatch, StringBuilder, StringViewArray,
        TimestampMicrosecondArray,
    },
    compute::cast,
    datatypes::DataType,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use datafusion::{common::DFSchema, physical_expr::PhysicalExpr, prelude::SessionContext};

/// Rows of a batch.
const ROWS: u64 = 8192;

/// What is computed: its name, Trino's expression, and DataFusion's that comes closest.
type Pair = (&'static str, &'static str, &'static str);

const OF_TIMES: [Pair; 4] = [
    (
        "date_format",
        "date_format(hour, '%Y-%m-%d')",
        "to_char(hour, '%Y-%m-%d')",
    ),
    (
        "date_trunc",
        "date_trunc('month', hour)",
        "date_trunc('month', hour)",
    ),
    ("day_of_week", "day_of_week(hour)", "date_part('dow', hour)"),
    (
        "date_diff",
        "date_diff('day', hour, TIMESTAMP '2026-12-01 00:00:00')",
        "date_part('day', TIMESTAMP '2026-12-01T00:00:00Z' - hour)",
    ),
];

const OF_MAPS: [Pair; 1] = [(
    "element_at",
    "element_at(tags, 'user_team')",
    "map_extract(tags, 'user_team')[1]",
)];

const OF_TEXT: [Pair; 6] = [
    (
        "regexp_like",
        r"regexp_like(id, ':instance/i-[0-9a-f]+7$')",
        r"regexp_like(id, ':instance/i-[0-9a-f]+7$')",
    ),
    (
        "regexp_extract",
        r"regexp_extract(id, ':([a-z]+)/([^/]+)$', 2)",
        r"regexp_match(id, ':([a-z]+)/([^/]+)$')[2]",
    ),
    (
        "regexp_replace",
        r"regexp_replace(id, '[0-9]{12}', 'account')",
        r"regexp_replace(id, '[0-9]{12}', 'account', 'g')",
    ),
    (
        "split_part",
        "split_part(id, ':', 6)",
        "split_part(id, ':', 6)",
    ),
    ("concat", "concat('<', id, '>')", "concat('<', id, '>')"),
    ("substr", "substr(id, -8)", "right(id, 8)"),
];

/// Resource ids, each of them `repeated` times.
fn ids(repeated: u64) -> StringViewArray {
    (0..ROWS)
        .map(|row| {
            let id = (row / repeated).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            Some(format!(
                "arn:aws:ec2:us-east-1:{:012}:instance/i-{id:017x}",
                id % 1_000_000_000_000
            ))
        })
        .collect()
}

fn compiled(context: &SessionContext, batch: &RecordBatch, sql: &str) -> Arc<dyn PhysicalExpr> {
    let schema = DFSchema::try_from(batch.schema()).expect("the columns have names");
    let expression = context.parse_sql_expr(sql, &schema);
    context
        .create_physical_expr(expression.expect("the expression is sound"), &schema)
        .expect("the expression can be computed")
}

/// Hours of usage of a month, in the order in which a report's sorted files have them: many rows of each.
fn hours() -> TimestampMicrosecondArray {
    let first = 1_790_812_800_000_000_i64;
    let hour = |row: u64| first + i64::try_from(row / 12).unwrap_or(0) * 3_600_000_000;
    TimestampMicrosecondArray::from_iter_values((0..ROWS).map(hour)).with_timezone("UTC")
}

/// The tags of resources: five keys each.
fn tags() -> MapArray {
    let mut tags = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    for row in 0..ROWS {
        for key in [
            "user_application",
            "user_cost_center",
            "user_environment",
            "user_owner",
            "user_team",
        ] {
            tags.keys().append_value(key);
            tags.values().append_value(format!("value-{}", row % 40));
        }
        tags.append(true).expect("keys and values come in pairs");
    }
    tags.finish()
}

fn compare(criterion: &mut Criterion, form: &str, batch: &RecordBatch, pairs: &[Pair]) {
    let datafusion = SessionContext::new();
    let trino = SessionContext::new();
    for function in curtail_athena::functions::scalar() {
        trino.register_udf(function);
    }
    for (name, ours, theirs) in pairs {
        let mut group = criterion.benchmark_group(format!("{name}, {form}"));
        group.throughput(Throughput::Elements(ROWS));
        for (engine, context, sql) in [("trino", &trino, ours), ("datafusion", &datafusion, theirs)]
        {
            let expression = compiled(context, batch, sql);
            group.bench_function(engine, |bencher| {
                bencher.iter(|| expression.evaluate(batch).expect("the values are sound"));
            });
        }
        group.finish();
    }
}

fn functions(criterion: &mut Criterion) {
    let batch = |name: &str, column: ArrayRef| {
        RecordBatch::try_from_iter([(name, column)]).expect("one column")
    };
    compare(criterion, "plain", &batch("id", Arc::new(ids(1))), &OF_TEXT);
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let dictionary = cast(&ids(64), &dictionary).expect("text fits a dictionary");
    compare(criterion, "dictionary", &batch("id", dictionary), &OF_TEXT);
    compare(
        criterion,
        "hours",
        &batch("hour", Arc::new(hours())),
        &OF_TIMES,
    );
    compare(
        criterion,
        "tags",
        &batch("tags", Arc::new(tags())),
        &OF_MAPS,
    );
}

criterion_group!(benches, functions);
criterion_main!(benches);
