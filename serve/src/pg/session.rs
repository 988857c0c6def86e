//! A session: what a client that has logged in may say, and what it is answered.

mod commands;
mod cursors;
mod extended;
mod simple;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use tokio::io::AsyncWrite;

use super::{
    context::Context,
    fail::{Failure, Notice},
    message::{Message, Target},
    portal::{Portal, Trouble},
    prepared::Prepared,
    reply::{Replies, Transaction},
    settings::Settings,
};
use crate::Client;

/// The most statements and cursors that a session may keep.
const MOST_KEPT: usize = 2_000;

/// A session of a client.
pub(super) struct Session<W> {
    client: Arc<Client>,
    context: Arc<Context>,
    pub(super) replies: Replies<W>,
    /// Statements by name; that without one has an empty name.
    statements: HashMap<String, Arc<Prepared>>,
    /// Portals and cursors by name.
    portals: HashMap<String, Portal>,
    transaction: Transaction,
    savepoints: Vec<String>,
    /// The settings when the transaction began, and those that are to end with it.
    before: Option<(Settings, HashSet<String>)>,
    /// What the client was told last of its settings.
    told: BTreeMap<&'static str, String>,
    /// Whether everything is passed over up to the next sync.
    skipping: bool,
}

/// Whether a session goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Continue,
    End,
}

impl<W: AsyncWrite + Unpin + Send> Session<W> {
    pub(super) fn new(client: Arc<Client>, context: Arc<Context>, replies: Replies<W>) -> Self {
        Self {
            client,
            context,
            replies,
            statements: HashMap::new(),
            portals: HashMap::new(),
            transaction: Transaction::Idle,
            savepoints: Vec::new(),
            before: None,
            told: BTreeMap::new(),
            skipping: false,
        }
    }

    /// Tells the client its settings, and that it may ask.
    pub(super) async fn begin(&mut self, pid: i32, secret: &[u8]) -> std::io::Result<()> {
        self.settings_changed();
        self.replies.key(pid, secret);
        self.replies.ready(self.transaction);
        self.replies.flush().await
    }

    /// Whether nothing of the client's is open.
    pub(super) fn is_idle(&self) -> bool {
        self.transaction == Transaction::Idle && self.portals.is_empty()
    }

    /// Answers a message.
    pub(super) async fn answer(&mut self, message: Message) -> std::io::Result<Flow> {
        if self.skipping && !matches!(message, Message::Sync | Message::Terminate) {
            return Ok(Flow::Continue);
        }
        let simple = matches!(
            message,
            Message::Query(_) | Message::Function | Message::Copy
        );
        let answered = match message {
            Message::Query(text) => self.query(&text).await,
            Message::Parse { name, text, types } => self.parse(name, &text, &types).await,
            Message::Bind {
                portal,
                statement,
                formats,
                values,
                results,
            } => self.bind(portal, &statement, &formats, &values, &results),
            Message::Describe(Target::Statement, name) => self.describe_statement(&name),
            Message::Describe(Target::Portal, name) => self.describe_portal(&name),
            Message::Execute { portal, most } => self.execute(&portal, most).await,
            Message::Close(target, name) => {
                match target {
                    Target::Statement => drop(self.statements.remove(&name)),
                    Target::Portal => drop(self.portals.remove(&name)),
                }
                self.replies.bare(b'3');
                Ok(())
            }
            Message::Flush => self.replies.flush().await.map_err(Trouble::Gone),
            Message::Sync => return self.sync().await,
            // What follows an error of a copy that never began.
            Message::Copy => return Ok(Flow::Continue),
            Message::Function => {
                Err(Failure::unsupported("functions are called by SELECT only").into())
            }
            Message::Password(_) => {
                Err(Failure::fatal("08P01", "nobody asked for a password").into())
            }
            Message::Terminate => return Ok(Flow::End),
        };
        match answered {
            Ok(()) => {}
            Err(Trouble::Gone(error)) => return Err(error),
            Err(Trouble::Failed(failure)) => {
                if self.failed(&failure) == Flow::End {
                    self.replies.flush().await?;
                    return Ok(Flow::End);
                }
                if !simple {
                    // The client hears of it at once, even if it does not say that it is done.
                    self.skipping = true;
                    self.replies.flush().await?;
                }
            }
        }
        if simple {
            self.ready().await?;
        }
        Ok(Flow::Continue)
    }

    async fn sync(&mut self) -> std::io::Result<Flow> {
        self.skipping = false;
        if self.transaction == Transaction::Idle {
            self.portals.retain(|_, portal| portal.hold);
        }
        self.ready().await?;
        Ok(Flow::Continue)
    }

    async fn ready(&mut self) -> std::io::Result<()> {
        // A function may have changed some.
        self.settings_changed();
        self.replies.ready(self.transaction);
        self.replies.flush().await
    }

    /// Tells the client of an error, which fails its transaction.
    fn failed(&mut self, failure: &Failure) -> Flow {
        self.replies.failure(failure);
        if self.transaction == Transaction::Open {
            self.transaction = Transaction::Failed;
        }
        if failure.fatal {
            Flow::End
        } else {
            Flow::Continue
        }
    }

    /// Has what is set hold from now on, and tells the client what it should know of it.
    fn settings_changed(&mut self) {
        let (reported, dialect, timeout) = {
            let settings = self.context.settings();
            (settings.reported(), settings.dialect(), settings.timeout())
        };
        self.client.set_dialect(dialect);
        self.client.set_timeout(timeout);
        for (name, value) in reported {
            if self.told.get(name) != Some(&value) {
                self.replies.parameter(name, &value);
                self.told.insert(name, value);
            }
        }
    }

    fn note(&mut self, notes: &[String]) {
        for note in notes {
            self.notice(&Notice::new(note));
        }
    }

    /// Tells the client of something, if it wants to hear of it.
    fn notice(&mut self, notice: &Notice) {
        if self.context.settings().wants(notice.level) {
            self.replies.notice(notice);
        }
    }

    /// An error if a session keeps too much.
    fn has_room(&self) -> Result<(), Failure> {
        if self.statements.len() + self.portals.len() < MOST_KEPT {
            return Ok(());
        }
        let message = format!("a session keeps at most {MOST_KEPT} statements and cursors");
        Err(Failure::new("53400", message).with_hint("close those that are no longer needed"))
    }
}
