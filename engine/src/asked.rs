//! What users ask: statements in their dialect, among them those that define views, show what there is, and are prepared.

mod parsed;
mod prepared;
mod shown;
mod views;

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{ArrayRef, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema},
    },
    datasource::memory::MemorySourceConfig,
    execution::SessionState,
    physical_plan::{ExecutionPlan, empty::EmptyExec},
    sql::{
        parser::Statement,
        sqlparser::ast::{ObjectName, ObjectType, Statement as Ast},
    },
};

use crate::{
    Answer, Engine, EngineError, Params, TableInfo,
    catalog::Databases,
    mistake::{self, Place},
    params, statement, suggest,
};

pub use parsed::{Parameter, Prepared};

/// The tables that tell costs, each in a shape of its own.
const FACES: [&str; 4] = ["costs", "cur", "cur2", "focus"];

impl Engine {
    /// Every table and view with its columns.
    pub async fn tables(&self) -> Result<Vec<TableInfo>, EngineError> {
        let listed = self.databases().list().await;
        listed.map_err(|error| self.sorted(error))
    }

    /// Plans the one statement in `text`, or carries it out if it defines a view or prepares another.
    pub async fn sql(&self, text: &str, params: &Params) -> Result<Answer, EngineError> {
        match Box::pin(self.one(text, params)).await {
            Ok(answer) => Ok(answer.of_text(text)),
            Err(error) => Err(Box::pin(self.told(error, text)).await),
        }
    }

    /// The same with each of the statements in `text`, all of which must be acceptable; each one gets those of `params` that it
    /// names.
    pub async fn script(&self, text: &str, params: &Params) -> Result<Vec<Answer>, EngineError> {
        let (statements, _) = statement::split(text);
        for statement in &statements {
            if let Err(error) = self.acceptable(statement) {
                return Err(Box::pin(self.told(error, statement)).await);
            }
        }
        let mut answers = Vec::with_capacity(statements.len());
        for statement in statements {
            let named = params
                .iter()
                .filter(|(name, _)| statement.contains(&format!("${name}")));
            let named = named
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            answers.push(self.sql(statement, &named).await?);
        }
        Ok(answers)
    }

    /// All that users can name.
    pub(crate) fn databases(&self) -> Databases {
        let databases = Databases::new(&self.catalog, &self.views, &self.sessions);
        databases.with(self.extension.clone())
    }

    async fn one(&self, text: &str, params: &Params) -> Result<Answer, EngineError> {
        let statement = self.acceptable(text)?;
        let state = self.databases().session(self.dialect);
        self.asked(state, statement, text, params).await
    }

    /// The one statement in `text`, if it is one of those that may run.
    fn acceptable(&self, text: &str) -> Result<Statement, EngineError> {
        let sorted = |error| self.sorted(error);
        let mut statements = self.dialect.parse(text).map_err(sorted)?;
        for statement in &statements {
            statement::check(statement).map_err(sorted)?;
        }
        match (statements.pop(), statements.len()) {
            (None, _) => Err(EngineError::NoStatement),
            (Some(statement), 0) => Ok(statement),
            (Some(_), others) => Err(EngineError::SeveralStatements(others + 1)),
        }
    }

    async fn asked(
        &self,
        state: SessionState,
        mut statement: Statement,
        text: &str,
        params: &Params,
    ) -> Result<Answer, EngineError> {
        if let Statement::Statement(ast) = &mut statement {
            let found = match ast.as_mut() {
                Ast::CreateView(create) => self.create_view(&state, create, text).await.map(Some),
                Ast::Drop {
                    object_type: ObjectType::View,
                    if_exists,
                    names,
                    ..
                } => self.drop_views(&state, names, *if_exists).await.map(Some),
                Ast::Prepare {
                    name, statement, ..
                } => Ok(Some(self.prepare(&state, name, statement))),
                Ast::Execute {
                    name,
                    parameters,
                    using,
                    immediate,
                    ..
                } => {
                    let values = parameters.iter();
                    let values = values.chain(using.iter().map(|value| &value.expr)).cloned();
                    let values: Vec<_> = values.collect();
                    let filled = if *immediate {
                        self.immediate(&values)?
                    } else {
                        self.execute(name.as_ref(), &values)?
                    };
                    return Box::pin(self.asked(state, filled, text, params)).await;
                }
                Ast::Deallocate { name, .. } => self.deallocate(&state, name).map(Some),
                Ast::Use(_) => Ok(Some(self.nothing(&state, Vec::new()))),
                shown => self.show(&state, shown).await,
            };
            if let Some(answer) = found? {
                return Ok(answer);
            }
            params::number(ast);
        }
        self.plan_again(state, statement, text, params).await
    }

