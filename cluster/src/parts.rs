//! Which parts of a plan are sent.
//!
//! Whatever is not known to give the same rows elsewhere, to the digit, is computed here, on top of what is sent. So are operators
//! that work on few rows anyway, for they come last: limits, windows, the last merge of sorted rows.

use std::sync::Arc;

use curtail_engine::{Scans, is_of_store};
use datafusion::{
    common::tree_node::{TreeNode, TreeNodeRecursion},
    datasource::{
        physical_plan::{FileGroup, FileScanConfig, ParquetSource},
        source::DataSourceExec,
    },
    error::Result,
    logical_expr::Volatility,
    physical_expr::{
        HigherOrderFunctionExpr, PhysicalExpr, ScalarFunctionExpr,
        aggregate::AggregateFunctionExpr,
        expressions::{Column, DynamicFilterPhysicalExpr, LambdaExpr, LambdaVariable},
        scalar_subquery::ScalarSubqueryExpr,
    },
    physical_plan::{
        ExecutionPlan, Partitioning,
        aggregates::{AggregateExec, AggregateMode},
        coop::CooperativeExec,
        empty::EmptyExec,
        filter::FilterExec,
        joins::{HashJoinExec, PartitionMode},
        projection::ProjectionExec,
        repartition::RepartitionExec,
        replace_children_if_necessary,
        sorts::{sort::SortExec, sort_preserving_merge::SortPreservingMergeExec},
        union::UnionExec,
        unnest::UnnestExec,
    },
};

/// What there is to say for sending a part.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    /// Bytes of the files that it reads.
    bytes: u64,
    /// Whether it puts out less than it reads, as far as can be told.
    reduces: bool,
    /// Whether its rows come in no order even here, since they are divided by their values.
    is_grouped: bool,
}

impl Part {
    fn and(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_add(other.bytes),
            reduces: self.reduces || other.reduces,
            is_grouped: self.is_grouped || other.is_grouped,
        }
    }
}

/// Puts something in the place of a part, or leaves it.
type Sending<'a> =
    dyn FnMut(&Arc<dyn ExecutionPlan>) -> Result<Option<Arc<dyn ExecutionPlan>>> + 'a;

/// Calls `send` with each part of `plan` that may be sent and reads at least `least` bytes, as large as possible, and puts what it
/// makes of it in its place, if anything.
pub(crate) fn replaced(
    plan: &Arc<dyn ExecutionPlan>,
    least: u64,
    send: &mut Sending<'_>,
) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    below(plan, least, false, send)
}

/// The same for what is below a node. With `only_grouped`, the order in which rows come there matters here.
fn below(
    plan: &Arc<dyn ExecutionPlan>,
    least: u64,
    only_grouped: bool,
    send: &mut Sending<'_>,
) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    if let Some(part) = part(plan)? {
        let wanted = part.reduces && part.bytes >= least;
        if wanted
            && (part.is_grouped || !only_grouped)
            && let Some(placed) = send(plan)?
        {
            return Ok(Some(placed));
        }
        if part.bytes < least {
            return Ok(None);
        }
    }
    let only_grouped = depends_on_order(plan) || only_grouped && !takes_any_order(plan);
    let mut any = false;
    let mut children = Vec::new();
    for child in plan.children() {
        let placed = below(child, least, only_grouped, send)?;
        any |= placed.is_some();
        children.push(placed.unwrap_or_else(|| Arc::clone(child)));
    }
    if !any {
        return Ok(None);
    }
    replace_children_if_necessary(Arc::clone(plan), children).map(Some)
}

/// Whether what a node gives depends on the order in which rows come to it.
fn depends_on_order(plan: &Arc<dyn ExecutionPlan>) -> bool {
    if let Some(aggregate) = plan.downcast_ref::<AggregateExec>() {
        return !is_exact(aggregate);
    }
    // It takes the first rows that come, and then no more are computed.
    let takes_few = plan.fetch().is_some();
    takes_few && !plan.is::<SortPreservingMergeExec>() && !plan.is::<SortExec>()
}

/// Whether a node gives the same in whatever order rows come to it, after it has seen them all.
fn takes_any_order(plan: &Arc<dyn ExecutionPlan>) -> bool {
    let aggregate = plan.downcast_ref::<AggregateExec>();
    plan.is::<SortExec>() || aggregate.is_some_and(is_exact)
}

/// What there is to say for sending all of `plan`; nothing if it must not be sent.
fn part(plan: &Arc<dyn ExecutionPlan>) -> Result<Option<Part>> {
    let Some(own) = own(plan) else {
        return Ok(None);
    };
    if !expressions_are_sendable(plan)? {
        return Ok(None);
    }
    let mut whole = own;
    for child in plan.children() {
        match part(child)? {
            Some(part) => whole = whole.and(part),
            None => return Ok(None),
        }
    }
    Ok(Some(whole))
}

