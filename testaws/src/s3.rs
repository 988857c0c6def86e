//! S3: who may do what with which bucket. Signatures and objects are `s3s`'s and `s3s-fs`'s.

use http::{HeaderMap, HeaderValue, Method, Response, Uri};
use s3s::{
    Body, S3Error, S3ErrorCode, S3Result,
    access::{S3Access, S3AccessContext},
    auth::{S3Auth, SecretKey},
    s3_error,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use url::form_urlencoded;

use crate::{
    answer::{Refusal, text},
    arn,
    caller::{Caller, Guard, Stranger, may},
    policy::Ask,
    signature::Signed,
    state::{Shared, State},
    world::Bucket,
};

/// What this server does not offer.
pub(crate) const UNKNOWN: &str = "s3:Unknown";

/// A request under way, as far as it is known before s3s looks at it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Its place in the list of requests.
    pub(crate) place: usize,
    pub(crate) action: &'static str,
    pub(crate) bucket: String,
    region: String,
    prefix: Option<String>,
    delimiter: Option<String>,
    token: Option<String>,
}

/// The service for the buckets in `files`.
pub(crate) fn service(shared: &Shared, files: FileSystem) -> S3Service {
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(Secrets(shared.clone()));
    builder.set_access(Access(shared.clone()));
    builder.build()
}

impl Asked {
    pub(crate) fn of(place: usize, method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let path = uri.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let query = uri.query().unwrap_or_default();
        let value = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.into_owned())
        };
        let token = headers.get("x-amz-security-token");
        Self {
            place,
            action: action(method, bucket, key, query, headers),
            bucket: bucket.to_owned(),
            region: Signed::of(headers).map_or_else(String::new, |signed| signed.region),
            prefix: value("prefix"),
            delimiter: value("delimiter"),
            token: token
                .and_then(|token| token.to_str().ok())
                .map(str::to_owned),
        }
    }

    /// The answer to a request that needs no look at its signature: it comes too late, or to the wrong region.
    pub(crate) fn misdirected(&self, state: &State, signed: &Signed) -> Option<Response<Body>> {
        if self.action == UNKNOWN {
            let message = "A header you provided implies functionality that is not implemented";
            return Some(Refusal::new(501, "NotImplemented", message).s3(&[]));
        }
        if signed.skew(state.now()).is_some() {
            let message =
                "The difference between the request time and the current time is too large.";
            return Some(Refusal::new(403, "RequestTimeTooSkewed", message).s3(&[]));
        }
        let bucket = state.world.buckets.get(&self.bucket)?;
        let region = bucket.region.as_str();
        if signed.region == region {
            return None;
        }
        // Requests to the endpoint without a region find their bucket, requests to that of another one do not.
        let mut response = if signed.region == "us-east-1" {
            if self.action == "s3:GetBucketLocation" {
                return None;
            }
            let message = format!(
                "The authorization header is malformed; the region 'us-east-1' is wrong; expecting '{region}'"
            );
            Refusal::new(400, "AuthorizationHeaderMalformed", message).s3(&[("Region", region)])
        } else {
            let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please \
                           send all future requests to this endpoint.";
            let endpoint = format!("{}.s3.{region}.amazonaws.com", self.bucket);
            let more = [("Endpoint", endpoint.as_str()), ("Bucket", &self.bucket)];
            Refusal::new(301, "PermanentRedirect", message).s3(&more)
        };
        name_region(&mut response, region);
        Some(response)
    }

    /// What s3s left out of its answer.
    pub(crate) fn completed(
        &self,
        bucket: Option<&Bucket>,
        method: &Method,
        mut response: Response<Body>,
    ) -> Response<Body> {
        let Some(bucket) = bucket else {
            return response;
        };
        let region = bucket.region.as_str();
        if self.action == "s3:GetBucketLocation" && response.status().is_success() {
            let region = if region == "us-east-1" { "" } else { region };
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint \
                 xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{region}</LocationConstraint>"
            );
            return text(200, "application/xml", body);
        }
        if self.action == "s3:ListBucket" && method == Method::HEAD {
            name_region(&mut response, region);
        }
        response
    }
}

fn name_region(response: &mut Response<Body>, region: &str) {
    if let Ok(region) = HeaderValue::from_str(region) {
        response.headers_mut().insert("x-amz-bucket-region", region);
    }
}

/// The action that policies must allow.
fn action(
    method: &Method,
    bucket: &str,
    key: &str,
    query: &str,
    headers: &HeaderMap,
) -> &'static str {
    const PLAIN: [&str; 9] = [
        "continuation-token",
        "delimiter",
        "encoding-type",
        "fetch-owner",
        "list-type",
        "max-keys",
        "prefix",
        "start-after",
        "x-id",
    ];
    let names: Vec<_> = form_urlencoded::parse(query.as_bytes())
        .map(|(name, _)| name)
        .filter(|name| !PLAIN.contains(&name.as_ref()))
        .collect();
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let (bucket, key) = (!bucket.is_empty(), !key.is_empty());
    match (method.as_str(), bucket, key, &names[..]) {
        _ if headers.contains_key("x-amz-copy-source") => UNKNOWN,
        ("GET" | "HEAD", true, false, []) => "s3:ListBucket",
        ("GET", true, false, ["location"]) => "s3:GetBucketLocation",
        ("GET" | "HEAD", true, true, []) => "s3:GetObject",
        ("PUT", true, true, [] | ["partNumber", "uploadId"] | ["uploadId", "partNumber"])
        | ("POST", true, true, ["uploads" | "uploadId"]) => "s3:PutObject",
        ("DELETE", true, true, []) | ("POST", true, false, ["delete"]) => "s3:DeleteObject",
        ("DELETE", true, true, ["uploadId"]) => "s3:AbortMultipartUpload",
        _ => UNKNOWN,
    }
}

