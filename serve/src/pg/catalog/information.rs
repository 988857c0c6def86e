//! The rows of `information_schema`'s tables, with the columns that `PostgreSQL` gives them.

use super::{
    Known,
    listing::{Column, INFORMATION_SCHEMA, NAMESPACES, PG_CATALOG},
    relations::Own,
    rows::{Cell, Rows},
    tables::of_kind,
};

/// Bytes that a text may have.
const LONGEST_TEXT: i64 = 1 << 30;

pub(super) async fn rows(rows: &mut Rows, own: &Own, known: &Known) {
    let database = known.connection.database();
    let user = known.connection.user();
    match own.name {
        "information_schema_catalog_name" => rows.push(&[("catalog_name", database.into())]),
        "enabled_roles" => rows.push(&[("role_name", user.into())]),
        "character_sets" => rows.push(&[
            ("character_set_name", "UTF8".into()),
            ("character_repertoire", "UCS".into()),
            ("form_of_use", "UTF8".into()),
            ("default_collate_catalog", database.into()),
            ("default_collate_schema", PG_CATALOG.into()),
            ("default_collate_name", "C.UTF-8".into()),
        ]),
        "schemata" => {
            for (_, schema) in NAMESPACES {
                rows.push(&[
                    ("catalog_name", database.clone().into()),
                    ("schema_name", schema.into()),
                    ("schema_owner", user.clone().into()),
                ]);
            }
        }
        "tables" => {
            for (kind, told) in [("r", "BASE TABLE"), ("v", "VIEW")] {
                for (schema, name, _) in of_kind(known, kind) {
                    rows.push(&[
                        ("table_catalog", database.clone().into()),
                        ("table_schema", schema.into()),
                        ("table_name", name.into()),
                        ("table_type", told.into()),
                        ("is_insertable_into", "NO".into()),
                        ("is_typed", "NO".into()),
                    ]);
                }
            }
        }
        "views" => {
            for (schema, name, definition) in of_kind(known, "v") {
                let no = || Cell::from("NO");
                rows.push(&[
                    ("table_catalog", database.clone().into()),
                    ("table_schema", schema.into()),
                    ("table_name", name.into()),
                    ("view_definition", definition.into()),
                    ("check_option", "NONE".into()),
                    ("is_updatable", no()),
                    ("is_insertable_into", no()),
                    ("is_trigger_updatable", no()),
                    ("is_trigger_deletable", no()),
                    ("is_trigger_insertable_into", no()),
                ]);
            }
        }
        "columns" => {
            for (listed, place, column) in known.columns().await {
                let table = [
                    ("table_catalog", Cell::from(database.clone())),
                    ("table_schema", listed.schema().into()),
                    ("table_name", listed.name().into()),
                    ("ordinal_position", place.into()),
                    ("udt_catalog", database.clone().into()),
                ];
                rows.push(
                    &table
                        .into_iter()
                        .chain(described(column))
                        .collect::<Vec<_>>(),
                );
            }
        }
        "table_privileges" | "role_table_grants" => {
            for listed in known.listing.all() {
                rows.push(&[
                    ("grantor", user.clone().into()),
                    ("grantee", user.clone().into()),
                    ("table_catalog", database.clone().into()),
                    ("table_schema", listed.schema().into()),
                    ("table_name", listed.name().into()),
                    ("privilege_type", "SELECT".into()),
                    ("is_grantable", "NO".into()),
                    ("with_hierarchy", "YES".into()),
                ]);
            }
        }
        "column_privileges" | "role_column_grants" => {
            for (listed, _, column) in known.columns().await {
                rows.push(&[
                    ("grantor", user.clone().into()),
                    ("grantee", user.clone().into()),
                    ("table_catalog", database.clone().into()),
                    ("table_schema", listed.schema().into()),
                    ("table_name", listed.name().into()),
                    ("column_name", column.name.clone().into()),
                    ("privilege_type", "SELECT".into()),
                    ("is_grantable", "NO".into()),
                ]);
            }
        }
        other => debug_assert!(false, "{INFORMATION_SCHEMA}.{other} has no rows"),
    }
}

/// What `columns` tells of a column's type.
fn described(column: &Column) -> Vec<(&'static str, Cell)> {
    let of = column.of;
    let data_type = match of.category {
        "A" => "ARRAY",
        _ => of.shown,
    };
    let mut told = vec![
        ("column_name", Cell::from(column.name.clone())),
        ("is_nullable", "YES".into()),
        ("data_type", data_type.into()),
        ("udt_schema", PG_CATALOG.into()),
        ("udt_name", of.name.into()),
        ("is_self_referencing", "NO".into()),
        ("is_identity", "NO".into()),
        ("identity_cycle", "NO".into()),
        ("is_generated", "NEVER".into()),
        ("is_updatable", "NO".into()),
    ];
    let number = |name, number: i64| (name, Cell::Number(number));
    let numeric = |bits: i64, base: i64| {
        [
            number("numeric_precision", bits),
            number("numeric_precision_radix", base),
        ]
    };
    match of.name {
        "int2" => told.extend(
            numeric(16, 2)
                .into_iter()
                .chain([number("numeric_scale", 0)]),
        ),
        "int4" => told.extend(
            numeric(32, 2)
                .into_iter()
                .chain([number("numeric_scale", 0)]),
        ),
        "int8" => told.extend(
            numeric(64, 2)
                .into_iter()
                .chain([number("numeric_scale", 0)]),
        ),
        "float4" => told.extend(numeric(24, 2)),
        "float8" => told.extend(numeric(53, 2)),
        "numeric" if column.modifier >= 4 => {
            let packed = column.modifier - 4;
            told.extend(numeric(packed >> 16, 10));
            told.push(number("numeric_scale", packed & 0x7ff));
        }
        "text" | "varchar" | "name" => told.push(number("character_octet_length", LONGEST_TEXT)),
        "date" => told.push(number("datetime_precision", 0)),
        "timestamp" | "timestamptz" | "time" | "interval" => {
            told.push(number("datetime_precision", 6));
        }
        _ => {}
    }
    told
}
