//! What statements do.

use std::{collections::HashSet, sync::Arc};

use tokio::io::AsyncWrite;

use super::Session;
use crate::pg::{
    command::Command,
    copy::Copy,
    encode::Format,
    fail::{Failure, Notice},
    portal::{Form, Portal, Source, Trouble},
    prepared::Sent,
    reply::Transaction,
    settings,
};

impl<W: AsyncWrite + Unpin + Send> Session<W> {
    /// Runs a statement, or runs it on; sends at most so many rows. `described` says whether the client wants to hear of the columns
    /// before them. Returns whether it is at its end.
    pub(super) async fn run(
        &mut self,
        portal: &mut Portal,
        most: Option<usize>,
        described: bool,
    ) -> Result<bool, Trouble> {
        let prepared = Arc::clone(&portal.prepared);
        let tag = match &prepared.sent.command {
            Command::Ask(_) | Command::Foreign | Command::Show(_) | Command::ShowAll => {
                return self.rows(portal, most, described).await;
            }
            Command::Empty => {
                self.replies.bare(b'I');
                return Ok(true);
            }
            Command::Copy(_, copy) => {
                self.copy(portal, copy).await?;
                return Ok(true);
            }
            Command::Declare {
                name, hold, binary, ..
            } => {
                self.declare(portal, name, *hold, *binary).await?;
                return Ok(true);
            }
            Command::Fetch { name, most } => {
                let formats = portal.formats.clone();
                self.fetch(name, *most, &formats, described).await?;
                return Ok(true);
            }
            Command::Move { name, most } => {
                self.pass_over(name, *most).await?;
                return Ok(true);
            }
            Command::CloseCursor(name) => {
                self.close_cursor(name.as_deref())?;
                match name {
                    None => "CLOSE CURSOR ALL",
                    Some(_) => "CLOSE CURSOR",
                }
            }
            Command::Prepare { name, statement } => {
                let command = Command::of(statement.as_ref().clone())?;
                self.keep(name, prepared.sent.with(command)).await?;
                "PREPARE"
            }
            Command::PrepareText { name, at } => {
                let kept = prepared.sent.within(*at, self.client.dialect())?;
                self.keep(name, kept).await?;
                "PREPARE"
            }
            // It was put in its place before.
            Command::Execute { .. } => "EXECUTE",
            Command::Deallocate(None) => {
                self.statements.clear();
                "DEALLOCATE ALL"
            }
            Command::Deallocate(Some(name)) => {
                if self.statements.remove(name).is_none() {
                    let message = format!("prepared statement \"{name}\" does not exist");
                    return Err(Failure::new("26000", message).into());
                }
                "DEALLOCATE"
            }
            Command::Begin => self.begin_transaction(),
            Command::Commit => self.end_transaction(true),
            Command::Rollback => self.end_transaction(false),
            Command::Savepoint(name) => {
                self.in_transaction("SAVEPOINT")?;
                self.savepoints.push(name.clone());
                "SAVEPOINT"
            }
            Command::Release(name) => {
                let place = self.savepoint("RELEASE SAVEPOINT", name)?;
                self.savepoints.truncate(place);
                "RELEASE"
            }
            Command::RollbackTo(name) => {
                let place = self.savepoint("ROLLBACK TO SAVEPOINT", name)?;
                self.savepoints.truncate(place + 1);
                self.transaction = Transaction::Open;
                "ROLLBACK"
            }
            Command::Set { local, changes } => {
                self.set(*local, changes)?;
                "SET"
            }
            Command::Reset(None) => {
                self.context.settings().reset();
                self.settings_changed();
                "RESET"
            }
            Command::Reset(Some(name)) => {
                self.context.settings().set(name, None)?;
                self.settings_changed();
                "RESET"
            }
            Command::DiscardAll => {
                if self.transaction != Transaction::Idle {
                    let message = "DISCARD ALL cannot run inside a transaction block";
                    return Err(Failure::new("25001", message).into());
                }
                self.statements.clear();
                self.portals.clear();
                self.context.settings().reset();
                self.settings_changed();
                "DISCARD ALL"
            }
            Command::CopyIn => {
                self.replies.copy_in();
                return Err(Failure::read_only("COPY FROM").into());
            }
            Command::Nothing(tag) => tag,
        };
        self.replies.done(tag);
        Ok(true)
    }

    /// The rows of a statement that begins to run.
    pub(super) async fn source(&mut self, portal: &mut Portal) -> Result<Source, Trouble> {
        let prepared = Arc::clone(&portal.prepared);
        let (names, rows) = match &prepared.sent.command {
            Command::Show(name) => {
                let value = self.context.settings().get(name).map(str::to_owned);
                let value = value.ok_or_else(|| settings::unknown(name))?;
                (vec![name.as_str()], vec![vec![value]])
            }
            Command::ShowAll => {
                let all = self.context.settings().all().into_iter();
                let rows = all.map(|(name, value)| vec![name, value, String::new()]);
                (vec!["name", "setting", "description"], rows.collect())
            }
            _ => {
                let plan = prepared.plan.as_ref();
                let plan = plan.ok_or_else(|| Failure::new("XX000", "there is no plan"))?;
                let rows = self.client.execute(plan, &portal.values).await;
                let rows = rows.map_err(|error| prepared.sent.failure(&error))?;
                self.note(rows.notes());
                return Ok(Source::of(rows, &prepared.columns, plan.schema()));
            }
        };
        Ok(Source::of_texts(&names, &rows))
    }

