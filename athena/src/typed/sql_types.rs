//! What the names of types mean.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::{
    error::Result,
    logical_expr::planner::TypePlanner,
    sql::sqlparser::ast::{DataType as Name, ExactNumberInfo},
};

/// Names that DataFusion takes for something else.
#[derive(Debug)]
pub(super) struct TrinoTypeNames;

impl TypePlanner for TrinoTypeNames {
    fn plan_type_field(&self, name: &Name) -> Result<Option<FieldRef>> {
        let data_type = match name {
            // Instants, whatever the precision: with a zone or without.
            Name::Timestamp(..) => super::timestamp(),
            // DataFusion's has ten decimal places.
            Name::Decimal(ExactNumberInfo::None)
            | Name::Numeric(ExactNumberInfo::None)
            | Name::Dec(ExactNumberInfo::None) => DataType::Decimal128(38, 0),
            _ => return Ok(None),
        };
        // As DataFusion itself names the field of a type that says nothing more.
        Ok(Some(Arc::new(Field::new("", data_type, true))))
    }
}
