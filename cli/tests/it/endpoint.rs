//! A real S3 server on a socket: signatures are checked, and single requests can be refused.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
};

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::{
    S3Result,
    access::{S3Access, S3AccessContext},
    auth::SimpleAuth,
    s3_error,
    service::S3ServiceBuilder,
};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinSet,
};

use crate::harness::Place;

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// The only region whose signatures the server takes.
const REGION: &str = "eu-central-1";

/// A server with one folder per bucket; it stops when it is dropped.
pub(crate) struct Endpoint {
    folder: TempDir,
    server: Server,
    faults: Arc<Faults>,
}

/// What the server refuses.
#[derive(Default)]
pub(crate) struct Faults {
    /// So many requests more get 503 Slow Down.
    slow_down: AtomicUsize,
    /// Whether reading objects is denied.
    denied: AtomicUsize,
    /// Lists asked for.
    lists: AtomicUsize,
    /// Requests for the content of data files of a store.
    reads: AtomicUsize,
}

impl Endpoint {
    /// A server with the bucket `acme-billing`.
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("acme-billing")).unwrap();
        let faults = Arc::new(Faults::default());
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
        builder.set_access(Access(Arc::clone(&faults)));
        let service = builder.build();
        let server = Server::start(move |socket| {
            let service = service.clone();
            async move {
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(socket), service)
                    .await;
            }
        });
        Self {
            folder,
            server,
            faults,
        }
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// The folder of the bucket.
    pub(crate) fn bucket(&self) -> PathBuf {
        self.other_bucket("acme-billing")
    }

    /// The folder of another bucket, which is there if its folder is.
    pub(crate) fn other_bucket(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A place with credentials for this server.
    pub(crate) fn place() -> Place {
        Self::place_with(SECRET)
    }

    /// A place with another secret.
    pub(crate) fn place_with(secret: &str) -> Place {
        Place::new()
            .with("AWS_ACCESS_KEY_ID", KEY)
            .with("AWS_SECRET_ACCESS_KEY", secret)
            .with("AWS_REGION", REGION)
    }

    /// A place whose credentials come from a program that gives new ones, with another token, each time it is asked.
    pub(crate) fn place_with_program() -> Place {
        let place = Place::new();
        let folder = place.path("").display().to_string();
        let program = format!(
            "echo >> {folder}asked; token=token-$(wc -l < {folder}asked | tr -d ' ')\n\
             echo '{{\"Version\": 1, \"AccessKeyId\": \"{KEY}\", \"SecretAccessKey\": \"{SECRET}\", \"SessionToken\": \"'$token'\"}}'\n"
        );
        fs::write(place.path("program"), program).unwrap();
        let config =
            format!("[default]\nregion = {REGION}\ncredential_process = /bin/sh {folder}program\n");
        fs::write(place.path("config"), config).unwrap();
        place.with("AWS_CONFIG_FILE", &format!("{folder}config"))
    }

    /// The next `requests` requests get 503 Slow Down.
    pub(crate) fn slow_down(&self, requests: usize) {
        self.faults.slow_down.store(requests, SeqCst);
    }

    /// Denies reading objects from now on.
    pub(crate) fn deny(&self) {
        self.faults.denied.store(1, SeqCst);
    }

    /// Pages of lists asked for so far.
    pub(crate) fn lists(&self) -> usize {
        self.faults.lists.load(SeqCst)
    }

    /// Requests for the content of data files of a store so far; the log of its tables does not count.
    pub(crate) fn reads(&self) -> usize {
        self.faults.reads.load(SeqCst)
    }

    /// Writes an object without going through the server.
    pub(crate) fn put(&self, key: &str, body: &[u8]) {
        let path = self.bucket().join(key);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        fs::write(path, body).unwrap();
    }
}

/// Something that listens on a port of its own, on a runtime of its own; it stops when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Server {
    /// Gives every connection to `serve`.
    pub(crate) fn start<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let mut connections = JoinSet::new();
                let accept = async {
                    loop {
                        let (socket, _) = listener.accept().await.unwrap();
                        connections.spawn(serve(socket));
                    }
                };
                tokio::select! {
                    () = accept => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            address: told.recv().unwrap(),
            _stop: stop,
        }
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

struct Access(Arc<Faults>);

#[async_trait::async_trait]
impl S3Access for Access {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        if context.credentials().is_none() {
            return Err(s3_error!(AccessDenied));
        }
        let signed = context
            .headers()
            .get("authorization")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !signed.contains(&format!("/{REGION}/s3/")) {
            let why = format!(
                "The authorization header is malformed; the region is wrong; expecting '{REGION}'"
            );
            return Err(s3_error!(AuthorizationHeaderMalformed, "{}", why));
        }
        if self
            .0
            .slow_down
            .fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1))
            .is_ok()
        {
            return Err(s3_error!(SlowDown));
        }
        let operation = context.s3_op().name();
        if operation.starts_with("ListObjects") {
            self.0.lists.fetch_add(1, SeqCst);
        }
        let key = context.s3_path().get_object_key().unwrap_or_default();
        if operation == "GetObject" && key.ends_with(".parquet") && !key.contains("_delta_log") {
            self.0.reads.fetch_add(1, SeqCst);
        }
        if operation == "GetObject" && self.0.denied.load(SeqCst) > 0 {
            return Err(s3_error!(AccessDenied));
        }
        Ok(())
    }
}
