//! How names of tables are understood: without regard to case, with any database before them, and users' views among them.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::{
    catalog::{CatalogProvider, CatalogProviderList, SchemaProvider, TableProvider},
    error::Result,
    execution::SessionState,
    prelude::SessionContext,
};

use super::{Catalog, ColumnInfo, TableInfo, information::Information, sql_type};
use crate::{
    Dialect, Extension,
    session::{CATALOG, PUBLIC, Sessions},
    views::{self, View, Views},
};

/// The catalog's name in Athena.
pub(crate) const ATHENA_CATALOG: &str = "awsdatacatalog";
/// The schema that describes all tables.
pub(crate) const INFORMATION: &str = "information_schema";
/// The schema of what is in the store and how it came there.
pub(crate) const META: &str = "meta";

/// All that users can name: the tables of a snapshot and views. A database that is not known has the tables of `public`, so that
/// queries run whatever their database is called in Athena.
#[derive(Clone, Debug)]
pub(crate) struct Databases {
    catalog: Catalog,
    views: Arc<Views>,
    sessions: Arc<Sessions>,
    extension: Option<Arc<dyn Extension>>,
    /// What the catalog is called in the dialect of the session.
    pub(super) called: &'static str,
}

impl Databases {
    pub(crate) fn new(catalog: &Catalog, views: &Arc<Views>, sessions: &Arc<Sessions>) -> Self {
        Self {
            catalog: catalog.clone(),
            views: Arc::clone(views),
            sessions: Arc::clone(sessions),
            extension: None,
            called: CATALOG,
        }
    }

    /// The same, and what an extension has.
    pub(crate) fn with(self, extension: Option<Arc<dyn Extension>>) -> Self {
        Self { extension, ..self }
    }

    /// What statements in `dialect` are planned with, from now on.
    pub(crate) fn session(&self, dialect: Dialect) -> SessionState {
        let mut state = self.sessions.of(dialect).clone();
        let called = match dialect {
            Dialect::Trino => ATHENA_CATALOG,
            Dialect::Generic => CATALOG,
        };
        state.register_catalog_list(Arc::new(Self {
            called,
            ..self.clone()
        }));
        // A context marks the time that `now()` tells.
        SessionContext::new_with_state(state).state()
    }

    /// Users' views.
    pub(crate) fn views(&self) -> &Views {
        &self.views
    }

    /// The schema that a name with `database` before it is looked up in.
    pub(crate) fn schema_named(database: Option<&str>) -> &'static str {
        let known = [META, INFORMATION];
        let database = database.unwrap_or(PUBLIC).to_lowercase();
        known
            .into_iter()
            .find(|name| *name == database)
            .unwrap_or(PUBLIC)
    }

    /// The text that defines a view of a user, for those who may read it: a view that is kept in the store was written by somebody who
    /// may see more, and its text may tell of it.
    pub(crate) fn text_of(&self, view: &View) -> Option<String> {
        let readable = !self.catalog.limited || self.views.is_of_session(view);
        readable.then(|| view.text().to_owned())
    }

    /// Whether `name` is a table or view of our own.
    pub(crate) fn is_built_in(&self, name: &str) -> bool {
        self.catalog.public.names().contains(&name)
    }

    /// The names of the tables and views in a schema of [`Self::schema_named`].
    pub(crate) async fn names_in(&self, schema: &str) -> Result<Vec<String>> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        match schema {
            META => Ok(owned(self.catalog.meta.names())),
            INFORMATION => Ok(owned(&Information::NAMES)),
            _ => {
                let mut names: Vec<String> = owned(self.catalog.public.names());
                names.extend(self.views.names().await?);
                Ok(names)
            }
        }
    }

    /// The table or view of this name in a schema of [`Self::schema_named`].
    pub(crate) async fn table_in(
        &self,
        schema: &str,
        name: &str,
    ) -> Result<Option<Arc<dyn TableProvider>>> {
        let name = name.to_lowercase();
        match schema {
            META => self.catalog.meta.get(&name).await,
            INFORMATION => Ok(Information::table(self, &name)),
            _ => match self.catalog.public.get(&name).await? {
                Some(table) => Ok(Some(table)),
                None => match self.extending(&name) {
                    Some(schema) => schema.table(&name).await,
                    None => views::table(self, &name).await,
                },
            },
        }
    }

    /// The extension's schema that has a table of this name.
    fn extending(&self, table: &str) -> Option<Arc<dyn SchemaProvider>> {
        self.extension.as_ref()?.schema_of(table)
    }

    /// What there is, for completion and listings; views that can no longer be planned are left out.
    pub(crate) async fn list(&self) -> Result<Vec<TableInfo>> {
        let mut listed = Vec::new();
        for schema in [PUBLIC, META] {
            for name in self.names_in(schema).await? {
                let table = match self.table_in(schema, &name).await {
                    Ok(table) => table,
                    Err(_) if schema == PUBLIC && !self.is_built_in(&name) => None,
                    Err(error) => return Err(error),
                };
                let Some(table) = table else { continue };
                let fields = table.schema();
                let columns = fields.fields().iter().map(|field| ColumnInfo {
                    name: field.name().clone(),
                    data_type: sql_type(field.data_type()),
                });
                listed.push(TableInfo {
                    catalog: CATALOG.to_owned(),
                    schema: schema.to_owned(),
                    name,
                    columns: columns.collect(),
                });
            }
        }
        Ok(listed)
    }
}

impl CatalogProviderList for Databases {
    fn register_catalog(
        &self,
        _: String,
        _: Arc<dyn CatalogProvider>,
    ) -> Option<Arc<dyn CatalogProvider>> {
        None
    }

    fn catalog_names(&self) -> Vec<String> {
        vec![CATALOG.to_owned()]
    }

    fn catalog(&self, name: &str) -> Option<Arc<dyn CatalogProvider>> {
        let known = [CATALOG, ATHENA_CATALOG];
        let name = name.to_lowercase();
        let extension = self.extension.as_ref();
        let is_known = known.contains(&name.as_str())
            || extension.is_some_and(|extension| extension.is_catalog(&name));
        is_known.then(|| Arc::new(self.clone()) as _)
    }
}

impl CatalogProvider for Databases {
    fn schema_names(&self) -> Vec<String> {
        vec![PUBLIC.to_owned(), META.to_owned()]
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        let extension = self.extension.as_ref();
        let found = extension.and_then(|extension| extension.schema(&name.to_lowercase()));
        if found.is_some() {
            return found;
        }
        Some(Arc::new(Database {
            databases: self.clone(),
            schema: Self::schema_named(Some(name)),
        }))
    }
}

/// One of the schemas.
#[derive(Debug)]
struct Database {
    databases: Databases,
    schema: &'static str,
}

#[async_trait]
impl SchemaProvider for Database {
    fn table_names(&self) -> Vec<String> {
        let catalog = &self.databases.catalog;
        let names = match self.schema {
            META => catalog.meta.names(),
            INFORMATION => &Information::NAMES,
            _ => catalog.public.names(),
        };
        let names = names.iter().map(|name| (*name).to_owned());
        let views = (self.schema == PUBLIC).then(|| self.databases.views.of_session());
        names.chain(views.into_iter().flatten()).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        self.databases.table_in(self.schema, name).await
    }

    fn table_exist(&self, name: &str) -> bool {
        self.table_names().contains(&name.to_lowercase())
    }
}
