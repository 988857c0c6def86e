//! `CREATE VIEW` and `DROP VIEW`.

use datafusion::{
    execution::SessionState,
    sql::sqlparser::ast::{CreateView, ObjectName},
};

use super::meant;
use crate::{
    Answer, Engine, EngineError,
    session::PUBLIC,
    views::{self, View},
};

impl Engine {
    /// Defines the view that `text` defines.
    pub(super) async fn create_view(
        &self,
        state: &SessionState,
        create: &CreateView,
        text: &str,
    ) -> Result<Answer, EngineError> {
        let (schema, name) = meant(&create.name);
        let databases = self.databases();
        if schema != PUBLIC || databases.is_built_in(&name) {
            return Err(EngineError::Plan(format!(
                "`{}` is a table that curtail has itself: a view needs another name",
                create.name
            )));
        }
        let sorted = |error| self.sorted(error);
        let known = self.views.find(&name).await.map_err(sorted)?;
        if known.is_some() && create.if_not_exists {
            let note = format!("there is a view `{name}` already: it stays as it is");
            return Ok(self.nothing(state, vec![note]));
        }
        let exists = || {
            EngineError::Plan(format!(
                "there is a view `{name}` already: `CREATE OR REPLACE VIEW` replaces it"
            ))
        };
        if known.is_some() && !create.or_replace {
            return Err(exists());
        }
        let view = View::new(&name, text, self.dialect);
        views::plan(&databases, &view).await.map_err(sorted)?;
        let keep = self.keeping_views;
        // One that was dropped in this session only may still be in the store.
        if !self.views.define(view, keep, create.or_replace).await? {
            return Err(exists());
        }
        self.plans.clear();
        let verb = if known.is_some() {
            "replaced"
        } else {
            "created"
        };
        let note = if keep {
            format!("view `{name}` {verb} in the store")
        } else {
            format!("view `{name}` {verb} for this session")
        };
        Ok(self.nothing(state, vec![note]))
    }

    /// Drops views.
    pub(super) async fn drop_views(
        &self,
        state: &SessionState,
        names: &[ObjectName],
        if_exists: bool,
    ) -> Result<Answer, EngineError> {
        let databases = self.databases();
        let mut notes = Vec::new();
        for written in names {
            let (schema, name) = meant(written);
            if schema != PUBLIC || databases.is_built_in(&name) {
                return Err(EngineError::Refused(format!(
                    "dropping `{written}`, a table that curtail has itself,"
                )));
            }
            let known = self.views.find(&name).await;
            if known.map_err(|error| self.sorted(error))?.is_none() {
                if if_exists {
                    notes.push(format!("there is no view `{name}`"));
                    continue;
                }
                return Err(EngineError::UnknownView {
                    name,
                    similar: Vec::new(),
                });
            }
            self.views.forget(&name, self.keeping_views).await?;
            self.plans.clear();
            notes.push(if self.keeping_views {
                format!("view `{name}` dropped")
            } else {
                format!("view `{name}` dropped for this session")
            });
        }
        Ok(self.nothing(state, notes))
    }
}
