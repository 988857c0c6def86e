//! The schema `information_schema`, as Athena has it.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::{
    arrow::{
        array::{ArrayRef, Int64Array, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema, SchemaRef},
    },
    catalog::{Session, TableProvider},
    datasource::memory::MemorySourceConfig,
    error::Result,
    logical_expr::{Expr, Operator, TableProviderFilterPushDown, TableType},
    physical_plan::ExecutionPlan,
};

use super::{
    names::{Databases, INFORMATION, META},
    sql_type,
};
use crate::session::PUBLIC;

/// One of its tables. Its rows are made when it is read: most questions are about one table, and planning all views would take longer
/// than answering them.
#[derive(Debug)]
pub(super) struct Information {
    databases: Databases,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Tables,
    Columns,
    Views,
    Schemata,
}

impl Information {
    /// The names of its tables.
    pub(super) const NAMES: [&str; 4] = ["tables", "columns", "views", "schemata"];

    /// The table called `name`.
    pub(super) fn table(databases: &Databases, name: &str) -> Option<Arc<dyn TableProvider>> {
        let kind = match name {
            "tables" => Kind::Tables,
            "columns" => Kind::Columns,
            "views" => Kind::Views,
            "schemata" => Kind::Schemata,
            _ => return None,
        };
        let databases = databases.clone();
        Some(Arc::new(Self { databases, kind }))
    }

    /// Its rows, of the tables that are `wanted`.
    async fn rows(&self, wanted: impl Fn(&str) -> bool) -> Result<RecordBatch> {
        let mut texts: Vec<Vec<Option<String>>> = vec![Vec::new(); self.schema().fields().len()];
        let mut positions = Vec::new();
        let mut push = |row: &[Option<&str>]| {
            for (column, value) in texts.iter_mut().zip(row) {
                column.push(value.map(str::to_owned));
            }
        };
        let catalog = Some(self.databases.called);
        if matches!(self.kind, Kind::Schemata) {
            for schema in [PUBLIC, META, INFORMATION] {
                push(&[catalog, Some(schema)]);
            }
        } else {
            for schema in [PUBLIC, META] {
                for name in self.databases.names_in(schema).await? {
                    if !wanted(&name) {
                        continue;
                    }
                    let place = [catalog, Some(schema), Some(&name)];
                    let built_in = schema == META || self.databases.is_built_in(&name);
                    match self.kind {
                        Kind::Tables => {
                            let kind = if built_in { "BASE TABLE" } else { "VIEW" };
                            push(&[place[0], place[1], place[2], Some(kind)]);
                        }
                        Kind::Views if !built_in => {
                            let view = self.databases.views().find(&name).await?;
                            let text = view.and_then(|view| self.databases.text_of(&view));
                            push(&[place[0], place[1], place[2], text.as_deref()]);
                        }
                        Kind::Columns => {
                            // One view that no longer plans must not hide all others.
                            let Ok(Some(table)) = self.databases.table_in(schema, &name).await
                            else {
                                continue;
                            };
                            for (position, field) in (1_i64..).zip(table.schema().fields()) {
                                let data_type = sql_type(field.data_type());
                                positions.push(position);
                                push(&[
                                    place[0],
                                    place[1],
                                    place[2],
                                    Some(field.name()),
                                    None,
                                    None,
                                    Some("YES"),
                                    Some(&data_type),
                                ]);
                            }
                        }
                        Kind::Views | Kind::Schemata => {}
                    }
                }
            }
        }
        let schema = self.schema();
        let columns = schema.fields().iter().zip(texts).map(|(field, texts)| {
            if field.data_type() == &DataType::Int64 {
                Arc::new(Int64Array::from(positions.clone())) as ArrayRef
            } else {
                Arc::new(StringArray::from(texts)) as ArrayRef
            }
        });
        let columns = columns.collect();
        Ok(RecordBatch::try_new(schema, columns)?)
    }
}

#[async_trait]
impl TableProvider for Information {
    fn schema(&self) -> SchemaRef {
        let names: &[&str] = match self.kind {
            Kind::Tables => &["table_catalog", "table_schema", "table_name", "table_type"],
            Kind::Columns => &[
                "table_catalog",
                "table_schema",
                "table_name",
                "column_name",
                "ordinal_position",
                "column_default",
                "is_nullable",
                "data_type",
            ],
            Kind::Views => &[
                "table_catalog",
                "table_schema",
                "table_name",
                "view_definition",
            ],
            Kind::Schemata => &["catalog_name", "schema_name"],
        };
        let field = |name: &&str| {
            let data_type = match *name {
                "ordinal_position" => DataType::Int64,
                _ => DataType::Utf8,
            };
            Field::new(*name, data_type, true)
        };
        Arc::new(Schema::new(names.iter().map(field).collect::<Vec<_>>()))
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let named: Vec<_> = filters.iter().filter_map(table_named).collect();
        let rows = self
            .rows(|name| named.iter().all(|wanted| wanted == name))
            .await?;
        let schema = rows.schema();
        Ok(MemorySourceConfig::try_new_exec(
            &[vec![rows]],
            schema,
            projection.cloned(),
        )?)
    }
}

/// The name in `table_name = 'name'`.
fn table_named(filter: &Expr) -> Option<String> {
    let Expr::BinaryExpr(comparison) = filter else {
        return None;
    };
    if comparison.op != Operator::Eq {
        return None;
    }
    match (comparison.left.as_ref(), comparison.right.as_ref()) {
        (Expr::Column(column), Expr::Literal(value, _))
        | (Expr::Literal(value, _), Expr::Column(column))
            if column.name == "table_name" =>
        {
            value.try_as_str()?.map(str::to_owned)
        }
        _ => None,
    }
}