    /// An answer without rows or columns.
    fn nothing(&self, state: &SessionState, notes: Vec<String>) -> Answer {
        let plan = Arc::new(EmptyExec::new(Arc::new(Schema::empty())));
        Answer::new(plan, state.task_ctx(), self.memory_limit).with_notes(notes)
    }

    /// An answer of these columns, all of them text.
    fn rows_of(
        &self,
        state: &SessionState,
        columns: Vec<(&str, Vec<String>)>,
    ) -> Result<Answer, EngineError> {
        let fields = columns
            .iter()
            .map(|(name, _)| Field::new(*name, DataType::Utf8, true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let arrays = columns
            .into_iter()
            .map(|(_, values)| Arc::new(StringArray::from(values)) as ArrayRef);
        let plan = RecordBatch::try_new(Arc::clone(&schema), arrays.collect())
            .map_err(Into::into)
            .and_then(|rows| MemorySourceConfig::try_new_exec(&[vec![rows]], schema, None))
            .map_err(|error| self.sorted(error))?;
        let plan: Arc<dyn ExecutionPlan> = plan;
        Ok(Answer::new(plan, state.task_ctx(), self.memory_limit))
    }

    /// The error as the user is told it: with what may have been meant, and with its place in `text`.
    async fn told(&self, error: EngineError, text: &str) -> EngineError {
        let (place, error) = match error {
            EngineError::At {
                line,
                column,
                error,
                ..
            } => (Some(Place { line, column }), *error),
            EngineError::Syntax(message) => {
                let (message, place) = mistake::of_syntax(&message, text);
                (Some(place), EngineError::Syntax(message))
            }
            other => (None, other),
        };
        let error = self.with_names(error).await;
        let place = place.or_else(|| mistake::place(&error, text));
        let statements = self.dialect.parsed(text).unwrap_or_default();
        let state = self.sessions.of(self.dialect);
        let (error, place) = mistake::meant(error, place, text, &statements, state);
        mistake::at(error, place, text)
    }

    /// The error with the names that may have been meant.
    async fn with_names(&self, error: EngineError) -> EngineError {
        match error {
            EngineError::UnknownTable { name, .. } => {
                let mut names = Vec::new();
                for (schema, before) in [("public", ""), ("meta", "meta.")] {
                    let found = self.databases().names_in(schema).await.unwrap_or_default();
                    names.extend(found.into_iter().map(|name| format!("{before}{name}")));
                }
                let wanted = name.rsplit('.').next().unwrap_or(&name);
                let names = names.iter().map(String::as_str);
                let similar = suggest::similar(wanted, names);
                EngineError::UnknownTable { name, similar }
            }
            EngineError::UnknownView { name, .. } => {
                let names = self.views.names().await.unwrap_or_default();
                let similar = suggest::similar(&name, names.iter().map(String::as_str));
                EngineError::UnknownView { name, similar }
            }
            EngineError::UnknownColumn { name, similar, .. } => {
                let wanted = name.rsplit('.').next().unwrap_or(&name).to_lowercase();
                let mut elsewhere = Vec::new();
                for face in FACES {
                    if let Ok(Some(table)) = self.catalog.public(face).await
                        && table.schema().column_with_name(&wanted).is_some()
                    {
                        elsewhere.push(face.to_owned());
                    }
                }
                EngineError::UnknownColumn {
                    name,
                    similar,
                    elsewhere,
                }
            }
            EngineError::UnknownFunction { name, .. } => {
                let state = self.sessions.of(self.dialect);
                let names = state.scalar_functions().keys();
                let names = names
                    .chain(state.aggregate_functions().keys())
                    .chain(state.window_functions().keys());
                let names = names
                    .map(String::as_str)
                    .filter(|name| shown::is_shown(name));
                let similar = suggest::similar(&name, names);
                EngineError::UnknownFunction { name, similar }
            }
            other => other,
        }
    }
}

/// The schema and the name that a table's name means.
fn meant(name: &ObjectName) -> (&'static str, String) {
    let parts: Vec<_> = name
        .0
        .iter()
        .filter_map(|part| part.as_ident())
        .map(|ident| ident.value.to_lowercase())
        .collect();
    let database = parts
        .len()
        .checked_sub(2)
        .map(|place| parts[place].as_str());
    let table = parts.last().cloned().unwrap_or_default();
    (Databases::schema_named(database), table)
}