/// The same for the node itself.
fn own(plan: &Arc<dyn ExecutionPlan>) -> Option<Part> {
    let reduces = Some(Part {
        reduces: true,
        ..Part::default()
    });
    let plain = Some(Part::default());
    let grouped = Some(Part {
        is_grouped: true,
        ..Part::default()
    });
    if let Some(source) = plan.downcast_ref::<DataSourceExec>() {
        let (scan, _) = source.downcast_to_file_source::<ParquetSource>()?;
        return (is_of_store(&scan.object_store_url) && scan.limit.is_none()).then(|| Part {
            bytes: bytes(scan),
            ..Part::default()
        });
    }
    if let Some(bytes) = Scans::size(plan.as_ref()) {
        return Some(Part {
            bytes,
            ..Part::default()
        });
    }
    if plan.is::<FilterExec>() {
        return plan.fetch().is_none().then_some(reduces?);
    }
    if plan.is::<ProjectionExec>()
        || plan.is::<EmptyExec>()
        || plan.is::<CooperativeExec>()
        || plan.is::<UnnestExec>()
        || plan.is::<UnionExec>()
    {
        return plain;
    }
    if let Some(aggregate) = plan.downcast_ref::<AggregateExec>() {
        let has_its_rows = match aggregate.mode() {
            AggregateMode::Partial => true,
            // All rows of a group must be where it is.
            AggregateMode::FinalPartitioned | AggregateMode::SinglePartitioned => {
                is_divided(aggregate.input())
            }
            _ => false,
        };
        return (has_its_rows && is_exact(aggregate)).then_some(reduces?);
    }
    if let Some(divided) = plan.downcast_ref::<RepartitionExec>() {
        let Partitioning::Hash(by, _) = divided.partitioning() else {
            return None;
        };
        let by_columns = by.iter().all(|by| by.is::<Column>());
        return (by_columns && !divided.preserve_order()).then_some(grouped?);
    }
    if let Some(sort) = plan.downcast_ref::<SortExec>() {
        return sort.preserve_partitioning().then_some(match sort.fetch() {
            Some(_) => reduces?,
            None => plain?,
        });
    }
    if let Some(join) = plan.downcast_ref::<HashJoinExec>() {
        let sides_are_divided = is_divided(join.left()) && is_divided(join.right());
        let may = *join.partition_mode() == PartitionMode::Partitioned
            && !join.null_aware
            && sides_are_divided
            && join.fetch().is_none();
        return may.then_some(grouped?);
    }
    None
}

/// Whether rows come divided by their values, and not by the files that they come from.
fn is_divided(plan: &Arc<dyn ExecutionPlan>) -> bool {
    if plan.is::<RepartitionExec>() {
        return true;
    }
    let keeps = plan.is::<ProjectionExec>()
        || plan.is::<FilterExec>()
        || plan.is::<CooperativeExec>()
        || plan.is::<SortExec>()
        || plan.is::<AggregateExec>()
        || plan.is::<HashJoinExec>();
    let children = plan.children();
    keeps && !children.is_empty() && children.into_iter().all(is_divided)
}

fn bytes(scan: &FileScanConfig) -> u64 {
    let files = scan.file_groups.iter().flat_map(FileGroup::files);
    files
        .map(|file| match &file.range {
            Some(range) => u64::try_from(range.end - range.start).unwrap_or(0),
            None => file.object_meta.size,
        })
        .sum()
}

/// Whether an aggregate gives the same in whatever order rows come to it, and in however many parts.
fn is_exact(aggregate: &AggregateExec) -> bool {
    let schema = aggregate.input_schema();
    let is_exact = |function: &AggregateFunctionExpr| {
        if !function.order_bys().is_empty() {
            return false;
        }
        let is_summed_exactly = |part: &Arc<dyn PhysicalExpr>| {
            let found = part.data_type(&schema);
            found.is_ok_and(|found| found.is_decimal() || found.is_integer())
        };
        match function.fun().name() {
            "count" | "min" | "max" | "bool_and" | "bool_or" | "bit_and" | "bit_or" | "bit_xor"
            | "count_if" | "approx_distinct" => true,
            // Sums of doubles depend on the order of their summands.
            "sum" | "avg" => function.expressions().iter().all(is_summed_exactly),
            _ => false,
        }
    };
    aggregate
        .aggr_expr()
        .iter()
        .all(|function| is_exact(function))
}

/// Whether every expression of a node means the same elsewhere.
fn expressions_are_sendable(plan: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    let mut may = true;
    // What they tell while they run, no scan listens to: plans are made so.
    let tells = plan.is::<SortExec>() || plan.is::<AggregateExec>();
    plan.apply_expressions(&mut |root| {
        root.apply(|part: &Arc<dyn PhysicalExpr>| {
            let stays = part.is::<ScalarSubqueryExpr>()
                || part.is::<DynamicFilterPhysicalExpr>() && !tells
                || part.is::<HigherOrderFunctionExpr>()
                || part.is::<LambdaExpr>()
                || part.is::<LambdaVariable>();
            let function = part.downcast_ref::<ScalarFunctionExpr>();
            let changes = function
                .is_some_and(|call| call.fun().signature().volatility == Volatility::Volatile);
            may &= !stays && !changes;
            Ok(if may {
                TreeNodeRecursion::Continue
            } else {
                TreeNodeRecursion::Stop
            })
        })
    })?;
    Ok(may)
}
