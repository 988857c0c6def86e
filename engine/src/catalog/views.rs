//! The schema `public`: `cur`, `cur2`, `focus` and `costs`, as views over the data files.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use curtail_store::{ColumnType, ROW_COUNT, SidePart, SideTable, Snapshot, Table, TableSchema};
use datafusion::{
    arrow::datatypes::DataType,
    catalog::{
        CatalogProvider, MemTable, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider,
        TableProvider,
    },
    datasource::{ViewTable, provider_as_source},
    error::Result,
    execution::SessionState,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, ident, lit, when},
    prelude::{coalesce, concat},
};

use super::{
    Beside, Limit, Tables, Words, generated,
    lazy::{Lazy, MakeTables},
    limits::with_values,
    scan::{DataFiles, HAS_NET_COLUMNS},
};
use crate::{
    EngineOptions,
    accounts::AccountNames,
    costs::LeftOut,
    maps,
    merging::Cache,
    provisional::{REPORT, visible},
    session,
};

/// The column of `costs` that is filled in where the name of an account is known.
const ACCOUNT_NAME: &str = "account_name";
/// The column that it is filled in by.
const ACCOUNT_ID: &str = "account_id";
/// A column that `costs` has if none is wanted.
const ANY: &str = "report";

/// The maps of CUR 2.0 and the prefix of the columns that they are made of.
const MAPS: [(&str, &str, DataType); 5] = [
    ("product", "product_", DataType::Utf8),
    ("resource_tags", "resource_tags_", DataType::Utf8),
    ("cost_category", "cost_category_", DataType::Utf8),
    ("discount", "discount_", DataType::Decimal128(38, 18)),
    ("tags", "tags_", DataType::Utf8),
];

/// The tables that queries see.
#[derive(Clone, Debug)]
pub(super) struct Public {
    session: SessionState,
    snapshot: Arc<Snapshot>,
    beside: Arc<Beside>,
    options: EngineOptions,
    cache: Arc<Cache>,
    /// The rows that are shown, if not all are.
    limit: Option<Arc<Limit>>,
}

impl Public {
    /// Of `snapshot`; `session` plans the views.
    pub(super) fn new(
        session: &SessionState,
        snapshot: &Arc<Snapshot>,
        beside: &Arc<Beside>,
        options: &EngineOptions,
    ) -> Self {
        Self {
            session: session.clone(),
            snapshot: Arc::clone(snapshot),
            beside: Arc::clone(beside),
            options: *options,
            cache: Arc::new(Cache::of(options)),
            limit: None,
        }
    }

    /// The same tables with fewer rows. What was read of the files is kept for all.
    pub(super) fn limited(&self, limit: &Arc<Limit>) -> Self {
        Self {
            limit: Some(Arc::clone(limit)),
            ..self.clone()
        }
    }

    fn files(&self, table: Table) -> Result<Arc<DataFiles>> {
        let files = if self.options.rollups {
            DataFiles::or_rollups
        } else {
            DataFiles::new
        };
        Ok(self.read(files(&self.snapshot, table, &[])?, table))
    }

    /// The files as this engine reads them.
    fn read(&self, files: DataFiles, table: Table) -> Arc<DataFiles> {
        let files = match &self.limit {
            Some(limit) => files.guarded(limit.guard(table)),
            None => files,
        };
        Arc::new(if self.options.merging {
            files.or_merged(&self.cache)
        } else {
            files
        })
    }

    /// With all columns, or those alone that are `wanted`.
    async fn costs(&self, wanted: Option<&Words>) -> Result<Arc<dyn TableProvider>> {
        let keep = |column: &str| {
            let of_name = column == ACCOUNT_ID;
            wanted.is_none_or(|wanted| {
                column == ANY || wanted.has(column) || of_name && wanted.has(ACCOUNT_NAME)
            })
        };
        let part = |view: &str| {
            curtail_queries::view_of(view, keep).expect("the queries crate has this view")
        };
        let has = |table| self.snapshot.table(table).is_some();
        let (mut inner, mut parts) = (Tables::new(), Vec::new());
        if has(Table::LineItems) {
            let text = part("costs_line_items");
            let files = self.files(Table::LineItems)?;
            inner.push(("line_items", with_maps(files, Some(&Words::of(&text)))?));
            parts.push(text);
        }
        if has(Table::Focus) {
            inner.push(("focus", self.files(Table::Focus)?));
            parts.push(part("costs_focus"));
        }
        let coverage = &self.beside.coverage;
        let provisional = visible(&self.snapshot, coverage).next().is_some();
        if provisional || parts.is_empty() {
            let uncovered = self.provisional(uncovered(&self.snapshot, &self.beside)?);
            inner.push(("cost_explorer", shaped(uncovered, &self.beside)?));
            let condition = coverage.condition();
            parts.push(format!("{}\nWHERE {condition}", part("costs_provisional")));
        }
        let sql = parts.join("\nUNION ALL\n");
        let costs = planned(&self.session, &inner, &sql).await?;
        named(costs, &self.beside.names)
    }

