//! Trino's functions of text against DataFusion's own, on batches of resource ids.

#![expect(
    missing_docs,
    reason = "criterion's macros make functions without docs"
)]

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, RecordBatch, StringViewArray},
    compute::cast,
    datatypes::DataType,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use datafusion::{common::DFSchema, physical_expr::PhysicalExpr, prelude::SessionContext};

/// Rows of a batch.
const ROWS: u64 = 8192;

/// What is computed: its name, Trino's expression, and DataFusion's that comes closest.
const EXPRESSIONS: [(&str, &str, &str); 6] = [
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

fn functions(criterion: &mut Criterion) {
    let datafusion = SessionContext::new();
    let trino = SessionContext::new();
    for function in curtail_athena::functions::scalar() {
        trino.register_udf(function);
    }
    let plain: ArrayRef = Arc::new(ids(1));
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let dictionary = cast(&ids(64), &dictionary).expect("text fits a dictionary");
    for (form, column) in [("plain", plain), ("dictionary", dictionary)] {
        let batch = RecordBatch::try_from_iter([("id", column)]).expect("one column");
        for (name, ours, theirs) in EXPRESSIONS {
            let mut group = criterion.benchmark_group(format!("{name}, {form}"));
            group.throughput(Throughput::Elements(ROWS));
            for (engine, context, sql) in
                [("trino", &trino, ours), ("datafusion", &datafusion, theirs)]
            {
                let expression = compiled(context, &batch, sql);
                group.bench_function(engine, |bencher| {
                    bencher.iter(|| expression.evaluate(&batch).expect("the values are sound"));
                });
            }
            group.finish();
        }
    }
}

criterion_group!(benches, functions);
criterion_main!(benches);
