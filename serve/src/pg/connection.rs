//! A connection from its beginning to its end.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures::FutureExt;
use tokio::{
    io::{self, AsyncRead, ReadHalf, WriteHalf},
    net::TcpStream,
    sync::{mpsc, watch},
    task::JoinSet,
    time::timeout,
};

use super::{
    PgOptions,
    cancel::Cancels,
    catalog::PgCatalog,
    context::Context,
    fail::{Failure, Notice},
    login::{self, Opening, Parameters},
    message::{Broken, Message},
    reply::Replies,
    session::{Flow, Session},
    settings::{self, Settings},
    socket::Socket,
};
use crate::{Protocol, ServeError, Service, User, service::Phase};

/// In which a client must have logged in.
const LOGIN: Duration = Duration::from_secs(30);
/// Messages that are read ahead while a statement runs.
const AHEAD: usize = 16;

type Client = Session<WriteHalf<Socket>>;

/// Serves a connection until it ends.
pub(super) async fn serve(
    service: Service,
    stream: TcpStream,
    from: SocketAddr,
    options: Arc<PgOptions>,
    cancels: Arc<Cancels>,
) {
    // Answers are written in pieces; none should wait for a full packet. Without it they are late, and no more.
    let _ = stream.set_nodelay(true);
    let connected = service.connect(Protocol::Postgres);
    let opened = timeout(LOGIN, login::open(stream, options.tls.as_ref()));
    let (socket, parameters, newer) = match opened.await {
        Ok(Ok((socket, Opening::Session(parameters), newer))) => (socket, parameters, newer),
        Ok(Ok((_, Opening::Cancel { pid, secret }, _))) => {
            cancels.cancel(pid, &secret);
            return;
        }
        Ok(Err(broken)) => {
            tracing::debug!(%from, "no session began: {broken}");
            return;
        }
        Err(_) => {
            tracing::debug!(%from, "no session began: it took too long");
            return;
        }
    };
    let secure = socket.is_secure();
    let (mut reader, writer) = io::split(socket);
    let mut replies = Replies::new(writer);
    let _connected = match connected {
        Ok(connected) => connected,
        Err(error) => return refuse(&mut replies, &fatal(&error)).await,
    };
    if let Some(newer) = newer {
        tracing::debug!(%from, "the client speaks protocol 3.{newer}, and is answered in 3.0");
        replies.message(b'v', |out| out.extend([0, 0, 0, 0, 0, 0, 0, 0]));
    }
    if options.tls.is_some() && !secure && !is_this_machine(from) {
        let failure = Failure::fatal("28000", "connections from other machines need TLS")
            .with_hint("connect with sslmode=require, or better sslmode=verify-full");
        return refuse(&mut replies, &failure).await;
    }
    let binding = options.tls.as_ref().filter(|_| secure);
    let binding = binding.and_then(|tls| tls.binding());
    let logged_in = timeout(
        LOGIN,
        log_in(&service, &parameters, binding, &mut reader, &mut replies),
    );
    let user = match logged_in.await {
        Ok(Ok(user)) => user,
        Ok(Err(failure)) => return refuse(&mut replies, &failure).await,
        Err(_) => {
            let failure = Failure::fatal("08006", "the login took too long");
            return refuse(&mut replies, &failure).await;
        }
    };
    let cancellable = cancels.register();
    let most = service.limits_of(&user).statement_timeout;
    let settings = Settings::new(&user.name, options.dialect, most)
        .knowing("max_connections", service.most_connections().to_string());
    let (context, notes) = match context(&user, &parameters, settings, cancellable.pid) {
        Ok(found) => found,
        Err(failure) => return refuse(&mut replies, &failure).await,
    };
    let client = client(&service, user, &context, options.dialect);
    cancellable.is_of(&client);
    replies.authentication(0, &[]);
    for note in notes {
        replies.notice(&note);
    }
    let mut session = Session::new(client, context, replies);
    let begun = session.begin(cancellable.pid, &cancellable.secret).await;
    if begun.is_ok() {
        converse(&service, &mut session, reader).await;
    }
    session.replies.close().await;
}

/// Whether a client is on the machine of the server, where nobody can read along.
fn is_this_machine(from: SocketAddr) -> bool {
    from.ip().to_canonical().is_loopback()
}

/// Who the client is.
async fn log_in(
    service: &Service,
    parameters: &Parameters,
    binding: Option<&[u8]>,
    reader: &mut (impl AsyncRead + Unpin),
    replies: &mut Replies<WriteHalf<Socket>>,
) -> Result<Arc<User>, Failure> {
    let name = parameters.get("user").unwrap_or_default();
    if name.is_empty() {
        let message = "no PostgreSQL user name specified in startup packet";
        return Err(Failure::fatal("28000", message));
    }
    let replication = parameters.get("replication").unwrap_or("false");
    if !matches!(replication, "false" | "off" | "no" | "0") {
        return Err(Failure::fatal(
            "0A000",
            "there is nothing to replicate here",
        ));
    }
    if service.users().is_empty() {
        return Ok(Arc::new(User::anybody(name)));
    }
    login::authenticate(service, name, binding, reader, replies).await
}

