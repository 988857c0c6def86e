//! Why something does not work: one code per cause, for people and for scripts.

use std::fmt;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $means:literal;)*) => {
        /// The cause of a finding. Its code is part of the interface of `curtail connections check`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its code, such as `bucket-denied`.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What it means, as a sentence without its full stop.
            pub fn means(self) -> &'static str {
                match self {
                    $(Self::$name => $means,)*
                }
            }
        }
    };
}

reasons! {
    /// Nothing anywhere.
    NoCredentials = "no-credentials", "no AWS credentials were found: neither in the environment, nor in a profile, nor from the machine itself";
    /// The SDK's chain failed.
    CredentialsUnusable = "credentials-unusable", "credentials are configured, but cannot be got";
    /// Half a pair, or a variable that is not set.
    KeysIncomplete = "keys-incomplete", "the connection's keys are incomplete";
    /// `InvalidClientTokenId` and its like.
    KeyUnknown = "key-unknown", "AWS does not know the access key: it was deleted or deactivated, or belongs to another partition, or to a region that has to be enabled first";
    /// `SignatureDoesNotMatch`.
    SignatureMismatch = "signature-mismatch", "the secret access key is wrong, or something between here and AWS changes requests";
    /// `ExpiredToken`.
    CredentialsExpired = "credentials-expired", "the credentials have expired";
    /// `InvalidToken`.
    TokenInvalid = "token-invalid", "the session token is not valid";
    /// `RequestExpired`, `RequestTimeTooSkewed`.
    ClockSkew = "clock-skew", "this machine's clock differs from AWS's by more than AWS allows";
    /// No answer.
    Unreachable = "unreachable", "the service cannot be reached from here";
    /// The token service is off in the region.
    RegionDisabled = "region-disabled", "the token service is not active in this region";
    /// `AccessDenied` from the token service, with nothing said about why.
    RoleRefused = "role-refused", "the role may not be assumed: AWS does not tell whether it exists, trusts the caller, asks for another external id, or whether the caller's own policies allow it";
    /// The caller's own policy.
    CallerNotAllowed = "caller-not-allowed", "the caller's own policies do not allow sts:AssumeRole on the role";
    /// Somebody denied it in so many words.
    ExplicitDeny = "explicit-deny", "a policy denies it explicitly (a service control policy, a permissions boundary, or a statement with Effect Deny)";
    /// `ValidationError`.
    RequestInvalid = "role-invalid", "the token service does not take the role's ARN, the external id or the session's duration";
    /// `MalformedPolicyDocument`, `PackedPolicyTooLarge`.
    SessionPolicyRefused = "session-policy-refused", "the token service does not take the session policy";
    /// The configuration has none.
    NoExternalId = "no-external-id", "the role is assumed without an external id: others who use the same service could reach it";
    /// The role does not ask for it.
    ExternalIdNotRequired = "external-id-not-required", "the role can be assumed without the external id too: its trust policy does not ask for it";
    /// Not the account that is configured.
    WrongAccount = "wrong-account", "the credentials lead into another account than the one that is configured";
    /// `NoSuchBucket`.
    NoSuchBucket = "no-such-bucket", "there is no such bucket";
    /// Listing is refused.
    BucketDenied = "bucket-denied", "the bucket's objects may not be listed";
    /// Reading is refused.
    ObjectDenied = "object-denied", "objects may be listed but not read";
    /// The key's policy refuses.
    KmsDenied = "kms-denied", "the objects are encrypted with a key that may not be used";
    /// The key is disabled or gone.
    KmsDisabled = "kms-key-disabled", "the objects are encrypted with a key that is disabled or deleted";
    /// A redirect, or a signature for another region.
    BucketRegion = "bucket-region", "the bucket lives in another region";
    /// `InvalidObjectState`.
    Archived = "object-archived", "an object was moved to an archive and cannot be read at once";
    /// `NoSuchKey`.
    ObjectMissing = "object-missing", "an object that was listed is not there";
    /// `PreconditionFailed`.
    ObjectChanged = "object-changed", "an object changed while it was read";
    /// `InvalidRange`.
    RangeInvalid = "range-invalid", "an object is shorter than it was said to be";
    /// `SlowDown`, `Throttling`.
    Throttled = "throttled", "AWS asks to slow down";
    /// 500 and above.
    ServiceFailed = "service-failed", "the service fails";
    /// Anything else that AWS refuses.
    Denied = "denied", "AWS refuses it";
    /// What no other reason names.
    Unexpected = "unexpected", "the answer is not one that is known";
    /// Definitions may not be read.
    DefinitionsDenied = "definitions-denied", "report definitions and exports may not be listed";
    /// There is no report.
    NoReport = "no-report", "the account has no report";
    /// A definition, but nothing delivered.
    WaitingForFirst = "waiting-for-first-report", "the report was made, and AWS has not delivered it yet";
    /// AWS says that it cannot deliver.
    DeliveryFailed = "delivery-failed", "AWS cannot deliver the report";
    /// Nothing below the prefix.
    NoManifest = "no-manifest", "no manifest of a report was found there";
    /// A manifest that makes no sense.
    ManifestUnreadable = "manifest-unreadable", "a manifest cannot be understood";
    /// Old.
    Stale = "report-stale", "the report was not delivered for a while";
    /// DAILY or MONTHLY.
    NotHourly = "not-hourly", "the report is not hourly";
    /// No resource ids.
    NoResourceIds = "no-resource-ids", "the report has no resource ids";
    /// Closed months stay.
    NoRefresh = "no-refresh", "closed months are not refreshed: refunds and late charges never show";
    /// Neither gzip CSV nor Parquet.
    FormatDiscouraged = "format-discouraged", "the format is neither gzip CSV nor Parquet";
    /// On, in a legacy report.
    SplitCostOn = "split-cost-on", "split cost allocation data multiplies the rows of a legacy report";
    /// Off, in CUR 2.0.
    SplitCostOff = "split-cost-off", "costs of containers are not split: the export leaves out split cost allocation data";
    /// Parquet merges tag keys.
    TagsMerged = "tags-merged", "the report merges tag keys that differ only in case or punctuation";
    /// No columns of tags.
    TagsInactive = "tags-inactive", "no cost allocation tag is active: costs cannot be told apart by tag";
    /// Not asked.
    NotAsked = "not-asked", "not asked, because a request costs $0.01";
    /// `ce:*` is refused.
    CostExplorerDenied = "cost-explorer-denied", "Cost Explorer may not be asked";
    /// Never switched on.
    CostExplorerOff = "cost-explorer-off", "Cost Explorer has no data for this account: it may have to be switched on first";
    /// `organizations:*` is refused.
    OrganizationsDenied = "organizations-denied", "the organisation may not be read";
    /// On its own.
    NoOrganization = "no-organization", "the account belongs to no organisation: it has its own costs only";
    /// Not the one that pays.
    MemberAccount = "member-account", "this is a member account, not the management account: only its own costs are seen, not those of sibling accounts; cost allocation tags are incomplete; Reserved Instances and Savings Plans bought in it show here first";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_plain() {
        let codes: HashSet<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
        for code in codes {
            assert!(
                code.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{code}"
            );
        }
    }
}
