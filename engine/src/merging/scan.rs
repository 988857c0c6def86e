//! The plan node that reads data files and merges their line items.

use std::{fmt, ops::Range, sync::Arc};

use bytes::Bytes;
use datafusion::{
    arrow::{
        array::{ArrayRef, AsArray, Int64Array, RecordBatch, RecordBatchOptions},
        compute::cast,
        datatypes::{DataType, Int64Type, SchemaRef, TimeUnit},
    },
    common::{ScalarValue, Statistics, internal_err, tree_node::TreeNodeRecursion},
    datasource::{
        listing::PartitionedFile,
        physical_plan::parquet::{CachedParquetFileReaderFactory, ParquetFileReaderFactory},
    },
    error::{DataFusionError, Result},
    execution::{SendableRecordBatchStream, TaskContext, object_store::ObjectStoreUrl},
    parquet::{
        arrow::{
            ParquetRecordBatchStreamBuilder, ProjectionMask, arrow_reader::ArrowReaderOptions,
            async_reader::AsyncFileReader,
        },
        file::metadata::{PageIndexPolicy, ParquetMetaData},
    },
    physical_expr::{EquivalenceProperties, PhysicalExpr},
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties,
        ReplaceChildrenOptions,
        execution_plan::{Boundedness, EmissionType, SchedulingType},
        metrics::{BaselineMetrics, Count, ExecutionPlanMetricsSet, MetricBuilder, MetricsSet},
        statistics::StatisticsArgs,
        stream::RecordBatchStreamAdapter,
    },
};
use futures::{StreamExt, TryStreamExt, stream};

use super::{
    cache::{Cache, Column},
    column::{is_known, is_readable},
    pruning::Pruning,
    row_group::{Role, RowGroup, Wanted},
};

/// The metric of line items merged.
pub(crate) const LINE_ITEMS: &str = "line_items";
/// The metric of files opened.
pub(crate) const FILES: &str = "files";
/// The metric of row groups merged.
pub(crate) const ROW_GROUPS: &str = "row_groups";
/// The metric of row groups in which no line item is wanted.
pub(crate) const PRUNED: &str = "row_groups_pruned";

/// Whether a column of this type can be read by itself, encoded as it is.
pub(crate) fn is_mergeable(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8View
            | DataType::Date32
            | DataType::Decimal128(38, _)
            | DataType::Timestamp(TimeUnit::Microsecond, _)
    )
}

/// Reads data files and merges line items that are alike in what is wanted of them.
#[derive(Clone, Debug)]
pub(crate) struct MergingScan {
    pub(super) wanted: Arc<Wanted>,
    pruning: Arc<Pruning>,
    pub(super) files: Arc<Vec<PartitionedFile>>,
    /// Partitions that line items are read in, whichever of them are read here.
    pub(super) partitions: usize,
    /// What tells which partition is read, if not its own number.
    pub(super) input: Option<Arc<dyn ExecutionPlan>>,
    store: ObjectStoreUrl,
    cache: Arc<Cache>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl MergingScan {
    /// Over `files` of `store`, in so many partitions.
    pub(crate) fn new(
        wanted: Wanted,
        files: Vec<PartitionedFile>,
        store: ObjectStoreUrl,
        cache: Arc<Cache>,
        partitions: usize,
    ) -> Self {
        Self {
            properties: properties(&wanted, partitions),
            partitions,
            input: None,
            pruning: Arc::new(Pruning::of(&wanted)),
            wanted: Arc::new(wanted),
            files: Arc::new(files),
            store,
            cache,
            metrics: ExecutionPlanMetricsSet::new(),
        }
    }

    /// The same, of which each partition reads those whose numbers `input` has there.
    pub(super) fn over(&self, input: Arc<dyn ExecutionPlan>) -> Self {
        let read = input.properties().partitioning.partition_count();
        Self {
            properties: properties(&self.wanted, read),
            input: Some(input),
            metrics: ExecutionPlanMetricsSet::new(),
            ..self.clone()
        }
    }

    /// The same with this input, if it is one that has any.
    fn given(self: Arc<Self>, inputs: &[Arc<dyn ExecutionPlan>]) -> Result<Arc<dyn ExecutionPlan>> {
        match (inputs, &self.input) {
            ([], None) => Ok(self),
            ([input], Some(_)) => Ok(Arc::new(self.over(Arc::clone(input)))),
            _ => internal_err!("a scan cannot be given inputs that it does not have"),
        }
    }

    /// The merged rows of one of the partitions that line items are read in.
    fn read(
        &self,
        partition: usize,
        context: &Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let store = context.runtime_env().object_store(&self.store)?;
        let footers = context
            .runtime_env()
            .cache_manager
            .get_file_metadata_cache();
        let scanning = Scanning {
            wanted: Arc::clone(&self.wanted),
            pruning: Arc::clone(&self.pruning),
            cache: Arc::clone(&self.cache),
            readers: CachedParquetFileReaderFactory::new(store, footers),
            partition,
            partitions: self.partitions,
            batch_size: context.session_config().batch_size(),
            line_items: MetricBuilder::new(&self.metrics).counter(LINE_ITEMS, partition),
            row_groups: MetricBuilder::new(&self.metrics).counter(ROW_GROUPS, partition),
            pruned: MetricBuilder::new(&self.metrics).counter(PRUNED, partition),
            metrics: self.metrics.clone(),
        };
        if partition == 0 {
            // Every partition reads its row groups of every file.
            MetricBuilder::new(&self.metrics)
                .counter(FILES, partition)
                .add(self.files.len());
        }
        let baseline = BaselineMetrics::new(&self.metrics, partition);
        let files: Vec<_> = self.files.iter().cloned().collect();
        let scanning = Arc::new(scanning);
        let batches = stream::iter(files)
            .then(move |file| {
                let scanning = Arc::clone(&scanning);
                async move { scanning.open(file).await }
            })
            .try_flatten()
            .inspect_ok(move |batch| baseline.record_output(batch.num_rows()));
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            Arc::clone(&self.wanted.schema),
            batches,
        )))
    }
}

