//! Statements that are prepared, bound to values and run in steps.

use std::sync::Arc;

use bytes::Bytes;
use tokio::io::AsyncWrite;

use super::Session;
use crate::pg::{
    command::Command,
    encode::{Column, Format, oid},
    fail::Failure,
    parameter,
    portal::{Formats, Portal, Trouble},
    prepared::{self, Prepared, Sent},
};

impl<W: AsyncWrite + Unpin + Send> Session<W> {
    pub(super) async fn parse(
        &mut self,
        name: String,
        text: &str,
        types: &[u32],
    ) -> Result<(), Trouble> {
        if name.is_empty() {
            self.statements.remove("");
        } else if self.statements.contains_key(&name) {
            let message = format!("prepared statement \"{name}\" already exists");
            return Err(Failure::new("42P05", message).into());
        }
        self.has_room()?;
        let mut found = prepared::statements(text, self.client.dialect())?;
        let mut sent = match (found.pop(), found.is_empty()) {
            (Some(sent), true) => sent,
            (None, _) => Sent::empty(text),
            (Some(_), false) => {
                let message = "cannot insert multiple commands into a prepared statement";
                return Err(Failure::syntax(message).into());
            }
        };
        self.allowed(&sent.command)?;
        if let Command::Execute { name, values } = &sent.command {
            sent = self.kept(name, values)?;
        }
        let prepared = sent.prepare(&self.client, &self.context, types).await?;
        self.statements.insert(name, Arc::new(prepared));
        self.replies.bare(b'1');
        Ok(())
    }

    pub(super) fn bind(
        &mut self,
        name: String,
        statement: &str,
        formats: &[i16],
        values: &[Option<Bytes>],
        results: &[i16],
    ) -> Result<(), Trouble> {
        let prepared = Arc::clone(self.statement(statement)?);
        self.allowed(&prepared.sent.command)?;
        if !name.is_empty() && self.portals.contains_key(&name) {
            let message = format!("cursor \"{name}\" already exists");
            return Err(Failure::new("42P03", message).into());
        }
        self.has_room()?;
        let wanted = prepared.parameters.len();
        if values.len() != wanted {
            let message = format!(
                "bind message supplies {} parameters, but prepared statement \"{statement}\" requires {wanted}",
                values.len()
            );
            return Err(Failure::new("08P01", message).into());
        }
        let formats = Formats::new(formats)?;
        if formats.count().is_some_and(|count| count != values.len()) {
            let message = "bind message has other parameter formats than parameters";
            return Err(Failure::new("08P01", message).into());
        }
        let results = Formats::new(results)?;
        if let Some(count) = results.count() {
            let columns = self.columns_of(&prepared);
            if columns.is_some_and(|columns| columns.len() != count) {
                let message = format!(
                    "bind message has {count} result formats but query has another number of columns"
                );
                return Err(Failure::new("08P01", message).into());
            }
        }
        let values = values.iter().zip(&prepared.parameters).enumerate();
        let values = values.map(|(place, (bytes, oid))| {
            parameter::value(place + 1, *oid, formats.of(place), bytes.as_deref())
        });
        let values = prepared::named(values.collect::<Result<_, _>>()?);
        let portal = Portal {
            prepared,
            values,
            formats: results,
            source: None,
            hold: false,
        };
        self.portals.insert(name, portal);
        self.replies.bare(b'2');
        Ok(())
    }

    pub(super) fn describe_statement(&mut self, name: &str) -> Result<(), Trouble> {
        let prepared = Arc::clone(self.statement(name)?);
        self.replies.parameters(&prepared.parameters);
        match self.columns_of(&prepared) {
            Some(columns) => self.replies.columns(&columns, |_| Format::Text),
            None => self.replies.bare(b'n'),
        }
        Ok(())
    }

    pub(super) fn describe_portal(&mut self, name: &str) -> Result<(), Trouble> {
        let portal = self.portal(name)?;
        let (prepared, formats) = (Arc::clone(&portal.prepared), portal.formats.clone());
        // A cursor tells of its rows, not of its declaration.
        let columns = match &portal.source {
            Some(source) => Some(Arc::clone(&source.columns)),
            None => self.columns_of(&prepared),
        };
        match columns {
            Some(columns) => self.replies.columns(&columns, |place| formats.of(place)),
            None => self.replies.bare(b'n'),
        }
        Ok(())
    }

    pub(super) async fn execute(&mut self, name: &str, most: i32) -> Result<(), Trouble> {
        let Some(mut portal) = self.portals.remove(name) else {
            return Err(unknown_portal(name).into());
        };
        self.allowed(&portal.prepared.sent.command)?;
        let most = usize::try_from(most).ok().filter(|most| *most > 0);
        let done = self.run(&mut portal, most, false).await?;
        // It stays until it is closed, or its transaction ends: it may be run on, and described.
        if !done || !portal.prepared.sent.command.ends_transaction() {
            self.portals.entry(name.to_owned()).or_insert(portal);
        }
        Ok(())
    }

    /// The columns of a statement's rows; `None` if it has no rows.
    fn columns_of(&self, prepared: &Prepared) -> Option<Arc<[Column]>> {
        let texts = |names: &[&str]| {
            let column = |name: &&str| Column {
                name: (*name).to_owned(),
                kind: "text",
                oid: oid("text"),
                size: -1,
                modifier: -1,
            };
            Some(names.iter().map(column).collect())
        };
        match &prepared.sent.command {
            Command::Show(name) => texts(&[name]),
            Command::ShowAll => texts(&["name", "setting", "description"]),
            Command::Fetch { name, .. } => {
                let cursor = self
                    .portals
                    .get(name)
                    .and_then(|portal| portal.source.as_ref());
                cursor.map(|source| Arc::clone(&source.columns))
            }
            Command::Declare { .. } | Command::Copy(..) => None,
            _ if prepared.columns.is_empty() => None,
            _ => Some(Arc::clone(&prepared.columns)),
        }
    }

    fn statement(&self, name: &str) -> Result<&Arc<Prepared>, Failure> {
        self.statements.get(name).ok_or_else(|| {
            let what = if name.is_empty() {
                "unnamed prepared statement does not exist".to_owned()
            } else {
                format!("prepared statement \"{name}\" does not exist")
            };
            Failure::new("26000", what)
        })
    }

    fn portal(&self, name: &str) -> Result<&Portal, Failure> {
        self.portals.get(name).ok_or_else(|| unknown_portal(name))
    }
}

fn unknown_portal(name: &str) -> Failure {
    Failure::new("34000", format!("portal \"{name}\" does not exist"))
}
