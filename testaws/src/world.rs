//! What there is in this AWS: told before it starts, and changed while it runs.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use serde_json::Value;

use crate::{
    CostRow, PolicyError, arn,
    costs::Row,
    policy::{Kind, Policy},
    secret::Secret,
};

/// Accounts, users, roles, buckets, an organisation, reports and costs.
///
/// Policies are JSON texts, as one would give them to AWS. What AWS would refuse is told when the server starts.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// By access key id.
    pub(crate) users: BTreeMap<String, User>,
    /// By ARN.
    pub(crate) roles: BTreeMap<String, Role>,
    pub(crate) buckets: BTreeMap<String, Bucket>,
    /// Policies of keys, by ARN.
    pub(crate) keys: BTreeMap<String, Policy>,
    pub(crate) organisations: Vec<Organisation>,
    /// Account and definition.
    pub(crate) reports: Vec<(String, Value)>,
    pub(crate) exports: Vec<Value>,
    pub(crate) rows: Vec<Row>,
    /// Tag key, and whether it is active.
    pub(crate) tags: Vec<(String, bool)>,
    pub(crate) without_costs: BTreeSet<String>,
    pub(crate) disabled_regions: BTreeSet<String>,
    pub(crate) today: Option<NaiveDate>,
    pub(crate) pages: Pages,
    pub(crate) plain_http: bool,
    errors: Vec<WorldError>,
}

/// Why AWS would not have it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// A policy that AWS would refuse, or that this server does not understand.
    #[error("the policy of {of}: {why}")]
    Policy {
        /// What the policy is attached to.
        of: String,
        /// What is wrong with it.
        why: PolicyError,
    },
    /// Something that is not what it should be.
    #[error("{what} is not {expected}")]
    Wrong {
        /// What was given.
        what: String,
        /// What it should be.
        expected: &'static str,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) secret: Secret,
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) policy: Policy,
}

#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) trust: Policy,
    pub(crate) policy: Policy,
    pub(crate) longest: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    pub(crate) region: String,
    pub(crate) owner: String,
    pub(crate) folder: PathBuf,
    pub(crate) policy: Option<Policy>,
    pub(crate) key: Option<String>,
    /// Prefixes of archived objects.
    pub(crate) archived: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Organisation {
    pub(crate) management: String,
    pub(crate) members: Vec<Member>,
}

/// An account of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// 12 digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The address of its root user.
    pub email: String,
    /// `ACTIVE`, `SUSPENDED` or `PENDING_CLOSURE`.
    pub status: String,
}

impl Member {
    /// An active account.
    pub fn active(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            email: format!("{name}@example.com"),
            status: "ACTIVE".to_owned(),
        }
    }
}

/// How much one answer holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pages {
    pub(crate) accounts: usize,
    /// Whether each page of accounts is followed by an empty one.
    pub(crate) empty: bool,
    pub(crate) exports: usize,
    pub(crate) groups: usize,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            accounts: 20,
            empty: false,
            exports: 300,
            groups: 5_000,
        }
    }
}

impl Organisation {
    pub(crate) fn has(&self, account: &str) -> bool {
        self.management == account || self.members.iter().any(|member| member.id == account)
    }

    pub(crate) fn id(&self) -> String {
        format!("o-{}", &self.management[..10])
    }
}

impl World {
    /// A world in which there is nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A user with an access key, the account it is in and its identity policy.
    #[must_use]
    pub fn user(
        mut self,
        key: &str,
        secret: &str,
        account: &str,
        name: &str,
        policy: &str,
    ) -> Self {
        self.check_account(account);
        if let Some(policy) = self.policy(Kind::Identity, name, policy) {
            let user = User {
                secret: Secret(secret.to_owned()),
                account: account.to_owned(),
                name: name.to_owned(),
                policy,
            };
            self.users.insert(key.to_owned(), user);
        }
        self
    }

    /// Takes an access key away.
    #[must_use]
    pub fn without_user(mut self, key: &str) -> Self {
        self.users.remove(key);
        self
    }

    /// A role, its trust policy and its identity policy. Its sessions last an hour at most.
    #[must_use]
    pub fn role(mut self, arn: &str, trust: &str, policy: &str) -> Self {
        self.check(arn::role(arn).is_some(), arn, "the ARN of a role");
        let trust = self.policy(Kind::Trust, arn, trust);
        let policy = self.policy(Kind::Identity, arn, policy);
        if let (Some(trust), Some(policy)) = (trust, policy) {
            let role = Role {
                trust,
                policy,
                longest: 3600,
            };
            self.roles.insert(arn.to_owned(), role);
        }
        self
    }

