//! The SDK's credentials, in the form that object stores take.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};
use object_store::{CredentialProvider, aws::AwsCredential};
use tokio::sync::Mutex;

use crate::failure::told;

/// Credentials are renewed this long before they expire, but not before three quarters of their time are over. Providers
/// that renew their own (the instance metadata service) have new ones five minutes before.
const MARGIN: Duration = Duration::from_mins(5);

/// After a renewal that failed, so long passes until the next one is tried.
const PAUSE: Duration = Duration::from_secs(30);

/// Hands out the SDK's credentials and renews them before they expire.
///
/// While renewing fails, credentials that are still valid stay in use: a short outage of the token service does not end a
/// long ingest.
#[derive(Debug)]
pub(crate) struct SdkCredentials {
    provider: SharedCredentialsProvider,
    current: Mutex<Option<Current>>,
}

#[derive(Clone, Debug)]
struct Current {
    /// As the SDK's clients take them, and as object stores do.
    credentials: Credentials,
    credential: Arc<AwsCredential>,
    /// When to get others.
    renewal: Option<SystemTime>,
}

impl Current {
    fn new(credentials: Credentials) -> Self {
        let now = SystemTime::now();
        let renewal = credentials.expiry().map(|expiry| {
            let left = expiry.duration_since(now).unwrap_or_default();
            expiry - MARGIN.min(left / 4)
        });
        Self {
            credential: Arc::new(AwsCredential {
                key_id: credentials.access_key_id().to_owned(),
                secret_key: credentials.secret_access_key().to_owned(),
                token: credentials.session_token().map(str::to_owned),
            }),
            credentials,
            renewal,
        }
    }

    fn is_fresh(&self) -> bool {
        self.renewal
            .is_none_or(|renewal| SystemTime::now() < renewal)
    }

    fn is_valid(&self) -> bool {
        let expiry = self.credentials.expiry();
        expiry.is_none_or(|expiry| SystemTime::now() < expiry)
    }
}

impl SdkCredentials {
    pub(crate) fn new(provider: SharedCredentialsProvider) -> Self {
        Self {
            provider,
            current: Mutex::new(None),
        }
    }

    /// The current credentials. Callers that come while they are renewed wait for that one renewal.
    pub(crate) async fn get(&self) -> Result<Arc<AwsCredential>, CredentialsError> {
        self.current().await.map(|held| held.credential)
    }

    async fn current(&self) -> Result<Current, CredentialsError> {
        let mut current = self.current.lock().await;
        if let Some(held) = current.as_ref().filter(|held| held.is_fresh()) {
            return Ok(held.clone());
        }
        match self.fetch().await {
            Ok(fresh) => Ok(current.insert(fresh).clone()),
            Err(error) => match current.as_mut().filter(|held| held.is_valid()) {
                Some(held) => {
                    // Others need not wait for the same failure.
                    held.renewal = Some(SystemTime::now() + PAUSE);
                    tracing::warn!(
                        "cannot renew AWS credentials, which are still valid: {}",
                        told(&error)
                    );
                    Ok(held.clone())
                }
                None => Err(error),
            },
        }
    }

    /// Other credentials than those with the session token `refused`, which the server does not take (any more): those
    /// that someone else got meanwhile, else new ones. None if the provider has no others.
    pub(crate) async fn renewed(&self, refused: &str) -> Option<Arc<AwsCredential>> {
        let mut current = self.current.lock().await;
        let other = |held: &Current| held.credential.token.as_deref() != Some(refused);
        if !current.as_ref().is_some_and(other) {
            match self.fetch().await {
                Ok(fresh) => *current = Some(fresh),
                Err(error) => {
                    tracing::warn!("cannot renew AWS credentials: {}", told(&error));
                    return None;
                }
            }
        }
        let held = current.as_ref().filter(|held| other(held))?;
        Some(Arc::clone(&held.credential))
    }

    async fn fetch(&self) -> Result<Current, CredentialsError> {
        self.provider.provide_credentials().await.map(Current::new)
    }
}

/// The same credentials, for the SDK's clients.
#[derive(Clone, Debug)]
pub(crate) struct Shared(pub(crate) Arc<SdkCredentials>);

impl ProvideCredentials for Shared {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let current = async { self.0.current().await.map(|held| held.credentials) };
        future::ProvideCredentials::new(current)
    }
}

