//! The rows of `pg_catalog`'s tables, made when they are read.

use datafusion::{arrow::array::RecordBatch, error::Result};

use super::{
    Known, Setting, information,
    listing::{self, Column, DATABASE, Listed, NAMESPACES, OWNER, PG_CATALOG, PUBLIC, TABLESPACE},
    relations::{self, Own},
    rows::{Cell, Rows},
    types::{self, PgType},
};

/// The access method of tables.
const HEAP: i64 = 2;
/// The encoding UTF8.
const UTF8: i64 = 6;

/// The rows of one of the catalog's relations.
pub(super) async fn rows(own: &'static Own, known: &Known) -> Result<RecordBatch> {
    let mut rows = Rows::of(own);
    if own.is_empty() {
        return rows.batch();
    }
    match own.name {
        "pg_am" => rows.push(&[
            ("oid", HEAP.into()),
            ("amname", "heap".into()),
            ("amhandler", "heap_tableam_handler".into()),
            ("amtype", "t".into()),
        ]),
        "pg_attribute" => attributes(&mut rows, known).await,
        "pg_class" => classes(&mut rows, known).await,
        "pg_database" => database(&mut rows, known),
        "pg_stat_database" => rows.push(&[
            ("datid", DATABASE.into()),
            ("datname", known.connection.database().into()),
            ("numbackends", Cell::Number(1)),
        ]),
        "pg_language" => language(&mut rows),
        "pg_namespace" => {
            for (oid, name) in NAMESPACES {
                let name = ("nspname", name.into());
                rows.push(&[("oid", oid.into()), name, ("nspowner", OWNER.into())]);
            }
        }
        "pg_proc" => functions(&mut rows),
        "pg_authid" | "pg_roles" | "pg_shadow" | "pg_user" => role(&mut rows, own, known),
        "pg_settings" => settings(&mut rows, known),
        "pg_stat_activity" => activity(&mut rows, known),
        "pg_stat_all_tables" | "pg_stat_user_tables" => {
            for listed in known.listing.all() {
                rows.push(&[
                    ("relid", listed.oid.into()),
                    ("schemaname", listed.schema().into()),
                    ("relname", listed.name().into()),
                ]);
            }
        }
        "pg_tables" => {
            for (schema, name, _) in of_kind(known, "r") {
                rows.push(&[
                    ("schemaname", schema.into()),
                    ("tablename", name.into()),
                    ("tableowner", known.connection.user().into()),
                ]);
            }
        }
        "pg_views" => {
            for (schema, name, definition) in of_kind(known, "v") {
                rows.push(&[
                    ("schemaname", schema.into()),
                    ("viewname", name.into()),
                    ("viewowner", known.connection.user().into()),
                    ("definition", definition.into()),
                ]);
            }
        }
        "pg_tablespace" => rows.push(&[
            ("oid", TABLESPACE.into()),
            ("spcname", "pg_default".into()),
            ("spcowner", OWNER.into()),
        ]),
        "pg_type" => {
            for of in types::all() {
                rows.push(&type_row(of));
            }
        }
        _ => information::rows(&mut rows, own, known).await,
    }
    rows.batch()
}

/// The schema, name and definition of every relation of a kind: the store's, then the catalog's own.
pub(super) fn of_kind<'a>(
    known: &'a Known,
    kind: &'a str,
) -> impl Iterator<Item = (&'static str, &'a str, Option<&'a str>)> {
    let listed = known.listing.all().iter();
    let listed = listed.filter(move |listed| listed.kind() == kind);
    let listed = listed.map(|listed| {
        (
            listed.schema(),
            listed.name(),
            listed.definition().filter(|text| !text.is_empty()),
        )
    });
    let own = relations::all().iter().filter(move |own| own.kind == kind);
    listed.chain(own.map(|own| (own.schema, own.name, None)))
}

/// The number of a schema.
pub(super) fn namespace(schema: &str) -> i64 {
    let mut known = NAMESPACES.iter();
    let found = known.find(|(_, name)| *name == schema);
    found.map_or(0, |(oid, _)| *oid)
}

/// The type that a column of the catalog's own relations has.
pub(super) fn type_of_own(name: &str) -> Option<&'static PgType> {
    types::named(match name {
        "sql_identifier" => "name",
        "character_data" | "yes_or_no" => "varchar",
        "cardinal_number" => "int4",
        "time_stamp" => "timestamptz",
        other => other,
    })
}

