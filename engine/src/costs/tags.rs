//! Which columns and map keys a tag or cost category may be found under.

use curtail_store::{Snapshot, Table};
use datafusion::arrow::{array::AsArray, compute::cast, datatypes::DataType};

use super::sql::quoted;
use crate::{Engine, EngineError, suggest};

/// How columns of line items that hold tags begin.
const TAG_COLUMNS: &str = "resource_tags_";

/// How columns of line items that hold cost categories begin.
const CATEGORY_COLUMNS: &str = "cost_category_";

/// What may stand before the key of a tag.
const PREFIXES: [&str; 5] = ["", "user:", "user_", "aws:", "aws_"];

/// The tags and cost categories that reports have columns for.
#[derive(Clone, Debug)]
pub(crate) struct TagKeys {
    tags: Vec<Key>,
    categories: Vec<Key>,
    focus: bool,
    /// Keys that provisional costs have, as AWS spells them, and their names in the map.
    provisional: Vec<(String, String)>,
}

/// A key of the maps `tags` or `cost_categories`, for line items.
#[derive(Clone, Debug)]
struct Key {
    /// Its name in the map: the column's without its prefix.
    name: String,
    /// How reports spell it, without `resourceTags/`: `user:Cost Center`.
    spellings: Vec<String>,
}

impl TagKeys {
    /// Those of the snapshot's reports.
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let columns = snapshot
            .table(Table::LineItems)
            .map(|table| table.schema.columns())
            .unwrap_or_default();
        let keys = |prefix: &str| -> Vec<Key> {
            let spelling = |name: &String| {
                name.split_once('/')
                    .map_or(name.as_str(), |(_, key)| key)
                    .to_owned()
            };
            let keys = columns.iter().filter_map(|column| {
                let name = column.name.strip_prefix(prefix)?.to_owned();
                Some(Key {
                    name,
                    spellings: column.source_names.iter().map(spelling).collect(),
                })
            });
            keys.collect()
        };
        let mut tags = keys(TAG_COLUMNS);
        let mut provisional: Vec<(String, String)> = Vec::new();
        let told = snapshot.provisional();
        for key in told.filter_map(|version| version.receipt.tag_key.as_ref()) {
            if provisional.iter().all(|(known, _)| known != key) {
                let name = named(key, &mut tags);
                provisional.push((key.clone(), name));
            }
        }
        Self {
            tags,
            categories: keys(CATEGORY_COLUMNS),
            focus: snapshot.table(Table::Focus).is_some(),
            provisional,
        }
    }

    /// Those that line items have a column of which `has` is true for, and those in `told`, as provisional costs spell them.
    pub(crate) fn only(&self, has: impl Fn(&str) -> bool, told: &[String]) -> Self {
        let mut provisional = self.provisional.clone();
        provisional.retain(|(key, _)| told.contains(key));
        let known = |prefix: &str, key: &Key| has(&format!("{prefix}{}", key.name));
        let mut tags = self.tags.clone();
        tags.retain(|key| {
            known(TAG_COLUMNS, key) || provisional.iter().any(|(_, name)| *name == key.name)
        });
        let mut categories = self.categories.clone();
        categories.retain(|key| known(CATEGORY_COLUMNS, key));
        Self {
            tags,
            categories,
            focus: self.focus,
            provisional,
        }
    }

    /// The keys that provisional costs have: as AWS spells them, and as the map `tags` does.
    pub(crate) fn provisional(&self) -> impl Iterator<Item = (&str, &str)> {
        let keys = self.provisional.iter();
        keys.map(|(key, name)| (key.as_str(), name.as_str()))
    }

    /// Whether the tag that a query calls `asked` is the one that provisional costs have under `key`.
    pub(crate) fn is_same(&self, key: &str, asked: &str) -> bool {
        let name = self.provisional.iter().find(|(known, _)| known == key);
        name.is_some_and(|(_, name)| {
            in_line_items(asked, &self.tags, &PREFIXES).contains(&name.as_str())
        })
    }

    /// An expression over `costs` for what is in a column that holds a tag.
    pub(crate) fn of_column(column: &str) -> String {
        let key = column.strip_prefix(TAG_COLUMNS).unwrap_or(column);
        format!("tags[{}]", quoted(key))
    }

    /// An expression for the value of a tag, NULL where it is absent.
    pub(crate) async fn tag(&self, key: &str, engine: &Engine) -> Result<String, EngineError> {
        self.lookup("tag", "tags", key, &self.tags, &PREFIXES, engine)
            .await
    }

    /// An expression for the value of a cost category, NULL where it is absent.
    pub(crate) async fn category(&self, key: &str, engine: &Engine) -> Result<String, EngineError> {
        self.lookup(
            "cost category",
            "cost_categories",
            key,
            &self.categories,
            &[""],
            engine,
        )
        .await
    }

    async fn lookup(
        &self,
        kind: &'static str,
        map: &str,
        key: &str,
        keys: &[Key],
        prefixes: &[&str],
        engine: &Engine,
    ) -> Result<String, EngineError> {
        let mut found: Vec<_> = in_line_items(key, keys, prefixes)
            .into_iter()
            .map(str::to_owned)
            .collect();
        if self.focus {
            let spelled: Vec<_> = prefixes
                .iter()
                .map(|prefix| format!("{prefix}{key}"))
                .collect();
            if found.is_empty() {
                let known = focus_keys(map, engine).await?;
                if !spelled.iter().any(|name| known.contains(name)) {
                    return Err(unknown(kind, key, keys, &known));
                }
            }
            found.extend(spelled);
            found.dedup();
        }
        if found.is_empty() {
            return Err(unknown(kind, key, keys, &[]));
        }
        let lookups: Vec<_> = found
            .iter()
            .map(|name| format!("{map}[{}]", quoted(name)))
            .collect();
        Ok(if lookups.len() == 1 {
            lookups.concat()
        } else {
            format!("coalesce({})", lookups.join(", "))
        })
    }
}

