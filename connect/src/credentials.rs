//! The SDK's credentials, in the form that object stores take.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use aws_credential_types::provider::{
    ProvideCredentials, SharedCredentialsProvider, error::CredentialsError,
};
use object_store::{CredentialProvider, aws::AwsCredential};
use tokio::sync::Mutex;

/// Credentials are renewed this long before they expire. Providers that renew their own (the instance metadata service)
/// have new ones five minutes before.
const MARGIN: Duration = Duration::from_mins(5);

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
    credential: Arc<AwsCredential>,
    expiry: Option<SystemTime>,
}

impl Current {
    fn lasts(&self, margin: Duration) -> bool {
        self.expiry
            .is_none_or(|expiry| SystemTime::now() + margin < expiry)
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
        let mut current = self.current.lock().await;
        if let Some(held) = current.as_ref().filter(|held| held.lasts(MARGIN)) {
            return Ok(Arc::clone(&held.credential));
        }
        match self.fetch().await {
            Ok(fresh) => Ok(Arc::clone(&current.insert(fresh).credential)),
            Err(error) => match current.as_ref().filter(|held| held.lasts(Duration::ZERO)) {
                Some(held) => {
                    tracing::warn!(
                        "cannot renew AWS credentials, which are still valid: {}",
                        told(&error)
                    );
                    Ok(Arc::clone(&held.credential))
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
        let fresh = self.provider.provide_credentials().await?;
        Ok(Current {
            credential: Arc::new(AwsCredential {
                key_id: fresh.access_key_id().to_owned(),
                secret_key: fresh.secret_access_key().to_owned(),
                token: fresh.session_token().map(str::to_owned),
            }),
            expiry: fresh.expiry(),
        })
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

/// The error with its causes: the outermost text alone ("an error occurred") says too little.
pub(crate) fn told(error: &CredentialsError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        let told = next.to_string();
        if !text.contains(&told) {
            text.push_str(": ");
            text.push_str(&told);
        }
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use aws_credential_types::{Credentials, provider::future};

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

    #[tokio::test]
    async fn credentials_about_to_expire_are_renewed() {
        let credentials = credentials(Some(Duration::from_mins(4)), usize::MAX);
        assert_eq!(credentials.get().await.unwrap().key_id, "KEY0");
        assert_eq!(credentials.get().await.unwrap().key_id, "KEY1");
    }

    #[tokio::test]
    async fn valid_credentials_survive_a_failing_renewal() {
        let credentials = credentials(Some(Duration::from_mins(4)), 1);
        assert_eq!(credentials.get().await.unwrap().key_id, "KEY0");
        assert_eq!(credentials.get().await.unwrap().key_id, "KEY0");
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
