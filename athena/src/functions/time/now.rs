//! `now()`, which is `current_timestamp`: with a time zone, in milliseconds.

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::{
    common::{ScalarValue, internal_err},
    error::Result,
    logical_expr::{
        ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
        Signature, Volatility,
        simplify::{ExprSimplifyResult, SimplifyContext},
    },
};

use super::{calendar::MILLISECOND, read::zoned, zone::Zone};

/// The function; it has the same value everywhere in a statement, which planning puts in its place.
pub(super) fn function() -> ScalarUDF {
    ScalarUDF::from(Now {
        signature: Signature::nullary(Volatility::Stable),
        aliases: ["current_timestamp".to_owned()],
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Now {
    signature: Signature,
    aliases: [String; 1],
}

impl ScalarUDFImpl for Now {
    fn name(&self) -> &'static str {
        "now"
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(zoned(Zone::Utc))
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Field::new(self.name(), zoned(Zone::Utc), false).into())
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        internal_err!("now() is a constant once a plan is simplified")
    }

    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let Some(now) = info.query_execution_start_time() else {
            return Ok(ExprSimplifyResult::Original(args));
        };
        let micros = now.timestamp_millis().saturating_mul(MILLISECOND);
        let now = ScalarValue::Int64(Some(micros)).cast_to(&zoned(Zone::Utc))?;
        Ok(ExprSimplifyResult::Simplified(Expr::Literal(now, None)))
    }
}