    /// Keeps a statement under a name.
    async fn keep(&mut self, name: &str, sent: Sent) -> Result<(), Trouble> {
        if self.statements.contains_key(name) {
            let message = format!("prepared statement \"{name}\" already exists");
            return Err(Failure::new("42P05", message).into());
        }
        self.has_room()?;
        let kept = sent.prepare(&self.client, &self.context, &[]).await?;
        self.statements.insert(name.to_owned(), Arc::new(kept));
        Ok(())
    }

    async fn rows(
        &mut self,
        portal: &mut Portal,
        most: Option<usize>,
        described: bool,
    ) -> Result<bool, Trouble> {
        let prepared = Arc::clone(&portal.prepared);
        if portal.source.is_none() {
            portal.source = Some(self.source(portal).await?);
        }
        let Portal {
            source: Some(source),
            formats,
            ..
        } = portal
        else {
            return Ok(true);
        };
        let command = &prepared.sent.command;
        if described && !source.columns.is_empty() {
            self.replies
                .columns(&source.columns, |place| formats.of(place));
        }
        // What only does something has no rows, even if there is one without columns.
        let most = if source.columns.is_empty() {
            None
        } else {
            most
        };
        let failed = |error: &_| prepared.sent.failure(error);
        let form = Form::Rows(formats);
        let sent = source.send(&mut self.replies, form, most, failed).await?;
        if most.is_some() && !source.is_done() {
            self.replies.bare(b's');
            return Ok(false);
        }
        let tag = command.tag();
        if command.counts() {
            self.replies.done(&format!("{tag} {sent}"));
        } else {
            self.replies.done(tag);
        }
        Ok(true)
    }

    async fn copy(&mut self, portal: &mut Portal, copy: &Copy) -> Result<(), Trouble> {
        let prepared = Arc::clone(&portal.prepared);
        let mut source = self.source(portal).await?;
        let columns = Arc::clone(&source.columns);
        let binary = copy.format() == Format::Binary;
        self.replies.message(b'H', |out| {
            out.push(u8::from(binary));
            crate::pg::reply::count(columns.len(), out);
            for _ in columns.iter() {
                out.extend(i16::from(binary).to_be_bytes());
            }
        });
        let mut begin = Vec::new();
        copy.begin(&columns, &mut begin);
        if binary {
            // As PostgreSQL sends it: there are clients that look for the first row right behind it.
            source.before = begin;
        } else if !begin.is_empty() {
            self.replies.message(b'd', |out| out.extend(begin));
        }
        let failed = |error: &_| prepared.sent.failure(error);
        let form = Form::Copy(copy);
        let rows = source.send(&mut self.replies, form, None, failed).await?;
        let mut end = std::mem::take(&mut source.before);
        copy.end(&mut end);
        if !end.is_empty() {
            self.replies.message(b'd', |out| out.extend(end));
        }
        self.replies.bare(b'c');
        self.replies.done(&format!("COPY {rows}"));
        Ok(())
    }

    fn begin_transaction(&mut self) -> &'static str {
        if self.transaction == Transaction::Idle {
            self.transaction = Transaction::Open;
            self.before = Some((self.context.settings().clone(), HashSet::new()));
        } else {
            let warning = Notice::warning("there is already a transaction in progress");
            self.notice(&warning);
        }
        "BEGIN"
    }

    fn end_transaction(&mut self, commit: bool) -> &'static str {
        if self.transaction == Transaction::Idle {
            self.notice(&Notice::warning("there is no transaction in progress"));
        }
        let commit = commit && self.transaction != Transaction::Failed;
        if let Some((before, locals)) = self.before.take() {
            let mut settings = self.context.settings();
            if commit {
                for name in locals {
                    let value = before.get(&name).map(str::to_owned);
                    // It had this value before.
                    let _ = settings.set(&name, value.as_deref());
                }
            } else {
                *settings = before;
            }
        }
        self.transaction = Transaction::Idle;
        self.savepoints.clear();
        self.portals.retain(|_, portal| portal.hold);
        self.settings_changed();
        if commit { "COMMIT" } else { "ROLLBACK" }
    }

    fn in_transaction(&self, what: &str) -> Result<(), Failure> {
        if self.transaction == Transaction::Idle {
            let message = format!("{what} can only be used in transaction blocks");
            return Err(Failure::new("25P01", message));
        }
        Ok(())
    }

    /// The place of a savepoint among those that there are.
    fn savepoint(&self, what: &str, name: &str) -> Result<usize, Failure> {
        self.in_transaction(what)?;
        let place = self.savepoints.iter().rposition(|known| known == name);
        place.ok_or_else(|| Failure::new("3B001", format!("savepoint \"{name}\" does not exist")))
    }

    fn set(&mut self, local: bool, changes: &[(String, Option<String>)]) -> Result<(), Failure> {
        if local && self.transaction == Transaction::Idle {
            for (name, _) in changes {
                settings::is_there(name)?;
            }
            let warning = "SET LOCAL can only be used in transaction blocks";
            self.notice(&Notice::warning(warning));
            return Ok(());
        }
        for (name, value) in changes {
            let note = self.context.settings().set(name, value.as_deref())?;
            if let Some(note) = note {
                self.notice(&Notice::new(note));
            }
            if let (true, Some((_, locals))) = (local, &mut self.before) {
                locals.insert(name.clone());
            }
        }
        self.settings_changed();
        Ok(())
    }
}
