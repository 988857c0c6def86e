//! From a statement to its plan, and to the answer that the plan gives.

use datafusion::{
    common::display::{PlanType, StringifiedPlan},
    error::DataFusionError,
    execution::SessionState,
    logical_expr::{Explain, LogicalPlan},
    sql::parser::Statement,
};

use super::Engine;
use crate::{
    Answer, Dialect, EngineError, Params, elsewhere, empty, params,
    plans::{self, Asked, Planned},
    rollups, statement,
};

/// Columns that a statement may select beside all columns and be told apart for it, one after the other.
const REPEATED: usize = 64;

impl Engine {
    pub(crate) async fn plan(
        &self,
        state: SessionState,
        statement: Statement,
        params: &Params,
    ) -> Result<Answer, EngineError> {
        let (plan, notes) = self.logical(&state, statement).await?;
        let plan = params::bind(plan, params)?;
        self.physical(&state, &plan, notes).await
    }

    /// The same for a statement of a user, whose plan is kept for the next time.
    pub(crate) async fn plan_again(
        &self,
        state: SessionState,
        statement: Statement,
        text: &str,
        params: &Params,
    ) -> Result<Answer, EngineError> {
        let asked = Asked {
            text: text.to_owned(),
            statement: statement.to_string(),
            dialect: self.dialect,
            params: params.clone(),
        };
        let meaning = match self.plans.get(&asked) {
            Ok(Planned { plan, notes }) => return self.executable(&state, &plan, notes).await,
            Err(meaning) => meaning,
        };
        let (plan, notes) = self.logical(&state, statement).await?;
        let lasting = plans::is_lasting(&plan).map_err(|error| self.sorted(error))?;
        let plan = self.optimized(&state, &params::bind(plan, params)?)?;
        if lasting {
            let (plan, notes) = (plan.clone(), notes.clone());
            self.plans.put(asked, Planned { plan, notes }, meaning);
        }
        self.executable(&state, &plan, notes).await
    }

    /// The plan of a statement, not optimized and with its placeholders, and what one should know about the answer.
    pub(crate) async fn logical(
        &self,
        state: &SessionState,
        statement: Statement,
    ) -> Result<(LogicalPlan, Vec<String>), EngineError> {
        let plan = self.planned(state, statement).await?;
        let mut notes = self.overlap_notes(&plan).await;
        notes.extend(self.provisional_notes(&plan).await);
        if self.dialect == Dialect::Trino {
            notes.extend(empty::notes(&plan));
        }
        Ok((plan, notes))
    }

    /// The plan of a statement, if it is one that may run.
    pub(super) async fn planned(
        &self,
        state: &SessionState,
        statement: Statement,
    ) -> Result<LogicalPlan, EngineError> {
        let sorted = |error| self.sorted(error);
        statement::check(&statement).map_err(sorted)?;
        let plan = match self.narrow(state, &statement).await {
            Some(plan) => plan,
            None => self.whole(state, statement).await.map_err(sorted)?,
        };
        statement::check_plan(&plan).map_err(sorted)?;
        self.may_plan(&plan)?;
        Ok(plan)
    }

    /// The plan of a statement, whose columns are told apart as far as need be.
    async fn whole(
        &self,
        state: &SessionState,
        mut statement: Statement,
    ) -> Result<LogicalPlan, DataFusionError> {
        let attempts = if self.dialect == Dialect::Trino {
            REPEATED
        } else {
            0
        };
        for _ in 0..attempts {
            let error = match state.statement_to_plan(statement.clone()).await {
                Ok(plan) => return Ok(plan),
                Err(error) => error,
            };
            let Some(told_apart) = curtail_athena::told_apart(&statement, &error) else {
                return Err(error);
            };
            statement = told_apart;
        }
        state.statement_to_plan(statement).await
    }

    /// The answer that a plan gives.
    pub(crate) async fn physical(
        &self,
        state: &SessionState,
        plan: &LogicalPlan,
        notes: Vec<String>,
    ) -> Result<Answer, EngineError> {
        let plan = self.optimized(state, plan)?;
        self.executable(state, &plan, notes).await
    }

    fn optimized(
        &self,
        state: &SessionState,
        plan: &LogicalPlan,
    ) -> Result<LogicalPlan, EngineError> {
        let sorted = |error| self.sorted(error);
        let mut plan = state.optimize(plan).map_err(sorted)?;
        if let LogicalPlan::Explain(explain) = &mut plan {
            self::explain(explain).map_err(sorted)?;
        }
        Ok(plan)
    }

    /// The answer that an optimized plan gives.
    async fn executable(
        &self,
        state: &SessionState,
        plan: &LogicalPlan,
        notes: Vec<String>,
    ) -> Result<Answer, EngineError> {
        let sorted = |error| self.sorted(error);
        let from_rollups = rollups::reads_rollups(plan).map_err(sorted)?;
        let planner = state.query_planner();
        let made = planner.create_physical_plan(plan, state).await;
        let mut made = made.map_err(sorted)?;
        if let Some(elsewhere) = &self.elsewhere {
            let placed = elsewhere::placed(elsewhere.as_ref(), state, plan, made).await;
            made = placed.map_err(sorted)?;
        }
        Ok(Answer::new(made, state.task_ctx(), self.memory_limit)
            .with_notes(self.tellable(notes))
            .reading_rollups(from_rollups))
    }
}

/// Puts before the logical plan which rollups it reads, or why none.
fn explain(explain: &mut Explain) -> Result<(), DataFusionError> {
    let told = rollups::explain(&explain.plan)?;
    if !told.is_empty() {
        let text = format!("read from {}", told.join("\nread from "));
        let row = StringifiedPlan::new(PlanType::FinalLogicalPlan, text);
        explain.stringified_plans.push(row);
    }
    Ok(())
}
