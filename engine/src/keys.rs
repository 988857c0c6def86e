//! What DataFusion believes to tell the rows of a plan apart, kept to what does.
//!
//! A plan knows of its columns which ones decide others ("functional dependencies"), and DataFusion leaves out of GROUP BY what others
//! decide. But of an aggregate over a join it believes that the keys of one side decide the columns of the other, too, and of the rows
//! that `UNNEST` makes of one that what told it apart still tells them apart. Groups fall together then and totals are wrong. So aggregates
//! are known here by their groups alone, and rows of `UNNEST` by nothing.

use std::{cell::Cell, sync::Arc};

use datafusion::{
    common::{
        DFSchema, Dependency, FunctionalDependence, FunctionalDependencies,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{
        Aggregate, Expr, LogicalPlan, LogicalPlanBuilder,
        planner::{PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning},
        sqlparser::ast::TableFactor,
    },
    optimizer::{OptimizerConfig, OptimizerRule},
};

use crate::unions;

thread_local! {
    /// Whether the relation that comes next is one that [`Relations`] has handed on.
    static HANDED_ON: Cell<bool> = const { Cell::new(false) };
}

/// Plans relations as DataFusion does, and makes it forget what tells their rows apart. Else it adds to GROUP BY what it believes to be
/// decided by the groups. Their columns have types, too, as far as can be.
#[derive(Debug)]
pub(crate) struct Relations;

impl RelationPlanner for Relations {
    fn plan_relation(
        &self,
        relation: TableFactor,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<RelationPlanning> {
        if HANDED_ON.take() {
            return Ok(RelationPlanning::Original(Box::new(relation)));
        }
        // It comes back here first.
        HANDED_ON.set(true);
        let plan = without_keys(unions::typed(context.plan(relation)?)?)?;
        let planned = PlannedRelation::new(plan, None);
        Ok(RelationPlanning::Planned(Box::new(planned)))
    }
}

fn without_keys(plan: LogicalPlan) -> Result<LogicalPlan> {
    if keys(plan.schema()).is_empty() {
        return Ok(plan);
    }
    with_keys(plan, FunctionalDependencies::empty())
}

fn keys(schema: &DFSchema) -> &FunctionalDependencies {
    schema.functional_dependencies()
}

/// The plan with these keys.
fn with_keys(mut plan: LogicalPlan, keys: FunctionalDependencies) -> Result<LogicalPlan> {
    let schema = match &mut plan {
        LogicalPlan::Projection(projection) => &mut projection.schema,
        LogicalPlan::SubqueryAlias(alias) => &mut alias.schema,
        LogicalPlan::Aggregate(aggregate) => &mut aggregate.schema,
        LogicalPlan::Unnest(unnest) => &mut unnest.schema,
        _ => {
            let columns = plan.schema().columns().into_iter().map(Expr::Column);
            let columns: Vec<_> = columns.collect();
            let named = LogicalPlanBuilder::from(plan).project(columns)?.build()?;
            return with_keys(named, keys);
        }
    };
    let known = schema.as_ref().clone();
    *schema = Arc::new(known.with_functional_dependencies(keys)?);
    Ok(plan)
}

/// Corrects what is believed of a plan, before rules that rely on it.
#[derive(Debug)]
pub(crate) struct OwnKeys;

impl OwnKeys {
    /// Puts it before each rule that makes use of keys.
    pub(crate) fn before_users(
        rules: Vec<Arc<dyn OptimizerRule + Send + Sync>>,
    ) -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
        let users = [
            "eliminate_duplicated_expr",
            "eliminate_join",
            "optimize_projections",
            "replace_distinct_aggregate",
        ];
        let mut all: Vec<Arc<dyn OptimizerRule + Send + Sync>> = Vec::new();
        for rule in rules {
            if users.contains(&rule.name()) {
                all.push(Arc::new(Self));
            }
            all.push(rule);
        }
        all
    }
}

impl OptimizerRule for OwnKeys {
    fn name(&self) -> &'static str {
        "own_keys"
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        _: &dyn OptimizerConfig,
    ) -> Result<Transformed<LogicalPlan>> {
        let mut found = false;
        plan.apply_with_subqueries(|plan| {
            found = own(plan).is_some();
            Ok(if found {
                TreeNodeRecursion::Stop
            } else {
                TreeNodeRecursion::Continue
            })
        })?;
        // That a plan has other keys is no change that further rules could make use of.
        Ok(Transformed::no(if found {
            corrected(plan)?.data
        } else {
            plan
        }))
    }
}

fn corrected(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let made = plan.map_subqueries(corrected)?;
    let below = made.data.map_children(corrected)?;
    let transformed = made.transformed || below.transformed;
    let plan = if below.transformed {
        below.data.recompute_schema()?
    } else {
        below.data
    };
    Ok(match own(&plan) {
        Some(keys) => Transformed::yes(with_keys(plan, keys)?),
        None => Transformed::new(plan, transformed, TreeNodeRecursion::Continue),
    })
}

/// The keys that a node has, if something else is believed.
fn own(plan: &LogicalPlan) -> Option<FunctionalDependencies> {
    match plan {
        LogicalPlan::Aggregate(aggregate) => {
            let own = groups(aggregate);
            let is_known = keys(&aggregate.schema).iter().eq(own.iter());
            (!is_known).then_some(own)
        }
        LogicalPlan::Unnest(unnest) => {
            let is_known = keys(&unnest.schema).is_empty();
            (!is_known).then(FunctionalDependencies::empty)
        }
        _ => None,
    }
}

/// The groups of an aggregate decide all of its columns.
fn groups(aggregate: &Aggregate) -> FunctionalDependencies {
    let fields = aggregate.schema.fields();
    let groups = aggregate.group_expr_len().unwrap_or_default();
    if groups == 0 {
        return FunctionalDependencies::empty();
    }
    let is_nullable = fields.iter().take(groups).any(|field| field.is_nullable());
    let decided = (0..fields.len()).collect();
    let own = FunctionalDependence::new((0..groups).collect(), decided, is_nullable);
    FunctionalDependencies::new(vec![own.with_mode(Dependency::Single)])
}
