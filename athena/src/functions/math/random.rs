//! Random numbers.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::Arc,
};

use arrow::{
    array::{Array, AsArray, Float64Array, Int64Array},
    datatypes::{DataType, Int64Type},
};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};

use super::super::lists::unexpected;

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![ScalarUDF::from(Random::default())]
}

/// `random()` is a double from 0 to 1, `random(n)` and `random(m, n)` an integer below `n`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Random {
    signature: Signature,
    aliases: Vec<String>,
}

impl Default for Random {
    fn default() -> Self {
        Self {
            signature: Signature::user_defined(Volatility::Volatile),
            aliases: vec!["rand".to_owned()],
        }
    }
}

impl ScalarUDFImpl for Random {
    fn name(&self) -> &'static str {
        "random"
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let whole = |data_type: &DataType| data_type.is_integer() || data_type.is_null();
        if types.len() > 2 || !types.iter().all(whole) {
            return unexpected(
                "random",
                "nothing, or whole numbers that it lies between",
                types,
            );
        }
        Ok(vec![DataType::Int64; types.len()])
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(if types.is_empty() {
            DataType::Float64
        } else {
            DataType::Int64
        })
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let mut numbers = Numbers::new();
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        let bounds: Vec<Int64Array> = arrays
            .iter()
            .map(|bound| bound.as_primitive::<Int64Type>().clone())
            .collect();
        let bound = |of: &Int64Array, row: usize| {
            // Constants alone come as one row.
            let row = if of.len() == 1 { 0 } else { row };
            of.is_valid(row).then(|| of.value(row))
        };
        let made = (0..rows).map(|row| {
            let (low, high) = match bounds.as_slice() {
                [high] => (Some(0), bound(high, row)),
                [low, high] => (bound(low, row), bound(high, row)),
                _ => (None, None),
            };
            let (Some(low), Some(high)) = (low, high) else {
                return Ok(None);
            };
            if low >= high {
                return exec_err!("bound must be positive and above the lower one, not {high}");
            }
            let span = high.wrapping_sub(low).cast_unsigned();
            Ok(Some(
                low.wrapping_add((numbers.next() % span).cast_signed()),
            ))
        });
        if bounds.is_empty() {
            let doubles: Float64Array = (0..rows).map(|_| Some(numbers.double())).collect();
            return Ok(ColumnarValue::Array(Arc::new(doubles)));
        }
        let made = made.collect::<Result<Int64Array>>()?;
        Ok(ColumnarValue::Array(Arc::new(made)))
    }
}

/// The numbers of `SplitMix64`, from a start that nobody knows.
pub(in crate::functions) struct Numbers {
    state: u64,
}

impl Numbers {
    pub(in crate::functions) fn new() -> Self {
        // Every state of hashes has keys of its own.
        let state = RandomState::new().build_hasher().finish();
        Self { state }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below another, which is not 0.
    pub(in crate::functions) fn below(&mut self, end: usize) -> usize {
        let below = (u128::from(self.next()) * end as u128) >> u64::BITS;
        usize::try_from(below).unwrap_or_default()
    }

    /// Below 1, of all the 53 bits that a double has.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn double(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