#[async_trait]
impl CredentialProvider for SdkCredentials {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        self.get()
            .await
            .map_err(|error| object_store::Error::Unauthenticated {
                path: "AWS credentials".to_owned(),
                source: told(&error).into(),
            })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Credentials that last as long as told, one key id per call; fails from call `fails_from` on.
    #[derive(Debug)]
    struct Counting {
        calls: AtomicUsize,
        lifetime: Option<Duration>,
        fails_from: usize,
    }

    impl ProvideCredentials for Counting {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let call = self.calls.fetch_add(1, Ordering::SeqCst);
            future::ProvideCredentials::ready(if call >= self.fails_from {
                Err(CredentialsError::provider_error(
                    "the token service is away",
                ))
            } else {
                let expiry = self.lifetime.map(|lifetime| SystemTime::now() + lifetime);
                Ok(Credentials::new(
                    format!("KEY{call}"),
                    "hunter2",
                    Some(format!("token{call}")),
                    expiry,
                    "test",
                ))
            })
        }
    }

    fn credentials(lifetime: Option<Duration>, fails_from: usize) -> SdkCredentials {
        SdkCredentials::new(SharedCredentialsProvider::new(Counting {
            calls: AtomicUsize::new(0),
            lifetime,
            fails_from,
        }))
    }

    #[tokio::test]
    async fn lasting_credentials_are_asked_for_once() {
        for lifetime in [None, Some(Duration::from_hours(1))] {
            let credentials = credentials(lifetime, usize::MAX);
            for _ in 0..3 {
                assert_eq!(credentials.get().await.unwrap().key_id, "KEY0");
            }
        }
    }

    /// As if it were time to renew.
    async fn due(credentials: &SdkCredentials) {
        let mut current = credentials.current.lock().await;
        let held = current.as_mut().unwrap();
        assert!(held.is_fresh());
        held.renewal = Some(SystemTime::UNIX_EPOCH);
    }

    #[tokio::test]
    async fn credentials_about_to_expire_are_renewed() {
        let credentials = credentials(Some(Duration::from_mins(4)), usize::MAX);
        assert_eq!(credentials.get().await.unwrap().key_id, "KEY0");
        due(&credentials).await;
        assert_eq!(credentials.get().await.unwrap().key_id, "KEY1");
    }

    #[tokio::test]
    async fn expired_credentials_are_not_handed_out() {
        let credentials = credentials(Some(Duration::ZERO), 1);
        assert_eq!(credentials.get().await.unwrap().key_id, "KEY0");
        assert!(credentials.get().await.is_err());
    }

    #[test]
    fn long_sessions_are_renewed_five_minutes_before_their_end() {
        for (minutes, before) in [(60, 300), (20, 300), (4, 60)] {
            let expiry = SystemTime::now() + Duration::from_mins(minutes);
            let current =
                Current::new(Credentials::new("id", "secret", None, Some(expiry), "test"));
            let margin = expiry.duration_since(current.renewal.unwrap()).unwrap();
            assert_eq!(
                margin.as_millis().div_ceil(1000),
                before,
                "{minutes} minutes"
            );
        }
    }

    #[tokio::test]
    async fn valid_credentials_survive_a_failing_renewal() {
        let credentials = credentials(Some(Duration::from_mins(4)), 1);
        assert_eq!(credentials.get().await.unwrap().key_id, "KEY0");
        due(&credentials).await;
        assert_eq!(credentials.get().await.unwrap().key_id, "KEY0");
        // Tried once, not by every caller.
        assert!(
            credentials
                .current
                .lock()
                .await
                .as_ref()
                .unwrap()
                .is_fresh()
        );
    }

    #[tokio::test]
    async fn refused_credentials_are_renewed_once_for_all_that_used_them() {
        let credentials = credentials(None, 2);
        credentials.get().await.unwrap();
        for _ in 0..2 {
            assert_eq!(credentials.renewed("token0").await.unwrap().key_id, "KEY1");
        }
        assert_eq!(credentials.get().await.unwrap().key_id, "KEY1");
        assert_eq!(credentials.renewed("token1").await, None, "no new ones");
    }

    #[tokio::test]
    async fn without_any_the_failure_is_told() {
        let error = credentials(None, 0).get().await.unwrap_err();
        assert!(
            told(&error).contains("the token service is away"),
            "{}",
            told(&error)
        );
    }

    #[tokio::test]
    async fn debug_text_holds_no_secret() {
        let credentials = credentials(None, usize::MAX);
        credentials.get().await.unwrap();
        let text = format!("{credentials:?}");
        assert!(
            text.contains("KEY0") && !text.contains("hunter2") && !text.contains("token0"),
            "{text}"
        );
    }
}