async fn classes(rows: &mut Rows, known: &Known) {
    let mut push = |oid: i64, schema: &str, name: &str, kind: &str, columns: usize| {
        let table = kind == "r";
        rows.push(&[
            ("oid", oid.into()),
            ("relname", name.into()),
            ("relnamespace", namespace(schema).into()),
            ("relowner", OWNER.into()),
            ("relam", if table { HEAP } else { 0 }.into()),
            ("relfilenode", if table { oid } else { 0 }.into()),
            ("reltuples", Cell::Number(-1)),
            ("relpersistence", "p".into()),
            ("relkind", kind.into()),
            (
                "relnatts",
                i64::try_from(columns).unwrap_or_default().into(),
            ),
            ("relhasrules", (!table).into()),
            ("relispopulated", true.into()),
            ("relreplident", if table { "d" } else { "n" }.into()),
        ]);
    };
    for (listed, columns) in known.listing.with_columns().await {
        let kind = listed.kind();
        push(
            listed.oid,
            listed.schema(),
            listed.name(),
            kind,
            columns.len(),
        );
    }
    for own in relations::all() {
        push(own.oid, own.schema, own.name, own.kind, own.columns.len());
    }
}

async fn attributes(rows: &mut Rows, known: &Known) {
    for (listed, columns) in known.listing.with_columns().await {
        for (place, column) in (1_i64..).zip(columns) {
            attribute(
                rows,
                listed.oid,
                place,
                &column.name,
                column.of,
                column.modifier,
            );
        }
    }
    for own in relations::all() {
        for (place, (name, of)) in (1_i64..).zip(&own.columns) {
            if let Some(of) = type_of_own(of) {
                attribute(rows, own.oid, place, name, of, -1);
            }
        }
    }
}

fn attribute(rows: &mut Rows, relation: i64, place: i64, name: &str, of: &PgType, modifier: i64) {
    rows.push(&[
        ("attrelid", relation.into()),
        ("attname", name.into()),
        ("atttypid", of.oid.into()),
        ("attstattarget", Cell::Number(-1)),
        ("attlen", of.len.into()),
        ("attnum", place.into()),
        (
            "attndims",
            i64::from(of.element != 0 && of.category == "A").into(),
        ),
        ("attcacheoff", Cell::Number(-1)),
        ("atttypmod", modifier.into()),
        ("attbyval", of.by_value.into()),
        ("attalign", of.align.into()),
        ("attstorage", of.storage.into()),
        ("attislocal", true.into()),
    ]);
}

fn type_row(of: &PgType) -> Vec<(&'static str, Cell)> {
    let function = |place: usize| of.functions[place].map_or("-", |(name, _)| name);
    let is_array = of.category == "A" && of.element != 0;
    vec![
        ("oid", of.oid.into()),
        ("typname", of.name.into()),
        ("typnamespace", namespace(PG_CATALOG).into()),
        ("typowner", OWNER.into()),
        ("typlen", of.len.into()),
        ("typbyval", of.by_value.into()),
        ("typtype", of.kind.into()),
        ("typcategory", of.category.into()),
        ("typispreferred", of.preferred.into()),
        ("typisdefined", true.into()),
        ("typdelim", of.delimiter.into()),
        (
            "typsubscript",
            if is_array {
                "array_subscript_handler"
            } else {
                "-"
            }
            .into(),
        ),
        ("typelem", of.element.into()),
        ("typarray", of.array.into()),
        ("typinput", function(0).into()),
        ("typoutput", function(1).into()),
        ("typreceive", function(2).into()),
        ("typsend", function(3).into()),
        ("typmodin", function(4).into()),
        ("typmodout", function(5).into()),
        ("typalign", of.align.into()),
        ("typstorage", of.storage.into()),
        ("typtypmod", Cell::Number(-1)),
    ]
}

/// The functions that types are read and written by; clients look for those.
fn functions(rows: &mut Rows) {
    for (name, oid) in type_functions() {
        rows.push(&[
            ("oid", oid.into()),
            ("proname", name.into()),
            ("pronamespace", namespace(PG_CATALOG).into()),
            ("proowner", OWNER.into()),
            ("prolang", Cell::Number(12)),
            ("prokind", "f".into()),
            ("proisstrict", true.into()),
            ("provolatile", "s".into()),
            ("proparallel", "s".into()),
            ("pronargs", Cell::Number(1)),
            ("prosrc", name.into()),
        ]);
    }
}

/// Every function that types are read and written by, with its number.
pub(super) fn type_functions() -> impl Iterator<Item = (&'static str, i64)> {
    let all = types::all().iter().flat_map(|of| of.functions);
    let mut all: Vec<_> = all.flatten().map(|(name, oid)| (oid, name)).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|(oid, name)| (name, oid))
}

