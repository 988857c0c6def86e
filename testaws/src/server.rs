//! The socket, and which service a request goes to.

use std::{
    collections::BTreeSet,
    convert::Infallible,
    fs, io,
    net::SocketAddr,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use bytes::Bytes;
use chrono::TimeDelta;
use http::{Response, request::Parts};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use s3s::{Body, service::S3Service};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinSet};
use url::form_urlencoded;

use crate::{
    Failure, Request, Service, World, WorldError,
    answer::{Answered, Refusal},
    caller::{Caller, Stranger},
    json, s3,
    signature::Signed,
    state::{Shared, State},
    sts,
};

/// The largest body of a request to other services than S3, in bytes.
const LARGEST: usize = 1 << 20;

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
        let server = Arc::new(Server {
            s3: s3::service(&shared, files),
            shared: shared.clone(),
        });
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
                        () = server.serve(listener) => {}
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

struct Server {
    s3: S3Service,
    shared: Shared,
}

impl Server {
    async fn serve(self: Arc<Self>, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            let Ok((socket, _)) = listener.accept().await else {
                // Out of file descriptors, perhaps: others will be closed.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            let server = Arc::clone(&self);
            connections.spawn(async move {
                let answer = service_fn(|request| {
                    let server = Arc::clone(&server);
                    async move { Ok::<_, Infallible>(server.answer(request).await) }
                });
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(socket), answer)
                    .await;
            });
            while connections.try_join_next().is_some() {}
        }
    }

    async fn answer(&self, request: http::Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let signed = Signed::of(&parts.headers);
        let mut body = Body::from(body);
        let of_s3 = of_s3(&parts, signed.as_ref());
        let whole = if of_s3 {
            Bytes::new()
        } else {
            body.store_all_limited(LARGEST).await.unwrap_or_default()
        };
        let (service, action, form) = if of_s3 {
            (Service::S3, s3::UNKNOWN.to_owned(), sts::Form::new())
        } else {
            addressed(&parts, &whole)
        };
        let (place, failure) = {
            let mut state = self.shared.lock();
            let place = state.record(service, action, signed.as_ref(), &form);
            (place, state.failure(service))
        };
        let response = match failure {
            Some(Failure::Silent) => std::future::pending().await,
            Some(failure) => shaped(service, refusal(service, failure)),
            None if of_s3 => self.s3(place, parts, body, signed.as_ref()).await,
            None => {
                let mut state = self.shared.lock();
                signed_answer(&mut state, place, &parts, &whole, signed.as_ref(), &form)
                    .unwrap_or_else(|refusal| shaped(service, refusal))
            }
        };
        let mut state = self.shared.lock();
        let request = &mut state.requests[place];
        request.status = Some(response.status().as_u16());
        request.code = code(&response);
        response
    }

    async fn s3(
        &self,
        place: usize,
        mut parts: Parts,
        body: Body,
        signed: Option<&Signed>,
    ) -> Response<Body> {
        let method = parts.method.clone();
        let asked = s3::Asked::of(place, &method, &parts.uri, &parts.headers);
        {
            let mut state = self.shared.lock();
            let request = &mut state.requests[place];
            asked.action.clone_into(&mut request.action);
            request.resource = format!("arn:aws:s3:::{}", parts.uri.path().trim_start_matches('/'));
            let misdirected = signed.and_then(|signed| asked.misdirected(&state, signed));
            if let Some(response) = misdirected {
                return response;
            }
        }
        parts.extensions.insert(asked.clone());
        let request = http::Request::from_parts(parts, body);
        let response = self.s3.call(request).await;
        let response = response.unwrap_or_else(|error| {
            Refusal::new(500, "InternalError", format!("{error:?}")).s3(&[])
        });
        let state = self.shared.lock();
        asked.completed(state.world.buckets.get(&asked.bucket), &method, response)
    }
}

/// Whether it is none of the services with forms or JSON.
fn of_s3(parts: &Parts, signed: Option<&Signed>) -> bool {
    let form = parts
        .headers
        .get(http::header::CONTENT_TYPE)
        .is_some_and(|kind| {
            kind.as_bytes()
                .starts_with(b"application/x-www-form-urlencoded")
        });
    let sts =
        form && parts.uri.path() == "/" || signed.is_some_and(|signed| signed.service == "sts");
    !sts && !parts.headers.contains_key("x-amz-target")
}

/// The service and action that a request names, and the parameters of a form.
fn addressed(parts: &Parts, body: &[u8]) -> (Service, String, sts::Form) {
    if let Some((service, operation)) = Service::of_target(&parts.headers) {
        return (
            service,
            format!("{}:{operation}", service.prefix()),
            sts::Form::new(),
        );
    }
    let form: sts::Form = form_urlencoded::parse(body).into_owned().collect();
    let action = form.get("Action").map_or("Unknown", String::as_str);
    (Service::Sts, format!("sts:{action}"), form)
}

