//! Scans of a snapshot's data files.

mod allowed;
mod guarded;
mod merged;
mod rolled;

use std::sync::Arc;

use async_trait::async_trait;
use curtail_store::{
    BillingPeriod, FileEntry, Money, ROW_COUNT, ReportName, SidePart, SideTable, Snapshot, Table,
    TableSchema as StoreSchema,
};
use datafusion::{
    arrow::{
        array::{Array, AsArray, RecordBatch},
        datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef},
    },
    catalog::{Session, TableProvider},
    common::{DFSchema, ScalarValue, Statistics, project_schema, stats::Precision},
    datasource::{
        file_format::{FileFormat, parquet::ParquetFormat},
        listing::{PartitionedFile, helpers::expr_applicable_for_cols},
        physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource},
        table_schema::TableSchema,
    },
    error::{DataFusionError, Result},
    logical_expr::{Expr, TableProviderFilterPushDown, TableType, utils::conjunction},
    object_store::{ObjectMeta, path::Path},
    physical_plan::{ExecutionPlan, empty::EmptyExec},
};

use super::{Words, generated};
use crate::{
    limit::{Guard, cannot_fail},
    merging::Cache,
};
pub(crate) use allowed::Allowed;
use rolled::Rolled;

/// Whether the row's billing period states costs net of discounts: a constant of each file.
pub(super) const HAS_NET_COLUMNS: &str = "has_net_columns";

/// The month of the billing period, as text without a leading zero: a constant of each file.
pub(super) const MONTH: &str = "month";

/// The column that tells whether a period states net costs: all periods of CUR 2.0 have it, but zero or NULL without discounts.
const NET_COST: &str = "line_item_net_unblended_cost";

/// The data files of one table, with what is constant in each file as columns: the partition columns (of reports `report` and
/// `billing_period`), and for line items `year` and `month` (as Athena partitions a legacy report) and [`HAS_NET_COLUMNS`].
#[derive(Clone, Debug)]
pub(crate) struct DataFiles {
    schema: TableSchema,
    files: Vec<PartitionedFile>,
    /// How many rows each has.
    rows: Vec<u64>,
    /// One row per file: its constants.
    constants: RecordBatch,
    /// What could stand in for the files.
    rolled: Option<Arc<Rolled>>,
    /// What is read instead of line items one by one, or why nothing else is, for people.
    instead: Option<String>,
    /// The column of the start of usage, if there is one.
    usage_start: Option<&'static str>,
    merging: Merging,
    /// What was read of the files before, if line items may be merged.
    cache: Option<Arc<Cache>>,
    /// The condition on the rows that are shown, if not all are.
    guard: Option<Arc<Guard>>,
}

/// Whether line items are merged while they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Merging {
    Never,
    /// An aggregate may ask for it.
    Possible,
    /// They are, as far as they are alike; those of one day too if only the day of usage counts.
    Merged {
        by_day: bool,
    },
}

/// Columns by name that are constant in each file.
type Constants = Vec<(&'static str, DataType)>;

/// One data file and what is constant in it.
struct Entry<'a> {
    path: &'a str,
    size: u64,
    rows: u64,
    values: Vec<ScalarValue>,
}

impl DataFiles {
    /// The files of `table` in `snapshot`, none if it has no such table, without the constants that are `hidden`.
    pub(super) fn new(snapshot: &Snapshot, table: Table, hidden: &[&str]) -> Result<Self> {
        Self::with_columns(snapshot, table, hidden, &[])
    }

    /// The same as users see them: with the columns of tags that AWS documents, and for aggregates, if `rollups` says so, with what they may
    /// read instead. Of the columns, those alone that are `wanted`, if not all are, and the start of usage.
    pub(super) fn seen(
        snapshot: &Snapshot,
        table: Table,
        hidden: &[&str],
        rollups: bool,
        wanted: Option<&Words>,
    ) -> Result<Self> {
        let columns = columns_of(snapshot, table);
        let more = generated::lacking(table, &columns);
        let is_wanted = |field: &&FieldRef| {
            let name = field.name();
            wanted.is_none_or(|wanted| wanted.has(name) || name == usage_start(table))
        };
        let columns = columns.fields().iter().chain(&more);
        let columns = columns.filter(is_wanted).cloned().collect::<Fields>();
        let columns = Schema::new(columns);
        let files = Self::of_columns(snapshot, table, hidden, &columns)?;
        if !rollups {
            return Ok(files);
        }
        Ok(Self {
            rolled: Rolled::of(snapshot, table, columns, constants(table, hidden)),
            ..files
        })
    }

