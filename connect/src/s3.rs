//! Buckets of S3, or of a server that speaks its protocol.

use std::{sync::Arc, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig,
    aws::{AmazonS3Builder, S3ConditionalPut},
};

use crate::{
    ConnectError,
    credentials::SdkCredentials,
    failure::told,
    plain::Plain,
    region,
    transport::{Signer, Transport},
};

/// For servers that do not care: it has to be something, because it is part of a signature.
const ANY_REGION: &str = "us-east-1";

/// How a bucket is reached, where that differs from AWS's defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Options {
    /// URL of a server that is not AWS's own; buckets are then the first part of its paths.
    pub endpoint: Option<String>,
    /// The region, if it is not the SDK's configured one.
    pub region: Option<String>,
    /// Whether an endpoint without TLS may be used.
    pub allow_http: bool,
    /// Send requests unsigned, for public buckets.
    pub anonymous: bool,
    /// The longest silence of the server, before an answer or within it, until a request is tried again.
    pub timeout: Duration,
    /// How often a request is tried again.
    pub retries: usize,
}

impl Default for S3Options {
    fn default() -> Self {
        Self {
            endpoint: None,
            region: None,
            allow_http: false,
            anonymous: false,
            timeout: Duration::from_secs(30),
            retries: 8,
        }
    }
}

/// The objects of `bucket`; its root is the root of the bucket.
///
/// Credentials come from the AWS SDK's default chain (environment, profiles, SSO, web identity, container, instance) and are
/// renewed before they expire. They are fetched once right away, so that missing ones are told as such; whether they
/// suffice shows only when something is read.
pub async fn s3(bucket: &str, options: &S3Options) -> Result<Arc<dyn ObjectStore>, ConnectError> {
    refuse_plain(options)?;
    let sdk = load(options).await;
    let credentials = if options.anonymous {
        None
    } else {
        Some(Arc::new(credentials(bucket, &sdk).await?))
    };
    open(Bucket {
        name: bucket,
        options,
        region: sdk.region().map(ToString::to_string),
        credentials,
    })
    .await
}

/// A bucket, with all that requests to it need.
pub(crate) struct Bucket<'a> {
    pub(crate) name: &'a str,
    pub(crate) options: &'a S3Options,
    /// The region that is configured.
    pub(crate) region: Option<String>,
    /// None for unsigned requests.
    pub(crate) credentials: Option<Arc<SdkCredentials>>,
}

/// The objects of a bucket, with credentials that are there already.
pub(crate) async fn open(bucket: Bucket<'_>) -> Result<Arc<dyn ObjectStore>, ConnectError> {
    let Bucket { name, options, .. } = bucket;
    refuse_plain(options)?;
    let region = match options.endpoint {
        Some(_) => bucket.region.unwrap_or_else(|| ANY_REGION.to_owned()),
        None => region::of_bucket(name, bucket.region).await?,
    };
    let endpoint = options
        .endpoint
        .clone()
        .or_else(|| region::endpoint(&region));
    let signer = bucket.credentials.map(|credentials| Signer {
        credentials,
        region: region.clone(),
    });
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(name)
        .with_region(region)
        .with_retry(retries(options))
        .with_client_options(client(options))
        .with_allow_http(options.allow_http)
        .with_conditional_put(S3ConditionalPut::ETagMatch);
    if let Some(endpoint) = endpoint {
        builder = builder
            .with_endpoint(endpoint.trim_end_matches('/'))
            .with_virtual_hosted_style_request(false);
    }
    builder = match &signer {
        None => builder.with_skip_signature(true),
        Some(signer) => builder.with_credentials(Arc::<SdkCredentials>::clone(&signer.credentials)),
    };
    let builder = builder.with_http_connector(Transport {
        silence: options.timeout,
        signer,
    });
    let unusable = |error: object_store::Error| ConnectError::Options {
        bucket: name.to_owned(),
        why: error.to_string(),
    };
    let objects = builder.build().map_err(unusable)?;
    Ok(Arc::new(Plain::new(name, objects)))
}

fn refuse_plain(options: &S3Options) -> Result<(), ConnectError> {
    let endpoint = options.endpoint.as_ref();
    match endpoint.filter(|endpoint| !options.allow_http && plain(endpoint)) {
        Some(endpoint) => Err(ConnectError::PlainHttp {
            endpoint: endpoint.clone(),
        }),
        None => Ok(()),
    }
}

async fn load(options: &S3Options) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest());
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if options.anonymous {
        loader = loader.no_credentials();
    }
    loader.load().await
}

async fn credentials(bucket: &str, sdk: &SdkConfig) -> Result<SdkCredentials, ConnectError> {
    let none = || ConnectError::NoCredentials {
        bucket: bucket.to_owned(),
    };
    let credentials = SdkCredentials::new(sdk.credentials_provider().ok_or_else(none)?);
    match credentials.get().await {
        Ok(_) => Ok(credentials),
        Err(CredentialsError::CredentialsNotLoaded(_)) => Err(none()),
        Err(error) => Err(ConnectError::Credentials {
            bucket: bucket.to_owned(),
            why: told(&error),
        }),
    }
}

fn plain(endpoint: &str) -> bool {
    endpoint
        .get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
}

/// Throttling and short outages pass unseen; a server that stays away is reported within about a minute, and a silent one
/// after some four timeouts.
fn retries(options: &S3Options) -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(10),
            base: 2.0,
        },
        max_retries: options.retries,
        retry_timeout: Duration::from_mins(1).max(options.timeout * 4),
    }
}

/// How long an answer takes as a whole depends on the line, and on how fast its reader is: only silence counts.
fn client(options: &S3Options) -> ClientOptions {
    ClientOptions::new()
        .with_connect_timeout(options.timeout.min(Duration::from_secs(10)))
        .with_timeout_disabled()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unencrypted_endpoint_has_to_be_asked_for() {
        let options = S3Options {
            endpoint: Some("HTTP://localhost:9000".to_owned()),
            anonymous: true,
            ..S3Options::default()
        };
        let refused = s3("bucket", &options).await.unwrap_err();
        assert_eq!(
            refused,
            ConnectError::PlainHttp {
                endpoint: "HTTP://localhost:9000".to_owned()
            }
        );
        assert!(
            s3(
                "bucket",
                &S3Options {
                    allow_http: true,
                    ..options
                }
            )
            .await
            .is_ok()
        );
    }
}
