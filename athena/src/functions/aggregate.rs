//! Aggregates.

mod approximate;
mod best;
mod best_many;
mod buckets;
mod checksum;
mod counted;
mod keyed;
mod means;
mod moments;
mod percentile;

use datafusion::{
    functions_aggregate::{any_value, bit_and_or_xor, bool_and_or, string_agg, variance},
    logical_expr::AggregateUDF,
};

/// The aggregates of Trino that DataFusion lacks, or answers differently.
pub(super) fn all() -> Vec<AggregateUDF> {
    let named = |function: &AggregateUDF, name| function.clone().with_aliases([name]);
    let mut all = vec![
        named(&any_value::any_value_udaf(), "arbitrary"),
        named(&bool_and_or::bool_and_udaf(), "every"),
        named(&string_agg::string_agg_udaf(), "listagg"),
        variance::var_samp_udaf()
            .as_ref()
            .clone()
            .with_aliases(["variance"]),
        named(&bit_and_or_xor::bit_and_udaf(), "bitwise_and_agg"),
        named(&bit_and_or_xor::bit_or_udaf(), "bitwise_or_agg"),
        named(&bit_and_or_xor::bit_xor_udaf(), "bitwise_xor_agg"),
        approximate::approx_distinct(),
        buckets::numeric_histogram(),
        checksum::checksum(),
        counted::count_if(),
        means::geometric_mean(),
        percentile::approx_percentile(),
    ];
    all.extend(best::all());
    all.extend(keyed::all());
    all.extend(moments::all());
    all
}
