//! The catalog's schemas and tables, as DataFusion reads them.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::{
    arrow::datatypes::SchemaRef,
    catalog::{SchemaProvider, Session, TableProvider},
    datasource::{TableType, memory::MemorySourceConfig},
    error::Result,
    logical_expr::Expr,
    physical_plan::ExecutionPlan,
};

use super::{
    Known,
    relations::{self, Own},
    tables,
};

/// One of the catalog's schemas.
#[derive(Debug)]
pub(super) struct Schema {
    name: &'static str,
    known: Arc<Known>,
}

impl Schema {
    pub(super) fn of(name: &'static str, known: &Arc<Known>) -> Self {
        Self {
            name,
            known: Arc::clone(known),
        }
    }
}

#[async_trait]
impl SchemaProvider for Schema {
    fn table_names(&self) -> Vec<String> {
        let own = relations::all().iter();
        let own = own.filter(|own| own.schema == self.name);
        own.map(|own| own.name.to_owned()).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let own = relations::named(self.name, &name.to_lowercase());
        Ok(own.map(|own| {
            let known = Arc::clone(&self.known);
            Arc::new(Relation { own, known }) as _
        }))
    }

    fn table_exist(&self, name: &str) -> bool {
        relations::named(self.name, &name.to_lowercase()).is_some()
    }
}

/// One of its relations. Its rows are made when it is read.
#[derive(Debug)]
struct Relation {
    own: &'static Own,
    known: Arc<Known>,
}

#[async_trait]
impl TableProvider for Relation {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.own.fields)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let rows = tables::rows(self.own, &self.known).await?;
        let schema = rows.schema();
        Ok(MemorySourceConfig::try_new_exec(
            &[vec![rows]],
            schema,
            projection.cloned(),
        )?)
    }
}
