//! Which service a request goes to, and what is kept of it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Response, header::CONTENT_TYPE, request::Parts};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use s3s::{Body, service::S3Service};
use s3s_fs::FileSystem;
use tokio::{net::TcpListener, task::JoinSet};
use url::form_urlencoded;

use crate::{
    Failure, Request, Service,
    answer::{Answered, Refusal},
    authenticate::caller,
    caller::Caller,
    json, s3,
    signature::Signed,
    state::{Shared, State},
    sts,
};

/// The largest body of a request to other services than S3, in bytes.
const LARGEST: usize = 1 << 20;

/// Every service, behind one socket.
pub(crate) struct Dispatch {
    s3: S3Service,
    shared: Shared,
}

impl Dispatch {
    pub(crate) fn new(shared: &Shared, files: FileSystem) -> Arc<Self> {
        Arc::new(Self {
            s3: s3::service(shared, files),
            shared: shared.clone(),
        })
    }

    /// Answers whoever comes, for as long as it is polled.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            let Ok((socket, _)) = listener.accept().await else {
                // Out of file descriptors, perhaps: others will be closed.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            let dispatch = Arc::clone(&self);
            connections.spawn(async move {
                let answer = service_fn(|request| {
                    let dispatch = Arc::clone(&dispatch);
                    async move { Ok::<_, Infallible>(dispatch.answer(request).await) }
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
            Some(failure) => shaped(service, failure.refusal(service)),
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
    let form = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| {
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

fn shaped(service: Service, refusal: Refusal) -> Response<Body> {
    match service {
        Service::Sts => refusal.query(),
        Service::S3 => refusal.s3(&[]),
        _ => refusal.json(),
    }
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
