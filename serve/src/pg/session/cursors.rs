//! Cursors and statements that are kept by SQL.

use std::{ops::ControlFlow, sync::Arc};

use sqlparser::ast::{Expr, Value, visit_expressions_mut};
use tokio::io::AsyncWrite;

use super::Session;
use crate::pg::{
    command::Command,
    fail::Failure,
    portal::{Form, Formats, Portal, Trouble},
    prepared::Sent,
    reply::Transaction,
};

impl<W: AsyncWrite + Unpin + Send> Session<W> {
    /// Opens a cursor over the rows of `portal`'s query.
    pub(super) async fn declare(
        &mut self,
        portal: &mut Portal,
        name: &str,
        hold: bool,
        binary: bool,
    ) -> Result<(), Trouble> {
        if self.transaction == Transaction::Idle && !hold {
            let message = "DECLARE CURSOR can only be used in transaction blocks";
            return Err(Failure::new("25P01", message)
                .with_hint("BEGIN first, or declare it WITH HOLD")
                .into());
        }
        if self.portals.contains_key(name) {
            let message = format!("cursor \"{name}\" already exists");
            return Err(Failure::new("42P03", message).into());
        }
        self.has_room()?;
        let source = self.source(portal).await?;
        let cursor = Portal {
            prepared: Arc::clone(&portal.prepared),
            values: portal.values.clone(),
            formats: if binary {
                Formats::binary()
            } else {
                Formats::default()
            },
            source: Some(source),
            hold,
        };
        self.portals.insert(name.to_owned(), cursor);
        self.replies.done("DECLARE CURSOR");
        Ok(())
    }

    /// Sends the next rows of a cursor. `described` says whether the client wants to hear of the columns.
    pub(super) async fn fetch(
        &mut self,
        name: &str,
        most: Option<usize>,
        formats: &Formats,
        described: bool,
    ) -> Result<(), Trouble> {
        let Some(Portal {
            source: Some(source),
            prepared,
            formats: declared,
            ..
        }) = self.portals.get_mut(name)
        else {
            return Err(no_cursor(name).into());
        };
        let formats = if formats.is_open() { declared } else { formats };
        if described {
            self.replies
                .columns(&source.columns, |place| formats.of(place));
        }
        let sent = &prepared.sent;
        let failed = |error: &_| sent.failure(error);
        let form = Form::Rows(formats);
        let rows = source.send(&mut self.replies, form, most, failed).await?;
        self.replies.done(&format!("FETCH {rows}"));
        Ok(())
    }

    /// Passes over the next rows of a cursor.
    pub(super) async fn pass_over(
        &mut self,
        name: &str,
        most: Option<usize>,
    ) -> Result<(), Trouble> {
        let Some(Portal {
            source: Some(source),
            prepared,
            ..
        }) = self.portals.get_mut(name)
        else {
            return Err(no_cursor(name).into());
        };
        let sent = &prepared.sent;
        let failed = |error: &_| sent.failure(error);
        let rows = source.send(&mut self.replies, Form::Nothing, most, failed);
        let rows = rows.await?;
        self.replies.done(&format!("MOVE {rows}"));
        Ok(())
    }

    /// Closes a cursor, or all of them.
    pub(super) fn close_cursor(&mut self, name: Option<&str>) -> Result<(), Failure> {
        match name {
            None => self.portals.clear(),
            Some(name) => {
                if self.portals.remove(name).is_none() {
                    return Err(no_cursor(name));
                }
            }
        }
        Ok(())
    }

    /// The statement that was kept under a name, with values for its parameters.
    pub(super) fn kept(&self, name: &str, values: &[Expr]) -> Result<Sent, Failure> {
        let kept = self.statements.get(name).ok_or_else(|| {
            Failure::new(
                "26000",
                format!("prepared statement \"{name}\" does not exist"),
            )
        })?;
        if kept.parameters.len() != values.len() {
            let message = format!("wrong number of parameters for prepared statement \"{name}\"");
            return Err(Failure::syntax(message));
        }
        if let Some(immediate) = kept.sent.immediate(values) {
            return Ok(immediate);
        }
        let Command::Ask(statement) = &kept.sent.command else {
            return Ok(kept.sent.clone());
        };
        let mut statement = statement.clone();
        let _ = visit_expressions_mut(statement.as_mut(), |expr| {
            if let Some(value) = value_for(expr, values) {
                *expr = Expr::Nested(Box::new(value.clone()));
            }
            ControlFlow::<()>::Continue(())
        });
        Ok(kept.sent.with(Command::Ask(statement)))
    }
}

fn no_cursor(name: &str) -> Failure {
    Failure::new("34000", format!("cursor \"{name}\" does not exist"))
}

fn value_for<'a>(expr: &Expr, values: &'a [Expr]) -> Option<&'a Expr> {
    let Expr::Value(value) = expr else {
        return None;
    };
    let Value::Placeholder(name) = &value.value else {
        return None;
    };
    let place: usize = name.strip_prefix('$')?.parse().ok()?;
    values.get(place.checked_sub(1)?)
}
