//! From a socket to somebody who has logged in.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::sleep,
};
use tokio_rustls::TlsAcceptor;

use super::{
    fail::Failure,
    message::{Broken, First, Message},
    reply::Replies,
    socket::Socket,
};
use crate::{
    Protocol, Service, Tls, User,
    scram::{Exchange, MECHANISM, MECHANISM_PLUS, Refused},
};

/// How long whoever gave a wrong password waits to hear so.
const PENALTY: Duration = Duration::from_millis(500);
/// The first byte of TLS.
const HANDSHAKE: u8 = 0x16;

/// What a connection begins with.
#[derive(Debug)]
pub(super) enum Opening {
    /// A session, with the parameters that the client gave.
    Session(Parameters),
    /// Another connection's statement is to be stopped.
    Cancel { pid: i32, secret: Bytes },
}

/// The parameters of a session, as the client gave them.
#[derive(Debug)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Those that are settings.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.0.iter();
        all.map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| {
                !matches!(*name, "user" | "database" | "options" | "replication")
                    && !name.starts_with("_pq_.")
            })
    }
}

/// Agrees on TLS if the client wants it, and reads what it wants then.
pub(super) async fn open(
    stream: TcpStream,
    tls: Option<&Tls>,
) -> Result<(Socket, Opening, Option<u16>), Broken> {
    let mut first = [0];
    let direct = stream.peek(&mut first).await? == 1 && first[0] == HANDSHAKE;
    let mut socket = match tls {
        Some(tls) if direct => secured(stream, tls, true).await?,
        _ => Socket::Plain(stream),
    };
    // Each is asked for once at most.
    for _ in 0..3 {
        let first = First::read(&mut socket).await?;
        match first {
            First::Ssl => {
                socket = match (socket, tls) {
                    (Socket::Plain(mut stream), Some(tls)) => {
                        answer(&mut stream, b"S").await?;
                        // Nothing that came before is read: the handshake takes the stream as it is.
                        secured(stream, tls, false).await?
                    }
                    (mut socket, _) => {
                        answer(&mut socket, b"N").await?;
                        socket
                    }
                }
            }
            First::Gss => answer(&mut socket, b"N").await?,
            First::Cancel { pid, secret } => {
                return Ok((socket, Opening::Cancel { pid, secret }, None));
            }
            First::Startup { minor, parameters } => {
                let newer = (minor > 0).then_some(minor);
                return Ok((socket, Opening::Session(Parameters(parameters)), newer));
            }
            First::Unknown { major, minor } => {
                tracing::debug!(major, minor, "a client of another protocol");
                return Err(Broken::Malformed("the protocol's version is not 3.0"));
            }
        }
    }
    Err(Broken::Malformed("TLS is asked for again and again"))
}

async fn secured(stream: TcpStream, tls: &Tls, direct: bool) -> Result<Socket, Broken> {
    let acceptor = TlsAcceptor::from(tls.for_postgresql());
    let stream = acceptor.accept(stream).await?;
    // Whoever begins with TLS has to say that PostgreSQL's protocol follows.
    if direct && stream.get_ref().1.alpn_protocol().is_none() {
        return Err(Broken::Malformed(
            "direct TLS without its protocol agreed on",
        ));
    }
    Ok(Socket::Tls(Box::new(stream)))
}

async fn answer(to: &mut (impl AsyncWrite + Unpin), byte: &[u8]) -> Result<(), Broken> {
    use tokio::io::AsyncWriteExt;
    to.write_all(byte).await?;
    Ok(to.flush().await?)
}

/// Has the client prove who it is. Returns the user, or what the client is to be told.
pub(super) async fn authenticate<W: AsyncWrite + Unpin>(
    service: &Service,
    name: &str,
    binding: Option<&[u8]>,
    from: &mut (impl AsyncRead + Unpin),
    replies: &mut Replies<W>,
) -> Result<Arc<User>, Failure> {
    let broken = |broken: Broken| Failure::from(&broken);
    let gone = |_| Failure::fatal("08006", "the connection ended");
    let mut mechanisms = Vec::new();
    if binding.is_some() {
        mechanisms.extend(MECHANISM_PLUS.bytes().chain([0]));
    }
    mechanisms.extend(MECHANISM.bytes().chain([0, 0]));
    replies.authentication(10, &mechanisms);
    replies.flush().await.map_err(gone)?;
    let chosen = password(from).await.map_err(broken)?;
    let malformed = || Failure::fatal("08P01", "malformed message: it is no SCRAM-SHA-256");
    let (mechanism, first) = chosen_mechanism(&chosen).ok_or_else(malformed)?;
    let plus = mechanism == MECHANISM_PLUS.as_bytes();
    if !plus && mechanism != MECHANISM.as_bytes() {
        return Err(malformed());
    }
    let verifier = service.users().verifier(name);
    let begun = Exchange::begin(first, verifier, binding, plus);
    let (exchange, challenge) = begun.map_err(|_| malformed())?;
    replies.authentication(11, challenge.as_bytes());
    replies.flush().await.map_err(gone)?;
    let proof = password(from).await.map_err(broken)?;
    let proven = exchange.finish(&proof);
    match (proven, service.users().named(name)) {
        (Ok(own), Some(user)) if user.password.is_some() => {
            replies.authentication(12, own.as_bytes());
            Ok(Arc::clone(user))
        }
        (Err(Refused::Malformed), _) => Err(malformed()),
        _ => {
            service.metrics().login_refused(Protocol::Postgres);
            tracing::info!(user = name, "a login was refused");
            sleep(PENALTY).await;
            let message = format!("password authentication failed for user \"{name}\"");
            Err(Failure::fatal("28P01", message))
        }
    }
}

async fn password(from: &mut (impl AsyncRead + Unpin)) -> Result<Bytes, Broken> {
    match Message::read(from, false).await? {
        Message::Password(bytes) => Ok(bytes),
        Message::Terminate => Err(Broken::Gone),
        _ => Err(Broken::Malformed("a login was expected")),
    }
}

/// The mechanism that a client chose, and its first message.
fn chosen_mechanism(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = message.iter().position(|byte| *byte == 0)?;
    let (mechanism, rest) = message.split_at(end);
    let (length, first) = rest.get(1..)?.split_first_chunk()?;
    let length = usize::try_from(i32::from_be_bytes(*length)).ok()?;
    (first.len() == length).then_some((mechanism, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mechanism_comes_with_its_message() {
        let message = b"SCRAM-SHA-256\0\0\0\0\x02ab";
        assert_eq!(
            chosen_mechanism(message),
            Some((&b"SCRAM-SHA-256"[..], &b"ab"[..]))
        );
        for wrong in [
            &b""[..],
            b"abc",
            b"abc\0",
            b"abc\0\0\0\0\x03ab",
            b"abc\0\xff\xff\xff\xff",
        ] {
            assert_eq!(chosen_mechanism(wrong), None);
        }
    }
}
