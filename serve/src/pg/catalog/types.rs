//! `PostgreSQL`'s types, under its own numbers, and which of them a column of ours has.

use std::{collections::HashMap, sync::LazyLock};

use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};

/// The key of a field's metadata that names the type that clients see, where the Arrow type does not tell it.
const TOLD: &str = "pg_type";

/// `oid typname typlen typbyval typtype typcategory typispreferred typdelim typelem typarray`, six functions as `name:oid`,
/// `typalign typstorage`, and the type as `format_type` writes it.
static TEXT: &str = include_str!("types.txt");

static TYPES: LazyLock<Vec<PgType>> =
    LazyLock::new(|| TEXT.lines().filter_map(PgType::read).collect());

static BY_OID: LazyLock<HashMap<i64, &'static PgType>> =
    LazyLock::new(|| TYPES.iter().map(|found| (found.oid, found)).collect());

static BY_NAME: LazyLock<HashMap<&'static str, &'static PgType>> =
    LazyLock::new(|| TYPES.iter().map(|found| (found.name, found)).collect());

/// A row of `pg_type`.
#[derive(Debug)]
pub(super) struct PgType {
    pub(super) oid: i64,
    pub(super) name: &'static str,
    pub(super) len: i64,
    pub(super) by_value: bool,
    pub(super) kind: &'static str,
    pub(super) category: &'static str,
    pub(super) preferred: bool,
    pub(super) delimiter: &'static str,
    pub(super) element: i64,
    pub(super) array: i64,
    /// Its functions with their numbers: input, output, receive, send, typmodin, typmodout.
    pub(super) functions: [Option<(&'static str, i64)>; 6],
    pub(super) align: &'static str,
    pub(super) storage: &'static str,
    /// As `format_type` writes it.
    pub(super) shown: &'static str,
}

impl PgType {
    fn read(line: &'static str) -> Option<Self> {
        let mut words = line.splitn(19, ' ');
        let mut word = || words.next();
        Some(Self {
            oid: word()?.parse().ok()?,
            name: word()?,
            len: word()?.parse().ok()?,
            by_value: word()? == "t",
            kind: word()?,
            category: word()?,
            preferred: word()? == "t",
            delimiter: word()?,
            element: word()?.parse().ok()?,
            array: word()?.parse().ok()?,
            functions: [
                function(word()?),
                function(word()?),
                function(word()?),
                function(word()?),
                function(word()?),
                function(word()?),
            ],
            align: word()?,
            storage: word()?,
            shown: word()?,
        })
    }
}

fn function(word: &'static str) -> Option<(&'static str, i64)> {
    let (name, oid) = word.split_once(':')?;
    Some((name, oid.parse().ok()?))
}

/// All of them, by number.
pub(super) fn all() -> &'static [PgType] {
    &TYPES
}

/// The one of this number.
pub(super) fn numbered(oid: i64) -> Option<&'static PgType> {
    BY_OID.get(&oid).copied()
}

/// The one of this name, as `pg_type` has it.
pub(super) fn named(name: &str) -> Option<&'static PgType> {
    BY_NAME.get(name).copied()
}

/// The number of the one of this name; `text`'s if there is none.
pub(crate) fn number(name: &str) -> u32 {
    let found = named(name).and_then(|found| u32::try_from(found.oid).ok());
    found.unwrap_or(25)
}

/// The one that SQL writes so: `text`, `timestamp with time zone`, `"char"`, `integer[]`, with a schema or without.
pub(super) fn written(text: &str) -> Option<&'static PgType> {
    let text = text.trim();
    let text = text.strip_prefix("pg_catalog.").unwrap_or(text);
    if text == "\"char\"" {
        return named("char");
    }
    let plain = text.trim_matches('"').to_lowercase();
    let plain = match plain.split_once('(') {
        Some((before, after)) => {
            format!("{}{}", before.trim(), after.split_once(')')?.1)
        }
        None => plain,
    };
    // `char` in SQL is `bpchar`; the type of that name is written with quotes.
    let shown = |found: &&PgType| found.shown == plain;
    let short = match plain.as_str() {
        "int" => "int4",
        "decimal" | "dec" => "numeric",
        "char" => "bpchar",
        "float" => "float8",
        other => other,
    };
    TYPES.iter().find(shown).or_else(|| named(short))
}

/// A type with its modifier, as `format_type` writes it.
pub(super) fn format_type(oid: i64, modifier: Option<i64>) -> String {
    let Some(found) = numbered(oid) else {
        return if oid == 0 { "-" } else { "???" }.to_owned();
    };
    let modifier = modifier.filter(|modifier| *modifier >= 0);
    match (found.name, modifier) {
        ("numeric", Some(modifier)) if modifier >= 4 => {
            let packed = modifier - 4;
            format!("numeric({},{})", (packed >> 16) & 0xffff, packed & 0x7ff)
        }
        ("varchar" | "bpchar", Some(modifier)) if modifier >= 4 => {
            format!("{}({})", found.shown, modifier - 4)
        }
        ("timestamp", Some(modifier)) => format!("timestamp({modifier}) without time zone"),
        ("timestamptz", Some(modifier)) => format!("timestamp({modifier}) with time zone"),
        _ => found.shown.to_owned(),
    }
}

/// The name of the type that clients see a field as, and its modifier.
pub(crate) fn of_field(field: &Field) -> (&'static str, i64) {
    let told = field.metadata().get(TOLD);
    match told.and_then(|name| named(name)) {
        Some(found) => (found.name, -1),
        None => of_arrow(field.data_type()),
    }
}