fn properties(wanted: &Wanted, partitions: usize) -> Arc<PlanProperties> {
    let properties = PlanProperties::new(
        EquivalenceProperties::new(Arc::clone(&wanted.schema)),
        Partitioning::UnknownPartitioning(partitions),
        EmissionType::Incremental,
        Boundedness::Bounded,
    );
    Arc::new(properties.with_scheduling_type(SchedulingType::Cooperative))
}

impl DisplayAs for MergingScan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |wanted: fn(&Role) -> bool| {
            let columns = self.wanted.schema.fields().iter().zip(&self.wanted.roles);
            let columns = columns.filter(|(_, role)| wanted(role));
            let names: Vec<_> = columns.map(|(field, _)| field.name().as_str()).collect();
            names.join(", ")
        };
        write!(
            f,
            "MergingScan: files={}, by=[{}], sums=[{}]",
            self.files.len(),
            named(|role| matches!(role, Role::Dimension | Role::Day)),
            named(|role| *role == Role::Amount)
        )?;
        for condition in &self.wanted.conditions {
            write!(f, ", {}", condition.holds)?;
        }
        Ok(())
    }
}

impl ExecutionPlan for MergingScan {
    fn name(&self) -> &'static str {
        "MergingScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        self.input.iter().collect()
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false; self.children().len()]
    }

    fn apply_expressions(
        &self,
        visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        let mut last = TreeNodeRecursion::Continue;
        for condition in &self.wanted.conditions {
            last = visit(&condition.holds)?;
        }
        Ok(last)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.given(&children)
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.given(&children)
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let Some(input) = &self.input else {
            return self.read(partition, &context);
        };
        let numbers = input.execute(partition, Arc::clone(&context))?;
        let scan = self.clone();
        let batches = numbers.map(move |rows| {
            let rows = rows?;
            let Some(numbers) = rows.column(0).as_primitive_opt::<Int64Type>() else {
                return internal_err!("a scan is not told which partition it reads");
            };
            let numbers = numbers.values().iter().copied();
            let read = numbers.map(|number| match usize::try_from(number) {
                Ok(number) if number < scan.partitions => scan.read(number, &context),
                _ => internal_err!("there is no partition {number}"),
            });
            let read = read.collect::<Result<Vec<_>>>()?;
            Ok::<_, DataFusionError>(stream::iter(read).flatten())
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            Arc::clone(&self.wanted.schema),
            batches.try_flatten(),
        )))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn statistics_from_inputs(
        &self,
        _: &[Arc<Statistics>],
        _: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        Ok(Arc::new(Statistics::new_unknown(&self.wanted.schema)))
    }
}

