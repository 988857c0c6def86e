//! What there is, as clients ask for it: catalogs, schemas, tables, and the keys that no table has.

use std::sync::Arc;

use arrow::{
    array::RecordBatch,
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use arrow_flight::{
    error::FlightError,
    sql::{CommandGetCatalogs, CommandGetDbSchemas, CommandGetTableTypes, CommandGetTables},
};

/// What the one catalog is called.
pub(super) const CATALOG: &str = "curtail";
/// The schemas that there are.
pub(super) const SCHEMAS: [&str; 3] = ["information_schema", "meta", "public"];
/// A table of our own, whether it is stored or a view: users need not know.
pub(super) const TABLE: &str = "TABLE";
/// A view that users defined.
pub(super) const VIEW: &str = "VIEW";

/// A table as it is listed.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) schema: String,
    pub(super) name: String,
    /// [`TABLE`] or [`VIEW`].
    pub(super) kind: &'static str,
    pub(super) columns: SchemaRef,
}

/// The catalogs.
pub(super) fn catalogs(asked: CommandGetCatalogs) -> Result<RecordBatch, FlightError> {
    let mut rows = asked.into_builder();
    rows.append(CATALOG);
    rows.build()
}

/// The schemas that were asked for.
pub(super) fn schemas(asked: CommandGetDbSchemas) -> Result<RecordBatch, FlightError> {
    let mut rows = asked.into_builder();
    for schema in SCHEMAS {
        rows.append(CATALOG, schema);
    }
    rows.build()
}

/// The tables that were asked for, with their columns if they were asked for.
pub(super) fn tables(
    asked: CommandGetTables,
    listed: &[Listed],
) -> Result<RecordBatch, FlightError> {
    let mut rows = asked.into_builder();
    for table in listed {
        rows.append(
            CATALOG,
            &table.schema,
            &table.name,
            table.kind,
            &table.columns,
        )?;
    }
    rows.build()
}

/// The kinds of tables.
pub(super) fn table_types(asked: CommandGetTableTypes) -> Result<RecordBatch, FlightError> {
    let mut rows = asked.into_builder();
    rows.append(TABLE);
    rows.append(VIEW);
    rows.build()
}

/// Primary keys: no table has one, as bills know none.
pub(super) fn primary_keys() -> RecordBatch {
    none(&[
        ("catalog_name", DataType::Utf8, true),
        ("db_schema_name", DataType::Utf8, true),
        ("table_name", DataType::Utf8, false),
        ("column_name", DataType::Utf8, false),
        ("key_name", DataType::Utf8, true),
        ("key_sequence", DataType::Int32, false),
    ])
}

/// Foreign keys, whichever way they are asked for: no table has one.
pub(super) fn foreign_keys() -> RecordBatch {
    none(&[
        ("pk_catalog_name", DataType::Utf8, true),
        ("pk_db_schema_name", DataType::Utf8, true),
        ("pk_table_name", DataType::Utf8, false),
        ("pk_column_name", DataType::Utf8, false),
        ("fk_catalog_name", DataType::Utf8, true),
        ("fk_db_schema_name", DataType::Utf8, true),
        ("fk_table_name", DataType::Utf8, false),
        ("fk_column_name", DataType::Utf8, false),
        ("key_sequence", DataType::Int32, false),
        ("fk_key_name", DataType::Utf8, true),
        ("pk_key_name", DataType::Utf8, true),
        ("update_rule", DataType::UInt8, false),
        ("delete_rule", DataType::UInt8, false),
    ])
}

fn none(columns: &[(&str, DataType, bool)]) -> RecordBatch {
    let fields = columns
        .iter()
        .map(|(name, data_type, nullable)| Field::new(*name, data_type.clone(), *nullable));
    RecordBatch::new_empty(Arc::new(Schema::new(fields.collect::<Vec<_>>())))
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use arrow_flight::IpcMessage;

    use super::*;

    fn listed() -> Vec<Listed> {
        let columns = Arc::new(Schema::new(vec![
            Field::new("service", DataType::Utf8, true),
            Field::new("unblended_cost", DataType::Decimal128(38, 18), true),
        ]));
        let of = |schema: &str, name: &str, kind| Listed {
            schema: schema.to_owned(),
            name: name.to_owned(),
            kind,
            columns: Arc::clone(&columns),
        };
        vec![
            of("public", "costs", TABLE),
            of("public", "by_team", VIEW),
            of("meta", "periods", TABLE),
        ]
    }

    fn names(asked: CommandGetTables) -> Vec<String> {
        let rows = tables(asked, &listed()).unwrap();
        let names = rows
            .column_by_name("table_name")
            .unwrap()
            .as_string::<i32>()
            .clone();
        names.iter().map(|name| name.unwrap().to_owned()).collect()
    }

    #[test]
    fn tables_are_listed_by_pattern_and_kind() {
        let all = CommandGetTables::default();
        assert_eq!(names(all.clone()), ["periods", "by_team", "costs"]);
        let public = Some("pub%".to_owned());
        let one = Some("cost_".to_owned());
        let of_public = CommandGetTables {
            db_schema_filter_pattern: public.clone(),
            ..all.clone()
        };
        assert_eq!(names(of_public), ["by_team", "costs"]);
        let costs = CommandGetTables {
            table_name_filter_pattern: one,
            ..all.clone()
        };
        assert_eq!(names(costs), ["costs"]);
        let views = CommandGetTables {
            table_types: vec![VIEW.to_owned()],
            ..all.clone()
        };
        assert_eq!(names(views), ["by_team"]);
        let elsewhere = CommandGetTables {
            catalog: Some("hive".to_owned()),
            ..all
        };
        assert!(names(elsewhere).is_empty());
    }

    #[test]
    fn columns_come_with_their_types() {
        let asked = CommandGetTables {
            table_name_filter_pattern: Some("costs".to_owned()),
            include_schema: true,
            ..CommandGetTables::default()
        };
        let rows = tables(asked, &listed()).unwrap();
        let columns = rows
            .column_by_name("table_schema")
            .unwrap()
            .as_binary::<i32>();
        let columns = columns.value(0).to_vec();
        let schema = Schema::try_from(IpcMessage(columns.into())).unwrap();
        assert_eq!(schema.field(1).data_type(), &DataType::Decimal128(38, 18));
    }

    #[test]
    fn there_is_one_catalog_with_its_schemas() {
        let rows = catalogs(CommandGetCatalogs {}).unwrap();
        assert_eq!(rows.column(0).as_string::<i32>().value(0), CATALOG);
        let rows = schemas(CommandGetDbSchemas::default()).unwrap();
        assert_eq!(rows.column(1).len(), SCHEMAS.len());
    }
}
