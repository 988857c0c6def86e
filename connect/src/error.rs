//! What can go wrong before the first byte of a report is read.

use crate::Failure;

/// An error of a connection. Holds no secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The SDK's default chain found no credentials anywhere.
    #[error("found no AWS credentials for bucket `{bucket}`")]
    NoCredentials {
        /// The bucket that they were needed for.
        bucket: String,
    },
    /// Credentials are configured, but getting them failed: an expired login, a role that may not be assumed.
    #[error("cannot get AWS credentials for bucket `{bucket}`: {why}")]
    Credentials {
        /// The bucket that they were needed for.
        bucket: String,
        /// What the chain reported.
        why: String,
    },
    /// AWS does not let a connection in.
    #[error("connection {connection}: {failure}")]
    Refused {
        /// Its name and account.
        connection: String,
        /// What AWS refused, and why.
        failure: Box<Failure>,
    },
    /// There is no such bucket.
    #[error("bucket `{bucket}` does not exist")]
    NoSuchBucket {
        /// The bucket.
        bucket: String,
    },
    /// The bucket's region could not be found out, and none was configured.
    #[error("cannot tell the region of bucket `{bucket}`: {why}")]
    UnknownRegion {
        /// The bucket.
        bucket: String,
        /// Why asking for it failed.
        why: String,
    },
    /// The endpoint is unencrypted, which has to be asked for.
    #[error("endpoint `{endpoint}` is not encrypted")]
    PlainHttp {
        /// The endpoint.
        endpoint: String,
    },
    /// The options contradict each other or cannot be used.
    #[error("cannot connect to bucket `{bucket}`: {why}")]
    Options {
        /// The bucket.
        bucket: String,
        /// What is wrong.
        why: String,
    },
}
