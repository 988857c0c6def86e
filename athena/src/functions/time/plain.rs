//! A function told by plain functions: what it gives, and how.

use std::sync::Arc;

use arrow::{
    array::ArrayRef,
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{
    common::internal_err,
    error::Result,
    logical_expr::{
        ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        TypeSignature, Volatility,
        preimage::PreimageResult,
        simplify::SimplifyContext,
        sort_properties::{ExprProperties, SortProperties},
    },
};

use super::super::support::{equal_by_name, per_distinct_value};

/// The type of what a function gives.
pub(super) type Returns = fn(&ReturnFieldArgs<'_>) -> Result<DataType>;
/// How it runs on so many rows; the last argument is its type.
pub(super) type Run = fn(&[ColumnarValue], usize, &DataType) -> Result<ArrayRef>;
/// See [`ScalarUDFImpl::preimage`].
pub(super) type Preimage = fn(&[Expr], &Expr, &SimplifyContext) -> Result<PreimageResult>;

/// A function.
#[derive(Debug)]
pub(super) struct Plain {
    name: &'static str,
    aliases: Vec<String>,
    signature: Signature,
    returns: Returns,
    run: Run,
    monotonic: bool,
    preimage: Option<Preimage>,
}

impl Plain {
    /// A function of so many arguments, whose types `returns` looks at.
    pub(super) fn new(
        name: &'static str,
        arguments: impl IntoIterator<Item = usize>,
        returns: Returns,
        run: Run,
    ) -> Self {
        let shape = |count| match count {
            0 => TypeSignature::Nullary,
            count => TypeSignature::Any(count),
        };
        let mut shapes: Vec<_> = arguments.into_iter().map(shape).collect();
        let signature = match (shapes.pop(), shapes.is_empty()) {
            (Some(only), true) => Signature::new(only, Volatility::Immutable),
            (last, _) => {
                shapes.extend(last);
                Signature::one_of(shapes, Volatility::Immutable)
            }
        };
        Self {
            name,
            aliases: Vec::new(),
            signature,
            returns,
            run,
            monotonic: false,
            preimage: None,
        }
    }

    /// Other names of it.
    pub(super) fn aliases(mut self, aliases: &[&str]) -> Self {
        self.aliases = aliases.iter().map(|&alias| alias.to_owned()).collect();
        self
    }

    /// Later times, as its last argument, never give less, if they are in UTC and nothing else changes.
    pub(super) fn monotonic(mut self) -> Self {
        self.monotonic = true;
        self
    }

    /// What stretch of time gives a value.
    pub(super) fn preimage(mut self, preimage: Preimage) -> Self {
        self.preimage = Some(preimage);
        self
    }
}

equal_by_name!(Plain);

impl ScalarUDFImpl for Plain {
    fn name(&self) -> &str {
        self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("{} has a type only with its arguments", self.name)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let data_type = (self.returns)(&args).map_err(|error| error.context(self.name))?;
        Ok(Arc::new(Field::new(self.name, data_type, true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let data_type = args.return_field.data_type().clone();
        per_distinct_value(&args, |arguments, rows| {
            (self.run)(arguments, rows, &data_type)
        })
        .map_err(|error| error.context(self.name))
    }

    fn output_ordering(&self, inputs: &[ExprProperties]) -> Result<SortProperties> {
        let Some((time, others)) = inputs.split_last() else {
            return Ok(SortProperties::Singleton);
        };
        let constant = |other: &ExprProperties| other.sort_properties == SortProperties::Singleton;
        let in_utc = match time.range.data_type() {
            DataType::Date32 | DataType::Timestamp(_, None) => true,
            DataType::Timestamp(_, Some(zone)) => zone.as_ref() == "UTC",
            _ => false,
        };
        Ok(if self.monotonic && in_utc && others.iter().all(constant) {
            time.sort_properties
        } else {
            SortProperties::Unordered
        })
    }

    fn preimage(
        &self,
        args: &[Expr],
        value: &Expr,
        info: &SimplifyContext,
    ) -> Result<PreimageResult> {
        match self.preimage {
            Some(preimage) => preimage(args, value, info),
            None => Ok(PreimageResult::None),
        }
    }
}