    /// Those of the rows that Cost Explorer told that are shown.
    fn provisional(&self, files: DataFiles) -> DataFiles {
        match &self.limit {
            Some(limit) => files.guarded(limit.cost_explorer()),
            None => files,
        }
    }

    /// A table of reports as it is, or for those who see a part of its rows, with the columns that these have: the name of a tag tells
    /// of those who use it.
    async fn seen(&self, table: Table, hidden: &[&str]) -> Result<Arc<dyn TableProvider>> {
        let files = DataFiles::seen(&self.snapshot, table, hidden, self.options.rollups, None)?;
        let files = self.read(files, table);
        let Some(limit) = &self.limit else {
            return Ok(files);
        };
        let documented = TableSchema::documented(table);
        let spoken_of = limit.guard(table).columns();
        let schema = files.schema();
        let names = schema.fields().iter().map(|field| field.name().as_str());
        let names: Vec<_> = names.collect();
        let constants = files.constant_names();
        let is_doubted = |name: &&&str| {
            documented.column(name).is_none()
                && !generated::names(table).contains(*name)
                && !constants.contains(*name)
                && !spoken_of.contains(**name)
        };
        let doubted: Vec<_> = names.iter().filter(is_doubted).copied().collect();
        let kept = with_values(&self.session, Arc::clone(&files) as _, &doubted).await?;
        let columns = names
            .into_iter()
            .filter(|name| !doubted.contains(name) || kept.iter().any(|it| it == name));
        let source = provider_as_source(Arc::clone(&files) as _);
        let plan = LogicalPlanBuilder::scan(table.name(), source, None)?
            .project(columns.map(ident))?
            .build()?;
        Ok(Arc::new(ViewTable::new(plan, None)))
    }

    /// The table without the text that it was planned from, if not all may see it: such texts name accounts.
    fn textless(&self, table: Arc<dyn TableProvider>) -> Arc<dyn TableProvider> {
        match table.downcast_ref::<ViewTable>() {
            Some(view) if self.limit.is_some() => {
                Arc::new(ViewTable::new(view.logical_plan().clone(), None))
            }
            _ => table,
        }
    }
}

#[async_trait]
impl MakeTables for Public {
    fn names(&self) -> &[&'static str] {
        &["costs", "cur", "cur2", "focus", "cost_explorer", "accounts"]
    }

    async fn make(&self, name: &str) -> Result<Arc<dyn TableProvider>> {
        match name {
            "costs" => Ok(self.textless(self.costs(None).await?)),
            "cur" => self.seen(Table::LineItems, &[HAS_NET_COLUMNS]).await,
            "cur2" => {
                let line_items = with_maps(self.files(Table::LineItems)?, None)?;
                let inner = vec![("line_items", line_items)];
                let cur2 = planned(&self.session, &inner, &text("cur2")).await?;
                Ok(self.textless(cur2))
            }
            "focus" => self.seen(Table::Focus, &[]).await,
            "cost_explorer" => {
                let files = DataFiles::beside(&self.snapshot, SideTable::CostExplorer, |_| true)?;
                Ok(Arc::new(self.provisional(files)))
            }
            _ => {
                let all = self.beside.accounts()?;
                let shown = match &self.limit {
                    Some(limit) => limit.accounts(&self.session, &all)?,
                    None => all,
                };
                Ok(Arc::new(MemTable::try_new(
                    shown.schema(),
                    vec![vec![shown]],
                )?))
            }
        }
    }

    async fn make_narrow(
        &self,
        name: &str,
        wanted: &Words,
    ) -> Result<Option<Arc<dyn TableProvider>>> {
        match name {
            "costs" => Ok(Some(self.textless(self.costs(Some(wanted)).await?))),
            // For those who see a part of its rows, it is a view.
            "cur" if self.limit.is_none() => {
                let (table, hidden) = (Table::LineItems, [HAS_NET_COLUMNS]);
                let rollups = self.options.rollups;
                let files = DataFiles::seen(&self.snapshot, table, &hidden, rollups, Some(wanted))?;
                Ok(Some(self.read(files, table)))
            }
            _ => Ok(None),
        }
    }
}

