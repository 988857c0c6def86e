//! Schemas as Delta's metadata holds them.

use deltalake_core::kernel::{
    DataType, MapType, MetadataValue, PrimitiveType, StructField, StructType,
};

use super::{Column, ColumnType, SOURCE_NAMES, TableSchema};
use crate::{
    MONEY_PRECISION, MONEY_SCALE, StoreError,
    paths::{BILLING_PERIOD, REPORT},
};

impl ColumnType {
    fn delta(self) -> DataType {
        let map = |value: Self| DataType::from(MapType::new(DataType::STRING, value.delta(), true));
        match self {
            Self::Text => DataType::STRING,
            Self::Amount => DataType::decimal(MONEY_PRECISION, MONEY_SCALE.unsigned_abs())
                .expect("38 digits, 18 of them after the point, is a decimal"),
            Self::Timestamp => DataType::Primitive(PrimitiveType::Timestamp),
            Self::TextMap => map(Self::Text),
            Self::AmountMap => map(Self::Amount),
        }
    }

    fn of_delta(data_type: &DataType) -> Option<Self> {
        let all = [
            Self::Text,
            Self::Amount,
            Self::Timestamp,
            Self::TextMap,
            Self::AmountMap,
        ];
        all.into_iter()
            .find(|column_type| column_type.delta() == *data_type)
    }
}

impl TableSchema {
    /// The table's columns for Delta: the partition columns, then these.
    pub(crate) fn delta(&self) -> Result<StructType, StoreError> {
        let partition =
            [REPORT, BILLING_PERIOD].map(|name| StructField::nullable(name, DataType::STRING));
        let columns = self.columns.iter().map(|column| {
            let field = StructField::nullable(&column.name, column.column_type.delta());
            if column.source_names.is_empty() {
                return field;
            }
            let names =
                serde_json::to_string(&column.source_names).expect("a list of strings is JSON");
            field.with_metadata([(SOURCE_NAMES, MetadataValue::String(names))])
        });
        for column in &self.columns {
            if let Some(why) = unfit(&column.name) {
                return Err(StoreError::Column {
                    column: column.name.clone(),
                    why: why.to_owned(),
                });
            }
        }
        StructType::try_new(partition.into_iter().chain(columns)).map_err(|error| {
            StoreError::Damaged(format!("its columns are no Delta schema: {error}"))
        })
    }

    /// The columns of a table of ours, without the partition columns.
    pub(crate) fn of_delta(schema: &StructType) -> Result<Self, StoreError> {
        let columns = schema
            .fields()
            .filter(|field| field.name != REPORT && field.name != BILLING_PERIOD);
        let column = |field: &StructField| {
            let damaged =
                |why: String| StoreError::Damaged(format!("column `{}` {why}", field.name));
            let column_type = ColumnType::of_delta(&field.data_type).ok_or_else(|| {
                damaged(format!(
                    "has type {}, which curtail never writes",
                    field.data_type
                ))
            })?;
            let source_names = match field.metadata.get(SOURCE_NAMES) {
                Some(MetadataValue::String(names)) => {
                    serde_json::from_str(names).map_err(|error| {
                        damaged(format!("has an unreadable list of source names: {error}"))
                    })?
                }
                _ => Vec::new(),
            };
            Ok(Column {
                name: field.name.clone(),
                column_type,
                source_names,
            })
        };
        columns.map(column).collect::<Result<_, _>>().map(Self::new)
    }
}

/// Why Delta could not hold a column of that name, if so. Delta's names differ in more than case, and those of tables
/// without column mapping are Parquet's.
fn unfit(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("has no name")
    } else if name == REPORT || name == BILLING_PERIOD {
        Some("has the name of a partition column")
    } else if name.contains(|c: char| " ,;{}()=".contains(c) || c.is_control()) {
        Some("has a character in its name that Delta tables do not allow")
    } else if name.chars().any(char::is_uppercase) {
        Some("has an upper-case letter in its name")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Table;

    #[test]
    fn schemas_survive_delta() {
        for table in Table::ALL {
            let tag = Column {
                name: "resource_tags_user_cost_center".into(),
                column_type: ColumnType::Text,
                source_names: vec![
                    "resourceTags/user:Cost Center".into(),
                    "user_\"Cost\"".into(),
                ],
            };
            let schema = TableSchema::documented(table)
                .union(&TableSchema::new(vec![tag]))
                .unwrap();
            let delta = schema.delta().unwrap();
            assert_eq!(
                delta
                    .fields()
                    .take(2)
                    .map(|field| field.name.as_str())
                    .collect::<Vec<_>>(),
                [REPORT, BILLING_PERIOD]
            );
            assert_eq!(TableSchema::of_delta(&delta).unwrap(), schema);
        }
    }

    #[test]
    fn names_that_delta_cannot_hold_are_refused() {
        for name in ["", "report", "billing_period", "a b", "a=b", "Team", "a\tb"] {
            let column = Column {
                name: name.into(),
                column_type: ColumnType::Text,
                source_names: Vec::new(),
            };
            let refused = TableSchema::new(vec![column]).delta();
            assert!(
                matches!(refused, Err(StoreError::Column { column, .. }) if column == name),
                "{name}"
            );
        }
    }

    #[test]
    fn foreign_types_are_damage() {
        let schema = StructType::try_new([StructField::nullable("x", DataType::INTEGER)]).unwrap();
        assert!(matches!(
            TableSchema::of_delta(&schema),
            Err(StoreError::Damaged(_))
        ));
    }
}
