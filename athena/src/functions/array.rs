//! Arrays.

mod combine;
mod join;
mod lookup;
mod sequence;
mod sets;
mod shape;

use datafusion::logical_expr::ScalarUDF;

/// The functions of this family.
pub(super) fn all() -> Vec<ScalarUDF> {
    let mut all = lookup::all();
    all.extend(sets::all());
    all.extend(shape::all());
    all.push(join::array_join());
    all.push(sequence::sequence());
    all
}
