//! What the names of types mean.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::{
    error::Result,
    logical_expr::planner::TypePlanner,
    sql::sqlparser::ast::{ArrayElemTypeDef, DataType as Name, ExactNumberInfo, TimezoneInfo},
};

use crate::functions::JSON;

/// Names that DataFusion takes for something else, or does not know.
#[derive(Debug)]
pub(super) struct TrinoTypeNames;

impl TypePlanner for TrinoTypeNames {
    fn plan_type_field(&self, name: &Name) -> Result<Option<FieldRef>> {
        let data_type = match name {
            Name::Map(..) | Name::Struct(..) => nested(name),
            name => ours(name),
        };
        // As DataFusion itself names the field of a type that says nothing more.
        Ok(data_type.map(|data_type| Arc::new(Field::new("", data_type, true))))
    }
}

fn ours(name: &Name) -> Option<DataType> {
    Some(match name {
        // Whatever the precision.
        Name::Timestamp(_, TimezoneInfo::WithTimeZone | TimezoneInfo::Tz) => {
            super::zoned_timestamp()
        }
        Name::Timestamp(..) => super::timestamp(),
        // DataFusion's has ten decimal places.
        Name::Decimal(ExactNumberInfo::None)
        | Name::Numeric(ExactNumberInfo::None)
        | Name::Dec(ExactNumberInfo::None) => DataType::Decimal128(38, 0),
        Name::JSON => JSON,
        _ => return None,
    })
}

/// A type and the types that it is made of; `None` if there is one that is not known here.
fn nested(name: &Name) -> Option<DataType> {
    if let Some(ours) = ours(name) {
        return Some(ours);
    }
    Some(match name {
        Name::Boolean | Name::Bool => DataType::Boolean,
        Name::TinyInt(_) => DataType::Int8,
        Name::SmallInt(_) => DataType::Int16,
        Name::Int(_) | Name::Integer(_) => DataType::Int32,
        Name::BigInt(_) => DataType::Int64,
        Name::Real | Name::Float(_) => DataType::Float32,
        Name::Double(_) | Name::DoublePrecision => DataType::Float64,
        Name::Varchar(_)
        | Name::CharacterVarying(_)
        | Name::Char(_)
        | Name::String(_)
        | Name::Text => DataType::Utf8View,
        Name::Bytea => DataType::Binary,
        Name::Date => DataType::Date32,
        Name::Decimal(ExactNumberInfo::Precision(precision)) => {
            DataType::Decimal128(u8::try_from(*precision).ok()?, 0)
        }
        Name::Decimal(ExactNumberInfo::PrecisionAndScale(precision, scale)) => {
            DataType::Decimal128(u8::try_from(*precision).ok()?, i8::try_from(*scale).ok()?)
        }
        Name::Array(ArrayElemTypeDef::AngleBracket(item)) => {
            DataType::List(Arc::new(Field::new_list_field(nested(item)?, true)))
        }
        Name::Map(key, value) => {
            let entries = Fields::from(vec![
                Field::new("key", nested(key)?, false),
                Field::new("value", nested(value)?, true),
            ]);
            let entries = Field::new("entries", DataType::Struct(entries), false);
            DataType::Map(Arc::new(entries), false)
        }
        Name::Struct(fields, _) => {
            let fields = fields.iter().enumerate().map(|(place, field)| {
                let name = match &field.field_name {
                    Some(name) => name.value.to_lowercase(),
                    None => format!("field{place}"),
                };
                Some(Field::new(name, nested(&field.field_type)?, true))
            });
            DataType::Struct(Fields::from(fields.collect::<Option<Vec<_>>>()?))
        }
        _ => return None,
    })
}
