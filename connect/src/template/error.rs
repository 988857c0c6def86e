//! Why there is no template.

use super::{NewReport, TemplateKind};
use crate::AccountId;

/// What a connection lacks for a template, or what is asked of one that cannot be. Each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// Without an external id, somebody else could have the trusted account assume the role.
    #[error(
        "connection {0} has no external id, and no role is to be trusted without one: set external_id"
    )]
    NoExternalId(String),
    /// There is no name for the role.
    #[error("connection {0} has no role: set role to the name that it is to have")]
    NoRole(String),
    /// The role is in another account than the connection.
    #[error(
        "the role of connection {connection} is in account {account}: a template makes roles in the connection's own account"
    )]
    RoleElsewhere {
        /// The connection.
        connection: String,
        /// The account in the role's ARN.
        account: AccountId,
    },
    /// The external id leaves no room for an account's number after it.
    #[error(
        "the external id is too long for a StackSet, which adds an account id to it: {longest} characters at most"
    )]
    LongExternalId {
        /// How long it may be.
        longest: usize,
    },
    /// China and the governments' regions are apart: nobody there is trusted from outside, no key is used.
    #[error(
        "`{arn}` is not in partition {partition}, where the connection is, and partitions do not trust each other"
    )]
    OtherPartition {
        /// The ARN.
        arn: String,
        /// The connection's partition.
        partition: &'static str,
    },
    /// A policy for the role of a member account would be empty.
    #[error(
        "the role of a resource connection is granted nothing: it has a trust policy and no other"
    )]
    NothingGranted,
    /// Roles that a `StackSet` makes in member accounts read no bills.
    #[error(
        "a StackSet makes roles in member accounts, which are granted nothing: its scope is resource"
    )]
    MembersOnly,
    /// The option has no meaning for what is asked for.
    #[error("{option} has no meaning for {what}")]
    Pointless {
        /// The option.
        option: &'static str,
        /// What is asked for.
        what: &'static str,
    },
    /// AWS offers no such report there.
    #[error("there is no {} in partition {partition}{}", report.what(), report.instead(partition))]
    NoSuchReport {
        /// The report asked for.
        report: NewReport,
        /// The connection's partition.
        partition: &'static str,
    },
    /// S3 takes no new bucket of this name.
    #[error(
        "no bucket can be made with the name `{0}`: it takes 3 to 63 lower-case letters, digits, dots and dashes"
    )]
    BucketName(String),
    /// AWS delivers no report below this prefix.
    #[error("no report can be made with the prefix `{}`: it takes 1 to 256 letters, digits and characters of !-_.*'()/", .0.escape_debug())]
    Prefix(String),
}

impl TemplateError {
    /// `option` makes no sense for `kind`.
    pub(super) fn pointless(option: &'static str, kind: TemplateKind) -> Self {
        Self::Pointless {
            option,
            what: kind.what(),
        }
    }
}
