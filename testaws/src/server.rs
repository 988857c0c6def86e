//! The socket, and what tests do with it.

use std::{collections::BTreeSet, fs, io, net::SocketAddr, sync::mpsc, thread};

use chrono::TimeDelta;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    Failure, Request, Service, World, WorldError, dispatch::Dispatch, secret::Secret, state::Shared,
};

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is something that AWS would refuse.
    #[error(transparent)]
    World(#[from] WorldError),
    /// It cannot listen, or cannot make folders.
    #[error("cannot serve: {0}")]
    Io(#[from] io::Error),
}

/// A running AWS; it stops when it is dropped.
#[derive(Debug)]
pub struct Aws {
    address: SocketAddr,
    shared: Shared,
    /// One link per bucket, for `s3s-fs`.
    links: TempDir,
    _stop: oneshot::Sender<()>,
}

impl Aws {
    /// Serves `world` on a port of its own.
    pub fn start(world: World) -> Result<Self, StartError> {
        Self::start_at(world, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Serves `world` at `address`.
    pub fn start_at(world: World, address: SocketAddr) -> Result<Self, StartError> {
        let shared = Shared::new(world.checked()?);
        let links = TempDir::new()?;
        link(&shared.lock().world, &links)?;
        let files = FileSystem::new(links.path())
            .map_err(|error| io::Error::other(format!("{error:?}")))?;
        let dispatch = Dispatch::new(&shared, files);
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener);
                let started = listener
                    .as_ref()
                    .map(|_| ())
                    .map_err(|error| io::Error::other(error.to_string()));
                let _ = tell.send(started);
                if let Ok(listener) = listener {
                    tokio::select! {
                        () = dispatch.serve(listener) => {}
                        _ = stopped => {}
                    }
                }
            });
        });
        told.recv().map_err(io::Error::other)??;
        Ok(Self {
            address,
            shared,
            links,
            _stop: stop,
        })
    }

    /// Its URL, without a slash at the end: the endpoint of every service.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests it got so far, in the order in which they came.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.lock().requests.clone()
    }

    /// Changes what there is. If that is wrong, nothing changes.
    pub fn change(&self, change: impl FnOnce(World) -> World) -> Result<(), StartError> {
        let mut state = self.shared.lock();
        let world = change(state.world.clone()).checked()?;
        link(&world, &self.links)?;
        state.world = world;
        Ok(())
    }

    /// The next `requests` requests to `service` are throttled.
    pub fn throttle(&self, service: Service, requests: usize) {
        self.fail_next(service, Failure::Throttled, requests);
    }

    /// The next `requests` requests to `service` fail.
    pub fn fail_next(&self, service: Service, failure: Failure, requests: usize) {
        let mut state = self.shared.lock();
        if requests == 0 {
            state.failures.remove(&service);
        } else {
            state.failures.insert(service, (failure, Some(requests)));
        }
    }

    /// Every request to `service` fails from now on.
    pub fn fail(&self, service: Service, failure: Failure) {
        self.shared.lock().failures.insert(service, (failure, None));
    }

    /// `service` works again.
    pub fn heal(&self, service: Service) {
        self.shared.lock().failures.remove(&service);
    }

    /// The secret access key and the token of every session made so far: what nobody may print.
    pub fn handed_out(&self) -> Vec<String> {
        let state = self.shared.lock();
        let sessions = state.sessions.values();
        let secrets = sessions.flat_map(|session| [&session.secret, &session.token]);
        secrets.map(|Secret(text)| text.clone()).collect()
    }

    /// Sessions made from now on last so many seconds, whatever is asked for.
    pub fn session_lifetime(&self, seconds: u64) {
        self.shared.lock().lifetime = Some(seconds);
    }

    /// All sessions made so far are over.
    pub fn expire_sessions(&self) {
        let mut state = self.shared.lock();
        let now = state.now();
        for session in state.sessions.values_mut() {
            session.expires = now;
        }
    }

    /// Denies everything to the sessions of `role` made so far, as AWS's "revoke sessions" does.
    pub fn revoke(&self, role: &str) {
        for session in self.shared.lock().sessions.values_mut() {
            session.revoked |= session.role == role;
        }
    }

    /// Puts the server's clock ahead of the machine's (or, if negative, behind it), in seconds.
    pub fn clock_ahead(&self, seconds: i64) {
        self.shared.lock().ahead = TimeDelta::seconds(seconds);
    }
}

/// Makes a link to the folder of each bucket.
fn link(world: &World, links: &TempDir) -> io::Result<()> {
    let mut wanted: BTreeSet<_> = world.buckets.keys().cloned().collect();
    for entry in fs::read_dir(links.path())? {
        let entry = entry?;
        let name = entry.file_name().into_string().unwrap_or_default();
        if entry.file_type()?.is_symlink() {
            let bucket = world.buckets.get(&name);
            if bucket.is_some_and(|bucket| {
                fs::read_link(entry.path()).is_ok_and(|to| to == bucket.folder)
            }) {
                wanted.remove(&name);
            } else {
                fs::remove_file(entry.path())?;
            }
        }
    }
    for name in wanted {
        let folder = &world.buckets[&name].folder;
        fs::create_dir_all(folder)?;
        std::os::unix::fs::symlink(folder, links.path().join(&name))?;
    }
    Ok(())
}
