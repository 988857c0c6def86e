//! What a request asked for, and whether an answer is that: only then it counts.

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, IF_MATCH, RANGE},
    response,
};
use object_store::client::{HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody};

use crate::watched::Watched;

/// An answer that is none, though the connection held.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the server was silent for {0:?}")]
    Silent(Duration),
    #[error("asked for {asked}, but the server sent {sent}")]
    OtherRange { asked: String, sent: String },
    #[error("the answer has {sent} bytes instead of {expected}")]
    OtherLength { sent: u64, expected: u64 },
    #[error("the list of objects is cut short")]
    CutList,
}

impl Fault {
    pub(crate) fn error(self) -> HttpError {
        let kind = match self {
            Self::Silent(_) => HttpErrorKind::Timeout,
            _ => HttpErrorKind::Interrupted,
        };
        HttpError::new(kind, self)
    }
}

/// What a request asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    method: Method,
    listing: bool,
    deleting: bool,
    /// The one version of an object that is wanted.
    tag: Option<HeaderValue>,
    range: Option<HeaderValue>,
}

impl Asked {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let query = request.uri().query().unwrap_or_default();
        let header = |name| request.headers().get(name).cloned();
        Self {
            method: request.method().clone(),
            listing: query.split('&').any(|pair| pair == "list-type=2"),
            deleting: query == "delete",
            tag: header(IF_MATCH),
            range: header(RANGE),
        }
    }

    fn is_object(&self) -> bool {
        self.method == Method::GET && !self.listing
    }

    pub(crate) fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    /// Whether it asks for an object without saying how much of it.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_object() && self.range.is_none()
    }

    /// Whether the content of an answer is passed on as it arrives.
    pub(crate) fn is_streamed(&self, status: StatusCode) -> bool {
        self.is_object() && status.is_success()
    }

    /// The failure, so that the client above knows whether the request may be sent again. Objects are written whole or not
    /// at all, and a conditional request finds out by itself whether it was already carried out: only what begins
    /// something (an upload in parts) may not be repeated unseen.
    pub(crate) fn failed(&self, error: HttpError) -> HttpError {
        let repeatable = self.method == Method::PUT || self.deleting;
        let kind = match error.kind() {
            HttpErrorKind::Connect | HttpErrorKind::Request => return error,
            _ if repeatable => HttpErrorKind::Request,
            HttpErrorKind::Unknown | HttpErrorKind::Decode if self.method.is_safe() => {
                HttpErrorKind::Interrupted
            }
            _ => return error,
        };
        HttpError::new(kind, error)
    }

    /// The answer, unless it is not what was asked for.
    pub(crate) fn check(
        &self,
        parts: response::Parts,
        content: Content,
    ) -> Result<HttpResponse, HttpError> {
        let mut parts = parts;
        if !parts.status.is_success() {
            return Ok(content.into_response(parts));
        }
        let other = |tag: &HeaderValue| parts.headers.get(ETAG).is_some_and(|sent| sent != tag);
        if self.method.is_safe() && self.tag.as_ref().is_some_and(other) {
            // Not every server heeds `If-Match`.
            parts.status = StatusCode::PRECONDITION_FAILED;
            return Ok(HttpResponse::from_parts(parts, Bytes::new().into()));
        }
        match content {
            Content::Whole(list) if self.listing && !is_list(&list) => Err(Fault::CutList.error()),
            Content::Streamed(mut body) if self.is_object() => {
                let length = self.length(&parts)?;
                body.expect(length);
                if let Some(length) = length {
                    parts
                        .headers
                        .insert(CONTENT_LENGTH, HeaderValue::from(length));
                }
                Ok(Content::Streamed(body).into_response(parts))
            }
            content => Ok(content.into_response(parts)),
        }
    }

    /// The length of the content, checked in all the ways in which an answer states it.
    fn length(&self, parts: &response::Parts) -> Result<Option<u64>, HttpError> {
        let stated = number(&parts.headers);
        let sent = parts.headers.get(CONTENT_RANGE).map(text);
        let range = sent.as_deref().and_then(ContentRange::parse);
        let asked = self.range.as_ref().map(text);
        let fits = match (&asked, &range) {
            _ if parts.status != StatusCode::PARTIAL_CONTENT => asked.is_none(),
            (_, None) => false,
            (None, Some(range)) => range.answers("bytes=0-"),
            (Some(asked), Some(range)) => range.answers(asked),
        };
        if !fits {
            return Err(Fault::OtherRange {
                asked: asked.unwrap_or_else(|| "the whole object".to_owned()),
                sent: sent.unwrap_or_else(|| "the whole object".to_owned()),
            }
            .error());
        }
        let expected = range.map(ContentRange::length);
        match (stated, expected) {
            (Some(sent), Some(expected)) if sent != expected => {
                Err(Fault::OtherLength { sent, expected }.error())
            }
            (stated, expected) => Ok(expected.or(stated)),
        }
    }
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

