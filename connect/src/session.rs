//! A connection, entered: one set of credentials that every request of a run shares.

mod assume;
mod policy;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use aws_config::{
    BehaviorVersion, Region, SdkConfig, profile::ProfileFileCredentialsProvider,
    retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};
use object_store::ObjectStore;

use crate::{
    AccountId, ConnectError, Connection, Failure, Reason, S3Options,
    credentials::{SdkCredentials, Shared},
    region,
    s3::{self, Bucket},
};

pub(crate) use assume::AssumedRole;

/// How a session reaches AWS, whatever its connection.
#[derive(Clone, Debug)]
pub struct Reach {
    /// Timeouts, retries, and an endpoint for S3 if the connection names none.
    pub s3: S3Options,
    /// Reads a variable of the environment.
    pub environment: fn(&str) -> Option<String>,
}

/// The credentials of a connection, and the clients that use them.
///
/// A role is assumed once, and again shortly before its session ends, however many requests there are and whichever service
/// they go to.
#[derive(Clone, Debug)]
pub struct Session {
    connection: Connection,
    reach: Reach,
    /// With the credentials at hand.
    base: SdkConfig,
    /// With the credentials that assume the connection's role.
    caller: SdkConfig,
    /// With those of the connection's role, or the same.
    sdk: SdkConfig,
    credentials: Arc<SdkCredentials>,
    /// Whether a role had to be assumed in another region than its own.
    elsewhere: Arc<AtomicBool>,
}

/// Who a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account_id: String,
    /// The user, or the session of a role.
    pub arn: String,
}

impl Session {
    /// Prepares everything, without a request: credentials are got when they are needed.
    pub async fn new(connection: &Connection, reach: &Reach) -> Result<Self, Failure> {
        let base = base(connection, reach).await?;
        let provider = base
            .credentials_provider()
            .ok_or_else(|| Failure::new("credentials", Reason::NoCredentials, String::new()))?;
        let mut credentials = Arc::new(SdkCredentials::new(provider));
        let mut sdk = with(&base, &credentials);
        let mut caller = sdk.clone();
        let elsewhere = Arc::new(AtomicBool::new(false));
        let hops = connection.via.iter().map(|role| (role.clone(), None));
        let last = connection.role_arn().map(|role| {
            let external_id = connection.external_id.as_ref().map(ToString::to_string);
            (role, Some((external_id, Some(policy::of(connection)))))
        });
        for (role, last) in hops.chain(last) {
            let (external_id, policy) = last.unwrap_or_default();
            let assumed = AssumedRole::new(&sdk, connection, role, external_id, policy);
            let assumed = assumed.telling(&elsewhere);
            caller = sdk;
            credentials = Arc::new(SdkCredentials::new(SharedCredentialsProvider::new(assumed)));
            sdk = with(&base, &credentials);
        }
        Ok(Self {
            connection: connection.clone(),
            reach: reach.clone(),
            base,
            caller,
            sdk,
            credentials,
            elsewhere,
        })
    }

    /// The same, with credentials in hand that lead into the connection's account.
    pub async fn open(connection: &Connection, reach: &Reach) -> Result<Self, ConnectError> {
        let refused = |failure| ConnectError::Refused {
            connection: connection.label(),
            failure: Box::new(failure),
        };
        let session = Self::new(connection, reach).await.map_err(refused)?;
        session.enter().await.map_err(refused)?;
        let caller = session.caller().await.map_err(refused)?;
        if caller.account_id != connection.account_id.as_str() {
            let said = format!("they lead into {}", caller.account_id);
            return Err(refused(Failure::new(
                "sts:GetCallerIdentity",
                Reason::WrongAccount,
                said,
            )));
        }
        Ok(session)
    }

    /// Gets the credentials, assuming the role if there is one.
    pub(crate) async fn enter(&self) -> Result<(), Failure> {
        let got = self.credentials.get().await;
        got.map(|_| ())
            .map_err(|error| Failure::of_credentials(&error))
    }

    /// The connection.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Who it is.
    pub(crate) async fn caller(&self) -> Result<Caller, Failure> {
        assume::caller(&self.sdk).await
    }

    /// The region whose token service is asked.
    pub(crate) fn region(&self) -> String {
        let region = self.base.region();
        region.map(ToString::to_string).unwrap_or_default()
    }

