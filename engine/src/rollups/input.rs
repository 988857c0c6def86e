//! What an aggregate reads: a plan down to its scans, with the class of each column, and the same plan over rollups.

use std::{collections::BTreeSet, sync::Arc};

use curtail_store::{Grain, ROW_COUNT};
use datafusion::{
    arrow::datatypes::{DataType, Field},
    common::{Column, DFSchema, DFSchemaRef, Result},
    datasource::{provider_as_source, source_as_provider},
    logical_expr::{
        Expr, Filter, LogicalPlan, LogicalPlanBuilder, Projection, SubqueryAlias, TableScan, Union,
        lit,
    },
    prelude::coalesce,
};

use super::class::{Class, Columns, Reason, class};
use crate::catalog::DataFiles;

/// The column that says how many line items a row stands for, on its way up to the aggregate.
pub(super) const COUNT: &str = "__line_items";

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
            other => other.inputs().into_iter().any(|input| self.is_for(input)),
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

    /// What is read instead of `files`, of which these columns are needed, if anything.
    fn of(self, files: &DataFiles, needed: &BTreeSet<String>) -> Result<Option<DataFiles>> {
        match self {
            Self::Rollups { per } => files.with_rollups_for(needed, per),
            Self::Merged { by_day, because } => {
                let told = because.map(|why| format!("line items, because {why}"));
                Ok(files.merged(needed, by_day, told))
            }
        }
    }
}

/// A plan, and what its columns are.
pub(super) struct Input {
    schema: DFSchemaRef,
    classes: Vec<Result<Class, Reason>>,
    grain: Grain,
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
        for filter in &scan.filters {
            tells_rows_apart(filter, &whole)?;
        }
        Ok(input)
    }
}

/// Whether a condition is the same for all line items of a rollup's row.
pub(super) fn tells_rows_apart(condition: &Expr, columns: &dyn Columns) -> Result<(), Reason> {
    match class(condition, columns)? {
        Class::Dimension | Class::Free => Ok(()),
        _ => Err(format!("`{condition}` holds line item by line item")),
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
        other => other.inputs().into_iter().flat_map(grains).collect(),
    }
}

fn name(plan: &LogicalPlan) -> String {
    let text = plan.display().to_string();
    text.split(':').next().unwrap_or_default().to_lowercase()
}

/// The same plan over what is read instead where that is possible, with [`COUNT`] as its last column if `counted`. `used`
/// becomes true if any table is read differently now.
pub(super) fn over(
    plan: &LogicalPlan,
    instead: Instead<'_>,
    counted: bool,
    used: &mut bool,
) -> Result<LogicalPlan> {
    match plan {
        LogicalPlan::TableScan(scan) if instead.is_for(plan) => {
            with_files(scan, |files| scanned(scan, files, instead, counted, used))
                .unwrap_or_else(|| with_one(plan.clone(), counted))
        }
        LogicalPlan::Projection(projection) => {
            let input = over(&projection.input, instead, counted, used)?;
            let mut exprs = projection.expr.clone();
            if counted {
                exprs.push(count_of(&input));
            }
            Ok(LogicalPlan::Projection(Projection::try_new(
                exprs,
                Arc::new(input),
            )?))
        }
        LogicalPlan::Filter(filter) => {
            let input = over(&filter.input, instead, counted, used)?;
            let filter = Filter::try_new(filter.predicate.clone(), Arc::new(input))?;
            Ok(LogicalPlan::Filter(filter))
        }
        LogicalPlan::SubqueryAlias(alias) => {
            let input = over(&alias.input, instead, counted, used)?;
            let alias = SubqueryAlias::try_new(Arc::new(input), alias.alias.clone())?;
            Ok(LogicalPlan::SubqueryAlias(alias))
        }
        LogicalPlan::Union(union) => {
            let mut inputs = Vec::with_capacity(union.inputs.len());
            for input in &union.inputs {
                inputs.push(Arc::new(over(input, instead, counted, used)?));
            }
            let schema = if counted {
                let mut fields: Vec<_> = union
                    .schema
                    .iter()
                    .map(|(qualifier, field)| (qualifier.cloned(), Arc::clone(field)))
                    .collect();
                fields.push((None, Arc::new(Field::new(COUNT, DataType::Int64, false))));
                Arc::new(DFSchema::new_with_metadata(
                    fields,
                    union.schema.metadata().clone(),
                )?)
            } else {
                Arc::clone(&union.schema)
            };
            Ok(LogicalPlan::Union(Union { inputs, schema }))
        }
        other => with_one(other.clone(), counted),
    }
}

/// Rows that stand for themselves.
fn with_one(plan: LogicalPlan, counted: bool) -> Result<LogicalPlan> {
    if !counted {
        return Ok(plan);
    }
    let mut exprs = columns_of(&plan);
    exprs.push(lit(1_i64).alias(COUNT));
    Ok(LogicalPlan::Projection(Projection::try_new(
        exprs,
        Arc::new(plan),
    )?))
}

fn columns_of(plan: &LogicalPlan) -> Vec<Expr> {
    let columns = plan.schema().columns().into_iter();
    columns.map(Expr::Column).collect()
}

/// The last column of a plan that counts, whatever its qualifier.
pub(super) fn count_of(plan: &LogicalPlan) -> Expr {
    let columns = plan.schema().columns();
    Expr::Column(
        columns
            .into_iter()
            .next_back()
            .expect("a plan that counts has a column"),
    )
}

fn scanned(
    scan: &TableScan,
    files: &DataFiles,
    instead: Instead<'_>,
    counted: bool,
    used: &mut bool,
) -> Result<LogicalPlan> {
    let read = scan
        .projected_schema
        .fields()
        .iter()
        .map(|field| field.name().clone());
    let filtered = scan.filters.iter().flat_map(|filter| filter.column_refs());
    let filtered: Vec<_> = filtered.map(|column| column.name.clone()).collect();
    let needed: BTreeSet<String> = read.clone().chain(filtered).collect();
    let Some(mixed) = instead.of(files, &needed)? else {
        return with_one(LogicalPlan::TableScan(scan.clone()), counted);
    };
    *used = true;
    let schema = datafusion::catalog::TableProvider::schema(&mixed);
    let mut projection = Vec::new();
    for name in read.chain(counted.then(|| ROW_COUNT.to_owned())) {
        projection.push(schema.index_of(&name)?);
    }
    let source = provider_as_source(Arc::new(mixed));
    let scanned = LogicalPlanBuilder::scan_with_filters(
        scan.table_name.clone(),
        source,
        Some(projection),
        scan.filters.clone(),
    )?
    .build()?;
    if !counted {
        return Ok(scanned);
    }
    let mut exprs = columns_of(&scanned);
    let count = exprs.pop().expect("the number of line items is read last");
    exprs.push(coalesce(vec![count, lit(1_i64)]).alias(COUNT));
    Ok(LogicalPlan::Projection(Projection::try_new(
        exprs,
        Arc::new(scanned),
    )?))
}
