//! Functions that look something up in the catalog, or in the connection's settings.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, BooleanArray, Int64Array, StringArray},
        datatypes::DataType,
    },
    error::{DataFusionError, Result},
};

use super::{
    Definition, as_number, as_text, as_truth, is_number, numbers, strings::identifier, texts,
};
use crate::pg::catalog::{
    Known,
    listing::{NAMESPACES, OWNER},
    tables, types,
};

/// The encoding UTF8, the only one here.
const UTF8: i64 = 6;

pub(super) fn all() -> Vec<Definition> {
    let kinds = [
        Kind {
            names: ["pg_regclass", "pg_regclass_oid", "pg_regclass_text"],
            what: "relation",
            name: Known::class_name,
            number: |known, name| known.listing.numbered(name),
        },
        Kind {
            names: ["pg_regtype", "pg_regtype_oid", "pg_regtype_text"],
            what: "type",
            name: |_, oid| Some(types::numbered(oid)?.shown.to_owned()),
            number: |_, name| Some(types::written(name)?.oid),
        },
        Kind {
            names: [
                "pg_regnamespace",
                "pg_regnamespace_oid",
                "pg_regnamespace_text",
            ],
            what: "schema",
            name: |_, oid| {
                let mut known = NAMESPACES.iter();
                let found = known.find(|(number, _)| *number == oid)?;
                Some(found.1.to_owned())
            },
            number: |_, name| namespace(name),
        },
        Kind {
            names: ["pg_regrole", "pg_regrole_oid", "pg_regrole_text"],
            what: "role",
            name: |known, oid| (oid == OWNER).then(|| known.connection.user()),
            number: |known, name| (name == known.connection.user()).then_some(OWNER),
        },
    ];
    let mut all: Vec<_> = kinds.into_iter().flat_map(Kind::functions).collect();
    all.extend(plain());
    all
}

/// What is told by number and by name: `x::regclass` and the like become calls of these.
#[derive(Clone, Copy)]
struct Kind {
    /// The functions that give the other of the two, the number, and the name.
    names: [&'static str; 3],
    what: &'static str,
    name: fn(&Known, i64) -> Option<String>,
    number: fn(&Known, &str) -> Option<i64>,
}

impl Kind {
    fn functions(self) -> [Definition; 3] {
        let [other, number, name] = self.names;
        [
            Definition::new(other, other_way, move |known, arguments, rows| {
                if is_told_by_number(arguments) {
                    self.shown(known, arguments, rows)
                } else {
                    Ok(Arc::new(self.numbers(known, arguments, rows)?))
                }
            }),
            Definition::new(number, as_number, move |known, arguments, rows| {
                Ok(Arc::new(self.numbers(known, arguments, rows)?))
            }),
            Definition::new(name, as_text, move |known, arguments, rows| {
                let oids: ArrayRef = Arc::new(self.numbers(known, arguments, rows)?);
                self.shown(known, &[oids], rows)
            }),
        ]
    }

    fn shown(self, known: &Known, arguments: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        named(arguments, rows, |oid| {
            Some(match oid {
                0 => "-".to_owned(),
                oid => (self.name)(known, oid).unwrap_or_else(|| oid.to_string()),
            })
        })
    }