/// The same tables without some reports' rows.
#[derive(Debug)]
pub(super) struct Restricted {
    session: SessionState,
    whole: Arc<Lazy>,
    left_out: LeftOut,
}

impl Restricted {
    /// `whole` without what is left out.
    pub(super) fn new(session: &SessionState, whole: &Arc<Lazy>, left_out: &LeftOut) -> Self {
        Self {
            session: session.clone(),
            whole: Arc::clone(whole),
            left_out: left_out.clone(),
        }
    }
}

#[async_trait]
impl MakeTables for Restricted {
    fn names(&self) -> &[&'static str] {
        self.whole.names()
    }

    async fn make(&self, name: &str) -> Result<Arc<dyn TableProvider>> {
        let table = self.whole.get(name).await?;
        let table = table.expect("the schemas have the same tables");
        let payer = match name {
            "costs" => "payer_account_id",
            "focus" => "billingaccountid",
            // What is beside reports is none of theirs.
            "cost_explorer" | "accounts" => return Ok(table),
            _ => "bill_payer_account_id",
        };
        let condition = self.left_out.condition(payer);
        let sql = format!("SELECT * FROM {name} WHERE {condition}");
        let known = self.names().iter().find(|known| **known == name);
        let inner = known.map(|known| (*known, table)).into_iter().collect();
        let plan = plan_of(&self.session, &inner, &sql).await?;
        Ok(Arc::new(ViewTable::new(plan, None)))
    }
}

/// What Cost Explorer told, without the files of parts that reports cover whole.
fn uncovered(snapshot: &Snapshot, beside: &Beside) -> Result<DataFiles> {
    let parts: BTreeSet<_> = visible(snapshot, &beside.coverage)
        .map(|receipt| &receipt.part)
        .collect();
    let wanted = |part: &SidePart| parts.contains(part);
    DataFiles::beside(snapshot, SideTable::CostExplorer, wanted)
}

/// What Cost Explorer told, with the columns that `costs` has beside.
pub(super) fn shaped(files: DataFiles, beside: &Beside) -> Result<Arc<dyn TableProvider>> {
    let schema = files.schema();
    let names = schema.fields().iter().map(|field| ident(field.name()));
    let mut columns: Vec<Expr> = names.collect();
    let time = ColumnType::Timestamp.arrow();
    let day = || ident("usage_date");
    let next_day = cast(cast(day(), DataType::Int32) + lit(1_i32), DataType::Date32);
    let report = concat(vec![lit(REPORT), ident("payer_account_id")]);
    let tags = beside.tags.provisional().map(|(key, name)| {
        let of_key = when(ident("tag_key").eq(lit(key)), ident("tag_value")).end();
        of_key.map(|value| (name, value))
    });
    let tags = tags.collect::<Result<Vec<_>>>()?;
    let no_category = maps::map_of(&DataType::Utf8, std::iter::empty());
    columns.extend([
        report.alias("report"),
        cast(day(), time.clone()).alias("usage_start"),
        cast(next_day, time).alias("usage_end"),
        maps::map_of(&DataType::Utf8, tags.into_iter()).alias("tags"),
        no_category.alias("cost_categories"),
    ]);
    let source = provider_as_source(Arc::new(files));
    let plan = LogicalPlanBuilder::scan("cost_explorer", source, None)?
        .project(columns)?
        .build()?;
    Ok(Arc::new(ViewTable::new(plan, None)))
}

/// `costs`, in which rows without an account name of their own have the one that is known.
fn named(costs: Arc<dyn TableProvider>, names: &AccountNames) -> Result<Arc<dyn TableProvider>> {
    let schema = costs.schema();
    if names.is_empty() || schema.column_with_name(ACCOUNT_NAME).is_none() {
        return Ok(costs);
    }
    let columns = schema.fields().iter().map(|field| {
        let column = ident(field.name());
        if field.name() != ACCOUNT_NAME {
            return column;
        }
        let known = cast(names.name_of(ident(ACCOUNT_ID)), field.data_type().clone());
        coalesce(vec![column, known]).alias(ACCOUNT_NAME)
    });
    let columns: Vec<_> = columns.collect();
    let plan = LogicalPlanBuilder::scan("costs", provider_as_source(costs), None)?
        .project(columns)?
        .build()?;
    Ok(Arc::new(ViewTable::new(plan, None)))
}

