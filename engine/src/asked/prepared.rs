//! `PREPARE`, `EXECUTE`, `EXECUTE IMMEDIATE` and `DEALLOCATE PREPARE`.

use std::sync::PoisonError;

use datafusion::{
    execution::SessionState,
    sql::{
        parser::Statement,
        sqlparser::ast::{Expr, Ident, ObjectName, Statement as Ast},
    },
};

use crate::{Answer, Engine, EngineError, params, suggest};

impl Engine {
    /// Keeps a statement under a name until the session ends.
    pub(super) fn prepare(&self, state: &SessionState, name: &Ident, statement: &Ast) -> Answer {
        let statement = Statement::Statement(Box::new(statement.clone()));
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        prepared.insert(name.value.to_lowercase(), statement);
        self.nothing(state, Vec::new())
    }

    /// A statement that was prepared, with `values` in the place of its `?`.
    pub(super) fn execute(
        &self,
        name: Option<&ObjectName>,
        values: &[Expr],
    ) -> Result<Statement, EngineError> {
        let name = name.map(ToString::to_string).unwrap_or_default();
        let name = name.trim_matches('"').to_lowercase();
        let prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        let found = prepared.get(&name).cloned();
        let statement =
            found.ok_or_else(|| unknown(&name, &mut prepared.keys().map(String::as_str)))?;
        drop(prepared);
        self.filled(statement, &format!("`{name}`"), values)
    }

    /// The statement that `EXECUTE IMMEDIATE` gives as text, which comes first, with the values after it in the place of its `?`.
    pub(super) fn immediate(&self, given: &[Expr]) -> Result<Statement, EngineError> {
        let wrong = |why: &str| EngineError::Plan(format!("EXECUTE IMMEDIATE {why}"));
        let Some((Expr::Value(text), values)) = given.split_first() else {
            return Err(wrong("takes a statement as text"));
        };
        let text = text.value.clone().into_string();
        let text = text.ok_or_else(|| wrong("takes a statement as text"))?;
        let parsed = self.dialect.parsed(&text);
        let mut parsed = parsed.map_err(|error| self.sorted(error))?.into_iter();
        match (parsed.next(), parsed.next()) {
            (Some(statement), None) => self.filled(statement, "the statement", values),
            _ => Err(wrong("takes one statement")),
        }
    }

    fn filled(
        &self,
        mut statement: Statement,
        called: &str,
        values: &[Expr],
    ) -> Result<Statement, EngineError> {
        if let Statement::Statement(ast) = &mut statement {
            let places = params::fill(ast, values);
            if places != values.len() {
                return Err(EngineError::Plan(format!(
                    "{called} has {places} placeholders, and {} values were given",
                    values.len()
                )));
            }
        }
        self.dialect
            .rewrite(&mut statement)
            .map_err(|error| self.sorted(error))?;
        Ok(statement)
    }

    /// Forgets a statement that was prepared.
    pub(super) fn deallocate(
        &self,
        state: &SessionState,
        name: &Ident,
    ) -> Result<Answer, EngineError> {
        let name = name.value.to_lowercase();
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if prepared.remove(&name).is_none() {
            return Err(unknown(&name, &mut prepared.keys().map(String::as_str)));
        }
        drop(prepared);
        Ok(self.nothing(state, Vec::new()))
    }
}

fn unknown(name: &str, known: &mut dyn Iterator<Item = &str>) -> EngineError {
    let similar = suggest::similar(name, known);
    let meant = match similar.first() {
        Some(similar) => format!(": did you mean `{similar}`?"),
        None => ": `PREPARE name FROM statement` comes first, in the same session".to_owned(),
    };
    EngineError::Plan(format!("nothing is prepared as `{name}`{meant}"))
}
