//! What stands between the object store client and the network. The client repeats, after a while, what failed in a way
//! that may pass, and resumes content that broke off. It believes every answer, waits for silent servers, and signs a
//! request once: that is made up for here.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{
    HeaderValue, Method, StatusCode,
    header::{AUTHORIZATION, IF_MATCH, RANGE},
    response,
};
use object_store::{
    ClientOptions,
    aws::{AwsAuthorizer, AwsCredential},
    client::{
        HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpResponseBody,
        HttpService, ReqwestConnector,
    },
};

use crate::{
    answer::{Asked, Content, Fault},
    credentials::SdkCredentials,
    watched::Watched,
};

/// An upload gets the time that it takes at this many bytes per second before its answer is missed.
const SLOWEST_UPLOAD: usize = 128 << 10;

/// What S3 says of credentials that were good once.
const STALE: [&str; 3] = ["ExpiredToken", "InvalidToken", "TokenRefreshRequired"];

const TOKEN: &str = "x-amz-security-token";
const DIGEST: &str = "x-amz-content-sha256";

/// Makes the client that requests go through.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    /// The longest silence of a server.
    pub(crate) silence: Duration,
    /// What signs requests anew; none for unsigned ones.
    pub(crate) signer: Option<Signer>,
}

impl HttpConnector for Transport {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Line {
            transport: self.clone(),
            inner: ReqwestConnector::default().connect(options)?,
        }))
    }
}

#[derive(Debug)]
struct Line {
    transport: Transport,
    inner: HttpClient,
}

#[async_trait]
impl HttpService for Line {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let asked = Asked::of(&request);
        self.answer(&asked, request)
            .await
            .and_then(|(parts, content)| asked.check(parts, content))
            .map_err(|error| asked.failed(error))
    }
}

impl Line {
    async fn answer(
        &self,
        asked: &Asked,
        mut request: HttpRequest,
    ) -> Result<(response::Parts, Content), HttpError> {
        if asked.is_whole() {
            // The answer then says twice how long the object is.
            let all = HeaderValue::from_static("bytes=0-");
            request.headers_mut().insert(RANGE, all);
        }
        let mut answer = self.send(asked, request.clone()).await?;
        if answer.0.status == StatusCode::RANGE_NOT_SATISFIABLE && asked.is_whole() {
            // It is empty.
            request.headers_mut().remove(RANGE);
            answer = self.send(asked, request.clone()).await?;
        }
        let Some(signer) = self.transport.signer.as_ref() else {
            return Ok(answer);
        };
        self.explain(asked, signer, &request, &mut answer).await;
        if is_stale(&answer.1)
            && let Some(renewed) = signer.renewed(&request).await
        {
            answer = self.send(asked, renewed.clone()).await?;
            self.explain(asked, signer, &renewed, &mut answer).await;
        }
        Ok(answer)
    }

    /// Finds out why an object may not be looked at: the answer to HEAD has no content to say it in, that to GET has.
    async fn explain(
        &self,
        asked: &Asked,
        signer: &Signer,
        request: &HttpRequest,
        (parts, content): &mut (response::Parts, Content),
    ) {
        let refused = [StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN].contains(&parts.status);
        if refused && asked.is_head() {
            *content = Content::Whole(self.reason(signer, request).await);
        }
    }

    async fn send(
        &self,
        asked: &Asked,
        request: HttpRequest,
    ) -> Result<(response::Parts, Content), HttpError> {
        let silence = self.transport.silence;
        let upload = request.body().content_length() / SLOWEST_UPLOAD;
        let patience = silence + Duration::from_secs(upload as u64);
        let answer = tokio::time::timeout(patience, self.inner.execute(request)).await;
        let answer = answer.map_err(|_| Fault::Silent(silence).error())??;
        let (parts, body) = answer.into_parts();
        let body = Watched::new(body, silence);
        let content = if asked.is_streamed(parts.status) {
            Content::Streamed(body)
        } else {
            let document = HttpResponseBody::new(body).bytes().await?;
            let whole = parts.status.is_success();
            Content::Whole(if whole { document } else { redacted(document) })
        };
        Ok((parts, content))
    }