    /// The same, for aggregates that may read rollups instead.
    pub(super) fn or_rollups(snapshot: &Snapshot, table: Table, hidden: &[&str]) -> Result<Self> {
        let files = Self::new(snapshot, table, hidden)?;
        let columns = columns_of(snapshot, table);
        Ok(Self {
            rolled: Rolled::of(snapshot, table, columns, constants(table, hidden)),
            ..files
        })
    }

    /// The same for a snapshot whose files are rollups: with [`ROW_COUNT`] as a column.
    pub(super) fn rolled_up(snapshot: &Snapshot, table: Table) -> Result<Self> {
        let count = Arc::new(Field::new(ROW_COUNT, DataType::Int64, true));
        Self::with_columns(snapshot, table, &[], &[count])
    }

    fn with_columns(
        snapshot: &Snapshot,
        table: Table,
        hidden: &[&str],
        more: &[FieldRef],
    ) -> Result<Self> {
        let columns = columns_of(snapshot, table);
        let columns = columns.fields().iter().chain(more).cloned();
        let columns = Schema::new(columns.collect::<Fields>());
        Self::of_columns(snapshot, table, hidden, &columns)
    }

    fn of_columns(
        snapshot: &Snapshot,
        table: Table,
        hidden: &[&str],
        columns: &Schema,
    ) -> Result<Self> {
        let found = snapshot.table(table);
        let constants = constants(table, hidden);
        let entries = found
            .map(|table| table.files.as_slice())
            .unwrap_or_default();
        let entries = entries.iter().map(|file| Entry {
            path: &file.path,
            size: file.size,
            rows: file.rows,
            values: values(snapshot, file, &constants),
        });
        let entries: Vec<_> = entries.collect();
        Ok(Self {
            usage_start: Some(usage_start(table)),
            ..Self::build(columns, constants, &entries)?
        })
    }

    /// The files of a table beside reports, of those parts that are `wanted`, with the columns that it is partitioned by.
    pub(super) fn beside(
        snapshot: &Snapshot,
        table: SideTable,
        wanted: impl Fn(&SidePart) -> bool,
    ) -> Result<Self> {
        let found = snapshot.side(table);
        let files = found.map(|side| side.files.as_slice()).unwrap_or_default();
        let columns = table.partitioned_by().iter();
        let constants = columns.map(|name| (*name, DataType::Utf8View)).collect();
        let entries = files.iter().filter(|file| wanted(&file.part)).map(|file| {
            let period = file.part.billing_period.map(|period| period.to_string());
            let values = [Some(file.part.payer_account_id.clone()), period];
            let values = values.into_iter().flatten();
            Entry {
                path: &file.path,
                size: file.size,
                rows: file.rows,
                values: values
                    .map(|text| ScalarValue::Utf8View(Some(text)))
                    .collect(),
            }
        });
        Self::build(&table.arrow(), constants, &entries.collect::<Vec<_>>())
    }

    fn build(columns: &Schema, constants: Constants, entries: &[Entry<'_>]) -> Result<Self> {
        let fields: Vec<_> = constants
            .into_iter()
            .map(|(name, data_type)| Arc::new(Field::new(name, data_type, false)))
            .collect();
        let schema = TableSchema::builder(viewed(columns))
            .with_table_partition_cols(fields.clone())
            .build();
        let files = entries.iter().map(partitioned).collect::<Result<_>>()?;
        let constants = Arc::new(Schema::new(fields));
        let constants = if entries.is_empty() {
            RecordBatch::new_empty(constants)
        } else {
            let columns = (0..constants.fields().len()).map(|i| {
                ScalarValue::iter_to_array(entries.iter().map(|entry| entry.values[i].clone()))
            });
            RecordBatch::try_new(constants, columns.collect::<Result<_>>()?)?
        };
        Ok(Self {
            schema,
            files,
            rows: entries.iter().map(|entry| entry.rows).collect(),
            constants,
            rolled: None,
            instead: None,
            usage_start: None,
            merging: Merging::Never,
            cache: None,
            guard: None,
        })
    }

    /// The column of the start of usage.
    pub(crate) fn usage_start(&self) -> Option<&'static str> {
        self.usage_start
    }

