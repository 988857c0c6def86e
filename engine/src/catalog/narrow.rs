//! Tables with no more columns than a statement may mean: planning with hundreds of them, or with the formulas of all of `costs`, takes
//! longer than most answers.

use std::{collections::HashSet, ops::ControlFlow, sync::Arc};

use async_trait::async_trait;
use datafusion::{
    catalog::{CatalogProvider, CatalogProviderList, SchemaProvider, TableProvider},
    error::Result,
    sql::{
        parser::Statement,
        sqlparser::ast::{
            JoinConstraint, JoinOperator, Query, Select, SelectFlavor, SelectItem, SetExpr,
            Statement as Ast, TableFactor, Visit, Visitor,
        },
    },
};

/// Words of a text, in small letters: every name that stands in it is among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words(HashSet<String>);

impl Words {
    /// Those of an SQL text.
    pub(crate) fn of(text: &str) -> Self {
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        Self(words.map(str::to_lowercase).collect())
    }

    /// Those of a query that means no column that it does not name; none of any other statement.
    pub(crate) fn of_statement(statement: &Statement) -> Option<Self> {
        let query = match statement {
            Statement::Statement(statement) => match statement.as_ref() {
                Ast::Query(query) => query,
                _ => return None,
            },
            Statement::Explain(explain) => return Self::of_statement(&explain.statement),
            _ => return None,
        };
        let all_are_named = query.visit(&mut Unnamed).is_continue();
        all_are_named.then(|| Self::of(&query.to_string()))
    }

    /// Whether a word is one of them.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

/// Looks for columns that a query means without their names.
struct Unnamed;

impl Visitor for Unnamed {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let is_table = matches!(query.body.as_ref(), SetExpr::Table(_));
        found(is_table || !query.pipe_operators.is_empty())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        let is_wildcard = |item: &SelectItem| {
            matches!(
                item,
                SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)
            )
        };
        let mut joins = select.from.iter().flat_map(|from| &from.joins);
        found(
            select.flavor != SelectFlavor::Standard
                || select.projection.iter().any(is_wildcard)
                || joins.any(|join| is_natural(&join.join_operator)),
        )
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        found(match factor {
            // Its columns are named by their places.
            TableFactor::Table { alias, .. } => {
                alias.as_ref().is_some_and(|it| !it.columns.is_empty())
            }
            TableFactor::NestedJoin {
                table_with_joins, ..
            } => {
                let mut joins = table_with_joins.joins.iter();
                joins.any(|join| is_natural(&join.join_operator))
            }
            TableFactor::Derived { .. }
            | TableFactor::UNNEST { .. }
            | TableFactor::Function { .. }
            | TableFactor::TableFunction { .. } => false,
            _ => true,
        })
    }
}

fn found(is_found: bool) -> ControlFlow<()> {
    if is_found {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

/// Whether a join is of all columns that both sides have, or of a kind that is not known here.
fn is_natural(join: &JoinOperator) -> bool {
    let (JoinOperator::Join(by)
    | JoinOperator::Inner(by)
    | JoinOperator::Left(by)
    | JoinOperator::LeftOuter(by)
    | JoinOperator::Right(by)
    | JoinOperator::RightOuter(by)
    | JoinOperator::FullOuter(by)
    | JoinOperator::CrossJoin(by)) = join
    else {
        return true;
    };
    matches!(by, JoinConstraint::Natural)
}

/// Tables by name.
type Tables = Vec<(&'static str, Arc<dyn TableProvider>)>;

/// Catalogs, a catalog or a schema in which some tables are others than in `of`.
#[derive(Debug)]
pub(crate) struct Narrow<T: ?Sized> {
    of: Arc<T>,
    tables: Arc<Tables>,
}

impl<T: ?Sized> Narrow<T> {
    pub(crate) fn new(of: Arc<T>, tables: &Arc<Tables>) -> Arc<Self> {
        Arc::new(Self {
            of,
            tables: Arc::clone(tables),
        })
    }
}

impl CatalogProviderList for Narrow<dyn CatalogProviderList> {
    fn register_catalog(
        &self,
        name: String,
        catalog: Arc<dyn CatalogProvider>,
    ) -> Option<Arc<dyn CatalogProvider>> {
        self.of.register_catalog(name, catalog)
    }

    fn catalog_names(&self) -> Vec<String> {
        self.of.catalog_names()
    }

    fn catalog(&self, name: &str) -> Option<Arc<dyn CatalogProvider>> {
        let catalog = self.of.catalog(name)?;
        Some(Narrow::new(catalog, &self.tables))
    }
}

impl CatalogProvider for Narrow<dyn CatalogProvider> {
    fn schema_names(&self) -> Vec<String> {
        self.of.schema_names()
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        let schema = self.of.schema(name)?;
        Some(Narrow::new(schema, &self.tables))
    }
}

#[async_trait]
impl SchemaProvider for Narrow<dyn SchemaProvider> {
    fn table_names(&self) -> Vec<String> {
        self.of.table_names()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let mut tables = self.tables.iter();
        match tables.find(|(narrow, _)| name.eq_ignore_ascii_case(narrow)) {
            Some((_, table)) if self.of.table_exist(name) => Ok(Some(Arc::clone(table))),
            _ => self.of.table(name).await,
        }
    }

    fn table_exist(&self, name: &str) -> bool {
        self.of.table_exist(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dialect;

    #[test]
    fn only_what_is_named_is_meant() {
        let words = |sql: &str| {
            let statement = Dialect::Trino.parse(sql).unwrap().remove(0);
            Words::of_statement(&statement)
        };
        for sql in [
            "SELECT Region, sum(\"unblended_cost\") FROM costs GROUP BY 1",
            "SELECT count(*), max(region) FROM db.costs WHERE unblended_cost * 2 > 1",
            "WITH c AS (SELECT region r, unblended_cost c FROM costs) SELECT r, sum(c) FROM c GROUP BY r",
            "EXPLAIN SELECT region FROM (SELECT region, unblended_cost FROM costs) x (a, b)",
            "SELECT a.region FROM costs a JOIN costs b USING (region) WHERE b.unblended_cost > 0",
        ] {
            let words = words(sql).unwrap_or_else(|| panic!("{sql}"));
            assert!(words.has("region") && words.has("unblended_cost") || sql.contains("max"));
            assert!(!words.has("amortized_cost"), "{sql}");
        }
        for sql in [
            "SELECT * FROM costs",
            "SELECT c.* FROM costs c",
            "SELECT region FROM (SELECT * FROM costs)",
            "SELECT region FROM costs WHERE EXISTS (SELECT * FROM cur)",
            "TABLE costs",
            "FROM costs",
            "SELECT x FROM costs c (x)",
            "SELECT region FROM costs NATURAL JOIN cur",
            "SELECT region FROM (costs NATURAL JOIN cur)",
            "SHOW COLUMNS FROM costs",
        ] {
            assert_eq!(words(sql), None, "{sql}");
        }
    }
}