    async fn reason(&self, signer: &Signer, head: &HttpRequest) -> Bytes {
        let mut request = head.clone();
        *request.method_mut() = Method::GET;
        request.headers_mut().remove(IF_MATCH);
        request
            .headers_mut()
            .insert(RANGE, HeaderValue::from_static("bytes=0-0"));
        let Some(request) = signer.signed(request).await else {
            return Bytes::new();
        };
        match self.send(&Asked::of(&request), request).await {
            Ok((_, Content::Whole(document))) => document,
            _ => Bytes::new(),
        }
    }
}

/// Signs requests anew.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    pub(crate) credentials: Arc<SdkCredentials>,
    pub(crate) region: String,
}

impl Signer {
    /// The request with other credentials than those that it was refused with, if there are any.
    async fn renewed(&self, request: &HttpRequest) -> Option<HttpRequest> {
        let refused = request.headers().get(TOKEN)?.to_str().ok()?;
        let credential = self.credentials.renewed(refused).await?;
        tracing::debug!("credentials were refused, sending the request again with new ones");
        Some(self.sign(request.clone(), &credential))
    }

    /// The request with the current credentials.
    async fn signed(&self, request: HttpRequest) -> Option<HttpRequest> {
        let credential = self.credentials.get().await.ok()?;
        Some(self.sign(request, &credential))
    }

    fn sign(&self, mut request: HttpRequest, credential: &AwsCredential) -> HttpRequest {
        let digest = request.headers().get(DIGEST).and_then(digest);
        request.headers_mut().remove(AUTHORIZATION);
        AwsAuthorizer::new(credential, "s3", &self.region)
            .with_sign_payload(digest.is_some())
            .authorize(&mut request, digest.as_deref());
        request
    }
}

/// The digest of the content that a request was signed with.
fn digest(value: &HeaderValue) -> Option<Vec<u8>> {
    let text = value.to_str().ok().filter(|text| text.len() == 64)?;
    (0..64)
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

fn is_stale(content: &Content) -> bool {
    let Content::Whole(said) = content else {
        return false;
    };
    let code = said.split(|&byte| byte == b':').next().unwrap_or_default();
    STALE.iter().any(|stale| stale.as_bytes() == code)
}

/// Of an error document, code and message: the rest may hold key ids and signed text.
fn redacted(document: Bytes) -> Bytes {
    let text = String::from_utf8_lossy(&document);
    let Some(code) = element(&text, "Code") else {
        return document;
    };
    match element(&text, "Message") {
        Some(message) if !message.is_empty() => format!("{code}: {message}").into(),
        _ => code.to_owned().into(),
    }
}

fn element<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_code_and_message_only() {
        let document = "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Message>No match.</Message>\
            <AWSAccessKeyId>AKIAEXAMPLE</AWSAccessKeyId><StringToSign>private</StringToSign></Error>";
        assert_eq!(
            redacted(document.into()),
            "SignatureDoesNotMatch: No match."
        );
        assert_eq!(redacted("<Error><Code>A</Code></Error>".into()), "A");
        assert_eq!(redacted("<html></html>".into()), "<html></html>");
    }

    #[test]
    fn expired_credentials_are_told_from_others() {
        for (said, stale) in [
            ("ExpiredToken: The provided token has expired.", true),
            ("TokenRefreshRequired", true),
            ("AccessDenied: ExpiredToken", false),
            ("", false),
        ] {
            assert_eq!(is_stale(&Content::Whole(said.into())), stale, "{said}");
        }
    }

    #[test]
    fn digests_are_read_back() {
        let value = HeaderValue::from_str(&"0fa0".repeat(16)).unwrap();
        assert_eq!(digest(&value), Some([0x0f, 0xa0].repeat(16)));
        assert_eq!(digest(&HeaderValue::from_static("UNSIGNED-PAYLOAD")), None);
    }
}