/// What the session begins with, and what the client should know of it.
fn context(
    user: &User,
    parameters: &Parameters,
    mut settings: Settings,
    pid: i32,
) -> Result<(Arc<Context>, Vec<Notice>), Failure> {
    let mut notes = Vec::new();
    let options = settings::of_options(parameters.get("options").unwrap_or_default());
    let options = options
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in parameters.settings().chain(options) {
        // Drivers tell the time zone of their machine without being asked.
        let is_zone = name.eq_ignore_ascii_case("timezone");
        match settings.set(name, Some(value)) {
            Ok(note) => notes.extend(note.filter(|_| !is_zone).map(Notice::new)),
            Err(_) if is_zone => {}
            Err(failure) => {
                return Err(Failure {
                    fatal: true,
                    ..failure
                });
            }
        }
    }
    settings.settle();
    notes.retain(|note| settings.wants(note.level));
    let database = parameters.get("database").filter(|name| !name.is_empty());
    let database = database.unwrap_or(&user.name);
    let context = Context::new(&user.name, database, pid, settings);
    Ok((Arc::new(context), notes))
}

fn client(
    service: &Service,
    user: Arc<User>,
    context: &Arc<Context>,
    dialect: curtail_engine::Dialect,
) -> Arc<crate::Client> {
    let client = service.client(user, Protocol::Postgres, dialect);
    let context = Arc::clone(context);
    Arc::new(client.with_setup(move |engine| {
        let context = Arc::clone(&context);
        async move {
            let catalog = PgCatalog::open(&engine, context).await?;
            Ok(engine.extended(catalog))
        }
        .boxed()
    }))
}

/// Answers messages until the client or the service ends.
async fn converse(service: &Service, session: &mut Client, reader: ReadHalf<Socket>) {
    let (sender, mut messages) = mpsc::channel(AHEAD);
    let (alive, mut gone) = watch::channel(());
    // Ends with this function, however that ends: who reads holds the connection open.
    let mut reading = JoinSet::new();
    reading.spawn(read(reader, sender, alive));
    let (mut draining, mut ending) = (service.phase(), service.phase());
    loop {
        let message = tokio::select! {
            biased;
            message = messages.recv() => message,
            _ = ending.wait_for(|phase| *phase == Phase::Ending) => {
                session.replies.failure(&fatal(&ServeError::Stopping));
                break;
            }
            _ = draining.wait_for(|phase| *phase != Phase::Serving), if session.is_idle() => {
                session.replies.failure(&fatal(&ServeError::Stopping));
                break;
            }
        };
        let message = match message {
            Some(Ok(message)) => message,
            Some(Err(broken)) => {
                session.replies.failure(&Failure::from(&broken));
                break;
            }
            None => break,
        };
        let answered = tokio::select! {
            biased;
            answered = session.answer(message) => answered,
            // Whatever runs stops, as nobody waits for it.
            _ = gone.changed() => break,
        };
        match answered {
            Ok(Flow::Continue) => {}
            Ok(Flow::End) | Err(_) => break,
        }
    }
}

/// Reads messages ahead, so that the end of the connection is noticed while a statement runs.
async fn read(
    mut reader: ReadHalf<Socket>,
    messages: mpsc::Sender<Result<Message, Broken>>,
    _alive: watch::Sender<()>,
) {
    loop {
        let message = match Message::read(&mut reader, true).await {
            Err(Broken::Gone) => return,
            message => message,
        };
        let last = matches!(message, Err(_) | Ok(Message::Terminate));
        if messages.send(message).await.is_err() {
            return;
        }
        if last {
            return;
        }
    }
}

async fn refuse(replies: &mut Replies<WriteHalf<Socket>>, failure: &Failure) {
    replies.failure(failure);
    replies.close().await;
}

fn fatal(error: &ServeError) -> Failure {
    Failure {
        fatal: true,
        ..Failure::of(error, "", 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_machines_are_told_apart() {
        for (from, is) in [
            ("127.0.0.1:5", true),
            ("[::1]:5", true),
            ("[::ffff:127.0.0.1]:5", true),
            ("10.0.0.1:5", false),
            ("[::ffff:10.0.0.1]:5", false),
        ] {
            assert_eq!(is_this_machine(from.parse().unwrap()), is, "{from}");
        }
    }
}