/// One partition of a scan.
struct Scanning {
    wanted: Arc<Wanted>,
    pruning: Arc<Pruning>,
    cache: Arc<Cache>,
    readers: CachedParquetFileReaderFactory,
    partition: usize,
    partitions: usize,
    batch_size: usize,
    line_items: Count,
    row_groups: Count,
    pruned: Count,
    metrics: ExecutionPlanMetricsSet,
}

/// Merged rows of one file.
type Batches = stream::BoxStream<'static, Result<RecordBatch>>;

/// A file that is being read.
struct Open {
    reader: Box<dyn AsyncFileReader>,
    meta: Arc<ParquetMetaData>,
    /// For each column that is wanted, its place in the file, if it has one.
    leaves: Arc<[Option<usize>]>,
    path: Arc<str>,
    file: PartitionedFile,
}

impl Scanning {
    /// The merged rows of this partition's row groups of one file.
    async fn open(self: Arc<Self>, file: PartitionedFile) -> Result<Batches> {
        let path = file.path().to_string();
        let reader =
            self.readers
                .create_reader(self.partition, file.clone(), None, &self.metrics)?;
        let opened = self.opened(reader, file).await;
        opened.map_err(|error| error.context(format!("cannot read `{path}`")))
    }

    async fn opened(
        self: Arc<Self>,
        mut reader: Box<dyn AsyncFileReader>,
        file: PartitionedFile,
    ) -> Result<Batches> {
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Skip);
        let meta = reader.get_metadata(Some(&options)).await?;
        let Some(leaves) = self.leaves(&meta) else {
            return self.unmerged(reader, &meta, &file).await;
        };
        let wanted = self.pruning.wanted(&meta, &leaves);
        let groups = (0..meta.num_row_groups()).filter(|group| wanted[*group]);
        let groups = groups.skip(self.partition).step_by(self.partitions);
        let groups: Vec<_> = groups.collect();
        if self.partition == 0 {
            // Once for all partitions.
            let pruned = wanted.iter().filter(|wanted| !**wanted);
            self.pruned.add(pruned.count());
        }
        let open = Open {
            reader,
            meta,
            leaves: leaves.into(),
            path: file.path().as_ref().into(),
            file,
        };
        let state = (self, open, groups.into_iter());
        let merged = stream::try_unfold(state, async |(scanning, mut open, mut groups)| {
            for group in groups.by_ref() {
                let merged = scanning.row_group(&mut open, group).await;
                let merged = merged.map_err(|error| {
                    error.context(format!("cannot read `{}`", open.file.path()))
                })?;
                if let Some(batch) = merged {
                    return Ok(Some((batch, (scanning, open, groups))));
                }
            }
            Ok::<_, DataFusionError>(None)
        });
        Ok(merged.boxed())
    }

    /// Where in the file the columns are that are wanted. `None` if one is encoded as curtail does not write it.
    fn leaves(&self, meta: &ParquetMetaData) -> Option<Vec<Option<usize>>> {
        let columns = meta.file_metadata().schema_descr().columns();
        let groups = meta.row_groups();
        let roles = self.wanted.schema.fields().iter().zip(&self.wanted.roles);
        roles
            .map(|(field, role)| {
                if !role.is_read() {
                    return Some(None);
                }
                let place = columns
                    .iter()
                    .position(|column| column.path().parts().first() == Some(field.name()));
                match place {
                    Some(place)
                        if !is_known(field.data_type(), &columns[place])
                            || !groups.iter().all(|group| is_readable(group.column(place))) =>
                    {
                        None
                    }
                    place => Some(place),
                }
            })
            .collect()
    }

    async fn row_group(&self, open: &mut Open, number: usize) -> Result<Option<RecordBatch>> {
        let meta = Arc::clone(&open.meta);
        let meta = meta.row_group(number);
        let Ok(rows) = usize::try_from(meta.num_rows()) else {
            return internal_err!("a row group has {} rows", meta.num_rows());
        };
        let leaves = Arc::clone(&open.leaves);
        let group = RowGroup {
            wanted: &self.wanted,
            meta,
            leaves: &leaves,
            rows,
        };
        let first = group.in_conditions();
        let mut read = self.columns(open, number, &group, &first).await?;
        let Some(selected) = group.select(&read)? else {
            self.pruned.add(1);
            return Ok(None);
        };
        self.row_groups.add(1);
        self.line_items.add(rows);
        let others = group.others(&first);
        read.extend(self.columns(open, number, &group, &others).await?);
        let constants = &open.file.partition_values;
        group.merge(&selected, &read, constants).map(Some)
    }

    /// Columns of a row group, from the file or as they were read before.
    async fn columns(
        &self,
        open: &mut Open,
        number: usize,
        group: &RowGroup<'_>,
        wanted: &[usize],
    ) -> Result<Vec<(usize, Column)>> {
        let known = wanted.iter().map(|&column| {
            let key = group.key(&open.path, number, column);
            let known = key.as_ref().and_then(|key| self.cache.get(key));
            (column, key, known)
        });
        let known: Vec<_> = known.collect();
        let missing = known.iter().filter(|(.., known)| known.is_none());
        let missing: Vec<_> = missing.map(|(column, ..)| *column).collect();
        let bytes = fetch(&mut open.reader, group.ranges(&missing)).await?;
        let mut bytes = bytes.into_iter();
        let mut read = Vec::with_capacity(known.len());
        for (column, key, known) in known {
            let found = if let Some(known) = known {
                known
            } else {
                let found = group.read(column, bytes.next().flatten())?;
                if let Some(key) = key {
                    self.cache.put(key, found.clone());
                }
                found
            };
            read.push((column, found));
        }
        Ok(read)
    }

    /// The rows of a file that somebody else wrote, as they are.
    async fn unmerged(
        self: Arc<Self>,
        reader: Box<dyn AsyncFileReader>,
        meta: &ParquetMetaData,
        file: &PartitionedFile,
    ) -> Result<Batches> {
        let groups = (self.partition..meta.num_row_groups()).step_by(self.partitions);
        let groups: Vec<_> = groups.collect();
        self.row_groups.add(groups.len());
        let names = self.wanted.schema.fields().iter().zip(&self.wanted.roles);
        let names = names.filter(|(_, role)| role.is_read());
        let names = names.map(|(field, _)| field.name().as_str());
        let mask = ProjectionMask::columns(meta.file_metadata().schema_descr(), names);
        let rows = ParquetRecordBatchStreamBuilder::new(reader)
            .await?
            .with_projection(mask)
            .with_row_groups(groups)
            .with_batch_size(self.batch_size)
            .build()?;
        let constants = file.partition_values.clone();
        let rows = rows.map_err(DataFusionError::from).and_then(move |rows| {
            self.line_items.add(rows.num_rows());
            futures::future::ready(as_wanted(&rows, &self.wanted, &constants))
        });
        Ok(rows.boxed())
    }
}

