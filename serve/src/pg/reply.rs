//! Messages to clients, gathered and sent together.

use std::io;

use tokio::{
    io::{AsyncWrite, AsyncWriteExt, WriteHalf},
    time::{Instant, timeout_at},
};

use super::{
    encode::{Column, Format},
    fail::{Failure, Notice},
    socket::Socket,
};

/// What is gathered before it is sent.
const GATHERED: usize = 64 << 10;

/// In which state of a transaction a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transaction {
    /// There is none.
    Idle,
    /// There is one.
    Open,
    /// There is one, and a statement of it failed.
    Failed,
}

/// What goes to a client.
pub(super) struct Replies<W = WriteHalf<Socket>> {
    to: W,
    gathered: Vec<u8>,
    /// When a client that takes nothing any more is given up.
    pub(super) deadline: Option<Instant>,
}

impl<W: AsyncWrite + Unpin> Replies<W> {
    pub(super) fn new(to: W) -> Self {
        Self {
            to,
            gathered: Vec::with_capacity(GATHERED),
            deadline: None,
        }
    }

    /// Sends all that was gathered.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let send = async {
            self.to.write_all(&self.gathered).await?;
            self.to.flush().await
        };
        match self.deadline {
            Some(deadline) => timeout_at(deadline, send)
                .await
                .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??,
            None => send.await?,
        }
        self.gathered.clear();
        Ok(())
    }

    /// Sends what was gathered if it is much.
    pub(super) async fn flush_if_much(&mut self) -> io::Result<()> {
        if self.gathered.len() >= GATHERED {
            self.flush().await?;
        }
        Ok(())
    }

    /// Sends all, and says that nothing more comes.
    pub(super) async fn close(&mut self) {
        // The client may have gone before.
        if self.flush().await.is_ok() {
            let _ = self.to.shutdown().await;
        }
    }

    /// Gathers a message of one kind, whose content `fill` writes.
    pub(super) fn message(&mut self, kind: u8, fill: impl FnOnce(&mut Vec<u8>)) {
        let out = &mut self.gathered;
        out.push(kind);
        let start = out.len();
        out.extend([0; 4]);
        fill(out);
        let length = i32::try_from(out.len() - start).unwrap_or(i32::MAX);
        out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }

    /// Gathers a message without content.
    pub(super) fn bare(&mut self, kind: u8) {
        self.message(kind, |_| {});
    }

    pub(super) fn authentication(&mut self, step: i32, content: &[u8]) {
        self.message(b'R', |out| {
            out.extend(step.to_be_bytes());
            out.extend(content);
        });
    }

    pub(super) fn parameter(&mut self, name: &str, value: &str) {
        self.message(b'S', |out| {
            text(name, out);
            text(value, out);
        });
    }

    pub(super) fn key(&mut self, pid: i32, secret: &[u8]) {
        self.message(b'K', |out| {
            out.extend(pid.to_be_bytes());
            out.extend(secret);
        });
    }

    pub(super) fn ready(&mut self, transaction: Transaction) {
        let state = match transaction {
            Transaction::Idle => b'I',
            Transaction::Open => b'T',
            Transaction::Failed => b'E',
        };
        self.message(b'Z', |out| out.push(state));
    }

    pub(super) fn failure(&mut self, failure: &Failure) {
        self.message(b'E', |out| {
            failure.fields(|kind, value| {
                out.push(kind);
                text(value, out);
            });
            out.push(0);
        });
    }

    pub(super) fn notice(&mut self, notice: &Notice) {
        self.message(b'N', |out| {
            notice.fields(|kind, value| {
                out.push(kind);
                text(value, out);
            });
            out.push(0);
        });
    }

    /// The columns of rows that follow, and how each is sent.
    pub(super) fn columns(&mut self, columns: &[Column], format: impl Fn(usize) -> Format) {
        self.message(b'T', |out| {
            count(columns.len(), out);
            for (place, column) in columns.iter().enumerate() {
                text(&column.name, out);
                // No table and no column of it.
                out.extend([0; 6]);
                out.extend(column.oid.to_be_bytes());
                out.extend(column.size.to_be_bytes());
                out.extend(column.modifier.to_be_bytes());
                out.extend(i16::from(format(place) == Format::Binary).to_be_bytes());
            }
        });
    }

    /// The types of a statement's parameters.
    pub(super) fn parameters(&mut self, types: &[u32]) {
        self.message(b't', |out| {
            count(types.len(), out);
            for oid in types {
                out.extend(oid.to_be_bytes());
            }
        });
    }

    /// Rows for a table may come, as text: the client sends them, be they taken or not.
    pub(super) fn copy_in(&mut self) {
        self.message(b'G', |out| {
            out.push(0);
            count(0, out);
        });
    }

    /// A statement is done.
    pub(super) fn done(&mut self, tag: &str) {
        self.message(b'C', |out| text(tag, out));
    }
}

/// Appends a number of things, of which there are no more than a message has room for.
pub(super) fn count(count: usize, out: &mut Vec<u8>) {
    out.extend(u16::try_from(count).unwrap_or(u16::MAX).to_be_bytes());
}

/// Appends text with its end; what is after a zero byte in it is left out, as nobody could read it.
fn text(text: &str, out: &mut Vec<u8>) {
    let end = text.find('\0').unwrap_or(text.len());
    out.extend(&text.as_bytes()[..end]);
    out.push(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_has_its_length() {
        let mut replies = Replies::new(Vec::new());
        replies.ready(Transaction::Open);
        replies.bare(b'1');
        replies.parameter("a", "b\0c");
        replies.flush().await.unwrap();
        assert_eq!(replies.to, b"Z\0\0\0\x05T1\0\0\0\x04S\0\0\0\x08a\0b\0");
    }
}
