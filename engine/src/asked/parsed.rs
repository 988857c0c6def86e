//! Statements that are planned first and run later, as protocols between programs want it: their columns and parameters are told
//! before there are values.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use datafusion::{
    arrow::datatypes::{DataType, Schema, SchemaRef},
    common::ScalarValue,
    execution::SessionState,
    logical_expr::LogicalPlan,
    sql::{
        parser::Statement,
        sqlparser::ast::{ObjectType, Statement as Ast},
    },
};

use crate::{Answer, Dialect, Engine, EngineError, Params, params};

/// A statement that was planned and waits for the values of its parameters.
#[derive(Debug)]
pub struct Prepared {
    text: String,
    kind: Kind,
    types: BTreeMap<String, Option<DataType>>,
    schema: SchemaRef,
}

#[derive(Debug)]
enum Kind {
    /// Rows that a plan makes.
    Planned {
        dialect: Dialect,
        plan: Box<LogicalPlan>,
        notes: Vec<String>,
    },
    /// What is answered without a plan, or defines something.
    Other(Box<Statement>),
}

/// A parameter of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, without the `$`.
    pub name: String,
    /// The type that its place asks for, if the place tells one.
    pub data_type: Option<DataType>,
}

impl Prepared {
    /// The columns of the answer; none if the statement only does something.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The parameters; those that are numbered in the order of their numbers.
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut all: Vec<_> = self
            .types
            .iter()
            .map(|(name, data_type)| Parameter {
                name: name.clone(),
                data_type: data_type.clone(),
            })
            .collect();
        all.sort_by_key(|parameter| parameter.name.parse::<u32>().unwrap_or(u32::MAX));
        all
    }

    /// The statement as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Engine {
    /// Plans the one statement in `text`, which [`Self::run`] runs. Nothing is defined by it yet.
    pub async fn prepare_statement(&self, text: &str) -> Result<Prepared, EngineError> {
        match self.acceptable(text) {
            Ok(statement) => self.prepare_parsed(statement, text).await,
            Err(error) => Err(Box::pin(self.told(error, text)).await),
        }
    }

    /// The same with a statement that was parsed already; `text` is what the user wrote.
    pub async fn prepare_parsed(
        &self,
        statement: Statement,
        text: &str,
    ) -> Result<Prepared, EngineError> {
        match Box::pin(self.prepared(statement, text)).await {
            Ok(prepared) => Ok(prepared),
            Err(error) => Err(Box::pin(self.told(error, text)).await),
        }
    }

    /// Plans how a statement of [`Self::prepare_statement`] is answered with these values, by name: text takes the type that
    /// its place in the statement asks for, other values keep theirs.
    pub async fn run(
        &self,
        prepared: &Prepared,
        values: &HashMap<String, ScalarValue>,
    ) -> Result<Answer, EngineError> {
        let found = match &prepared.kind {
            Kind::Planned {
                dialect,
                plan,
                notes,
            } => {
                // A new one each time: it knows when the statement runs, and a plan that is kept for long should not keep more.
                let state = self.databases().session(*dialect);
                match params::fill_in(plan.as_ref().clone(), &prepared.types, values) {
                    Ok(plan) => Box::pin(self.physical(&state, &plan, notes.clone())).await,
                    Err(error) => Err(error),
                }
            }
            Kind::Other(statement) => {
                let state = self.databases().session(self.dialect);
                let statement = statement.as_ref().clone();
                Box::pin(self.asked(state, statement, &prepared.text, &Params::new())).await
            }
        };
        match found {
            Ok(answer) => Ok(answer.of_text(&prepared.text)),
            Err(error) => Err(Box::pin(self.told(error, &prepared.text)).await),
        }
    }

    async fn prepared(&self, statement: Statement, text: &str) -> Result<Prepared, EngineError> {
        let sorted = |error| self.sorted(error);
        crate::statement::check(&statement).map_err(sorted)?;
        let state = self.databases().session(self.dialect);
        let other = |statement, schema| Prepared {
            text: text.to_owned(),
            kind: Kind::Other(Box::new(statement)),
            types: BTreeMap::new(),
            schema,
        };
        let mut statement = statement;
        if let Statement::Statement(ast) = &mut statement {
            match ast.as_ref() {
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
                    return Box::pin(self.prepared(filled, text)).await;
                }
                Ast::CreateView(_)
                | Ast::Drop {
                    object_type: ObjectType::View,
                    ..
                }
                | Ast::Prepare { .. }
                | Ast::Deallocate { .. }
                | Ast::Use(_) => return Ok(other(statement, Arc::new(Schema::empty()))),
                shown => {
                    if let Some(answer) = self.show(&state, shown).await? {
                        return Ok(other(statement, answer.schema()));
                    }
                }
            }
            params::number(ast);
        }
        let (plan, notes) = self.logical(&state, statement).await?;
        let types = params::typed(&plan)?;
        let schema = columns(&state, &plan);
        Ok(Prepared {
            text: text.to_owned(),
            kind: Kind::Planned {
                dialect: self.dialect,
                plan: Box::new(plan),
                notes,
            },
            types,
            schema,
        })
    }
}

/// The columns that a plan will have once its types are coerced.
fn columns(state: &SessionState, plan: &LogicalPlan) -> SchemaRef {
    let analyzed =
        (state.analyzer()).execute_and_check(plan.clone(), state.config_options(), |_, _| {});
    let plan = analyzed.as_ref().unwrap_or(plan);
    Arc::new(plan.schema().as_arrow().clone())
}
