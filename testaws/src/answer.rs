//! Answers, and errors in the shapes that the SDKs read.

use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use s3s::Body;
use serde_json::{Value, json};
use uuid::Uuid;

/// A refusal, before it has a shape.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

pub(crate) type Answered<T> = Result<T, Refusal>;

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
        }
    }

    /// An error of the services that take JSON.
    pub(crate) fn json(self) -> Response<Body> {
        let body = json!({ "__type": self.code, "message": self.message });
        let mut response = json(self.status, &body);
        if let Ok(code) = HeaderValue::from_str(&self.code) {
            response.headers_mut().insert("x-amzn-errortype", code);
        }
        response
    }

    /// An error of STS.
    pub(crate) fn query(self) -> Response<Body> {
        let kind = if self.status < 500 {
            "Sender"
        } else {
            "Receiver"
        };
        let body = format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>{kind}</Type><Code>{}</Code>\
             <Message>{}</Message></Error><RequestId>{}</RequestId></ErrorResponse>",
            self.code,
            escaped(&self.message),
            Uuid::new_v4()
        );
        text(self.status, "text/xml", body)
    }

    /// An error of S3, with elements of its own.
    pub(crate) fn s3(self, more: &[(&str, &str)]) -> Response<Body> {
        let more = more.iter().fold(String::new(), |all, (name, value)| {
            all + &format!("<{name}>{}</{name}>", escaped(value))
        });
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>{more}\
             <RequestId>{}</RequestId></Error>",
            self.code,
            escaped(&self.message),
            Uuid::new_v4()
        );
        text(self.status, "application/xml", body)
    }
}

/// An answer of the services that take JSON.
pub(crate) fn json(status: u16, body: &Value) -> Response<Body> {
    text(status, "application/x-amz-json-1.1", body.to_string())
}

/// An answer of STS.
pub(crate) fn query(action: &str, result: &str) -> Response<Body> {
    let body = format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result>{result}</{action}Result>\
         <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{action}Response>",
        Uuid::new_v4()
    );
    text(200, "text/xml", body)
}

pub(crate) fn text(status: u16, kind: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