/// The secrets of access keys.
struct Secrets(Shared);

#[async_trait::async_trait]
impl S3Auth for Secrets {
    async fn get_secret_key(&self, key: &str) -> S3Result<SecretKey> {
        let state = self.0.lock();
        let secret = state.secret(key).ok_or_else(|| stranger(Stranger::Key))?;
        Ok(SecretKey::from(secret))
    }
}

fn stranger(why: Stranger) -> S3Error {
    match why {
        Stranger::Key => s3_error!(
            InvalidAccessKeyId,
            "The AWS Access Key Id you provided does not exist in our records."
        ),
        Stranger::Token => s3_error!(
            InvalidToken,
            "The provided token is malformed or otherwise invalid."
        ),
        Stranger::Expired => s3_error!(ExpiredToken, "The provided token has expired."),
    }
}

/// Sessions and policies.
struct Access(Shared);

#[async_trait::async_trait]
impl S3Access for Access {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        let asked = context.extensions_mut().get::<Asked>().cloned();
        let asked = asked.ok_or_else(|| s3_error!(InternalError))?;
        let key = context.s3_path().get_object_key().map(str::to_owned);
        let signer = context
            .credentials()
            .map(|signer| signer.access_key.clone());
        let mut state = self.0.lock();
        let caller = match signer {
            None => None,
            Some(signer) => Some(
                state
                    .caller(&signer, asked.token.as_deref())
                    .map_err(stranger)?,
            ),
        };
        let place = asked.place;
        state.identify(place, caller.as_ref());
        let checks = Checks {
            state: &state,
            asked: &asked,
            caller: caller.as_ref(),
            key: key.as_deref().filter(|key| !key.is_empty()),
        };
        let resource = checks.resource();
        let allowed = checks.allowed(context.method());
        // That an object is not there, or archived, is told only to those who may read it.
        let refused = allowed
            .as_ref()
            .is_err_and(|error| *error.code() == S3ErrorCode::AccessDenied);
        let request = &mut state.requests[place];
        request.resource = resource;
        request.allowed = !refused;
        allowed
    }
}

struct Checks<'a> {
    state: &'a State,
    asked: &'a Asked,
    caller: Option<&'a Caller>,
    key: Option<&'a str>,
}

impl Checks<'_> {
    fn resource(&self) -> String {
        let bucket = &self.asked.bucket;
        match self.key {
            Some(key) => format!("arn:aws:s3:::{bucket}/{key}"),
            // Deleting several objects names them in its body.
            None if self.asked.action == "s3:DeleteObject" => format!("arn:aws:s3:::{bucket}/*"),
            None => format!("arn:aws:s3:::{bucket}"),
        }
    }

    fn allowed(&self, method: &Method) -> S3Result<()> {
        let world = &self.state.world;
        let bucket = world.buckets.get(&self.asked.bucket);
        let bucket =
            bucket.ok_or_else(|| s3_error!(NoSuchBucket, "The specified bucket does not exist"))?;
        self.may(bucket, self.asked.action, &self.resource())?;
        let reads = self.asked.action == "s3:GetObject";
        if let Some(key) = self.key.filter(|_| reads) {
            if !bucket.folder.join(key).is_file() {
                let list = format!("arn:aws:s3:::{}", self.asked.bucket);
                self.may(bucket, "s3:ListBucket", &list)
                    .map_err(|_| s3_error!(AccessDenied, "Access Denied"))?;
                return Err(s3_error!(NoSuchKey, "The specified key does not exist."));
            }
            if method == Method::GET && bucket.archived.iter().any(|prefix| key.starts_with(prefix))
            {
                let message = "The operation is not valid for the object's storage class";
                return Err(s3_error!(InvalidObjectState, "{}", message));
            }
        }
        match (&bucket.key, self.asked.action) {
            (Some(key), "s3:GetObject") if method == Method::GET => {
                self.may_use(key, "kms:Decrypt")
            }
            (Some(key), "s3:PutObject") => self.may_use(key, "kms:GenerateDataKey"),
            _ => Ok(()),
        }
    }

    fn may(&self, bucket: &Bucket, action: &str, resource: &str) -> S3Result<()> {
        let asked = self.asked;
        let listed = if asked.action == "s3:ListBucket" {
            asked.prefix.as_deref().or(Some(""))
        } else {
            None
        };
        let context = self
            .state
            .context(self.caller, &bucket.region)
            .with("aws:ResourceAccount", &bucket.owner)
            .with_some("s3:prefix", listed)
            .with_some("s3:delimiter", asked.delimiter.as_deref());
        let ask = Ask {
            action,
            resource,
            context: &context,
        };
        let guard = Guard {
            owner: &bucket.owner,
            policy: bucket.policy.as_ref(),
            strict: false,
        };
        may(self.caller, &ask, guard).map_err(|why| s3_error!(AccessDenied, "{}", why))
    }

    fn may_use(&self, key: &str, action: &str) -> S3Result<()> {
        let region = &self.asked.region;
        let account = self.caller.map(|caller| caller.account.as_str());
        let context = self
            .state
            .context(self.caller, region)
            .with("kms:ViaService", format!("s3.{region}.amazonaws.com"))
            .with_some("kms:CallerAccount", account);
        let ask = Ask {
            action,
            resource: key,
            context: &context,
        };
        let guard = Guard {
            owner: arn::account(key).unwrap_or_default(),
            policy: self.state.world.keys.get(key),
            strict: true,
        };
        may(self.caller, &ask, guard).map_err(|why| s3_error!(AccessDenied, "{}", why))
    }
}
