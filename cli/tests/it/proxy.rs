//! A proxy before the S3 server that spoils the answers to chosen requests.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    endpoint::{Endpoint, Server},
    http::{Message, Reader},
};

/// What a request is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Listing of reports.
    List,
    /// GET of a manifest.
    Manifest,
    /// HEAD of a manifest: whether it is still the same.
    ManifestHead,
    /// HEAD of a report's file.
    FileHead,
    /// GET of a report's file.
    File,
    /// Listing of a Delta log.
    LogList,
    /// GET of a commit.
    Commit,
    /// PUT of a commit.
    CommitPut,
    /// GET of a file of the store.
    Data,
    /// PUT of a file of the store.
    DataPut,
}

impl Stage {
    fn fits(self, request: &Message) -> bool {
        let (method, target) = request.method_and_target();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let ends = |ending| path.ends_with(ending);
        let listing = query.contains("list-type=2");
        let log = target.contains("_delta_log");
        match self {
            Self::List => listing && !log,
            Self::LogList => listing && log,
            Self::Manifest => method == "GET" && ends("-Manifest.json"),
            Self::ManifestHead => method == "HEAD" && ends("-Manifest.json"),
            Self::FileHead => method == "HEAD" && ends(".csv.gz"),
            Self::File => method == "GET" && ends(".csv.gz"),
            Self::Commit => method == "GET" && log && ends(".json"),
            Self::CommitPut => method == "PUT" && log && ends(".json"),
            Self::Data => method == "GET" && ends(".parquet"),
            Self::DataPut => method == "PUT" && ends(".parquet"),
        }
    }
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 500, without being carried out.
    Internal,
    /// 503, without being carried out.
    SlowDown,
    /// 404, though the object is there.
    Missing,
    /// 412, without being carried out.
    Precondition,
    /// Its credentials, and whatever comes with them from now on, are refused with this status.
    Expired(u16),
    /// Neither it nor any request after it is answered.
    Outage,
    /// The connection is closed, without it being carried out.
    Closed,
    /// It is carried out, but the connection closed before the answer.
    Lost,
    /// It is carried out, but never answered; the connection stays open.
    Silent,
    /// The answer begins with something that is not HTTP.
    Garbled,
    /// The connection is reset in the middle of the answer.
    Reset,
    /// The answer stops in its middle; the connection stays open.
    Stalled,
    /// The content is shorter than announced.
    Short,
    /// Content and announced length are half of what they should be.
    Cut,
    /// Content and announced length are more than they should be.
    Longer,
    /// As many bytes as were asked for, of another place in the object.
    OtherRange,
    /// The whole object instead of a part.
    Whole,
}

/// A proxy with one fault; it stops when it is dropped.
pub(crate) struct Proxy {
    server: Server,
    state: Arc<State>,
}

struct State {
    upstream: SocketAddr,
    stage: Stage,
    fault: Fault,
    /// Requests of the stage that pass before the fault happens.
    pass: AtomicUsize,
    /// How often it happens yet.
    left: AtomicUsize,
    injected: AtomicUsize,
    /// The token of credentials that have expired.
    expired: Mutex<Option<String>>,
    /// Ranges of the requests of the stage.
    ranges: Mutex<Vec<String>>,
}