    /// How many seconds the sessions of a role may last.
    #[must_use]
    pub fn longest_session(mut self, arn: &str, seconds: u64) -> Self {
        match self.roles.get_mut(arn) {
            Some(role) => role.longest = seconds,
            None => self.check(false, arn, "a role"),
        }
        self
    }

    /// Takes a role away; its sessions can do nothing more.
    #[must_use]
    pub fn without_role(mut self, arn: &str) -> Self {
        self.roles.remove(arn);
        self
    }

    /// A bucket, where it is, which account owns it, and the folder with its objects. To be written to, the folder must be on
    /// the same file system as temporary folders.
    #[must_use]
    pub fn bucket(mut self, name: &str, region: &str, owner: &str, folder: &Path) -> Self {
        self.check_account(owner);
        let named = s3s::path::check_bucket_name(name);
        self.check(named, name, "a name for a bucket");
        let bucket = Bucket {
            region: region.to_owned(),
            owner: owner.to_owned(),
            folder: folder.to_owned(),
            policy: None,
            key: None,
            archived: Vec::new(),
        };
        self.buckets.insert(name.to_owned(), bucket);
        self
    }

    /// Takes a bucket away; its folder stays.
    #[must_use]
    pub fn without_bucket(mut self, name: &str) -> Self {
        self.buckets.remove(name);
        self
    }

    /// The policy of a bucket.
    #[must_use]
    pub fn bucket_policy(mut self, name: &str, policy: &str) -> Self {
        if let Some(policy) = self.policy(Kind::Resource, name, policy) {
            self.of_bucket(name, |bucket| bucket.policy = Some(policy));
        }
        self
    }

