//! `lag` and `lead`, whose offset and default DataFusion takes as constants alone.

use std::{ops::Range, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, UInt64Array},
    compute::{cast, interleave, take},
    datatypes::{DataType, FieldRef, Int64Type},
};
use datafusion::{
    common::{ScalarValue, exec_err, plan_err},
    error::Result,
    functions_window::lead_lag::{lag_udwf, lead_udwf},
    logical_expr::{
        LimitEffect, PartitionEvaluator, ReversedUDWF, Signature, TypeSignature, Volatility,
        WindowUDF, WindowUDFImpl,
        function::{ExpressionArgs, PartitionEvaluatorArgs, WindowUDFFieldArgs},
    },
    physical_expr::{PhysicalExpr, expressions::Literal},
};

use super::super::lists::is_null;

/// The functions of this family.
pub(super) fn all() -> impl Iterator<Item = WindowUDF> {
    let all = [lag_udwf(), lead_udwf()].into_iter();
    all.map(|inner| WindowUDF::from(Shift::new(inner)))
}

/// `lag(x[, offset[, default]])` and `lead(…)`: DataFusion's own where offset and default are constants.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Shift {
    inner: Arc<WindowUDF>,
    signature: Signature,
}

impl Shift {
    fn new(inner: Arc<WindowUDF>) -> Self {
        let numbers = [1, 2, 3].map(TypeSignature::Any);
        Self {
            inner,
            signature: Signature::one_of(numbers.into(), Volatility::Immutable),
        }
    }

    fn goes_back(&self) -> bool {
        self.inner.name() == lag_udwf().name()
    }
}

/// Whether offset and default, as far as they are given, are constants.
fn is_constant(arguments: &[Arc<dyn PhysicalExpr>]) -> bool {
    arguments
        .iter()
        .skip(1)
        .all(|argument| argument.downcast_ref::<Literal>().is_some())
}

impl WindowUDFImpl for Shift {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn expressions(&self, arguments: ExpressionArgs<'_>) -> Vec<Arc<dyn PhysicalExpr>> {
        if is_constant(arguments.input_exprs()) {
            self.inner.expressions(arguments)
        } else {
            arguments.input_exprs().to_vec()
        }
    }

    fn partition_evaluator(
        &self,
        arguments: PartitionEvaluatorArgs<'_>,
    ) -> Result<Box<dyn PartitionEvaluator>> {
        if is_constant(arguments.input_exprs()) {
            if let Some(offset) = arguments.input_exprs().get(1)
                && let Some(offset) = offset.downcast_ref::<Literal>()
            {
                check(&offset.value().cast_to(&DataType::Int64)?)?;
            }
            return self.inner.partition_evaluator_factory(arguments);
        }
        let fields = arguments.input_fields();
        let offset = fields.get(1).map(|field| field.data_type());
        if offset.is_some_and(|offset| !offset.is_integer() && !offset.is_null()) {
            return plan_err!("the offset of {} is a whole number", self.name());
        }
        Ok(Box::new(Shifted {
            // Reversed, rows come from the last to the first.
            goes_back: self.goes_back() != arguments.is_reversed(),
            ignores_nulls: arguments.ignore_nulls(),
        }))
    }

    fn field(&self, arguments: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        self.inner.field(arguments)
    }

    /// It is told when rows come from the last to the first.
    fn reverse_expr(&self) -> ReversedUDWF {
        ReversedUDWF::Reversed(Arc::new(WindowUDF::from(Self::new(Arc::clone(
            &self.inner,
        )))))
    }

    fn limit_effect(&self, arguments: &[Arc<dyn PhysicalExpr>]) -> LimitEffect {
        if is_constant(arguments) {
            self.inner.inner().limit_effect(arguments)
        } else {
            LimitEffect::Unknown
        }
    }
}

fn check(offset: &ScalarValue) -> Result<()> {
    match offset {
        ScalarValue::Int64(Some(0..)) => Ok(()),
        ScalarValue::Int64(Some(offset)) => exec_err!("Offset must be at least 0, not {offset}"),
        _ => exec_err!("Offset must not be null"),
    }
}

/// A partition in which each row says how far away its value is.
#[derive(Debug)]
struct Shifted {
    goes_back: bool,
    ignores_nulls: bool,
}

impl Shifted {
    /// The row so far from `row`, if the partition has one.
    fn row(&self, row: usize, offset: usize, known: &[usize]) -> Option<usize> {
        if !self.ignores_nulls {
            return if self.goes_back {
                row.checked_sub(offset)
            } else {
                row.checked_add(offset)
            };
        }
        if offset == 0 {
            return Some(row);
        }
        let place = if self.goes_back {
            let before = known.partition_point(|&place| place < row);
            before.checked_sub(offset)?
        } else {
            let after = known.partition_point(|&place| place <= row);
            after.checked_add(offset - 1)?
        };
        known.get(place).copied()
    }
}

impl PartitionEvaluator for Shifted {
    fn evaluate_all(&mut self, columns: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let [values, offsets, rest @ ..] = columns else {
            return exec_err!("lag and lead take a value and an offset");
        };
        let offsets = cast(offsets, &DataType::Int64)?;
        let offsets = offsets.as_primitive::<Int64Type>();
        let missing = is_null(values);
        let known: Vec<usize> = (0..rows).filter(|&row| !missing(row)).collect();
        let mut places = Vec::with_capacity(rows);
        for row in 0..rows {
            let offset = offsets.is_valid(row).then(|| offsets.value(row));
            check(&ScalarValue::Int64(offset))?;
            let offset = usize::try_from(offset.unwrap_or_default()).unwrap_or(usize::MAX);
            places.push(self.row(row, offset, &known).filter(|&place| place < rows));
        }
        let [default] = rest else {
            let places: UInt64Array = places
                .into_iter()
                .map(|place| place.map(|place| place as u64))
                .collect();
            return Ok(take(values, &places, None)?);
        };
        let default = cast(default, values.data_type())?;
        let places: Vec<(usize, usize)> = places
            .into_iter()
            .enumerate()
            .map(|(row, place)| place.map_or((1, row), |place| (0, place)))
            .collect();
        Ok(interleave(&[values.as_ref(), default.as_ref()], &places)?)
    }

    fn get_range(&self, _: usize, rows: usize) -> Result<Range<usize>> {
        Ok(0..rows)
    }
}
