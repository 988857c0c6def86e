//! Who asks.

use std::{sync::Arc, time::Instant};

use arrow_flight::{HandshakeRequest, HandshakeResponse};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use curtail_engine::Dialect;
use futures::{StreamExt, stream, stream::BoxStream};
use tonic::{Response, Status, Streaming, metadata::MetadataMap};

use super::{Flight, status};
use crate::{Client, Protocol, ServeError};

/// Where tokens and passwords come.
const AUTHORIZATION: &str = "authorization";
/// Which dialect statements are in, if not in the server's.
const DIALECT: &str = "curtail-dialect";
/// What those are called who need not say who they are.
const ANYBODY: &str = "anybody";

/// What a handshake answers with.
pub(super) type Handshakes = BoxStream<'static, Result<HandshakeResponse, Status>>;

impl Flight {
    /// Who asks, by the token in the request's headers.
    pub(super) fn client(&self, headers: &MetadataMap) -> Result<Arc<Client>, Status> {
        let token = credentials(headers, "Bearer");
        if let Some(token) = token
            && let Some(client) = self.sessions.find(token, Instant::now())
        {
            return Ok(client);
        }
        let dialect = self.dialect(headers)?;
        if self.service.users().is_empty() {
            return self.anybody(ANYBODY, dialect);
        }
        let Some(token) = token else {
            return Err(Status::unauthenticated(
                "a token is needed: send the header `authorization: Bearer TOKEN`, or log in with user and password",
            ));
        };
        let found = self.service.with_token(token, Protocol::Flight, dialect);
        found.map(Arc::new).map_err(|error| status::of(&error))
    }

    /// Exchanges a password for a token.
    pub(super) async fn log_in(
        &self,
        headers: &MetadataMap,
        mut requests: Streaming<HandshakeRequest>,
    ) -> Result<Response<Handshakes>, Status> {
        let dialect = self.dialect(headers)?;
        let given = credentials(headers, "Basic").and_then(decoded);
        let protocol_version = match requests.next().await {
            Some(request) => request?.protocol_version,
            None => 0,
        };
        let client = match given {
            Some((user, password)) => self.with_password(user, password, dialect).await?,
            None if self.service.users().is_empty() => self.anybody(ANYBODY, dialect)?,
            None => {
                return Err(Status::unauthenticated(
                    "user and password are needed: send the header `authorization: Basic …`",
                ));
            }
        };
        let user = client.user().name.clone();
        let token = self.sessions.open(&user, client, Instant::now());
        let answer = HandshakeResponse {
            protocol_version,
            payload: token.clone().into(),
        };
        let mut response = Response::new(stream::iter([Ok(answer)]).boxed());
        let header = format!("Bearer {token}").parse().map_err(status::defect)?;
        response.metadata_mut().insert(AUTHORIZATION, header);
        Ok(response)
    }

    /// Ends the token that a request came with. Says whether there was one to end.
    pub(super) fn log_out(&self, headers: &MetadataMap) -> bool {
        credentials(headers, "Bearer").is_some_and(|token| self.sessions.close(token))
    }

    fn anybody(&self, name: &str, dialect: Dialect) -> Result<Arc<Client>, Status> {
        let client = self.service.anybody(name, Protocol::Flight, dialect);
        client.map(Arc::new).map_err(|error| status::of(&error))
    }

    async fn with_password(
        &self,
        user: String,
        password: String,
        dialect: Dialect,
    ) -> Result<Arc<Client>, Status> {
        if self.service.users().is_empty() {
            return self.anybody(&user, dialect);
        }
        // Passwords are hashed many times, which is work: some at a time, away from the threads that talk.
        let turn = self.logins.acquire().await.map_err(status::defect)?;
        let service = self.service.clone();
        let found = tokio::task::spawn_blocking(move || {
            service.with_password(&user, &password, Protocol::Flight, dialect)
        });
        let found: Result<Client, ServeError> = found.await.map_err(status::defect)?;
        drop(turn);
        found.map(Arc::new).map_err(|error| status::of(&error))
    }

    fn dialect(&self, headers: &MetadataMap) -> Result<Dialect, Status> {
        match headers.get(DIALECT).map(|value| value.to_str()) {
            None => Ok(self.dialect),
            Some(Ok(name)) => name.parse().map_err(|why: String| status::invalid(why)),
            Some(Err(_)) => Err(status::invalid(format!(
                "the header `{DIALECT}` is no text"
            ))),
        }
    }
}

/// What follows the scheme in the header.
fn credentials<'a>(headers: &'a MetadataMap, scheme: &str) -> Option<&'a str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (given, rest) = value.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

/// User and password. Some clients leave out the padding.
fn decoded(basic: &str) -> Option<(String, String)> {
    let bytes = STANDARD_NO_PAD.decode(basic.trim_end_matches('=')).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn headers(value: &str) -> MetadataMap {
        let mut headers = MetadataMap::new();
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        headers
    }

    #[test]
    fn a_token_is_found_whatever_the_case_of_its_scheme() {
        assert_eq!(credentials(&headers("Bearer abc"), "Bearer"), Some("abc"));
        assert_eq!(credentials(&headers("bearer abc"), "Bearer"), Some("abc"));
        assert_eq!(credentials(&headers("Basic abc"), "Bearer"), None);
        assert_eq!(credentials(&headers("abc"), "Bearer"), None);
    }

    #[test]
    fn a_password_may_hold_colons() {
        let basic = STANDARD.encode("ana:a:b");
        let ana = Some(("ana".to_owned(), "a:b".to_owned()));
        assert_eq!(decoded(&basic), ana);
        assert_eq!(decoded(basic.trim_end_matches('=')), ana);
        assert_eq!(decoded("!"), None);
        assert_eq!(decoded(&STANDARD.encode("ana")), None);
    }
}
