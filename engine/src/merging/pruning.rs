//! Which row groups cannot have a line item that is wanted, by their statistics.

use std::{collections::HashSet, sync::Arc};

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, BooleanArray, TimestampMicrosecondArray, UInt64Array},
        datatypes::{SchemaRef, TimestampMicrosecondType},
    },
    common::{Column, ScalarValue, pruning::PruningStatistics},
    parquet::{
        self, arrow::arrow_reader::statistics::StatisticsConverter, file::metadata::ParquetMetaData,
    },
    physical_optimizer::pruning::{PruningPredicate, PruningPredicateBuilder},
};

use super::row_group::{Role, Wanted, day};

/// Conditions that statistics can tell something of.
#[derive(Debug)]
pub(super) struct Pruning {
    conditions: Vec<Pruned>,
}

#[derive(Debug)]
struct Pruned {
    /// The place of its column among those wanted.
    column: usize,
    holds: Arc<PruningPredicate>,
    /// The condition's column alone.
    schema: SchemaRef,
    /// Whether the condition is one on the days of its times.
    by_day: bool,
}

impl Pruning {
    pub(super) fn of(wanted: &Wanted) -> Self {
        let conditions = wanted.conditions.iter().filter_map(|condition| {
            let schema = Arc::clone(&condition.schema);
            let prunes = PruningPredicateBuilder::new().with_file_schema(Arc::clone(&schema));
            Some(Pruned {
                column: condition.column,
                holds: prunes.build(Arc::clone(&condition.holds))?,
                schema,
                by_day: wanted.roles[condition.column] == Role::Day,
            })
        });
        Self {
            conditions: conditions.collect(),
        }
    }

    /// For each row group of a file, whether it may have such line items. `leaves` says for each column that is wanted where in the
    /// file it is.
    pub(super) fn wanted(&self, meta: &ParquetMetaData, leaves: &[Option<usize>]) -> Vec<bool> {
        let mut wanted = vec![true; meta.num_row_groups()];
        for condition in &self.conditions {
            let Some(leaf) = leaves[condition.column] else {
                continue;
            };
            let statistics = OfRowGroups {
                condition,
                leaf,
                meta,
            };
            // What cannot be told keeps all.
            let Ok(held) = condition.holds.prune(&statistics) else {
                continue;
            };
            for (wanted, held) in wanted.iter_mut().zip(held) {
                *wanted &= held;
            }
        }
        wanted
    }
}

/// What a file tells of a condition's column, by row group.
struct OfRowGroups<'a> {
    condition: &'a Pruned,
    /// The place of the condition's column in the file.
    leaf: usize,
    meta: &'a ParquetMetaData,
}

impl OfRowGroups<'_> {
    fn told(
        &self,
        tell: impl FnOnce(&StatisticsConverter<'_>) -> parquet::errors::Result<ArrayRef>,
    ) -> Option<ArrayRef> {
        let field = self.condition.schema.field(0);
        let columns = self.meta.file_metadata().schema_descr();
        let converter = StatisticsConverter::from_column_index(self.leaf, field, columns);
        // A writer may leave counts of NULLs out: then there may be any number.
        let converter = converter.ok()?.with_missing_null_counts_as_zero(false);
        tell(&converter).ok()
    }

    /// Times as the condition sees them.
    fn seen(&self, times: ArrayRef) -> ArrayRef {
        if !self.condition.by_day {
            return times;
        }
        let times = times.as_primitive::<TimestampMicrosecondType>();
        let days: TimestampMicrosecondArray = times.unary(day);
        let days = days.with_data_type(times.data_type().clone());
        Arc::new(days)
    }
}

impl PruningStatistics for OfRowGroups<'_> {
    fn min_values(&self, _: &Column) -> Option<ArrayRef> {
        self.told(|converter| converter.row_group_mins(self.meta.row_groups()))
            .map(|least| self.seen(least))
    }

    fn max_values(&self, _: &Column) -> Option<ArrayRef> {
        self.told(|converter| converter.row_group_maxes(self.meta.row_groups()))
            .map(|most| self.seen(most))
    }

    fn num_containers(&self) -> usize {
        self.meta.num_row_groups()
    }

    fn null_counts(&self, _: &Column) -> Option<ArrayRef> {
        self.told(|converter| {
            let counts = converter.row_group_null_counts(self.meta.row_groups())?;
            Ok(Arc::new(counts))
        })
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        let groups = self.meta.row_groups().iter();
        let counts: UInt64Array = groups
            .map(|group| u64::try_from(group.num_rows()).ok())
            .collect();
        Some(Arc::new(counts))
    }

    fn contained(&self, _: &Column, _: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
