//! AWS connections and credentials.
//!
//! **Owns** how a bucket is reached: the endpoint, the region it lives in, and credentials by the AWS SDK's default chain,
//! kept fresh for as long as an ingest takes.
//!
//! **Does not own** what lies in a bucket, and reads neither the environment nor files itself: `aws-config` does.
//!
//! **Invariant**: no error, log line or `Debug` text holds a secret.

mod answer;
mod config;
mod connection;
mod credentials;
mod error;
mod permissions;
mod plain;
mod region;
mod s3;
mod transport;
mod watched;

pub use config::{Config, ConfigError, ImportError, Imported, infrawallet};
pub use connection::{
    AccountId, Connection, ConnectionName, CostExplorerSettings, ExternalId, Invalid, Keys, Kind,
    Missing, ReportPlace, Role, RoleArn, Secret,
};
pub use error::ConnectError;
pub use permissions::{PERMISSIONS, Permission, Source};
pub use s3::{S3Options, s3};
