//! A session with the dialect, and what an expression comes to in it.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, RecordBatch},
    datatypes::{DataType, Field, Schema},
    util::display::{ArrayFormatter, FormatOptions},
};
use datafusion::{
    common::{
        DFSchema, ScalarValue,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    execution::{FunctionRegistry, SessionState, SessionStateBuilder, SessionStateDefaults},
    logical_expr::{LogicalPlan, physical_planning_context::PhysicalPlanningContext},
    physical_expr::{
        PhysicalExpr,
        expressions::{Column, Literal},
    },
    prelude::{SessionConfig, SessionContext},
};

/// Rows that arrays are made of: more than one, so that state kept from row to row shows.
const ROWS: usize = 3;

/// A session set up as the engine sets up those of users.
pub(crate) fn session() -> SessionContext {
    let mut config = SessionConfig::new().with_target_partitions(2);
    let settings = config.options_mut();
    settings.optimizer.enable_leaf_expression_pushdown = false;
    "nulls_last".clone_into(&mut settings.sql_parser.default_null_ordering);
    settings.sql_parser.parse_float_as_decimal = true;
    let mut planners = curtail_athena::expression_planners();
    planners.extend(SessionStateDefaults::default_expr_planners());
    let mut state = SessionStateBuilder::new_with_default_features()
        .with_config(config)
        .with_expr_planners(planners)
        .with_type_planner(curtail_athena::type_planner())
        .with_analyzer_rules(curtail_athena::analyzer_rules())
        .build();
    for function in curtail_athena::functions::scalar() {
        state.register_udf(Arc::new(function)).unwrap();
    }
    for function in curtail_athena::functions::aggregate() {
        state.register_udaf(Arc::new(function)).unwrap();
    }
    for function in curtail_athena::functions::higher_order() {
        state
            .register_higher_order_function(Arc::new(function))
            .unwrap();
    }
    for function in curtail_athena::functions::window() {
        state.register_udwf(Arc::new(function)).unwrap();
    }
    SessionContext::new_with_state(state)
}

/// The plan of the one statement in `text`.
pub(crate) async fn plan(state: &SessionState, text: &str) -> Result<LogicalPlan> {
    let mut statements = curtail_athena::parse(text)?;
    assert_eq!(statements.len(), 1, "one statement: {text}");
    let mut statement = statements.pop_front().unwrap();
    curtail_athena::rewrite(&mut statement)?;
    state.statement_to_plan(statement).await
}

/// All rows of a query.
pub(crate) async fn rows(context: &SessionContext, text: &str) -> Result<Vec<RecordBatch>> {
    let plan = plan(&context.state(), text).await?;
    context.execute_logical_plan(plan).await?.collect().await
}

/// The type and value of a query's only cell, or all its rows if it has several.
pub(crate) async fn query(context: &SessionContext, text: &str) -> Result<String> {
    let batches = rows(context, text).await?;
    let mut shown = Vec::new();
    let mut types = String::new();
    for batch in &batches {
        let schema = batch.schema();
        let names: Vec<_> = schema
            .fields()
            .iter()
            .map(|field| type_name(field.data_type()))
            .collect();
        types = names.join(", ");
        for row in 0..batch.num_rows() {
            let cells: Vec<_> = batch
                .columns()
                .iter()
                .map(|column| cell(column, row))
                .collect();
            shown.push(cells.join(", "));
        }
    }
    Ok(format!("{types}: {}", shown.join(" | ")))
}

/// The type and value of an expression whose literals come as arrays; `None` if it has none, or is only meant to be simplified.
pub(crate) async fn over_arrays(
    context: &SessionContext,
    expression: &str,
) -> Result<Option<String>> {
    let state = context.state();
    let plan = plan(&state, &format!("SELECT {expression}")).await?;
    let plan = state
        .analyzer()
        .execute_and_check(plan, state.config_options(), |_, _| {})?;
    let LogicalPlan::Projection(projection) = plan else {
        return Ok(None);
    };
    if !matches!(projection.input.as_ref(), LogicalPlan::EmptyRelation(_)) {
        return Ok(None);
    }
    let schema = DFSchema::empty();
    let physical = datafusion::physical_expr::create_physical_expr(
        &projection.expr[0],
        &schema,
        state.execution_props(),
        &PhysicalPlanningContext::default(),
    );
    let Ok(physical) = physical else {
        return Ok(None);
    };
    let (mut fields, mut columns) = (Vec::new(), Vec::<ArrayRef>::new());
    let physical = physical.transform_up(|part: Arc<dyn PhysicalExpr>| {
        let any: &dyn std::any::Any = part.as_ref();
        let Some(literal) = any.downcast_ref::<Literal>() else {
            return Ok(Transformed::no(part));
        };
        let value: &ScalarValue = literal.value();
        let name = format!("c{}", fields.len());
        let column = Arc::new(Column::new(&name, fields.len()));
        fields.push(Field::new(name, value.data_type(), true));
        columns.push(value.to_array_of_size(ROWS)?);
        Ok(Transformed::yes(column as Arc<dyn PhysicalExpr>))
    })?;
    if fields.is_empty() {
        return Ok(None);
    }
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?;
    let made = match physical.data.evaluate(&batch) {
        Err(error) if error.to_string().contains("simplified") => return Ok(None),
        made => made?.into_array(ROWS)?,
    };
    let first = cell(&made, 0);
    for row in 1..ROWS {
        assert_eq!(cell(&made, row), first, "row {row} of {expression}");
    }
    Ok(Some(format!("{}: {first}", type_name(made.data_type()))))
}

fn cell(column: &ArrayRef, row: usize) -> String {
    let options = FormatOptions::new()
        .with_null("NULL")
        .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.3f"))
        .with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S%.3f"));
    ArrayFormatter::try_new(column, &options)
        .unwrap()
        .value(row)
        .to_string()
}

/// The type as Trino calls it.
pub(crate) fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "varchar".to_owned(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "varbinary".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Int64 => "bigint".to_owned(),
        DataType::Int32 => "integer".to_owned(),
        DataType::Int16 => "smallint".to_owned(),
        DataType::Int8 => "tinyint".to_owned(),
        DataType::Float64 => "double".to_owned(),
        DataType::Float32 => "real".to_owned(),
        DataType::Date32 => "date".to_owned(),
        DataType::Timestamp(..) => "timestamp".to_owned(),
        DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
            format!("decimal({precision},{scale})")
        }
        DataType::List(item) | DataType::LargeList(item) => {
            format!("array({})", type_name(item.data_type()))
        }
        DataType::Dictionary(_, values) => type_name(values),
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(fields) => format!(
                "map({}, {})",
                type_name(fields[0].data_type()),
                type_name(fields[1].data_type())
            ),
            other => other.to_string(),
        },
        DataType::Struct(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|field| format!("{} {}", field.name(), type_name(field.data_type())))
                .collect();
            format!("row({})", fields.join(", "))
        }
        DataType::Null => "unknown".to_owned(),
        other => other.to_string(),
    }
}