fn language(rows: &mut Rows) {
    for (oid, name) in [(12, "internal"), (13, "c"), (14, "sql")] {
        rows.push(&[
            ("oid", Cell::Number(oid)),
            ("lanname", name.into()),
            ("lanowner", OWNER.into()),
            ("lanpltrusted", (name == "sql").into()),
        ]);
    }
}

fn database(rows: &mut Rows, known: &Known) {
    rows.push(&[
        ("oid", DATABASE.into()),
        ("datname", known.connection.database().into()),
        ("datdba", OWNER.into()),
        ("encoding", UTF8.into()),
        ("datlocprovider", "c".into()),
        ("datallowconn", true.into()),
        ("datconnlimit", Cell::Number(-1)),
        ("dattablespace", TABLESPACE.into()),
        ("datcollate", "C.UTF-8".into()),
        ("datctype", "C.UTF-8".into()),
    ]);
}

/// The user of the connection: others are nothing that it may know.
fn role(rows: &mut Rows, own: &Own, known: &Known) {
    let values = [
        ("oid", Cell::Number(OWNER)),
        ("rolname", known.connection.user().into()),
        ("rolinherit", true.into()),
        ("rolcanlogin", true.into()),
        ("rolconnlimit", Cell::Number(-1)),
        ("rolpassword", "********".into()),
        ("usename", known.connection.user().into()),
        ("usesysid", OWNER.into()),
        ("passwd", "********".into()),
    ];
    let there = values.into_iter();
    let there = there.filter(|(name, _)| own.type_of(name).is_some());
    rows.push(&there.collect::<Vec<_>>());
}

/// What is set for good: limits and defaults that clients ask for.
const FIXED: [(&str, &str); 6] = [
    ("block_size", "8192"),
    ("data_directory_mode", "0700"),
    ("default_table_access_method", "heap"),
    ("max_function_args", "100"),
    ("max_identifier_length", "63"),
    ("max_index_keys", "32"),
];

impl Known {
    /// The value of a setting, be it one of the connection or one for good.
    pub(super) fn setting(&self, name: &str) -> Option<String> {
        let fixed = || {
            let mut fixed = FIXED.iter();
            let found = fixed.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
            Some(found.1.to_owned())
        };
        self.connection.setting(name).or_else(fixed)
    }
}

fn settings(rows: &mut Rows, known: &Known) {
    let mut settings = known.connection.settings();
    for (name, value) in FIXED {
        if settings.iter().all(|known| known.name != name) {
            settings.push(Setting {
                name: name.to_owned(),
                value: value.to_owned(),
                unit: None,
                kind: "string",
                context: "internal",
            });
        }
    }
    for setting in settings {
        rows.push(&[
            ("name", setting.name.into()),
            ("setting", setting.value.clone().into()),
            ("unit", setting.unit.map_or(Cell::Null, Into::into)),
            ("category", "Client Connection Defaults".into()),
            ("short_desc", "".into()),
            ("context", setting.context.into()),
            ("vartype", setting.kind.into()),
            ("source", "default".into()),
            ("boot_val", setting.value.clone().into()),
            ("reset_val", setting.value.into()),
        ]);
    }
}

fn activity(rows: &mut Rows, known: &Known) {
    let application = known.connection.setting("application_name");
    rows.push(&[
        ("datid", DATABASE.into()),
        ("datname", known.connection.database().into()),
        ("pid", i64::from(known.connection.pid()).into()),
        ("usesysid", OWNER.into()),
        ("usename", known.connection.user().into()),
        ("application_name", application.unwrap_or_default().into()),
        ("backend_start", Cell::Time(known.started)),
        ("state", "active".into()),
        ("backend_type", "client backend".into()),
    ]);
}

impl Known {
    /// Whether a relation is found by its name alone.
    pub(super) fn is_visible(&self, oid: i64) -> Option<bool> {
        let (schema, _) = self.listing.named(oid)?;
        Some(schema == PUBLIC || schema == PG_CATALOG || self.searched().contains(&schema))
    }

    /// The schemas in which a name that stands alone is looked up.
    pub(super) fn searched(&self) -> Vec<&'static str> {
        let path = self.connection.setting("search_path");
        listing::searched(path.as_deref().unwrap_or_default())
    }

    /// Every column of the store's tables, with its place.
    pub(super) async fn columns(&self) -> impl Iterator<Item = (&Listed, i64, &Column)> {
        let tables = self.listing.with_columns().await;
        tables.flat_map(|(listed, columns)| {
            let placed = (1_i64..).zip(columns);
            placed.map(move |(place, column)| (listed, place, column))
        })
    }
}