/// `costs` over one table of a snapshot (with rollups for files if it was `rolled_up`), and as `row_count` the number of line
/// items that each row stands for.
pub(crate) async fn counted_costs(
    session: &SessionState,
    snapshot: &Snapshot,
    table: Table,
    rolled_up: bool,
) -> Result<Arc<dyn TableProvider>> {
    let (files, count) = if rolled_up {
        (DataFiles::rolled_up(snapshot, table)?, ROW_COUNT.to_owned())
    } else {
        let one = format!("CAST(1 AS BIGINT) AS {ROW_COUNT}");
        (DataFiles::new(snapshot, table, &[])?, one)
    };
    let files = Arc::new(files);
    let part = match table {
        Table::LineItems => "costs_line_items",
        Table::Focus => "costs_focus",
    };
    let text = curtail_queries::view_with(part, &count);
    let text = text.expect("the queries crate has this view");
    let inner: Tables = match table {
        Table::LineItems => vec![("line_items", with_maps(files, Some(&Words::of(&text)))?)],
        Table::Focus => vec![("focus", files)],
    };
    planned(session, &inner, &text).await
}

/// The text of a view.
pub(super) fn text(view: &str) -> String {
    curtail_queries::view(view).expect("the queries crate has this view")
}

/// The view that `sql` makes of `tables`, which nobody else sees.
async fn planned(
    session: &SessionState,
    tables: &Tables,
    sql: &str,
) -> Result<Arc<dyn TableProvider>> {
    let plan = plan_of(session, tables, sql).await?;
    Ok(Arc::new(ViewTable::new(plan, Some(sql.to_owned()))))
}

/// The plan of `sql` over `tables` alone.
pub(super) async fn plan_of(
    session: &SessionState,
    tables: &Tables,
    sql: &str,
) -> Result<LogicalPlan> {
    let schema = MemorySchemaProvider::new();
    for (name, table) in tables {
        schema.register_table((*name).to_owned(), Arc::clone(table))?;
    }
    let catalog = MemoryCatalogProvider::new();
    catalog.register_schema(session::PUBLIC, Arc::new(schema))?;
    let context = session::context(session.clone(), Arc::new(catalog));
    context.state().create_logical_plan(sql).await
}

/// The line items with the maps of CUR 2.0 beside the columns that they are made of; of both those alone that are among the words of the
/// text that reads them, if it is known.
pub(super) fn with_maps(
    table: Arc<DataFiles>,
    read: Option<&Words>,
) -> Result<Arc<dyn TableProvider>> {
    let is_read = |name: &str| read.is_none_or(|read| read.has(name));
    let schema = table.schema();
    let flat = curtail_queries::view("cur2").expect("the queries crate has this view");
    let flat: Vec<_> = flat.split([',', '\n']).map(str::trim).collect();
    let names: Vec<_> = schema
        .fields()
        .iter()
        .map(|field| (field.name().as_str(), field.data_type()))
        .collect();
    let plain = names.iter().filter(|(name, _)| is_read(name));
    let mut columns: Vec<Expr> = plain.map(|(name, _)| ident(*name)).collect();
    for (map, prefix, values) in MAPS {
        if !is_read(map) {
            continue;
        }
        let text = values == DataType::Utf8;
        // Columns that CUR 2.0 has beside its maps are no keys of them.
        let entries = names.iter().filter(|(name, data_type)| {
            (**data_type == DataType::Utf8View) == text
                && !flat.contains(name)
                && !matches!(data_type, DataType::Map(..))
        });
        let entries =
            entries.filter_map(|(name, _)| Some((name.strip_prefix(prefix)?, ident(*name))));
        let entries: Vec<_> = entries.collect();
        // Most reports do not have this column at all.
        let made = if map == "tags" && entries.is_empty() {
            maps::missing(&values)?
        } else {
            maps::map_of(&values, entries.into_iter())
        };
        columns.push(made.alias(map));
    }
    let scanned = read.map(|_| {
        let refs: Vec<_> = columns.iter().flat_map(Expr::column_refs).collect();
        let is_scanned = |name: &str| refs.iter().any(|column| column.name == name);
        let places = names.iter().enumerate();
        let places = places.filter(|(_, (name, _))| is_scanned(name));
        places.map(|(place, _)| place).collect()
    });
    let plan = LogicalPlanBuilder::scan("line_items", provider_as_source(table), scanned)?
        .project(columns)?
        .build()?;
    Ok(Arc::new(ViewTable::new(plan, None)))
}
