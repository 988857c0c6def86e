//! AWS connections: what they are, how to get in, and whether they work.
//!
//! ```text
//! Config ─► Connection ─► Session ─► Reports, DailyCosts, accounts, buckets
//!                │           └─────► Check ─► Checked
//!                └─ template
//! ```
//!
//! **Owns** the form of connections, credentials (the SDK's default chain, roles with external ids), which AWS actions are
//! called and why, what a refusal means and what to do about it, and how a bucket is reached and believed.
//!
//! **Does not own** what lies in a bucket, and reads neither the environment nor files itself: `aws-config` does, and
//! whoever makes a session.
//!
//! **Invariants**: no error, log line or `Debug` text holds a secret; nothing is called that [`PERMISSIONS`] does not list.

mod answer;
mod check;
mod config;
mod connection;
mod cost_explorer;
mod credentials;
mod error;
mod failure;
mod organization;
mod permissions;
mod plain;
mod reason;
mod region;
mod reports;
mod s3;
mod session;
mod template;
mod transport;
mod watched;

pub use check::{Check, Checked, Delivered, Finding, Found, Link, Place, State};
pub use config::{
    CacheConfig, Config, ConfigError, ImportError, Imported, ServeConfig, ServeUser, infrawallet,
};
pub use connection::{
    AccountId, Connection, ConnectionName, CostExplorerSettings, ExternalId, Invalid, Keys, Kind,
    Missing, ReportPlace, Role, RoleArn, Secret,
};
pub use cost_explorer::{Breakdown, CostsFailure, DailyCost, DailyCosts, price};
pub use error::ConnectError;
pub use failure::Failure;
pub use organization::{Organization, OrganizationAccount};
pub use permissions::{PERMISSIONS, Permission, Source};
pub use reason::Reason;
pub use reports::{Content, DeliveryState, Report, ReportSettings, Reports};
pub use s3::{S3Options, s3};
pub use session::{Caller, Reach, Session};
pub use template::{
    InvalidKey, InvalidPrincipal, KmsKeyArn, NewReport, Principal, TEMPLATE_VERSION, Template,
    TemplateError, TemplateKind, TemplateOptions, explain_validation_error, template,
};
