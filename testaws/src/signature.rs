//! Signatures of requests (Signature Version 4).

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use http::{HeaderMap, header::AUTHORIZATION, request::Parts};

/// The longest that a signature may be old, or ahead of time.
const SKEW_MINUTES: i64 = 15;

/// What the `Authorization` header of a request says.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) key: String,
    pub(crate) region: String,
    pub(crate) service: String,
    pub(crate) at: DateTime<Utc>,
    date: String,
    headers: Vec<String>,
    signature: String,
}

impl Signed {
    /// None if the request is not signed, or not this way.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
        let fields = header.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let field = |name: &str| {
            let mut fields = fields
                .split(',')
                .filter_map(|field| field.trim().split_once('='));
            fields
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value)
        };
        let scope: Vec<&str> = field("Credential")?.split('/').collect();
        let [key, date, region, service, "aws4_request"] = scope[..] else {
            return None;
        };
        let at = headers.get("x-amz-date")?.to_str().ok()?;
        Some(Self {
            key: key.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            at: NaiveDateTime::parse_from_str(at, "%Y%m%dT%H%M%SZ")
                .ok()?
                .and_utc(),
            date: date.to_owned(),
            headers: field("SignedHeaders")?
                .split(';')
                .map(str::to_owned)
                .collect(),
            signature: field("Signature")?.to_owned(),
        })
    }

    /// Why the signature is too old or too early, in AWS's words.
    pub(crate) fn skew(&self, now: DateTime<Utc>) -> Option<String> {
        let minutes = chrono::TimeDelta::minutes(SKEW_MINUTES);
        let told = |time: DateTime<Utc>| time.format("%Y%m%dT%H%M%SZ").to_string();
        let (at, now_told) = (told(self.at), told(now));
        if self.at < now - minutes {
            let bound = told(now - minutes);
            return Some(format!(
                "Signature expired: {at} is now earlier than {bound} ({now_told} - {SKEW_MINUTES} min.)"
            ));
        }
        if self.at > now + minutes {
            let bound = told(now + minutes);
            return Some(format!(
                "Signature not yet current: {at} is still later than {bound} ({now_told} + {SKEW_MINUTES} min.)"
            ));
        }
        None
    }

    /// Whether `secret` makes this signature of the request.
    pub(crate) fn fits(&self, secret: &str, parts: &Parts, body: &[u8]) -> bool {
        let signs = |name: &str| self.headers.iter().any(|signed| signed == name);
        let whole = signs("host") && signs("x-amz-date");
        whole
            && self.date == self.at.format("%Y%m%d").to_string()
            && self.made_with(secret, parts, body).as_ref() == Some(&self.signature)
    }

    /// The signature that `secret` makes; None if the request cannot be signed.
    fn made_with(&self, secret: &str, parts: &Parts, body: &[u8]) -> Option<String> {
        let mut headers = Vec::new();
        for name in &self.headers {
            headers.push((name.as_str(), parts.headers.get(name)?.to_str().ok()?));
        }
        let host = parts.headers.get("host")?.to_str().ok()?;
        let url = format!("http://{host}{}", parts.uri);
        let mut settings = SigningSettings::default();
        settings.excluded_headers = None;
        let identity = Credentials::new(&self.key, secret, None, None, "testaws").into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(&self.service)
            .time(self.at.into())
            .settings(settings)
            .build()
            .ok()?
            .into();
        let body = SignableBody::Bytes(body);
        let request =
            SignableRequest::new(parts.method.as_str(), url, headers.into_iter(), body).ok()?;
        Some(sign(request, &params).ok()?.signature().to_owned())
    }
}