    fn numbers(self, known: &Known, arguments: &[ArrayRef], rows: usize) -> Result<Int64Array> {
        if is_told_by_number(arguments) {
            return numbers(arguments, 0, rows);
        }
        let names = texts(arguments, 0, rows)?;
        let found = |name: &str| {
            let digits = name.parse::<i64>().ok();
            let found = digits.or_else(|| (self.number)(known, name));
            found.ok_or_else(|| missing(self.what, name))
        };
        let told = names.iter().map(|name| name.map(found).transpose());
        told.collect()
    }
}

fn is_told_by_number(arguments: &[ArrayRef]) -> bool {
    arguments
        .first()
        .is_some_and(|of| is_number(of.data_type()))
}

impl Known {
    /// The name of a relation, with its schema if the name alone does not find it.
    fn class_name(&self, oid: i64) -> Option<String> {
        let (schema, name) = self.listing.named(oid)?;
        let visible = self.is_visible(oid).unwrap_or_default();
        let name = identifier(name);
        Some(if visible {
            name
        } else {
            format!("{}.{name}", identifier(schema))
        })
    }
}

fn plain() -> Vec<Definition> {
    vec![
        Definition::new("format_type", as_text, |_, arguments, rows| {
            let (types, modifiers) = (numbers(arguments, 0, rows)?, numbers(arguments, 1, rows)?);
            let shown = types.iter().zip(&modifiers);
            let shown = shown.map(|(of, modifier)| Some(types::format_type(of?, modifier)));
            Ok(Arc::new(shown.collect::<StringArray>()))
        }),
        Definition::new("pg_get_userbyid", as_text, |known, arguments, rows| {
            named(arguments, rows, |oid| {
                Some(if oid == OWNER {
                    known.connection.user()
                } else {
                    format!("unknown (OID={oid})")
                })
            })
        }),
        Definition::new("pg_get_viewdef", as_text, |known, arguments, rows| {
            let oids = relations(known, arguments, rows)?;
            let defined = |oid| {
                let view = known.listing.view(oid)?;
                Some(match view.definition()? {
                    "" => HIDDEN.to_owned(),
                    definition => query_of(definition).to_owned(),
                })
            };
            let told = oids.into_iter().map(|oid| defined(oid?));
            Ok(Arc::new(told.collect::<StringArray>()))
        }),
        Definition::new("pg_table_is_visible", as_truth, |known, arguments, rows| {
            let oids = numbers(arguments, 0, rows)?;
            let told = oids.iter().map(|oid| known.is_visible(oid?));
            Ok(Arc::new(told.collect::<BooleanArray>()))
        }),
        Definition::new("pg_encoding_to_char", as_text, |_, arguments, rows| {
            named(arguments, rows, |number| {
                Some(if number == UTF8 { "UTF8" } else { "" }.to_owned())
            })
        }),
        Definition::new("pg_char_to_encoding", as_number, |_, arguments, rows| {
            numbered(arguments, rows, |name| {
                let utf8 = ["utf8", "utf-8", "unicode"].contains(&name.to_lowercase().as_str());
                Some(if utf8 { UTF8 } else { -1 })
            })
        }),
        Definition::new("to_regclass", as_number, |known, arguments, rows| {
            numbered(arguments, rows, |name| known.listing.numbered(name))
        }),
        Definition::new("to_regtype", as_number, |_, arguments, rows| {
            numbered(arguments, rows, |name| Some(types::written(name)?.oid))
        }),
        Definition::new("to_regnamespace", as_number, |_, arguments, rows| {
            numbered(arguments, rows, namespace)
        }),
        Definition::new("to_regrole", as_number, |known, arguments, rows| {
            numbered(arguments, rows, |name| {
                (name == known.connection.user()).then_some(OWNER)
            })
        }),
        // Functions are told by name in the catalog: this is a name as it stands there.
        Definition::new("pg_regproc", as_text, |_, arguments, rows| {
            let of_number = |oid: i64| {
                let mut all = tables::type_functions();
                let found = all.find(|(_, number)| *number == oid);
                found.map_or_else(|| oid.to_string(), |(name, _)| name.to_owned())
            };
            if is_told_by_number(arguments) {
                return named(arguments, rows, |oid| {
                    Some(if oid == 0 {
                        "-".to_owned()
                    } else {
                        of_number(oid)
                    })
                });
            }
            let names = texts(arguments, 0, rows)?;
            let told = names.iter().map(|name| {
                let name = name?;
                Some(name.strip_prefix("pg_catalog.").unwrap_or(name).to_owned())
            });
            Ok(Arc::new(told.collect::<StringArray>()))
        }),
        Definition::new("pg_regproc_oid", as_number, |_, arguments, rows| {
            if is_told_by_number(arguments) {
                return Ok(Arc::new(numbers(arguments, 0, rows)?));
            }
            let names = texts(arguments, 0, rows)?;
            let numbered = |name: &str| {
                if name == "-" {
                    return Ok(0);
                }
                let name = name.strip_prefix("pg_catalog.").unwrap_or(name);
                let mut all = tables::type_functions();
                let found = all.find(|(known, _)| *known == name);
                let found = found.map(|(_, oid)| oid);
                found.ok_or_else(|| missing("function", name))
            };
            let told = names.iter().map(|name| name.map(numbered).transpose());
            Ok(Arc::new(told.collect::<Result<Int64Array>>()?))
        }),
        Definition::new("current_setting", as_text, |known, arguments, rows| {
            let (names, missing_ok) = (texts(arguments, 0, rows)?, texts(arguments, 1, rows)?);
            let told = names.iter().zip(&missing_ok).map(|(name, missing_ok)| {
                let Some(name) = name else { return Ok(None) };
                let value = known.setting(name);
                if value.is_none() && missing_ok != Some("true") {
                    let message = format!("unrecognized configuration parameter \"{name}\"");
                    return Err(DataFusionError::Execution(message));
                }
                Ok(value)
            });
            Ok(Arc::new(told.collect::<Result<StringArray>>()?))
        }),
        Definition::new("set_config", as_text, |known, arguments, rows| {
            let (names, values) = (texts(arguments, 0, rows)?, texts(arguments, 1, rows)?);
            let told = names.iter().zip(&values).map(|(name, value)| {
                let (Some(name), Some(value)) = (name, value) else {
                    return Ok(None);
                };
                let set = known.connection.set(name, value);
                set.map_err(DataFusionError::Execution)?;
                Ok(Some(value.to_owned()))
            });
            Ok(Arc::new(told.collect::<Result<StringArray>>()?))
        })
        .volatile(),
    ]
}

/// In the place of a query whose text may tell of rows that the user does not see.
const HIDDEN: &str = "-- the text of this view is for users who see all rows";

/// The query in a `CREATE VIEW` statement, as `pg_get_viewdef` tells it.
fn query_of(definition: &str) -> &str {
    let lower = definition.to_ascii_lowercase();
    let mut places = lower.match_indices("as").map(|(place, _)| place);
    let blank = |c: Option<char>| c.is_some_and(|c| c.is_whitespace() || c == ')' || c == '(');
    let alone = |place: &usize| {
        let (before, after) = (&lower[..*place], &lower[*place + 2..]);
        blank(before.chars().next_back()) && blank(after.chars().next())
    };
    match places.find(alone) {
        Some(place) => definition[place + 2..].trim_start(),
        None => definition,
    }
}

fn namespace(name: &str) -> Option<i64> {
    let oid = tables::namespace(name.trim_matches('"'));
    (oid != 0).then_some(oid)
}

/// A number for a name, and text for a number.
fn other_way(arguments: &[DataType]) -> DataType {
    match arguments {
        [of] if is_number(of) => DataType::Utf8,
        _ => DataType::Int64,
    }
}

fn missing(what: &str, name: &str) -> DataFusionError {
    DataFusionError::Plan(format!("{what} \"{name}\" does not exist"))
}

fn named(
    arguments: &[ArrayRef],
    rows: usize,
    name: impl Fn(i64) -> Option<String>,
) -> Result<ArrayRef> {
    let oids = numbers(arguments, 0, rows)?;
    let told = oids.iter().map(|oid| name(oid?));
    Ok(Arc::new(told.collect::<StringArray>()))
}

fn numbered(
    arguments: &[ArrayRef],
    rows: usize,
    number: impl Fn(&str) -> Option<i64>,
) -> Result<ArrayRef> {
    let names = texts(arguments, 0, rows)?;
    let told = names.iter().map(|name| number(name?));
    Ok(Arc::new(told.collect::<Int64Array>()))
}

/// The relations that an argument tells by number or by name.
fn relations(known: &Known, arguments: &[ArrayRef], rows: usize) -> Result<Vec<Option<i64>>> {
    if is_told_by_number(arguments) {
        return Ok(numbers(arguments, 0, rows)?.iter().collect());
    }
    let names = texts(arguments, 0, rows)?;
    let told = names.iter().map(|name| {
        let name = name?;
        let digits = name.parse().ok();
        digits.or_else(|| known.listing.numbered(name))
    });
    Ok(told.collect())
}

#[cfg(test)]
mod tests {
    use super::query_of;

    #[test]
    fn a_view_is_told_by_its_query() {
        for (text, query) in [
            ("CREATE VIEW a AS SELECT 1", "SELECT 1"),
            (
                "create or replace view basic as\nselect as_of from x",
                "select as_of from x",
            ),
            ("CREATE VIEW a (b) AS (SELECT 1)", "(SELECT 1)"),
        ] {
            assert_eq!(query_of(text), query);
        }
    }
}
