//! What an aggregate reads: a plan down to its scans, with the class of each column.

use std::{collections::BTreeSet, sync::Arc};

use curtail_store::Grain;
use datafusion::{
    arrow::datatypes::{DataType, Field},
    common::{Column, DFSchema, DFSchemaRef, JoinType, Result},
    datasource::source_as_provider,
    logical_expr::{LogicalPlan, TableScan},
};

use super::{
    class::{Class, Columns, Reason, class, tells_rows_apart},
    join::Joined,
    looked::Within,
};
use crate::{catalog::DataFiles, limit::Guard};

/// What may be read instead of line items one by one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instead<'a> {
    /// Rollups that tell stretches of `per` apart, or finer ones.
    Rollups { per: Grain },
    /// Line items that are merged as far as they are alike.
    Merged {
        /// Whether those of one day are alike if only their time differs.
        by_day: bool,
        /// Why rollups are not read, if there are any.
        because: Option<&'a str>,
    },
}

impl Instead<'_> {
    /// Whether a plan reads anything that has such.
    pub(super) fn is_for(self, plan: &LogicalPlan) -> bool {
        match plan {
            LogicalPlan::TableScan(scan) => {
                let of = |files: &DataFiles| match self {
                    Self::Rollups { .. } => files.has_rollups(),
                    Self::Merged { .. } => files.may_merge(),
                };
                with_files(scan, of).unwrap_or_default()
            }
            other => read_by(other).into_iter().any(|input| self.is_for(input)),
        }
    }

    /// Times are told apart by at least such stretches.
    fn grain(self) -> Grain {
        match self {
            Self::Rollups { per } => per,
            Self::Merged { .. } => Grain::Day,
        }
    }

    /// What a column of line items is.
    fn class(self, files: &DataFiles, field: &Field) -> Class {
        let whole_days = !matches!(self, Self::Merged { by_day: false, .. });
        match field.data_type() {
            _ if whole_days && files.usage_start() == Some(field.name()) => Class::Time,
            DataType::Decimal128(..) => Class::Linear { never_null: false },
            _ => Class::Dimension,
        }
    }

    /// What is read instead of `files`, of which these columns are needed, and others of some line items only, if anything.
    pub(super) fn of(
        self,
        files: &DataFiles,
        needed: &BTreeSet<String>,
        within: &Within,
    ) -> Result<Option<DataFiles>> {
        match self {
            Self::Rollups { per } => files.with_rollups_for(needed, within, per),
            Self::Merged { by_day, because } => {
                let told = because.map(|why| format!("line items, because {why}"));
                let needed = needed.iter().chain(within.keys()).cloned().collect();
                files.merged(&needed, by_day, told)
            }
        }
    }
}

/// What the rows of a plan are made of one by one. Those of an aggregate stand for themselves.
fn read_by(plan: &LogicalPlan) -> Vec<&LogicalPlan> {
    match plan {
        LogicalPlan::Aggregate(_) | LogicalPlan::Distinct(_) => Vec::new(),
        LogicalPlan::Join(join) => match join.join_type {
            JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => vec![&join.left],
            JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => vec![&join.right],
            _ => vec![&join.left, &join.right],
        },
        other => other.inputs(),
    }
}

/// A plan, and what its columns are.
pub(super) struct Input {
    pub(super) schema: DFSchemaRef,
    pub(super) classes: Vec<Result<Class, Reason>>,
    pub(super) grain: Grain,
}

impl Columns for Input {
    fn class(&self, column: &Column) -> Result<Class, Reason> {
        let position = self.schema.maybe_index_of_column(column);
        let position = position.ok_or_else(|| format!("`{column}` comes from elsewhere"))?;
        self.classes[position].clone()
    }

    fn schema(&self) -> &DFSchema {
        &self.schema
    }

    fn grain(&self) -> Grain {
        self.grain
    }
}