    /// Whether the column is text as reports have it, NULL where they have nothing.
    pub(crate) fn is_text_of_reports(&self, column: &str) -> bool {
        self.usage_start.is_some()
            && !self.constant_names().contains(&column)
            && (self.schema.file_schema())
                .field_with_name(column)
                .is_ok_and(|field| *field.data_type() == DataType::Utf8View)
    }

    /// What is read instead of line items one by one, or why nothing else is, for people.
    pub(crate) fn instead(&self) -> Option<&str> {
        self.instead.as_deref()
    }

    /// The columns that are the same in all rows of a file.
    pub(crate) fn constant_names(&self) -> Vec<&str> {
        self.schema
            .table_partition_cols()
            .iter()
            .map(|field| field.name().as_str())
            .collect()
    }

    /// The files for which all of `filters`, over constants alone, are true, and how many rows they have.
    fn files_where(
        &self,
        session: &dyn Session,
        filters: Vec<Expr>,
    ) -> Result<(Vec<PartitionedFile>, u64)> {
        let Some(filter) = conjunction(filters) else {
            return Ok((self.files.clone(), self.rows.iter().sum()));
        };
        let schema = DFSchema::try_from(self.constants.schema())?;
        let matches = session
            .create_physical_expr(filter, &schema)?
            .evaluate(&self.constants)?;
        let matches = matches.into_array(self.files.len())?;
        let matches = matches.as_boolean();
        let matching = |index: &usize| matches.is_valid(*index) && matches.value(*index);
        let found = (0..self.files.len()).filter(matching);
        let (files, rows): (Vec<_>, Vec<_>) = found
            .map(|index| (self.files[index].clone(), self.rows[index]))
            .unzip();
        Ok((files, rows.iter().sum()))
    }
}

#[async_trait]
impl TableProvider for DataFiles {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.schema.table_schema())
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let constants = self.constant_names();
        let schema = self.schema.table_schema();
        let support = |filter: &&Expr| {
            if self.guard.is_some() && !cannot_fail(filter, schema) {
                TableProviderFilterPushDown::Unsupported
            } else if expr_applicable_for_cols(&constants, filter) {
                TableProviderFilterPushDown::Exact
            } else {
                TableProviderFilterPushDown::Inexact
            }
        };
        Ok(filters.iter().map(support).collect())
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match &self.guard {
            Some(guard) => self.guarded_scan(guard, session, projection, filters).await,
            None => self.whole_scan(session, projection, filters, limit).await,
        }
    }
}

impl DataFiles {
    /// The scan of all rows, whoever may see them.
    async fn whole_scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let constants = self.constant_names();
        let (on_constants, others): (Vec<_>, Vec<_>) = filters
            .iter()
            .cloned()
            .partition(|filter| expr_applicable_for_cols(&constants, filter));
        let (files, rows) = self.files_where(session, on_constants)?;
        if files.is_empty() {
            return Ok(Arc::new(EmptyExec::new(project_schema(
                &self.schema(),
                projection,
            )?)));
        }
        if let Merging::Merged { by_day } = self.merging {
            return self.merging_scan(session, projection, &others, files, by_day);
        }
        let options = session.default_table_options().parquet;
        let source = Arc::new(ParquetSource::new(self.schema.clone()));
        let config = FileScanConfigBuilder::new(crate::session::store_url(), source)
            .with_statistics(statistics(rows, self.schema.table_schema()))
            .with_file_groups(balanced(files, session.config().target_partitions()))
            .with_projection_indices(projection.cloned())?
            .with_limit(limit.filter(|_| others.is_empty()))
            .build();
        ParquetFormat::new()
            .with_options(options)
            .create_physical_plan(session, config)
            .await
    }
}

/// The column of the start of usage.
pub(crate) fn usage_start(table: Table) -> &'static str {
    match table {
        Table::LineItems => "line_item_usage_start_date",
        Table::Focus => "chargeperiodstart",
    }
}

/// The columns of a table's files.
fn columns_of(snapshot: &Snapshot, table: Table) -> Schema {
    let found = snapshot.table(table);
    let columns = found.map_or_else(
        || StoreSchema::documented(table),
        |table| table.schema.clone(),
    );
    columns.arrow().as_ref().clone()
}

