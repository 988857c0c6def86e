//! Schemas whose tables are made when they are first asked for: planning a view of hundreds of columns takes longer than
//! answering a small question.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::{
    catalog::{SchemaProvider, TableProvider},
    error::Result,
};
use tokio::sync::OnceCell;

use super::Words;

/// Makes tables by name.
#[async_trait]
pub(crate) trait MakeTables: std::fmt::Debug + Send + Sync + 'static {
    /// The tables that there are, in the order that they are listed in.
    fn names(&self) -> &[&'static str];

    /// The table of one of these names.
    async fn make(&self, name: &str) -> Result<Arc<dyn TableProvider>>;

    /// The same with no columns but those that are `wanted` and perhaps some others, if it is worth making such a table.
    async fn make_narrow(
        &self,
        _name: &str,
        _wanted: &Words,
    ) -> Result<Option<Arc<dyn TableProvider>>> {
        Ok(None)
    }
}

/// A schema of tables, each of which is made once.
#[derive(Debug)]
pub(crate) struct Lazy {
    maker: Box<dyn MakeTables>,
    /// By the position of its name.
    made: Vec<OnceCell<Arc<dyn TableProvider>>>,
}

impl Lazy {
    pub(super) fn new(maker: impl MakeTables) -> Self {
        Self {
            made: maker.names().iter().map(|_| OnceCell::new()).collect(),
            maker: Box::new(maker),
        }
    }

    /// The names of its tables.
    pub(super) fn names(&self) -> &[&'static str] {
        self.maker.names()
    }

    /// The table called `name`, if there is one.
    pub(super) async fn get(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let Some(position) = self.names().iter().position(|known| *known == name) else {
            return Ok(None);
        };
        let make = || self.maker.make(name);
        let made = self.made[position].get_or_try_init(make).await?;
        Ok(Some(Arc::clone(made)))
    }

    /// The same with no columns but those that are `wanted` and perhaps some others, if that makes sense.
    pub(super) async fn narrow(
        &self,
        name: &str,
        wanted: &Words,
    ) -> Result<Option<Arc<dyn TableProvider>>> {
        self.maker.make_narrow(name, wanted).await
    }
}

#[async_trait]
impl SchemaProvider for Lazy {
    fn table_names(&self) -> Vec<String> {
        let names = self.names().iter();
        names.map(|name| (*name).to_owned()).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        self.get(name).await
    }

    fn table_exist(&self, name: &str) -> bool {
        self.names().contains(&name)
    }
}
