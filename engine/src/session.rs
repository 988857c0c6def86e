//! How DataFusion is set up.

use std::sync::{Arc, OnceLock};

use curtail_store::Store;
use datafusion::{
    catalog::{CatalogProvider, MemoryCatalogProviderList},
    error::Result,
    execution::{
        FunctionRegistry, SessionState, SessionStateBuilder, SessionStateDefaults,
        object_store::ObjectStoreUrl,
        runtime_env::{RuntimeEnv, RuntimeEnvBuilder},
    },
    logical_expr::AggregateUDF,
    optimizer::{
        Analyzer, Optimizer, OptimizerRule, decorrelate_lateral_join::DecorrelateLateralJoin,
        optimize_projections::OptimizeProjections,
    },
    physical_optimizer::{PhysicalOptimizerRule, optimizer::PhysicalOptimizer},
    prelude::{SessionConfig, SessionContext},
};

use crate::{
    Dialect, EngineOptions,
    budget::Budget,
    catalog::months,
    empty::EmptyText,
    equijoins::Equijoins,
    fixed_keys::FixedKeys,
    keys::{OwnKeys, Relations},
    lambdas::VariablesApart,
    maps, money,
    rollups::FromRollups,
    yielding::YieldingJoins,
};

/// The catalog's name.
pub(crate) const CATALOG: &str = "curtail";
/// The schema that unqualified names are looked up in.
pub(crate) const PUBLIC: &str = "public";
/// The URL under which scans find the store's objects.
const STORE_URL: &str = "curtail://store/";

/// DataFusion's own batches have this many rows.
const LARGEST_BATCH: usize = 8192;
/// With fewer rows, what is done per batch would weigh.
const SMALLEST_BATCH: usize = 1024;

/// Where scans find the store's objects.
pub(crate) fn store_url() -> ObjectStoreUrl {
    ObjectStoreUrl::parse(STORE_URL).expect("a constant that parses")
}

/// What all sessions of an engine share: the memory budget, the store's objects, caches.
pub(crate) fn runtime(store: &Store, options: &EngineOptions) -> Result<Arc<RuntimeEnv>> {
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(Budget::new(options)))
        .build_arc()?;
    runtime.register_object_store(store_url().as_ref(), Arc::clone(store.objects_to_read()));
    Ok(runtime)
}

/// A session without any tables yet.
pub(crate) fn session(runtime: &Arc<RuntimeEnv>, options: &EngineOptions) -> SessionState {
    let mut config = SessionConfig::new()
        .with_target_partitions(options.threads.max(1))
        .with_batch_size(batch_size(options))
        .with_default_catalog_and_schema(CATALOG, PUBLIC)
        .with_create_default_catalog_and_schema(true)
        .with_information_schema(true);
    let settings = config.options_mut();
    // Pulls map lookups out of joins and sub-queries, sometimes wrongly (apache/datafusion#25414).
    settings.optimizer.enable_leaf_expression_pushdown = false;
    // An aggregate tells its scan the smallest and largest values so far; in DataFusion 55 rows that it needs can get lost by that,
    // and min and max come out wrong.
    settings.optimizer.enable_aggregate_dynamic_filter_pushdown = false;
    // A plan knows better than what runs it that `CASE WHEN x > 0 THEN x ELSE 0 END` is never NULL, and DataFusion takes it for a mistake.
    settings.execution.skip_physical_aggregate_schema_check = true;
    // As Athena sorts.
    "nulls_last".clone_into(&mut settings.sql_parser.default_null_ordering);
    // A literal such as 0.0 in coalesce(cost, 0.0) would make the amount a double.
    settings.sql_parser.parse_float_as_decimal = true;
    let mut planners: Vec<_> = vec![money::planner()];
    planners.extend(SessionStateDefaults::default_expr_planners());
    let mut state = SessionStateBuilder::new_with_default_features()
        .with_config(config)
        .with_runtime_env(Arc::clone(runtime))
        .with_expr_planners(planners)
        .with_relation_planners(vec![Arc::new(Relations)])
        .with_analyzer_rule(Arc::new(maps::MapLookup::default()))
        .with_optimizer_rules(optimizer())
        .with_physical_optimizer_rules(physical_optimizer())
        .build();
    for function in [money::sum(), money::avg()] {
        register(&mut state, function);
    }
    maps::register(&mut state);
    state
}

/// Has plans made so that parts of them can be computed elsewhere, so many at once.
pub(crate) fn set_apart(state: &mut SessionState, partitions: usize) {
    let settings = state.config_mut().options_mut();
    settings.execution.target_partitions = partitions.max(1);
    let optimizer = &mut settings.optimizer;
    // What operators tell each other while they run, only those of one process can.
    optimizer.enable_dynamic_filter_pushdown = false;
    optimizer.enable_join_dynamic_filter_pushdown = false;
    optimizer.enable_topk_dynamic_filter_pushdown = false;
    // Rows change places by their values alone, and each side of a join is divided by them.
    optimizer.enable_round_robin_repartition = false;
    optimizer.hash_join_single_partition_threshold = 0;
    optimizer.hash_join_single_partition_threshold_rows = 0;
}