fn number(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn is_list(document: &[u8]) -> bool {
    document.trim_ascii_end().ends_with(b"ListBucketResult>")
}

/// `bytes first-last/size`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ContentRange {
    first: u64,
    last: u64,
    size: u64,
}

impl ContentRange {
    fn parse(text: &str) -> Option<Self> {
        let (range, size) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let range = Self {
            first: first.parse().ok()?,
            last: last.parse().ok()?,
            size: size.parse().ok()?,
        };
        (range.first <= range.last && range.last < range.size).then_some(range)
    }

    fn length(self) -> u64 {
        self.last - self.first + 1
    }

    /// Whether this is what a `Range` header asks for.
    fn answers(self, asked: &str) -> bool {
        let Some((first, last)) = asked
            .strip_prefix("bytes=")
            .and_then(|range| range.split_once('-'))
        else {
            return false;
        };
        let end = self.size - 1;
        match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) => (self.first, self.last) == (first, last.min(end)),
            (Ok(first), Err(_)) => (self.first, self.last) == (first, end),
            (Err(_), Ok(count)) => {
                (self.first, self.last) == (self.size.saturating_sub(count), end)
            }
            (Err(_), Err(_)) => false,
        }
    }
}

/// The content of an answer.
#[derive(Debug)]
pub(crate) enum Content {
    Whole(Bytes),
    Streamed(Watched),
}

impl Content {
    fn into_response(self, parts: response::Parts) -> HttpResponse {
        let body = match self {
            Self::Whole(bytes) => bytes.into(),
            Self::Streamed(body) => HttpResponseBody::new(body),
        };
        HttpResponse::from_parts(parts, body)
    }
}

#[cfg(test)]
mod tests {
    use HttpErrorKind as Kind;

    use super::*;

    fn asked(range: Option<&str>) -> Asked {
        let mut request = http::Request::get("http://s3/bucket/key");
        if let Some(range) = range {
            request = request.header(RANGE, range);
        }
        Asked::of(&request.body(Bytes::new().into()).unwrap())
    }

    /// What comes of an answer with these headers and this content.
    async fn answered(
        asked: &Asked,
        status: u16,
        headers: &[(&str, &str)],
        content: &'static str,
    ) -> Result<Bytes, String> {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let (parts, ()) = response.body(()).unwrap().into_parts();
        let body = Watched::new(content.to_owned().into(), Duration::from_secs(1));
        let told = |error: HttpError| std::error::Error::source(&error).unwrap().to_string();
        let answer = asked.check(parts, Content::Streamed(body)).map_err(told)?;
        answer.into_body().bytes().await.map_err(told)
    }

    #[tokio::test]
    async fn a_part_is_the_one_asked_for() {
        let part = asked(Some("bytes=2-5"));
        let ok = Ok(Bytes::from_static(b"cdef"));
        for headers in [
            &[("content-range", "bytes 2-5/9"), ("content-length", "4")][..],
            &[("content-range", "bytes 2-5/9")],
            &[("content-range", "bytes 2-5/6")],
        ] {
            assert_eq!(answered(&part, 206, headers, "cdef").await, ok);
        }
        for (status, range) in [
            (200, "bytes 2-5/9"),
            (206, "bytes 1-4/9"),
            (206, "bytes 2-4/9"),
            (206, "bytes 2-6/9"),
            (206, "bytes 2-5/*"),
            (206, "bytes 5-2/9"),
        ] {
            let answer = answered(&part, status, &[("content-range", range)], "cdef").await;
            let error = answer.unwrap_err();
            assert_eq!(
                error,
                format!("asked for bytes=2-5, but the server sent {range}")
            );
        }
        let without = answered(&part, 206, &[], "cdef").await.unwrap_err();
        assert_eq!(
            without,
            "asked for bytes=2-5, but the server sent the whole object"
        );
    }

