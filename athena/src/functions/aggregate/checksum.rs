//! A sum of hashes, which tells whether two groups have the same values, whatever their order.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::cast,
    datatypes::{
        DataType, Decimal128Type, Float32Type, Float64Type, Int64Type, TimeUnit,
        TimestampMicrosecondType,
    },
};
use datafusion::{
    common::{ScalarValue, exec_err, plan_err},
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility,
        function::AccumulatorArgs, utils::AggregateOrderSensitivity,
    },
};

use super::{
    super::{
        lists::{plain, unexpected},
        names::type_name,
        support::{TEXT, is_text},
        text::hash::xxhash64,
    },
    keyed::refuse_distinct,
};

/// What a NULL adds, and each hash is multiplied by.
const PRIME: u64 = 0x9e37_79b1_85eb_ca87;
/// Digits of decimals that Trino keeps in 64 bits.
const SHORT: u8 = 18;

pub(super) fn checksum() -> AggregateUDF {
    AggregateUDF::from(Checksum {
        signature: Signature::user_defined(Volatility::Immutable),
    })
}

/// `checksum(x)`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Checksum {
    signature: Signature,
}

impl AggregateUDFImpl for Checksum {
    fn name(&self) -> &'static str {
        "checksum"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let [value] = types else {
            return unexpected(self.name(), "one value", types);
        };
        Ok(vec![match plain(value) {
            text if is_text(&text) => TEXT,
            integer if integer.is_integer() => DataType::Int64,
            // Amounts are doubles in Athena.
            DataType::Decimal128(38, 18) => DataType::Float64,
            DataType::Timestamp(..) => {
                DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
            }
            known @ (DataType::Boolean
            | DataType::Float32
            | DataType::Float64
            | DataType::Date32
            | DataType::Binary
            | DataType::Null) => known,
            short @ DataType::Decimal128(..=SHORT, _) => short,
            other => {
                return plan_err!(
                    "checksum of {} is not supported: cast it to varchar",
                    type_name(&other)
                );
            }
        }])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(self.name(), &arguments)?;
        Ok(Box::new(Sum { sum: None }))
    }
}

#[derive(Debug)]
struct Sum {
    /// `None` without any rows.
    sum: Option<u64>,
}

impl Sum {
    fn add(&mut self, more: u64) {
        self.sum = Some(self.sum.unwrap_or(0).wrapping_add(more));
    }

    fn bytes(&self) -> ScalarValue {
        ScalarValue::Binary(self.sum.map(|sum| sum.to_le_bytes().to_vec()))
    }
}

/// The hash of each value, as Trino hashes values of its type.
fn hashes(values: &ArrayRef) -> Result<Vec<Option<u64>>> {
    let number = |number: i64| xxhash64(&number.to_le_bytes());
    Ok(match values.data_type() {
        text if is_text(text) => {
            let texts = cast(values, &TEXT)?;
            let texts = texts.as_string_view().iter();
            texts
                .map(|text| text.map(|text| xxhash64(text.as_bytes())))
                .collect()
        }
        DataType::Binary => {
            let bytes = values.as_binary::<i32>().iter();
            bytes.map(|bytes| bytes.map(xxhash64)).collect()
        }
        DataType::Boolean => {
            let truths = values.as_boolean().iter();
            truths
                .map(|truth| truth.map(|truth| number(truth.into())))
                .collect()
        }
        // Zero has one hash, whatever its sign.
        DataType::Float64 => {
            let doubles = values.as_primitive::<Float64Type>().iter();
            doubles
                .map(|double| double.map(|double| number((double + 0.0).to_bits().cast_signed())))
                .collect()
        }
        DataType::Float32 => {
            let reals = values.as_primitive::<Float32Type>().iter();
            reals
                .map(|real| real.map(|real| number((real + 0.0).to_bits().cast_signed().into())))
                .collect()
        }
        DataType::Timestamp(..) => {
            let times = values.as_primitive::<TimestampMicrosecondType>().iter();
            times.map(|time| time.map(number)).collect()
        }
        DataType::Date32 => {
            let days = cast(&cast(values, &DataType::Int32)?, &DataType::Int64)?;
            let days = days.as_primitive::<Int64Type>().iter();
            days.map(|day| day.map(number)).collect()
        }
        DataType::Decimal128(..) => {
            let units = values.as_primitive::<Decimal128Type>().iter();
            units
                .map(|units| units.and_then(|units| i64::try_from(units).ok().map(number)))
                .collect()
        }
        DataType::Int64 => {
            let numbers = values.as_primitive::<Int64Type>().iter();
            numbers.map(|whole| whole.map(number)).collect()
        }
        DataType::Null => vec![None; values.len()],
        other => return exec_err!("checksum of {other} is not supported"),
    })
}

impl Accumulator for Sum {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for hash in hashes(&values[0])? {
            self.add(hash.map_or(PRIME, |hash| hash.wrapping_mul(PRIME)));
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for state in states[0].as_binary::<i32>().iter().flatten() {
            if let Ok(bytes) = state.try_into() {
                self.add(u64::from_le_bytes(bytes));
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(self.bytes())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.bytes()])
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}
