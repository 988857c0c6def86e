//! What there is in the store, with the numbers that `pg_catalog` tells it by.

use std::collections::BTreeSet;

use curtail_engine::{EngineError, Relation, Relations};
use tokio::sync::OnceCell;

use super::{
    relations,
    types::{self, PgType},
};

/// The schemas with their numbers.
pub(super) const NAMESPACES: [(i64, &str); 4] = [
    (11, PG_CATALOG),
    (2200, PUBLIC),
    (13_226, INFORMATION_SCHEMA),
    (16_384, META),
];
pub(super) const PG_CATALOG: &str = "pg_catalog";
pub(super) const INFORMATION_SCHEMA: &str = "information_schema";
pub(super) const PUBLIC: &str = "public";
pub(crate) const META: &str = "meta";

/// The number of the user who owns everything, and of the database and its tablespace.
pub(super) const OWNER: i64 = 10;
pub(super) const DATABASE: i64 = 5;
pub(super) const TABLESPACE: i64 = 1663;

/// Numbers below this one are those of the catalog itself.
const FIRST: u64 = 20_000;
/// All numbers fit an `int4`, since some clients read them as one.
const LAST: u64 = 1 << 31;

/// The schemas in which a name that stands alone is looked up, as the setting `search_path` has them.
pub(crate) fn searched(path: &str) -> Vec<&'static str> {
    let named = path.split(',').filter_map(|part| {
        let part = part.trim().trim_matches('"').to_lowercase();
        let found = NAMESPACES.iter().find(|(_, schema)| *schema == part);
        found.map(|(_, schema)| *schema)
    });
    let mut named: Vec<_> = named.collect();
    // What is of the store is found whatever is set.
    if named.is_empty() {
        named.push(PUBLIC);
    }
    named
}

/// The tables and views of a session.
#[derive(Debug)]
pub(super) struct Listing {
    relations: Relations,
    listed: Vec<Listed>,
    columns: OnceCell<Vec<Vec<Column>>>,
}

/// A table or view with its number.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) oid: i64,
    relation: Relation,
}

/// A column of one.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) of: &'static PgType,
    pub(super) modifier: i64,
}

impl Listed {
    pub(super) fn schema(&self) -> &'static str {
        self.relation.schema
    }

    pub(super) fn name(&self) -> &str {
        &self.relation.name
    }

    /// What defines it, if it is a view.
    pub(super) fn definition(&self) -> Option<&str> {
        self.relation.definition.as_deref()
    }

    pub(super) fn kind(&self) -> &'static str {
        if self.definition().is_some() {
            "v"
        } else {
            "r"
        }
    }
}

impl Listing {
    pub(super) async fn of(relations: Relations) -> Result<Self, EngineError> {
        let mut taken = BTreeSet::new();
        let listed = relations.list().await?.into_iter().map(|relation| Listed {
            oid: number(&relation, &mut taken),
            relation,
        });
        Ok(Self {
            listed: listed.collect(),
            relations,
            columns: OnceCell::new(),
        })
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Listed] {
        &self.listed
    }

    /// All of them with their columns; a view that can no longer be planned has none.
    pub(super) async fn with_columns(&self) -> impl Iterator<Item = (&Listed, &[Column])> {
        let columns = self.columns.get_or_init(|| self.every_column()).await;
        let columns = columns.iter().map(Vec::as_slice);
        self.listed.iter().zip(columns)
    }

    async fn every_column(&self) -> Vec<Vec<Column>> {
        let mut found = Vec::with_capacity(self.listed.len());
        for listed in &self.listed {
            let schema = self.relations.columns(&listed.relation).await;
            let fields = schema.iter().flat_map(|schema| schema.fields());
            let columns = fields.filter_map(|field| {
                let (name, modifier) = types::of_field(field);
                Some(Column {
                    name: field.name().clone(),
                    of: types::named(name)?,
                    modifier,
                })
            });
            found.push(columns.collect());
        }
        found
    }

    /// The schema and name of the relation of this number, be it the catalog's own.
    pub(super) fn named(&self, oid: i64) -> Option<(&str, &str)> {
        let own = relations::all().iter().find(|own| own.oid == oid);
        let own = own.map(|own| (own.schema, own.name));
        own.or_else(|| {
            let listed = self.listed.iter().find(|listed| listed.oid == oid)?;
            Some((listed.schema(), listed.name()))
        })
    }

    /// The view of this number.
    pub(super) fn view(&self, oid: i64) -> Option<&Listed> {
        let mut listed = self.listed.iter();
        listed.find(|listed| listed.oid == oid && listed.definition().is_some())
    }

    /// The number of the relation that SQL writes so, as `regclass` reads it.
    pub(super) fn numbered(&self, written: &str) -> Option<i64> {
        let parts = identifiers(written);
        let (schema, name) = match parts.as_slice() {
            [name] => (None, name.as_str()),
            [schema, name] | [_, schema, name] => (Some(schema.as_str()), name.as_str()),
            _ => return None,
        };
        let own = match schema {
            None => relations::named(PG_CATALOG, name),
            Some(schema) => relations::named(schema, name),
        };
        if let Some(own) = own {
            return Some(own.oid);
        }
        let schema = schema.unwrap_or(PUBLIC);
        let mut listed = self.listed.iter();
        let found = listed.find(|listed| listed.schema() == schema && listed.name() == name);
        found.map(|listed| listed.oid)
    }
}

/// Names of a dotted name: those without quotes in lower case.
pub(super) fn identifiers(written: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut chars = written.trim().chars().peekable();
    while let Some(c) = chars.next() {
        let part = parts.last_mut();
        match (c, part) {
            ('"', Some(part)) if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                part.push('"');
            }
            ('"', _) => quoted = !quoted,
            ('.', _) if !quoted => parts.push(String::new()),
            (c, Some(part)) if quoted => part.push(c),
            (c, Some(part)) => part.extend(c.to_lowercase()),
            (_, None) => {}
        }
    }
    parts
}

/// A number that follows from the name, so that it is the same in every session.
fn number(relation: &Relation, taken: &mut BTreeSet<u64>) -> i64 {
    let name = format!("{}.{}", relation.schema, relation.name);
    // FNV-1a.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut number = FIRST + hash % (LAST - FIRST);
    while !taken.insert(number) {
        number = if number + 1 == LAST {
            FIRST
        } else {
            number + 1
        };
    }
    i64::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relation(name: &str) -> Relation {
        Relation {
            schema: PUBLIC,
            name: name.to_owned(),
            definition: None,
        }
    }

    #[test]
    fn numbers_follow_from_names() {
        let mut taken = BTreeSet::new();
        let costs = number(&relation("costs"), &mut taken);
        assert_eq!(costs, number(&relation("costs"), &mut BTreeSet::new()));
        assert_ne!(costs, number(&relation("cur"), &mut taken));
        // A number that is taken already is not given twice.
        assert_eq!(number(&relation("costs"), &mut taken), costs + 1);
        assert!(i32::try_from(costs).is_ok());
    }

    #[test]
    fn names_are_read_as_sql_writes_them() {
        assert_eq!(identifiers("Costs"), ["costs"]);
        assert_eq!(
            identifiers("\"public\".\"My \"\"view\"\".x\""),
            ["public", "My \"view\".x"]
        );
    }
}