impl Proxy {
    /// Before `endpoint`; of the requests of `stage`, `pass` go well, the next `times` meet `fault`.
    pub(crate) fn start(
        endpoint: &Endpoint,
        (stage, fault): (Stage, Fault),
        pass: usize,
        times: usize,
    ) -> Self {
        let state = Arc::new(State {
            upstream: endpoint.address(),
            stage,
            fault,
            pass: AtomicUsize::new(pass),
            left: AtomicUsize::new(times),
            injected: AtomicUsize::default(),
            expired: Mutex::default(),
            ranges: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        let server = Server::start(move |socket| {
            let state = Arc::clone(&shared);
            async move {
                // A client that goes away in the middle is none of the proxy's business.
                let _ = state.connection(socket).await;
            }
        });
        Self { server, state }
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// How often the fault happened.
    pub(crate) fn injected(&self) -> usize {
        self.state.injected.load(SeqCst)
    }

    /// The `Range` headers of the stage's requests, in order; empty where there was none.
    pub(crate) fn ranges(&self) -> Vec<String> {
        self.state.ranges.lock().unwrap().clone()
    }
}

impl State {
    async fn connection(&self, socket: TcpStream) -> std::io::Result<()> {
        let mut client = Reader::new(socket);
        while let Some(request) = client.message(false).await? {
            let open = match self.fault_for(&request) {
                None => {
                    let answer = self.forward(&request).await?;
                    client.socket.write_all(&answer.bytes()).await?;
                    true
                }
                Some(fault) => {
                    self.injected.fetch_add(1, SeqCst);
                    self.spoil(fault, &request, &mut client.socket).await?
                }
            };
            if !open {
                break;
            }
        }
        Ok(())
    }

    fn fault_for(&self, request: &Message) -> Option<Fault> {
        let token = request.header("x-amz-security-token").unwrap_or_default();
        let fits = self.stage.fits(request);
        if fits {
            let range = request.header("range").unwrap_or_default().to_owned();
            self.ranges.lock().unwrap().push(range);
        }
        let mut expired = self.expired.lock().unwrap();
        let over = self.fault == Fault::Outage && self.injected.load(SeqCst) > 0;
        if over || expired.as_deref() == Some(token) {
            return Some(self.fault);
        }
        let take = |counter: &AtomicUsize| {
            let taken = counter.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
            taken.is_ok()
        };
        if !fits || take(&self.pass) || !take(&self.left) {
            return None;
        }
        if matches!(self.fault, Fault::Expired(_)) {
            *expired = Some(token.to_owned());
        }
        Some(self.fault)
    }

    /// The answer of the server.
    async fn forward(&self, request: &Message) -> std::io::Result<Message> {
        let mut request = request.clone();
        request.set("connection", "close");
        let mut socket = TcpStream::connect(self.upstream).await?;
        socket.write_all(&request.bytes()).await?;
        let head = request.method_and_target().0 == "HEAD";
        let answer = Reader::new(socket).message(head).await?;
        let mut answer = answer.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        answer.remove("connection");
        answer.remove("transfer-encoding");
        if !head {
            answer.set("content-length", &answer.body.len().to_string());
        }
        Ok(answer)
    }

    /// Answers with `fault`; tells whether the connection is of use any longer.
    async fn spoil(
        &self,
        fault: Fault,
        request: &Message,
        socket: &mut TcpStream,
    ) -> std::io::Result<bool> {
        let refusal = match fault {
            Fault::Internal => Some((500, "InternalError")),
            Fault::SlowDown => Some((503, "SlowDown")),
            Fault::Missing => Some((404, "NoSuchKey")),
            Fault::Precondition => Some((412, "PreconditionFailed")),
            Fault::Expired(status) => Some((status, "ExpiredToken")),
            _ => None,
        };
        if let Some((status, code)) = refusal {
            let answer = refused(request, status, code);
            socket.write_all(&answer).await?;
            return Ok(true);
        }
        match fault {
            Fault::Closed => return Ok(false),
            Fault::Outage => {
                until_closed(socket).await;
                return Ok(false);
            }
            Fault::Garbled => {
                socket
                    .write_all(b"HTTP/1.1 2\x01 \x02\r\nnonsense\r\n\r\n")
                    .await?;
                return Ok(false);
            }
            _ => {}
        }
        let mut answer = self.forward(request).await?;
        let half = answer.body.len() / 2;
        match fault {
            Fault::Lost => return Ok(false),
            Fault::Silent => {
                until_closed(socket).await;
                return Ok(false);
            }
            Fault::Reset | Fault::Stalled | Fault::Short => {
                let bytes = answer.bytes();
                let sent = if answer.body.is_empty() {
                    bytes.len() / 2
                } else {
                    bytes.len() - answer.body.len() + half
                };
                socket.write_all(&bytes[..sent]).await?;
                match fault {
                    Fault::Stalled => until_closed(socket).await,
                    Fault::Reset => {
                        // Else what was sent might be thrown away with the connection.
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        socket.set_zero_linger()?;
                    }
                    _ => {}
                }
                return Ok(false);
            }
            Fault::Cut => answer.body.truncate(half),
            Fault::Longer => answer.body.extend_from_slice(b"more than there is"),
            Fault::OtherRange => {
                answer.body.rotate_left(1);
                let range = answer.header("content-range").map(shifted);
                answer.set("content-range", &range.unwrap());
            }
            Fault::Whole => {
                "HTTP/1.1 200 OK".clone_into(&mut answer.first);
                answer.remove("content-range");
            }
            _ => unreachable!("{fault:?} needs no answer"),
        }
        answer.set("content-length", &answer.body.len().to_string());
        socket.write_all(&answer.bytes()).await?;
        Ok(true)
    }
}

/// A refusal that says more than anybody should see.
fn refused(request: &Message, status: u16, code: &str) -> Vec<u8> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>Injected.</Message>\
         <AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId><StringToSign>PRIVATE</StringToSign></Error>"
    );
    let mut answer = Message {
        first: format!("HTTP/1.1 {status} {code}"),
        headers: Vec::new(),
        body: Vec::new(),
    };
    answer.set("content-length", &body.len().to_string());
    if request.method_and_target().0 != "HEAD" {
        answer.body = body.into_bytes();
    }
    answer.bytes()
}

/// `bytes 0-3/4` to `bytes 1-4/5`.
fn shifted(range: &str) -> String {
    let numbers = range.trim_start_matches("bytes ").split(['-', '/']);
    let numbers: Vec<u64> = numbers
        .map(|number| number.parse::<u64>().unwrap() + 1)
        .collect();
    format!("bytes {}-{}/{}", numbers[0], numbers[1], numbers[2])
}

async fn until_closed(socket: &mut TcpStream) {
    let mut nothing = [0; 64];
    while socket.read(&mut nothing).await.is_ok_and(|read| read > 0) {}
}