impl Input {
    /// What the columns of `plan` are.
    pub(super) fn of(plan: &LogicalPlan, instead: Instead<'_>) -> Result<Self, Reason> {
        let schema = Arc::clone(plan.schema());
        if !instead.is_for(plan) {
            return Ok(Self {
                classes: vec![Ok(Class::Free); schema.fields().len()],
                schema,
                grain: instead.grain(),
            });
        }
        match plan {
            LogicalPlan::TableScan(scan) => {
                with_files(scan, |files| Self::of_scan(scan, files, schema, instead))
                    .unwrap_or_else(|| Err("it has no rollups".to_owned()))
            }
            LogicalPlan::Projection(projection) => {
                let input = Self::of(&projection.input, instead)?;
                let classes = projection.expr.iter().map(|expr| class(expr, &input));
                Ok(Self {
                    classes: classes.collect(),
                    schema,
                    grain: instead.grain(),
                })
            }
            LogicalPlan::Filter(filter) => {
                let input = Self::of(&filter.input, instead)?;
                tells_rows_apart(&filter.predicate, &input)?;
                Ok(input)
            }
            LogicalPlan::SubqueryAlias(alias) => {
                let input = Self::of(&alias.input, instead)?;
                Ok(Self {
                    classes: input.classes,
                    schema,
                    grain: instead.grain(),
                })
            }
            LogicalPlan::Sort(sort) if sort.fetch.is_none() => Self::of(&sort.input, instead),
            LogicalPlan::Join(join) => {
                let Joined { input, above, .. } = Joined::of(join, instead)?;
                Ok(Self {
                    classes: above,
                    schema,
                    grain: input.grain,
                })
            }
            LogicalPlan::Union(union) => {
                let mut classes = vec![Ok(Class::Free); schema.fields().len()];
                for input in &union.inputs {
                    let input = Self::of(input, instead)?;
                    for (class, other) in classes.iter_mut().zip(input.classes) {
                        *class = both(class.clone(), other);
                    }
                }
                Ok(Self {
                    schema,
                    classes,
                    grain: instead.grain(),
                })
            }
            other => Err(format!(
                "{} stands between line items and the aggregate",
                name(other)
            )),
        }
    }

    fn of_scan(
        scan: &TableScan,
        files: &DataFiles,
        schema: DFSchemaRef,
        instead: Instead<'_>,
    ) -> Result<Self, Reason> {
        if scan.fetch.is_some() {
            return Err("only a part of the line items is read".to_owned());
        }
        let classes = |schema: &DFSchema| {
            let fields = schema.fields().iter();
            fields
                .map(|field| Ok(instead.class(files, field)))
                .collect()
        };
        let input = Self {
            classes: classes(&schema),
            schema,
            grain: instead.grain(),
        };
        // Filters may speak of columns that are not read.
        let whole =
            DFSchema::try_from_qualified_schema(scan.table_name.clone(), &scan.source.schema());
        let whole = whole.map_err(|error| error.to_string())?;
        let whole = Self {
            classes: classes(&whole),
            schema: Arc::new(whole),
            grain: instead.grain(),
        };
        let guard = files.guard().map(Guard::condition);
        for filter in scan.filters.iter().chain(guard) {
            tells_rows_apart(filter, &whole)?;
        }
        Ok(input)
    }
}

/// What a column is that comes from two inputs.
fn both(one: Result<Class, Reason>, other: Result<Class, Reason>) -> Result<Class, Reason> {
    match (one?, other?) {
        (Class::Free, class) | (class, Class::Free) => Ok(class),
        (Class::Linear { never_null: one }, Class::Linear { never_null: other }) => {
            Ok(Class::Linear {
                never_null: one && other,
            })
        }
        (one, other) if one == other => Ok(one),
        _ => Err("parts of a union differ in what a column is".to_owned()),
    }
}

/// Calls `look` with the data files that a scan reads, if it reads such.
pub(super) fn with_files<T>(scan: &TableScan, look: impl FnOnce(&DataFiles) -> T) -> Option<T> {
    let provider = source_as_provider(&scan.source).ok()?;
    provider.downcast_ref::<DataFiles>().map(look)
}

/// The stretches of time that the rollups of what a plan reads tell apart.
pub(super) fn grains(plan: &LogicalPlan) -> BTreeSet<Grain> {
    match plan {
        LogicalPlan::TableScan(scan) => with_files(scan, DataFiles::grains).unwrap_or_default(),
        other => read_by(other).into_iter().flat_map(grains).collect(),
    }
}

fn name(plan: &LogicalPlan) -> String {
    let text = plan.display().to_string();
    text.split(':').next().unwrap_or_default().to_lowercase()
}