/// Rows of a file as rows that each stand for themselves.
fn as_wanted(
    rows: &RecordBatch,
    wanted: &Wanted,
    constants: &[ScalarValue],
) -> Result<RecordBatch> {
    let count = rows.num_rows();
    let columns = wanted.schema.fields().iter().zip(&wanted.roles);
    let columns = columns.map(|(field, role)| match role {
        Role::Constant(place) => constants[*place].to_array_of_size(count),
        Role::Count => Ok(Arc::new(Int64Array::from(vec![1; count])) as ArrayRef),
        _ => match rows.column_by_name(field.name()) {
            Some(column) => Ok(cast(column, field.data_type())?),
            None => ScalarValue::try_from(field.data_type())?.to_array_of_size(count),
        },
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(count));
    let schema: SchemaRef = Arc::clone(&wanted.schema);
    Ok(RecordBatch::try_new_with_options(
        schema, columns, &options,
    )?)
}

/// The bytes of these ranges, in their order.
async fn fetch(
    reader: &mut Box<dyn AsyncFileReader>,
    ranges: Vec<Option<Range<u64>>>,
) -> Result<Vec<Option<Bytes>>> {
    let wanted: Vec<_> = ranges.iter().flatten().cloned().collect();
    let mut read = if wanted.is_empty() {
        Vec::new()
    } else {
        reader.get_byte_ranges(wanted).await?
    }
    .into_iter();
    Ok(ranges
        .into_iter()
        .map(|range| range.and_then(|_| read.next()))
        .collect())
}