/// The name of the type that values of an Arrow type are sent as, and its modifier.
fn of_arrow(data_type: &DataType) -> (&'static str, i64) {
    let plain = match data_type {
        DataType::Boolean => "bool",
        DataType::Int8 | DataType::Int16 | DataType::UInt8 => "int2",
        DataType::Int32 | DataType::UInt16 => "int4",
        DataType::Int64 | DataType::UInt32 => "int8",
        DataType::UInt64 => "numeric",
        DataType::Float16 | DataType::Float32 => "float4",
        DataType::Float64 => "float8",
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => {
            let scale = i64::from(*scale).max(0);
            return ("numeric", ((i64::from(*precision) << 16) | scale) + 4);
        }
        DataType::Date32 | DataType::Date64 => "date",
        DataType::Time32(_) | DataType::Time64(_) => "time",
        DataType::Timestamp(_, None) => "timestamp",
        DataType::Timestamp(_, Some(_)) => "timestamptz",
        DataType::Interval(_) | DataType::Duration(_) => "interval",
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => "bytea",
        DataType::Dictionary(_, values) => return of_arrow(values),
        DataType::RunEndEncoded(_, values) => return of_arrow(values.data_type()),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _) => {
            let element = named(of_arrow(item.data_type()).0);
            let array = element.and_then(|element| numbered(element.array));
            return (array.map_or("_text", |array| array.name), -1);
        }
        DataType::Map(..) | DataType::Struct(_) | DataType::Union(..) => "json",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => "text",
    };
    (plain, -1)
}

/// The field that holds a catalog's column of the type called `name`.
pub(super) fn field(column: &str, name: &str) -> Field {
    let data_type = arrow(name);
    let told = match name {
        // The domains of information_schema.
        "sql_identifier" => Some("name"),
        "character_data" | "yes_or_no" => Some("varchar"),
        name if of_arrow(&data_type).0 == name => None,
        name => named(name).map(|found| found.name),
    };
    let field = Field::new(column, data_type, true);
    match told {
        Some(name) => field.with_metadata(HashMap::from([(TOLD.to_owned(), name.to_owned())])),
        None => field,
    }
}

/// The Arrow type that holds values of the type called `name`.
pub(super) fn arrow(name: &str) -> DataType {
    let list = |item| DataType::new_list(item, true);
    match name {
        "bool" => DataType::Boolean,
        "int2" => DataType::Int16,
        "int4" | "cardinal_number" => DataType::Int32,
        // What is told by number; functions of functions are told by name.
        "oid" | "xid" | "cid" | "int8" | "regclass" | "regtype" | "regnamespace" | "regrole" => {
            DataType::Int64
        }
        "float4" => DataType::Float32,
        "float8" => DataType::Float64,
        "numeric" => DataType::Decimal128(38, 18),
        "timestamptz" | "time_stamp" => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into()))
        }
        "bytea" => DataType::Binary,
        "_bool" => list(DataType::Boolean),
        "_int2" | "int2vector" => list(DataType::Int16),
        "_oid" | "oidvector" | "_regtype" => list(DataType::Int64),
        "_float4" => list(DataType::Float32),
        "_float8" => list(DataType::Float64),
        name if name.starts_with('_') || name == "anyarray" => list(DataType::Utf8),
        _ => DataType::Utf8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_type() {
        assert_eq!(all().len(), TEXT.lines().count());
        for found in all() {
            assert!(
                found.element == 0 || numbered(found.element).is_some(),
                "{found:?}"
            );
            assert!(
                found.array == 0 || numbered(found.array).is_some(),
                "{found:?}"
            );
        }
    }

    #[test]
    fn types_are_written_as_postgresql_writes_them() {
        for (oid, modifier, shown) in [
            (1700, Some(0x26_0012 + 4), "numeric(38,18)"),
            (1700, Some(-1), "numeric"),
            (1043, Some(7), "character varying(3)"),
            (1184, None, "timestamp with time zone"),
            (1009, None, "text[]"),
            (18, None, "\"char\""),
            (0, None, "-"),
            (999_999, None, "???"),
        ] {
            assert_eq!(format_type(oid, modifier), shown);
        }
    }

    #[test]
    fn types_are_found_as_they_are_written() {
        for (text, name) in [
            ("pg_catalog.int4", "int4"),
            ("integer", "int4"),
            ("INT", "int4"),
            ("varchar(3)", "varchar"),
            ("timestamp(3) with time zone", "timestamptz"),
            ("\"char\"", "char"),
            ("char", "bpchar"),
            ("text[]", "_text"),
            ("_text", "_text"),
        ] {
            assert_eq!(written(text).map(|found| found.name), Some(name), "{text}");
        }
        assert!(written("hstore").is_none());
    }

    #[test]
    fn columns_have_types() {
        let amount = Field::new("a", DataType::Decimal128(38, 18), true);
        assert_eq!(of_field(&amount), ("numeric", 0x26_0012 + 4));
        assert_eq!(of_field(&field("oid", "oid")).0, "oid");
        assert_eq!(of_field(&field("relname", "sql_identifier")).0, "name");
        assert_eq!(of_field(&field("indkey", "int2vector")).0, "int2vector");
        let texts = Field::new("a", DataType::new_list(DataType::Utf8View, true), true);
        assert_eq!(of_field(&texts).0, "_text");
    }
}