/// The same for what users write in `dialect`. Errors tell where they are.
pub(crate) fn of_dialect(plain: &SessionState, dialect: Dialect) -> SessionState {
    let mut config = plain.config().clone();
    config.options_mut().sql_parser.collect_spans = true;
    // There is one of our own, with Trino's names of types.
    let config = config.with_information_schema(false);
    let builder = SessionStateBuilder::new_from_existing(plain.clone());
    let lookup = Arc::new(maps::MapLookup { any_spelling: true });
    if dialect == Dialect::Generic {
        let mut rules = vec![curtail_athena::decimals_of_text()];
        rules.extend(Analyzer::new().rules);
        rules.push(lookup);
        return builder
            .with_config(config)
            .with_analyzer_rules(rules)
            .build();
    }
    let mut rules = curtail_athena::analyzer_rules();
    rules.push(lookup);
    rules.push(Arc::new(months::MonthsAsNumbers));
    rules.push(Arc::new(EmptyText));
    let mut planners: Vec<_> = vec![money::planner()];
    planners.extend(curtail_athena::expression_planners());
    planners.extend(SessionStateDefaults::default_expr_planners());
    let mut state = builder
        .with_config(config)
        .with_expr_planners(planners)
        .with_type_planner(curtail_athena::type_planner())
        .with_analyzer_rules(rules)
        .build();
    let taken = "a session takes any function";
    for function in curtail_athena::functions::scalar() {
        state.register_udf(Arc::new(function)).expect(taken);
    }
    for function in curtail_athena::functions::aggregate() {
        state.register_udaf(Arc::new(function)).expect(taken);
    }
    for function in curtail_athena::functions::higher_order() {
        state
            .register_higher_order_function(Arc::new(function))
            .expect(taken);
    }
    for function in curtail_athena::functions::window() {
        state.register_udwf(Arc::new(function)).expect(taken);
    }
    for function in [money::sum(), money::avg()] {
        register(&mut state, function);
    }
    state
}

/// The sessions of what users write, each made when the first statement in its dialect comes.
#[derive(Debug)]
pub(crate) struct Sessions {
    plain: SessionState,
    trino: OnceLock<SessionState>,
    generic: OnceLock<SessionState>,
}

impl Sessions {
    /// All set up as `plain` is.
    pub(crate) fn new(plain: SessionState) -> Self {
        Self {
            plain,
            trino: OnceLock::new(),
            generic: OnceLock::new(),
        }
    }

    /// The same, but for statements in the generic dialect.
    pub(crate) fn with_generic(&self, generic: SessionState) -> Self {
        Self {
            plain: self.plain.clone(),
            trino: self.trino.clone(),
            generic: OnceLock::from(generic),
        }
    }

    /// The one for statements in `dialect`.
    pub(crate) fn of(&self, dialect: Dialect) -> &SessionState {
        let made = match dialect {
            Dialect::Trino => &self.trino,
            Dialect::Generic => &self.generic,
        };
        made.get_or_init(|| of_dialect(&self.plain, dialect))
    }
}

/// DataFusion's rules, then our own.
fn optimizer() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    // Views have hundreds of columns: those that a query does not ask for should go before all rules look at them. What becomes of a
    // lateral join may have columns that a projection above it must hide, which goes with those columns.
    let mut rules: Vec<Arc<dyn OptimizerRule + Send + Sync>> = vec![
        Arc::new(DecorrelateLateralJoin::new()),
        Arc::new(OptimizeProjections::new()),
        Arc::new(FixedKeys),
    ];
    rules.extend(Optimizer::new().rules.into_iter().map(|rule| {
        let equijoins = Equijoins::default();
        if rule.name() == equijoins.name() {
            Arc::new(equijoins)
        } else {
            rule
        }
    }));
    rules.push(Arc::new(FromRollups));
    OwnKeys::before_users(rules)
}

/// A rule of our own, then DataFusion's, then one more.
fn physical_optimizer() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let mut rules: Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> =
        vec![Arc::new(VariablesApart)];
    rules.extend(PhysicalOptimizer::new().rules);
    rules.push(Arc::new(YieldingJoins));
    rules
}

/// Rows that operators hand on at a time: fewer where there is little memory, of which merging sorted files takes a batch of
/// each, and a row of all columns takes kilobytes.
fn batch_size(options: &EngineOptions) -> usize {
    let per_thread = options.memory_limit / options.threads.max(1) as u64;
    let rows = usize::try_from(per_thread >> 16).unwrap_or(usize::MAX);
    rows.next_power_of_two()
        .clamp(SMALLEST_BATCH, LARGEST_BATCH)
}

fn register(state: &mut SessionState, function: AggregateUDF) {
    state
        .register_udaf(Arc::new(function))
        .expect("a session takes any function");
}

/// A context set up as `state` is that sees `catalog` and nothing else.
pub(crate) fn context(
    mut state: SessionState,
    catalog: Arc<dyn CatalogProvider>,
) -> SessionContext {
    // Copies of a state share the list of catalogs. Building a state anew instead would register all functions again, in any
    // order, and those that took the place of another's alias might lose it.
    state.register_catalog_list(Arc::new(MemoryCatalogProviderList::new()));
    let context = SessionContext::new_with_state(state);
    context.register_catalog(CATALOG, catalog);
    context
}
