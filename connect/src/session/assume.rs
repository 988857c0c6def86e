//! Assuming a role.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

use aws_config::{Region, SdkConfig};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, error::CredentialsError, future},
};
use aws_sdk_sts::Client;

use super::Caller;
use crate::{Connection, Failure, Reason, RoleArn};

/// How long a session of a role lasts, in seconds: what every role allows, chained ones too.
const DURATION: i32 = 3600;

/// The region whose token service cannot be switched off.
const ALWAYS_ON: &str = "us-east-1";

/// Gets credentials by assuming a role. Does not keep them: [`crate::credentials::SdkCredentials`] does.
#[derive(Debug)]
pub(crate) struct AssumedRole {
    client: Client,
    /// Asked where the token service of the own region is off.
    fallback: Option<Client>,
    role: RoleArn,
    session: String,
    external_id: Option<String>,
    policy: Option<String>,
    /// Becomes true when the fallback had to be asked.
    elsewhere: Arc<AtomicBool>,
}

impl AssumedRole {
    /// `sdk` has the credentials that assume the role; `policy` narrows what the session may do.
    pub(super) fn new(
        sdk: &SdkConfig,
        connection: &Connection,
        role: RoleArn,
        external_id: Option<String>,
        policy: Option<String>,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            fallback: fallback(sdk).map(|sdk| Client::new(&sdk)),
            role,
            session: connection.session_name(),
            external_id,
            policy,
            elsewhere: Arc::default(),
        }
    }

    /// The same, which sets `elsewhere` when it has to ask another region.
    pub(super) fn telling(self, elsewhere: &Arc<AtomicBool>) -> Self {
        Self {
            elsewhere: Arc::clone(elsewhere),
            ..self
        }
    }

    pub(super) async fn assume(&self) -> Result<Credentials, Failure> {
        match (self.ask(&self.client).await, &self.fallback) {
            (Err(failure), Some(fallback)) if is_of_region(&failure) => {
                tracing::info!("{failure}: asking the token service of {ALWAYS_ON} instead");
                let answer = self.ask(fallback).await;
                self.elsewhere.fetch_or(answer.is_ok(), Ordering::Relaxed);
                answer
            }
            (answer, _) => answer,
        }
    }

    async fn ask(&self, client: &Client) -> Result<Credentials, Failure> {
        let action = "sts:AssumeRole";
        tracing::debug!(role = %self.role, session = self.session, "assuming a role");
        let answer = client
            .assume_role()
            .role_arn(self.role.as_str())
            .role_session_name(&self.session)
            .duration_seconds(DURATION)
            .set_external_id(self.external_id.clone())
            .set_policy(self.policy.clone())
            .send()
            .await
            .map_err(|error| Failure::of(action, &error))?;
        let got = answer
            .credentials()
            .ok_or_else(|| Failure::new(action, Reason::Unexpected, "no credentials came back"))?;
        let expiry = SystemTime::try_from(*got.expiration())
            .map_err(|error| Failure::new(action, Reason::Unexpected, error.to_string()))?;
        Ok(Credentials::new(
            got.access_key_id(),
            got.secret_access_key(),
            Some(got.session_token().to_owned()),
            Some(expiry),
            "curtail",
        ))
    }
}

impl ProvideCredentials for AssumedRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let assumed = async {
            self.assume()
                .await
                .map_err(CredentialsError::provider_error)
        };
        future::ProvideCredentials::new(assumed)
    }
}

/// Who `sdk` is, asked where the token service is on.
pub(super) async fn caller(sdk: &SdkConfig) -> Result<Caller, Failure> {
    match (ask_caller(sdk).await, fallback(sdk)) {
        (Err(failure), Some(sdk)) if is_of_region(&failure) => ask_caller(&sdk).await,
        (answer, _) => answer,
    }
}

/// Whether another region may answer: a region that has to be enabled first says that it does not know the key.
fn is_of_region(failure: &Failure) -> bool {
    [Reason::RegionDisabled, Reason::KeyUnknown].contains(&failure.reason)
}

/// Who `sdk` is, asked in its own region.
pub(super) async fn ask_caller(sdk: &SdkConfig) -> Result<Caller, Failure> {
    let answer = Client::new(sdk).get_caller_identity().send().await;
    let answer = answer.map_err(|error| Failure::of("sts:GetCallerIdentity", &error))?;
    Ok(Caller {
        account_id: answer.account().unwrap_or_default().to_owned(),
        arn: answer.arn().unwrap_or_default().to_owned(),
    })
}

/// The same for the region whose token service is always on, if `sdk` is for another one of its partition.
fn fallback(sdk: &SdkConfig) -> Option<SdkConfig> {
    let region = sdk.region()?.as_ref();
    let apart = ["cn-", "us-gov-", "us-iso"];
    let elsewhere = region != ALWAYS_ON && !apart.iter().any(|prefix| region.starts_with(prefix));
    elsewhere.then(|| {
        sdk.clone()
            .into_builder()
            .region(Region::new(ALWAYS_ON))
            .build()
    })
}
