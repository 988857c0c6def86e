//! Connections: which AWS account, how to get in, and where its reports lie.

mod credentials;
mod names;
mod place;

use serde::{Deserialize, Serialize};

use crate::Breakdown;

pub use credentials::{Keys, Missing, Secret};
pub use names::{AccountId, ConnectionName, ExternalId, Invalid, Role, RoleArn};
pub use place::ReportPlace;

/// One AWS account, as the configuration file describes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// Its name: lower-case letters, digits and dashes.
    pub name: ConnectionName,
    /// The 12 digits of the account, in quotes.
    pub account_id: AccountId,
    /// What it is for.
    #[serde(default)]
    pub kind: Kind,
    /// The role to assume, by name (in the connection's account) or ARN; none to use the credentials as they are.
    #[serde(default)]
    pub role: Option<Role>,
    /// What the role's trust policy asks for, so that nobody else can have curtail assume it.
    #[serde(default)]
    pub external_id: Option<ExternalId>,
    /// Roles to assume on the way to it, the first one with the credentials at hand.
    #[serde(default)]
    pub via: Vec<RoleArn>,
    /// Where its reports lie; none to look them up in the account.
    #[serde(default, deserialize_with = "place::one_or_several")]
    pub reports: Vec<ReportPlace>,
    /// The region whose token service is asked; the SDK's own setting otherwise, else us-east-1.
    #[serde(default)]
    pub region: Option<String>,
    /// A profile of the AWS configuration files to take credentials from.
    #[serde(default)]
    pub profile: Option<String>,
    /// URL of a server that stands for all of AWS's (for S3-compatible servers and tests).
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Whether that server may be reached without TLS.
    #[serde(default)]
    pub allow_http: bool,
    /// Environment variable that holds the access key id of an IAM user.
    #[serde(default)]
    pub access_key_id_env: Option<String>,
    /// Environment variable that holds the secret access key.
    #[serde(default)]
    pub secret_access_key_env: Option<String>,
    /// Environment variable that holds the session token of temporary keys.
    #[serde(default)]
    pub session_token_env: Option<String>,
    /// An access key id, in the file itself: better name an environment variable or a profile.
    #[serde(default)]
    pub access_key_id: Option<String>,
    /// A secret access key, in the file itself: better name an environment variable or a profile.
    #[serde(default)]
    pub secret_access_key: Option<Secret>,
    /// What Cost Explorer is asked for until reports arrive.
    #[serde(default)]
    pub cost_explorer: CostExplorerSettings,
}

/// What a connection is for.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An account that pays: reports, Cost Explorer, Organizations.
    #[default]
    Billing,
    /// A member account: metadata only.
    Resource,
}

impl Kind {
    /// Its name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Billing => "billing",
            Self::Resource => "resource",
        }
    }
}

/// What Cost Explorer is asked for. Each of its requests costs $0.01.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CostExplorerSettings {
    /// Whether it is asked at all.
    pub enabled: bool,
    /// How many months, the current one included: 1 to 13.
    #[schemars(range(min = 1, max = 13))]
    pub months: u8,
    /// One more column of the answer: `region`, or `tag:KEY`. Takes a request per account, at least.
    pub by: Option<Breakdown>,
    /// The most requests that one answer may take; each costs $0.01.
    #[schemars(range(min = 1))]
    pub most_requests: u32,
}

impl Default for CostExplorerSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            months: 3,
            by: None,
            most_requests: 100,
        }
    }
}

impl Connection {
    /// A connection with nothing but a name and an account.
    pub fn new(name: ConnectionName, account_id: AccountId) -> Self {
        Self {
            name,
            account_id,
            kind: Kind::default(),
            role: None,
            external_id: None,
            via: Vec::new(),
            reports: Vec::new(),
            region: None,
            profile: None,
            endpoint: None,
            allow_http: false,
            access_key_id_env: None,
            secret_access_key_env: None,
            session_token_env: None,
            access_key_id: None,
            secret_access_key: None,
            cost_explorer: CostExplorerSettings::default(),
        }
    }

    /// The role that is assumed in the end.
    pub fn role_arn(&self) -> Option<RoleArn> {
        let role = self.role.as_ref()?;
        Some(role.in_account(&self.account_id, self.partition()))
    }

    /// The partition of AWS that it belongs to: `aws`, `aws-cn` or `aws-us-gov`.
    pub fn partition(&self) -> &'static str {
        match (&self.role, &self.region) {
            (Some(Role::Arn(arn)), _) => arn.partition(),
            (_, Some(region)) if region.starts_with("cn-") => "aws-cn",
            (_, Some(region)) if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// Name and account, as messages say it.
    pub fn label(&self) -> String {
        format!("{} ({})", self.name, self.account_id)
    }

    /// The name of its sessions, as the audit trail shows it: `curtail-` and the connection's name, 64 characters at most.
    pub fn session_name(&self) -> String {
        let mut name = format!("curtail-{}", self.name);
        name.truncate(64);
        name
    }
}
