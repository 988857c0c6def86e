//! Connections to a listener of HTTP or of gRPC, with TLS or without.

use std::{
    future::pending,
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// In which a client must have agreed on how to talk.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// After which a listener that cannot accept, mostly for want of file descriptors, tries again.
const PAUSE: Duration = Duration::from_secs(1);

/// What a connection holds as long as it is open.
pub(crate) type Place = Box<dyn Send + Sync>;

/// A listener. A client that takes its time to agree on TLS holds nobody up.
pub(crate) struct Incoming {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    agreeing: JoinSet<Option<(Socket, SocketAddr)>>,
    /// The place of a new connection, if there is one left.
    place: Box<dyn Fn() -> Option<Place> + Send + Sync>,
}

/// A connection.
pub(crate) struct Socket {
    inner: Inner,
    _place: Place,
}

enum Inner {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Incoming {
    /// Takes connections from `listener`, each of which needs a place; for which there is none, it is closed at once.
    pub(crate) fn new(
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        place: impl Fn() -> Option<Place> + Send + Sync + 'static,
    ) -> Self {
        Self {
            listener,
            tls,
            agreeing: JoinSet::new(),
            place: Box::new(place),
        }
    }

    /// The address that was bound.
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The next connection.
    pub(crate) async fn next(&mut self) -> (Socket, SocketAddr) {
        loop {
            let agreed = async {
                match self.agreeing.join_next().await {
                    Some(agreed) => agreed,
                    None => pending().await,
                }
            };
            let (stream, from) = tokio::select! {
                agreed = agreed => match agreed {
                    Ok(Some(connection)) => return connection,
                    // Who does not agree is gone.
                    Ok(None) | Err(_) => continue,
                },
                accepted = accept(&self.listener) => accepted,
            };
            let Some(place) = (self.place)() else {
                tracing::debug!(%from, "refused: there are too many connections");
                continue;
            };
            let Some(tls) = &self.tls else {
                let inner = Inner::Plain(stream);
                return (
                    Socket {
                        inner,
                        _place: place,
                    },
                    from,
                );
            };
            let agree = tls.accept(stream);
            self.agreeing.spawn(async move {
                let why = match timeout(HANDSHAKE, agree).await {
                    Ok(Ok(stream)) => {
                        let inner = Inner::Tls(Box::new(stream));
                        return Some((
                            Socket {
                                inner,
                                _place: place,
                            },
                            from,
                        ));
                    }
                    Ok(Err(error)) => error.to_string(),
                    Err(_) => "it took too long".to_owned(),
                };
                tracing::debug!(%from, "TLS was not agreed on: {why}");
                None
            });
        }
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                // Answers are written in pieces; none should wait for a full packet. Without it they are late, and no more.
                let _ = stream.set_nodelay(true);
                return (stream, from);
            }
            // Of the one connection.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::ConnectionRefused
                        | io::ErrorKind::ConnectionReset
                ) => {}
            Err(error) => {
                tracing::warn!("no connection can be accepted at the moment: {error}");
                sleep(PAUSE).await;
            }
        }
    }
}

impl axum::serve::Listener for Incoming {
    type Io = Socket;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Socket, SocketAddr) {
        self.next().await
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Self::local_addr(self)
    }
}

impl tonic::transport::server::Connected for Socket {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.inner {
            Inner::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Inner::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.inner {
            Inner::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Inner::Tls(stream) => Pin::new(stream.as_mut()).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.inner {
            Inner::Plain(stream) => Pin::new(stream).poll_write_vectored(context, bytes),
            Inner::Tls(stream) => Pin::new(stream.as_mut()).poll_write_vectored(context, bytes),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.inner {
            Inner::Plain(stream) => stream.is_write_vectored(),
            Inner::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.inner {
            Inner::Plain(stream) => Pin::new(stream).poll_flush(context),
            Inner::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.inner {
            Inner::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Inner::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
        }
    }
}
