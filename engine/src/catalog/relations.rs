//! What there is, in the form that an extension of a session tells it in.

use datafusion::arrow::datatypes::SchemaRef;

use super::{Databases, META};
use crate::{EngineError, session::PUBLIC};

/// A table or view that users can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Its schema.
    pub schema: &'static str,
    /// Its name.
    pub name: String,
    /// What defines it, if it is a view of a user.
    pub definition: Option<String>,
}

/// The tables and views that a session sees.
#[derive(Clone, Debug)]
pub struct Relations {
    databases: Databases,
    memory_limit: u64,
}

impl Relations {
    pub(crate) fn of(databases: Databases, memory_limit: u64) -> Self {
        Self {
            databases,
            memory_limit,
        }
    }

    /// All of them: those of the engine first, then views by name.
    pub async fn list(&self) -> Result<Vec<Relation>, EngineError> {
        let sorted = |error| EngineError::from_datafusion(error, self.memory_limit);
        let mut listed = Vec::new();
        for schema in [PUBLIC, META] {
            for name in self.databases.names_in(schema).await.map_err(sorted)? {
                let built_in = schema == META || self.databases.is_built_in(&name);
                let definition = if built_in {
                    None
                } else {
                    let view = self.databases.views().find(&name).await.map_err(sorted)?;
                    // One that may not be read is a view all the same.
                    let text = view.and_then(|view| self.databases.text_of(&view));
                    Some(text.unwrap_or_default())
                };
                listed.push(Relation {
                    schema,
                    name,
                    definition,
                });
            }
        }
        Ok(listed)
    }

    /// The columns of one; none if it is a view that can no longer be planned.
    pub async fn columns(&self, relation: &Relation) -> Option<SchemaRef> {
        let found = (self.databases).table_in(relation.schema, &relation.name);
        let table = found.await.ok().flatten()?;
        Some(table.schema())
    }
}