/// The name in the map of a tag that Cost Explorer tells (without a prefix, unless it is AWS's own): that of line items, or else
/// the one that they would have it under, which is added to `keys`.
fn named(key: &str, keys: &mut Vec<Key>) -> String {
    let spelling = if key.starts_with("aws:") {
        key.to_owned()
    } else {
        format!("user:{key}")
    };
    if let Some(name) = in_line_items(&spelling, keys, &[""]).first() {
        return (*name).to_owned();
    }
    let name = mapped(&spelling);
    keys.push(Key {
        name: name.clone(),
        spellings: vec![spelling],
    });
    name
}

/// The keys meant by `key`: spelled just so in a report, else named so, else named so after mapping.
fn in_line_items<'a>(key: &str, keys: &'a [Key], prefixes: &[&str]) -> Vec<&'a str> {
    let wanted: Vec<_> = prefixes
        .iter()
        .map(|prefix| format!("{prefix}{key}"))
        .collect();
    let mapped: Vec<_> = wanted.iter().map(|name| mapped(name)).collect();
    let spelled = keys.iter().filter(|entry| {
        entry
            .spellings
            .iter()
            .any(|spelling| wanted.contains(spelling))
    });
    // A column that several spellings were merged into also has the values of the others: the one with fewest is meant.
    if let Some(fewest) = spelled.clone().map(|entry| entry.spellings.len()).min() {
        return spelled
            .filter(|entry| entry.spellings.len() == fewest)
            .map(|entry| entry.name.as_str())
            .collect();
    }
    let named = |names: &[String]| -> Vec<&'a str> {
        keys.iter()
            .filter(|entry| names.contains(&entry.name))
            .map(|entry| entry.name.as_str())
            .collect()
    };
    let exact = named(&wanted);
    if exact.is_empty() {
        named(&mapped)
    } else {
        exact
    }
}

async fn focus_keys(map: &str, engine: &Engine) -> Result<Vec<String>, EngineError> {
    let column = if map == "tags" {
        "tags"
    } else {
        "x_costcategories"
    };
    let rows = engine
        .rows(&format!(
            "SELECT DISTINCT unnest(map_keys({column})) AS key FROM focus"
        ))
        .await?;
    let keys = rows.iter().flat_map(|batch| {
        let keys = cast(batch.column(0), &DataType::Utf8);
        let keys = keys.map(|keys| {
            keys.as_string::<i32>()
                .iter()
                .flatten()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        });
        keys.unwrap_or_default()
    });
    Ok(keys.collect())
}

fn unknown(kind: &'static str, key: &str, keys: &[Key], more: &[String]) -> EngineError {
    let bare = |name: &'_ str| {
        name.trim_start_matches("user:")
            .trim_start_matches("user_")
            .to_owned()
    };
    let names: Vec<_> = keys
        .iter()
        .map(|entry| {
            entry
                .spellings
                .first()
                .map_or_else(|| bare(&entry.name), |spelling| bare(spelling))
        })
        .chain(more.iter().map(|name| bare(name)))
        .collect();
    EngineError::UnknownKey {
        kind,
        key: key.to_owned(),
        similar: suggest::similar(key, names.iter().map(String::as_str)),
    }
}

/// How AWS names the column of a key in Athena: `Cost Center` becomes `cost_center`.
fn mapped(key: &str) -> String {
    let mut name = String::with_capacity(key.len() + 4);
    for letter in key.chars() {
        let splits = letter.is_ascii_uppercase() || !letter.is_ascii_alphanumeric();
        if splits && !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        if letter.is_ascii_alphanumeric() {
            name.push(letter.to_ascii_lowercase());
        }
    }
    name.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_mapped_as_athena_does() {
        for (key, name) in [
            ("Cost Center", "cost_center"),
            ("cost-center", "cost_center"),
            ("costCenter", "cost_center"),
            ("k8s.io/role", "k8s_io_role"),
            ("ENV", "e_n_v"),
            ("_x_", "x"),
            ("user:名前", "user"),
        ] {
            assert_eq!(mapped(key), name);
        }
    }

    #[test]
    fn the_spelling_decides_between_collided_keys() {
        let key = |name: &str, spellings: &[&str]| Key {
            name: name.to_owned(),
            spellings: spellings.iter().map(ToString::to_string).collect(),
        };
        let keys = [
            key("user_team", &["user:team", "user:Team"]),
            key("user_team_2", &["user:Team"]),
            key("aws_created_by", &[]),
        ];
        let prefixes = ["", "user:", "user_", "aws:", "aws_"];
        assert_eq!(in_line_items("team", &keys, &prefixes), ["user_team"]);
        assert_eq!(in_line_items("Team", &keys, &prefixes), ["user_team_2"]);
        assert_eq!(in_line_items("user_team", &keys, &prefixes), ["user_team"]);
        assert_eq!(
            in_line_items("createdBy", &keys, &prefixes),
            ["aws_created_by"]
        );
        assert!(in_line_items("owner", &keys, &prefixes).is_empty());
    }
}