    #[tokio::test]
    async fn a_length_is_the_same_wherever_it_stands() {
        let part = asked(Some("bytes=2-5"));
        let range = ("content-range", "bytes 2-5/9");
        let error = answered(&part, 206, &[range, ("content-length", "3")], "cde").await;
        assert_eq!(error.unwrap_err(), "the answer has 3 bytes instead of 4");
        for (content, length) in [("cd", 2), ("cdefg", 5)] {
            let error = answered(&part, 206, &[range], content).await.unwrap_err();
            assert_eq!(error, format!("the answer has {length} bytes instead of 4"));
        }
    }

    #[tokio::test]
    async fn a_whole_object_may_come_as_its_only_part() {
        let whole = asked(None);
        assert!(whole.is_whole() && !asked(Some("bytes=0-")).is_whole());
        let ok = Ok(Bytes::from_static(b"abc"));
        assert_eq!(answered(&whole, 200, &[], "abc").await, ok);
        let part = [("content-range", "bytes 0-2/3")];
        assert_eq!(answered(&whole, 206, &part, "abc").await, ok);
        let cut = [("content-range", "bytes 0-2/4")];
        assert!(answered(&whole, 206, &cut, "abc").await.is_err());
    }

    #[test]
    fn ends_of_objects_are_understood() {
        let range = |text| ContentRange::parse(text).unwrap();
        assert!(range("bytes 6-8/9").answers("bytes=6-100"));
        assert!(range("bytes 6-8/9").answers("bytes=6-"));
        assert!(range("bytes 6-8/9").answers("bytes=-3"));
        assert!(range("bytes 0-8/9").answers("bytes=-30"));
        assert!(!range("bytes 6-7/9").answers("bytes=6-"));
        assert!(!range("bytes 6-8/9").answers("lines=6-8"));
    }

    #[tokio::test]
    async fn another_version_is_a_failed_precondition() {
        let request = http::Request::get("http://s3/bucket/key").header(IF_MATCH, "\"a\"");
        let asked = Asked::of(&request.body(Bytes::new().into()).unwrap());
        for (tag, status) in [("\"a\"", 200), ("\"b\"", 412)] {
            let response = http::Response::builder()
                .header(ETAG, tag)
                .body(())
                .unwrap();
            let body = Watched::new(Bytes::new().into(), Duration::from_secs(1));
            let answer = asked.check(response.into_parts().0, Content::Streamed(body));
            assert_eq!(answer.unwrap().status().as_u16(), status);
        }
    }

    #[tokio::test]
    async fn a_list_has_an_end() {
        let request = http::Request::get("http://s3/bucket?list-type=2&prefix=a");
        let asked = Asked::of(&request.body(Bytes::new().into()).unwrap());
        for (list, whole) in [
            ("<ListBucketResult></ListBucketResult>\n", true),
            ("<ListBucketResult></ListBucketRes", false),
        ] {
            let parts = http::Response::new(()).into_parts().0;
            let answer = asked.check(parts, Content::Whole(list.into()));
            assert_eq!(answer.is_ok(), whole);
        }
    }

    #[test]
    fn only_what_may_be_repeated_is() {
        let failed = |method: Method, uri: &str, kind| {
            let request = http::Request::builder().method(method).uri(uri);
            let asked = Asked::of(&request.body(Bytes::new().into()).unwrap());
            asked.failed(HttpError::new(kind, Fault::CutList)).kind()
        };
        let object = "http://s3/bucket/key";
        assert_eq!(
            failed(Method::GET, object, Kind::Unknown),
            Kind::Interrupted
        );
        assert_eq!(failed(Method::GET, object, Kind::Timeout), Kind::Timeout);
        assert_eq!(failed(Method::PUT, object, Kind::Timeout), Kind::Request);
        let delete = "http://s3/bucket?delete";
        assert_eq!(failed(Method::POST, delete, Kind::Decode), Kind::Request);
        let begin = "http://s3/bucket/key?uploads";
        assert_eq!(failed(Method::POST, begin, Kind::Decode), Kind::Decode);
    }
}
