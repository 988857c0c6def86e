//! The relations of `pg_catalog` and `information_schema`: their numbers and columns.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use datafusion::arrow::datatypes::{Schema, SchemaRef};

use super::types;

/// `schema.name oid relkind`, then `column:type` for each column, as `PostgreSQL` 16 has them.
static TEXT: &str = include_str!("relations.txt");

static ALL: LazyLock<Vec<Own>> = LazyLock::new(|| TEXT.lines().filter_map(Own::read).collect());

static BY_NAME: LazyLock<HashMap<(&'static str, &'static str), &'static Own>> =
    LazyLock::new(|| {
        ALL.iter()
            .map(|own| ((own.schema, own.name), own))
            .collect()
    });

/// Relations that have rows. All others are about what there is none of here: indexes, constraints, triggers, sequences.
const FILLED: [&str; 31] = [
    "pg_am",
    "pg_attribute",
    "pg_authid",
    "pg_class",
    "pg_database",
    "pg_language",
    "pg_namespace",
    "pg_proc",
    "pg_roles",
    "pg_settings",
    "pg_shadow",
    "pg_stat_activity",
    "pg_stat_all_tables",
    "pg_stat_database",
    "pg_stat_user_tables",
    "pg_tables",
    "pg_tablespace",
    "pg_type",
    "pg_user",
    "pg_views",
    "character_sets",
    "column_privileges",
    "columns",
    "enabled_roles",
    "information_schema_catalog_name",
    "role_column_grants",
    "role_table_grants",
    "schemata",
    "table_privileges",
    "tables",
    "views",
];

/// A relation of the catalog itself.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) schema: &'static str,
    pub(super) name: &'static str,
    pub(super) oid: i64,
    /// `r` or `v`, as `pg_class` tells it.
    pub(super) kind: &'static str,
    /// Its columns with the names of their types.
    pub(super) columns: Vec<(&'static str, &'static str)>,
    pub(super) fields: SchemaRef,
}

impl Own {
    fn read(line: &'static str) -> Option<Self> {
        let mut words = line.split(' ');
        let (schema, name) = words.next()?.split_once('.')?;
        let oid = words.next()?.parse().ok()?;
        let kind = words.next()?;
        let columns: Vec<_> = words.filter_map(|word| word.split_once(':')).collect();
        let fields = columns.iter().map(|(name, of)| types::field(name, of));
        let fields = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Some(Self {
            schema,
            name,
            oid,
            kind,
            columns,
            fields,
        })
    }

    /// Whether it never has a row.
    pub(super) fn is_empty(&self) -> bool {
        !FILLED.contains(&self.name)
    }

    /// The name of a column's type.
    pub(super) fn type_of(&self, column: &str) -> Option<&'static str> {
        let mut columns = self.columns.iter();
        columns.find(|(name, _)| *name == column).map(|(_, of)| *of)
    }
}

/// All of them.
pub(super) fn all() -> &'static [Own] {
    &ALL
}

/// The one of this name.
pub(super) fn named(schema: &str, name: &str) -> Option<&'static Own> {
    BY_NAME.get(&(schema, name)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_relation() {
        assert_eq!(all().len(), TEXT.lines().count());
        for name in FILLED {
            assert!(
                named("pg_catalog", name)
                    .or_else(|| named("information_schema", name))
                    .is_some(),
                "{name}"
            );
        }
        let class = named("pg_catalog", "pg_class").unwrap();
        assert_eq!((class.oid, class.type_of("relkind")), (1259, Some("char")));
        assert!(named("pg_catalog", "pg_index").unwrap().is_empty());
    }
}