    /// The KMS key that the objects of a bucket are encrypted with. Its policy lets its own account decide, until another
    /// one is given with [`Self::key_policy`].
    #[must_use]
    pub fn kms(mut self, bucket: &str, key: &str) -> Self {
        let known = key.starts_with("arn:aws:kms:");
        match arn::account(key).filter(|_| known) {
            None => self.check(false, key, "the ARN of a key"),
            Some(account) if !self.keys.contains_key(key) => {
                let policy = format!(
                    r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "kms:*", "Resource": "*",
                    "Principal": {{"AWS": "{account}"}}}}}}"#
                );
                self = self.key_policy(key, &policy);
            }
            Some(_) => {}
        }
        self.of_bucket(bucket, |found| found.key = Some(key.to_owned()));
        self
    }

    /// The policy of a KMS key.
    #[must_use]
    pub fn key_policy(mut self, key: &str, policy: &str) -> Self {
        if let Some(policy) = self.policy(Kind::Resource, key, policy) {
            self.keys.insert(key.to_owned(), policy);
        }
        self
    }

    /// Objects with this prefix are archived and cannot be read.
    #[must_use]
    pub fn archived(mut self, bucket: &str, prefix: &str) -> Self {
        self.of_bucket(bucket, |found| found.archived.push(prefix.to_owned()));
        self
    }

    /// An organisation: its management account and its accounts, among them the management account. Its id is `o-` and the
    /// first ten digits of that account.
    #[must_use]
    pub fn organisation(mut self, management: &str, members: &[Member]) -> Self {
        self.check_account(management);
        for member in members {
            self.check_account(&member.id);
        }
        if self.errors.is_empty() {
            self.organisations
                .retain(|one| one.management != management);
            self.organisations.push(Organisation {
                management: management.to_owned(),
                members: members.to_vec(),
            });
        }
        self
    }

    /// A legacy report of an account, as `DescribeReportDefinitions` shows it.
    #[must_use]
    pub fn report_definition(mut self, account: &str, definition: &Value) -> Self {
        const NEEDED: [&str; 8] = [
            "ReportName",
            "TimeUnit",
            "Format",
            "Compression",
            "AdditionalSchemaElements",
            "S3Bucket",
            "S3Prefix",
            "S3Region",
        ];
        self.check_account(account);
        let whole = NEEDED.iter().all(|name| !definition[name].is_null());
        self.check(whole, &definition.to_string(), "a report definition");
        self.reports.push((account.to_owned(), definition.clone()));
        self
    }

    /// A data export of the account in its ARN: what `GetExport` shows (`Export` and `ExportStatus`), and beside it
    /// `Executions`, each with `ExecutionId` and `ExecutionStatus`. Unlike
    /// those of other services that take JSON, times are text (`2026-10-03T06:12:33Z`).
    #[must_use]
    pub fn export(mut self, export: &Value) -> Self {
        let arn = export["Export"]["ExportArn"].as_str().unwrap_or_default();
        let whole = arn.starts_with("arn:aws:bcm-data-exports:us-east-1:")
            && arn::account(arn).is_some()
            && export["Export"]["Name"].is_string()
            && export["ExportStatus"]["StatusCode"].is_string()
            && !export["ExportStatus"]["LastRefreshedAt"].is_number();
        self.check(whole, &export.to_string(), "an export");
        self.exports.push(export.clone());
        self
    }

    /// What things cost, for Cost Explorer; a management account sees the rows of its whole organisation.
    #[must_use]
    pub fn costs(mut self, rows: impl IntoIterator<Item = CostRow>) -> Self {
        for row in rows {
            match Row::new(&row) {
                Ok(row) => self.rows.push(row),
                Err(what) => self.check(false, &what, "a day or an amount"),
            }
        }
        self
    }

    /// Takes all costs away.
    #[must_use]
    pub fn without_costs(mut self) -> Self {
        self.rows.clear();
        self
    }

    /// A cost allocation tag. Cost Explorer knows only the active ones.
    #[must_use]
    pub fn allocation_tag(mut self, key: &str, active: bool) -> Self {
        self.tags.retain(|(known, _)| known != key);
        self.tags.push((key.to_owned(), active));
        self
    }

    /// An account that never opened Cost Explorer.
    #[must_use]
    pub fn without_cost_explorer(mut self, account: &str) -> Self {
        self.without_costs.insert(account.to_owned());
        self
    }

    /// A region whose STS is not active.
    #[must_use]
    pub fn disabled_region(mut self, region: &str) -> Self {
        self.disabled_regions.insert(region.to_owned());
        self
    }

    /// The day that Cost Explorer takes for today, which is otherwise the machine's.
    #[must_use]
    pub fn today(mut self, day: NaiveDate) -> Self {
        self.today = Some(day);
        self
    }

    /// How many accounts a page of `ListAccounts` holds, and whether an empty page follows each.
    #[must_use]
    pub fn account_pages(mut self, accounts: usize, empty: bool) -> Self {
        self.pages.accounts = accounts.clamp(1, 20);
        self.pages.empty = empty;
        self
    }

    /// How many exports, executions and tags a page holds.
    #[must_use]
    pub fn export_pages(mut self, exports: usize) -> Self {
        self.pages.exports = exports.max(1);
        self
    }

    /// How many groups (or periods, where nothing is grouped) a page of `GetCostAndUsage` holds.
    #[must_use]
    pub fn group_pages(mut self, groups: usize) -> Self {
        self.pages.groups = groups.max(1);
        self
    }

    /// Lets policies know that requests come without TLS, as they do; otherwise `aws:SecureTransport` is true.
    #[must_use]
    pub fn plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    pub(crate) fn checked(self) -> Result<Self, WorldError> {
        match self.errors.first() {
            Some(error) => Err(error.clone()),
            None => Ok(self),
        }
    }

    pub(crate) fn organisation_of(&self, account: &str) -> Option<&Organisation> {
        self.organisations.iter().find(|one| one.has(account))
    }

    fn policy(&mut self, kind: Kind, of: &str, json: &str) -> Option<Policy> {
        let of = of.to_owned();
        Policy::parse(kind, json)
            .map_err(|why| self.errors.push(WorldError::Policy { of, why }))
            .ok()
    }

    fn of_bucket(&mut self, name: &str, change: impl FnOnce(&mut Bucket)) {
        match self.buckets.get_mut(name) {
            Some(bucket) => change(bucket),
            None => self.check(false, name, "a bucket"),
        }
    }

    fn check_account(&mut self, account: &str) {
        self.check(
            arn::is_account(account),
            account,
            "an account id of 12 digits",
        );
    }

    fn check(&mut self, holds: bool, what: &str, expected: &'static str) {
        if !holds {
            self.errors.push(WorldError::Wrong {
                what: what.to_owned(),
                expected,
            });
        }
    }
}
