//! Arrays.

mod combine;
mod join;
mod lookup;
mod member;
mod sequence;
mod sets;
mod shape;
mod shuffle;

use datafusion::logical_expr::ScalarUDF;
pub(crate) use member::is_member;

/// The functions of this family.
pub(super) fn all() -> Vec<ScalarUDF> {
    let mut all = lookup::all();
    all.extend(sets::all());
    all.extend(shape::all());
    all.push(join::array_join());
    all.push(sequence::sequence());
    all.push(shuffle::shuffle());
    all
}