/// Who signed it, and what they get.
fn signed_answer(
    state: &mut State,
    place: usize,
    parts: &Parts,
    body: &[u8],
    signed: Option<&Signed>,
    form: &sts::Form,
) -> Answered<Response<Body>> {
    let service = state.requests[place].service;
    let caller = caller(state, service, parts, body, signed)?;
    state.identify(place, Some(&caller));
    let region = signed.map_or("", |signed| &signed.region);
    if service == Service::Sts {
        let answer = sts::answer(state, &caller, region, form);
        let denied = answer
            .as_ref()
            .is_err_and(|refusal| refusal.code == "AccessDenied");
        state.requests[place].allowed = !denied;
        return answer;
    }
    json::answer(state, place, &caller, body)
}

fn caller(
    state: &State,
    service: Service,
    parts: &Parts,
    body: &[u8],
    signed: Option<&Signed>,
) -> Answered<Caller> {
    // The same refusals have other names in STS than in services that take JSON.
    let refuse = |sts: &str, json: &str, message: &str| match service {
        Service::Sts => Refusal::new(403, sts, message),
        _ => Refusal::new(400, json, message),
    };
    let mismatched = |message: &str| {
        refuse(
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            message,
        )
    };
    let signed = signed.ok_or_else(|| {
        let code = (
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
        );
        refuse(code.0, code.1, "Request is missing Authentication Token")
    })?;
    let strange = |why| match why {
        Stranger::Key | Stranger::Token => {
            let message = "The security token included in the request is invalid.";
            refuse(
                "InvalidClientTokenId",
                "UnrecognizedClientException",
                message,
            )
        }
        Stranger::Expired => {
            let message = "The security token included in the request is expired";
            refuse("ExpiredToken", "ExpiredTokenException", message)
        }
    };
    let secret = state
        .secret(&signed.key)
        .ok_or_else(|| strange(Stranger::Key))?;
    if let Some(message) = signed.skew(state.now()) {
        return Err(mismatched(&message));
    }
    if signed.service != service.prefix() {
        let message = format!(
            "Credential should be scoped to correct service: '{}'.",
            service.prefix()
        );
        return Err(mismatched(&message));
    }
    if service != Service::Sts && signed.region != "us-east-1" {
        let region = &signed.region;
        let message = format!("Credential should be scoped to a valid region, not '{region}'.");
        return Err(mismatched(&message));
    }
    if !signed.fits(secret, parts, body) {
        let message = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                       Access Key and signing method. Consult the service documentation for details.";
        return Err(mismatched(message));
    }
    let token = parts.headers.get("x-amz-security-token");
    let token = token.and_then(|token| token.to_str().ok());
    state.caller(&signed.key, token).map_err(strange)
}

fn shaped(service: Service, refusal: Refusal) -> Response<Body> {
    match service {
        Service::Sts => refusal.query(),
        Service::S3 => refusal.s3(&[]),
        _ => refusal.json(),
    }
}

fn refusal(service: Service, failure: Failure) -> Refusal {
    let (status, code, message) = match (failure, service) {
        (Failure::Throttled, Service::S3) => (503, "SlowDown", "Please reduce your request rate."),
        (Failure::Throttled, Service::Sts) => (400, "Throttling", "Rate exceeded"),
        (Failure::Throttled, _) => (400, "ThrottlingException", "Rate exceeded"),
        (Failure::Denied, Service::S3 | Service::Sts) => (403, "AccessDenied", "Access Denied"),
        (Failure::Denied, _) => (
            400,
            "AccessDeniedException",
            "You are not authorized to perform this operation, with an explicit deny in a service control policy",
        ),
        (Failure::Internal | Failure::Silent, Service::S3) => (
            500,
            "InternalError",
            "We encountered an internal error. Please try again.",
        ),
        (Failure::Internal | Failure::Silent, _) => (500, "InternalFailure", "Internal failure"),
    };
    Refusal::new(status, code, message)
}

/// The code in the body of an error.
fn code(response: &Response<Body>) -> Option<String> {
    if response.status().is_success() {
        return None;
    }
    let header = response.headers().get("x-amzn-errortype");
    if let Some(code) = header.and_then(|code| code.to_str().ok()) {
        return Some(code.to_owned());
    }
    let body = response.body().bytes()?;
    let body = std::str::from_utf8(&body).ok()?;
    let (_, code) = body.split_once("<Code>")?;
    Some(code.split_once("</Code>")?.0.to_owned())
}

impl State {
    /// Adds a request to the list; its place there.
    fn record(
        &mut self,
        service: Service,
        action: String,
        signed: Option<&Signed>,
        form: &sts::Form,
    ) -> usize {
        let resource = form.get("RoleArn").map_or("*", String::as_str);
        self.requests.push(Request {
            service,
            action,
            region: signed.map(|signed| signed.region.clone()),
            access_key_id: signed.map(|signed| signed.key.clone()),
            account: None,
            principal: None,
            session_name: None,
            resource: resource.to_owned(),
            external_id: form.get("ExternalId").cloned(),
            session_policy: form.get("Policy").cloned(),
            allowed: false,
            status: None,
            code: None,
        });
        self.requests.len() - 1
    }

    /// Says who asked.
    pub(crate) fn identify(&mut self, place: usize, caller: Option<&Caller>) {
        let Some(caller) = caller else {
            return;
        };
        let request = &mut self.requests[place];
        request.account = Some(caller.account.clone());
        request.principal = Some(caller.arn.clone());
        request.session_name = caller.session.as_ref().map(|(_, name)| name.clone());
    }
}