/// Columns whose value is the same in all rows of a file, without those that are hidden.
fn constants(table: Table, hidden: &[&str]) -> Constants {
    let mut constants = vec![
        ("report", DataType::Utf8View),
        ("billing_period", DataType::Utf8View),
    ];
    if table == Table::LineItems {
        constants.extend([
            ("year", DataType::Utf8View),
            (MONTH, DataType::Utf8View),
            (HAS_NET_COLUMNS, DataType::Boolean),
        ]);
    }
    constants.retain(|(name, _)| !hidden.contains(name));
    constants
}

/// The values of these constants.
fn values(snapshot: &Snapshot, file: &FileEntry, constants: &Constants) -> Vec<ScalarValue> {
    let (report, period) = (&file.report, file.billing_period);
    let text = |text: String| ScalarValue::Utf8View(Some(text));
    let value = |name: &str| match name {
        "report" => text(report.to_string()),
        "year" => text(period.year().to_string()),
        MONTH => text(period.month().to_string()),
        HAS_NET_COLUMNS => ScalarValue::Boolean(Some(has_net_costs(snapshot, report, period))),
        _ => text(period.to_string()),
    };
    constants.iter().map(|(name, _)| value(name)).collect()
}

fn has_net_costs(snapshot: &Snapshot, report: &ReportName, period: BillingPeriod) -> bool {
    let receipt = snapshot.periods().map(|version| &version.receipt);
    let mut receipt =
        receipt.filter(|receipt| &receipt.report == report && receipt.billing_period == period);
    receipt.any(|receipt| {
        receipt
            .sums
            .get(NET_COST)
            .is_some_and(|sum| *sum != Money::ZERO)
    })
}

fn partitioned(file: &Entry<'_>) -> Result<PartitionedFile> {
    let location =
        Path::parse(file.path).map_err(|error| DataFusionError::External(Box::new(error)))?;
    let meta = ObjectMeta {
        location,
        // A data file never changes; caches may know it by its path alone.
        last_modified: chrono::DateTime::UNIX_EPOCH,
        size: file.size,
        e_tag: None,
        version: None,
    };
    // Without statistics of its own, which would be those of hundreds of columns of which nothing is known.
    Ok(PartitionedFile::new_from_meta(meta).with_partition_values(file.values.clone()))
}

fn statistics(rows: u64, schema: &SchemaRef) -> Statistics {
    let mut statistics = Statistics::new_unknown(schema);
    statistics.num_rows = Precision::Exact(usize::try_from(rows).unwrap_or(usize::MAX));
    statistics
}

/// The files in at most `count` groups of about the same size.
fn balanced(mut files: Vec<PartitionedFile>, count: usize) -> Vec<FileGroup> {
    let count = count.clamp(1, files.len().max(1));
    files.sort_by(|a, b| {
        b.object_meta
            .size
            .cmp(&a.object_meta.size)
            .then_with(|| a.path().cmp(b.path()))
    });
    let mut groups: Vec<(u64, Vec<PartitionedFile>)> = vec![(0, Vec::new()); count];
    for file in files {
        let smallest = groups
            .iter_mut()
            .min_by_key(|group| group.0)
            .expect("there is at least one group");
        smallest.0 += file.object_meta.size;
        smallest.1.push(file);
    }
    groups
        .into_iter()
        .map(|(_, files)| FileGroup::new(files))
        .collect()
}

/// The schema with text as views, which group and filter fastest.
fn viewed(schema: &Schema) -> SchemaRef {
    let view = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View)),
        _ => Arc::clone(field),
    };
    Arc::new(Schema::new(
        schema.fields().iter().map(view).collect::<Fields>(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_balanced_by_size() {
        let files = [5, 1, 1, 1, 1, 1]
            .iter()
            .enumerate()
            .map(|(i, size)| PartitionedFile::new(format!("{i}"), *size));
        let groups = balanced(files.collect(), 2);
        let sizes: Vec<u64> = groups
            .iter()
            .map(|group| group.iter().map(|file| file.object_meta.size).sum())
            .collect();
        assert_eq!(sizes, [5, 5]);
        assert!(balanced(vec![PartitionedFile::new("a", 1)], 8).len() == 1);
    }
}
