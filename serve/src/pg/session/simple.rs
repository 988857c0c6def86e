//! Statements as text, each run at once.

use std::{collections::HashMap, sync::Arc};

use tokio::io::AsyncWrite;

use super::Session;
use crate::pg::{
    command::Command,
    fail::Failure,
    portal::{Formats, Portal, Trouble},
    prepared::{self, Sent},
    reply::Transaction,
};

impl<W: AsyncWrite + Unpin + Send> Session<W> {
    /// Runs the statements of a text, up to the first that fails.
    pub(super) async fn query(&mut self, text: &str) -> Result<(), Trouble> {
        // That without a name is over with the next query.
        self.statements.remove("");
        self.portals.remove("");
        let found = prepared::statements(text, self.client.dialect())?;
        if found.is_empty() {
            self.replies.bare(b'I');
            return Ok(());
        }
        for mut sent in found {
            if let Err(failure) = self.allowed(&sent.command) {
                if sent.command == Command::CopyIn {
                    self.replies.copy_in();
                }
                return Err(failure.into());
            }
            if let Command::Execute { name, values } = &sent.command {
                sent = self.kept(name, values)?;
            }
            self.run_at_once(sent).await?;
        }
        Ok(())
    }

    async fn run_at_once(&mut self, sent: Sent) -> Result<(), Trouble> {
        let prepared = sent.prepare(&self.client, &self.context, &[]).await?;
        if !prepared.parameters.is_empty() {
            let message = "there is no parameter $1";
            return Err(Failure::new("42P02", message).into());
        }
        let mut portal = Portal {
            prepared: Arc::new(prepared),
            values: HashMap::new(),
            formats: Formats::default(),
            source: None,
            hold: false,
        };
        self.run(&mut portal, None, true).await.map(|_| ())
    }

    /// An error if a transaction that failed has to end first.
    pub(super) fn allowed(&self, command: &Command) -> Result<(), Failure> {
        if self.transaction == Transaction::Failed && !command.ends_failed_transaction() {
            return Err(Failure::in_failed_transaction());
        }
        Ok(())
    }
}
