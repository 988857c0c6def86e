//! Scans in which line items are merged.

use std::{collections::BTreeSet, sync::Arc};

use curtail_store::{Beside, ROW_COUNT};
use datafusion::{
    arrow::datatypes::{DataType, Fields, Schema},
    catalog::{Session, TableProvider},
    common::{DFSchema, internal_err, project_schema},
    datasource::{listing::PartitionedFile, table_schema::TableSchema},
    error::Result,
    logical_expr::Expr,
    physical_plan::ExecutionPlan,
};

use super::{DataFiles, Merging, rolled::besides};
use crate::{
    merging::{Cache, Condition, MergingScan, Role, Wanted, is_mergeable},
    session,
};

impl DataFiles {
    /// The same, of which aggregates may have line items merged; `cache` keeps what was read.
    pub(crate) fn or_merged(self, cache: &Arc<Cache>) -> Self {
        Self {
            merging: Merging::Possible,
            cache: Some(Arc::clone(cache)),
            ..self
        }
    }

    /// Whether line items may be merged, and are not yet.
    pub(crate) fn may_merge(&self) -> bool {
        self.merging == Merging::Possible && !self.files.is_empty()
    }

    /// The same columns, and after those of the files what is needed beside them and [`ROW_COUNT`], in rows that stand for all
    /// line items of a row group that are alike in those of the columns read that are no amounts, with the sums of those that
    /// are. `instead` is what people are told. `None` if a column that is `needed` cannot be read so.
    pub(crate) fn merged(
        &self,
        needed: &BTreeSet<String>,
        by_day: bool,
        instead: Option<String>,
    ) -> Result<Option<Self>> {
        let needed = &self.and_guarded(needed);
        let constants = self.constant_names();
        let schema = self.schema.table_schema();
        let known = |name: &String| {
            let field = schema.field_with_name(name);
            field.is_ok_and(|field| is_mergeable(field.data_type()))
        };
        let readable = |name: &String| {
            constants.contains(&name.as_str()) || Beside::of(name).is_some() || known(name)
        };
        if !needed.iter().all(readable) {
            return Ok(None);
        }
        let columns = self.schema.file_schema();
        let more = besides(needed, columns)?;
        let columns = columns.fields().iter().cloned();
        let columns = Schema::new(columns.chain(more).collect::<Fields>());
        Ok(Some(Self {
            schema: TableSchema::builder(Arc::new(columns))
                .with_table_partition_cols(self.schema.table_partition_cols().to_vec())
                .build(),
            rolled: None,
            instead,
            merging: Merging::Merged { by_day },
            ..self.clone()
        }))
    }

    /// The scan of merged rows of `files`. Those of `filters` that speak of one column are applied before rows are merged.
    pub(super) fn merging_scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        files: Vec<PartitionedFile>,
        by_day: bool,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = project_schema(&TableProvider::schema(self), projection)?;
        let constants = self.constant_names();
        let roles = schema.fields().iter().map(|field| {
            let name = field.name().as_str();
            let constant = constants.iter().position(|constant| *constant == name);
            Ok(match (constant, Beside::of(name), field.data_type()) {
                (Some(place), ..) => Role::Constant(place),
                _ if name == ROW_COUNT => Role::Count,
                (_, Some((beside, amount)), _) => match schema.index_of(amount) {
                    Ok(place) => Role::Beside(beside, place),
                    Err(_) => return internal_err!("`{name}` is read without its amounts"),
                },
                _ if by_day && self.usage_start == Some(name) => Role::Day,
                (.., DataType::Decimal128(..)) => Role::Amount,
                _ => Role::Dimension,
            })
        });
        let roles = roles.collect::<Result<Vec<_>>>()?;
        let mut conditions = Vec::new();
        for filter in filters {
            let columns: Vec<_> = filter.column_refs().into_iter().collect();
            let [column] = columns.as_slice() else {
                continue;
            };
            let Ok(place) = schema.index_of(&column.name) else {
                continue;
            };
            if !matches!(roles[place], Role::Dimension | Role::Day) {
                continue;
            }
            let alone = Arc::new(schema.project(&[place])?);
            let named = DFSchema::try_from(Arc::clone(&alone))?;
            conditions.push(Condition {
                column: place,
                holds: session.create_physical_expr(filter.clone(), &named)?,
                schema: alone,
            });
        }
        let wanted = Wanted {
            schema,
            roles,
            conditions,
        };
        let cache = self.cache.clone();
        let partitions = session.config().target_partitions();
        Ok(Arc::new(MergingScan::new(
            wanted,
            files,
            session::store_url(),
            cache.unwrap_or_else(|| Arc::new(Cache::new(0))),
            partitions,
        )))
    }
}
