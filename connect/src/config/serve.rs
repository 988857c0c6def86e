//! What the configuration file says of serving: addresses, limits and who may log in. What it means is for the server to say.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Secret;

/// How the store is served.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServeConfig {
    /// Where clients of `PostgreSQL` connect, such as `127.0.0.1:5432`.
    pub pg: Option<String>,
    /// Where clients of Arrow Flight SQL connect.
    pub flight: Option<String>,
    /// Where health and metrics are told.
    pub http: Option<String>,
    /// The file of the certificate with its chain, in PEM form.
    pub tls_cert: Option<String>,
    /// The file of its key, in PEM form.
    pub tls_key: Option<String>,
    /// What statements of `PostgreSQL`'s clients are written in: `generic` or `trino`.
    pub dialect: Option<String>,
    /// The longest time that a statement may take, such as `5m`.
    pub statement_timeout: Option<String>,
    /// The most rows of an answer.
    pub max_rows: Option<u64>,
    /// The most statements at once.
    pub max_concurrent: Option<usize>,
    /// The most connections at once.
    pub max_connections: Option<usize>,
    /// Who may log in, by name; without any, everybody on this machine may ask.
    #[serde(default)]
    pub users: BTreeMap<String, ServeUser>,
}

/// Who may log in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServeUser {
    /// What `curtail serve password` prints; not the password itself.
    pub password: Option<Secret>,
    /// What `curtail serve token` prints as hashes; not the tokens themselves.
    #[serde(default)]
    pub tokens: Vec<Secret>,
    /// The rows that the user sees, as a condition over `costs`: `account_id in ('111122223333')`.
    pub allow: Option<String>,
    /// The longest time that a statement may take, such as `30s`.
    pub statement_timeout: Option<String>,
    /// The most rows of an answer.
    pub max_rows: Option<u64>,
    /// The most memory of all the user's statements together, such as `1GiB`.
    pub memory_limit: Option<String>,
    /// The most statements at once.
    pub max_concurrent: Option<usize>,
}