    /// Whether the token service of that region answers.
    pub(crate) async fn is_active_in_region(&self) -> Result<(), Failure> {
        assume::ask_caller(&self.base).await.map(|_| ())
    }

    /// Whether a role had to be assumed in another region, because the token service is off in this one.
    pub(crate) fn went_elsewhere(&self) -> bool {
        self.elsewhere.load(Ordering::Relaxed)
    }

    /// Whose credentials assume its role.
    pub(crate) async fn base_caller(&self) -> Result<Caller, Failure> {
        let provider = self.base.credentials_provider();
        let provider = provider
            .ok_or_else(|| Failure::new("credentials", Reason::NoCredentials, String::new()))?;
        let got = provider.provide_credentials().await;
        got.map_err(|error| Failure::of_credentials(&error))?;
        assume::caller(&self.base).await
    }

    /// Whether its role could be assumed without the external id, too.
    pub(crate) async fn is_open(&self) -> Result<bool, Failure> {
        let Some(role) = self.connection.role_arn() else {
            return Ok(false);
        };
        let policy = Some(policy::nothing());
        let probe = AssumedRole::new(&self.caller, &self.connection, role, None, policy);
        match probe.assume().await {
            Ok(_) => Ok(true),
            Err(failure) if failure.reason == Reason::RoleRefused => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// The objects of a bucket. `region` is where it is said to live, if anybody said so.
    pub async fn bucket(
        &self,
        bucket: &str,
        region: Option<&str>,
    ) -> Result<Arc<dyn ObjectStore>, ConnectError> {
        let options = S3Options {
            endpoint: self
                .connection
                .endpoint
                .clone()
                .or(self.reach.s3.endpoint.clone()),
            allow_http: self.connection.allow_http || self.reach.s3.allow_http,
            region: None,
            anonymous: false,
            ..self.reach.s3.clone()
        };
        let configured = region.map(str::to_owned);
        s3::open(Bucket {
            name: bucket,
            options: &options,
            region: configured.or_else(|| self.sdk.region().map(ToString::to_string)),
            credentials: Some(Arc::clone(&self.credentials)),
        })
        .await
    }

    /// The configuration for services that live in one region of each partition only.
    pub(crate) fn central(&self) -> SdkConfig {
        let region = region::home(self.connection.partition());
        self.sdk
            .clone()
            .into_builder()
            .region(Region::new(region))
            .build()
    }

    /// The account that the connection is for.
    pub fn account_id(&self) -> &AccountId {
        &self.connection.account_id
    }
}

/// The credentials that the connection starts from: its keys, its profile, or what the SDK's default chain finds.
async fn base(connection: &Connection, reach: &Reach) -> Result<SdkConfig, Failure> {
    let keys = connection
        .keys(reach.environment)
        .map_err(|error| Failure::new("credentials", Reason::KeysIncomplete, error.to_string()))?;
    let silence = reach.s3.timeout;
    let attempts = u32::try_from(reach.s3.retries).unwrap_or(u32::MAX);
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(attempts.saturating_add(1)))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(silence.min(std::time::Duration::from_secs(10)))
                .operation_attempt_timeout(silence)
                .build(),
        );
    if let Some(region) = &connection.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &connection.profile {
        // Also as the provider itself: the default chain would take keys of the environment first.
        let provider = ProfileFileCredentialsProvider::builder().profile_name(profile);
        loader = loader
            .profile_name(profile)
            .credentials_provider(provider.build());
    }
    if let Some(endpoint) = &connection.endpoint {
        loader = loader.endpoint_url(endpoint.trim_end_matches('/'));
    }
    if let Some(keys) = keys {
        let token = keys.token.map(|token| token.reveal().to_owned());
        let keys = Credentials::new(keys.id, keys.secret.reveal(), token, None, "curtail");
        loader = loader.credentials_provider(keys);
    }
    let sdk = loader.load().await;
    if sdk.region().is_some() {
        return Ok(sdk);
    }
    let region = match connection.partition() {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    };
    Ok(sdk.into_builder().region(Region::new(region)).build())
}

fn with(sdk: &SdkConfig, credentials: &Arc<SdkCredentials>) -> SdkConfig {
    let shared = SharedCredentialsProvider::new(Shared(Arc::clone(credentials)));
    sdk.clone()
        .into_builder()
        .credentials_provider(shared)
        .build()
}
