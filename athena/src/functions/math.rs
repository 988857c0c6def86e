//! Numbers.

mod bits;
mod doubles;
mod extremes;
pub(super) mod random;
mod remainder;
mod rounding;
mod typed;

use datafusion::logical_expr::ScalarUDF;

/// The functions of this family.
pub(super) fn all() -> Vec<ScalarUDF> {
    let mut all = bits::all();
    all.extend(doubles::all());
    all.extend(extremes::all());
    all.extend(random::all());
    all.extend(rounding::all());
    all.push(remainder::modulus());
    all.push(typed::type_of());
    all
}
