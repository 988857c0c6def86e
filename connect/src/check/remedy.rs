//! What to do about a reason: exact enough to be copied.

use crate::{Connection, Reason};

/// What a remedy is about.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct About<'a> {
    /// Who assumes the role.
    pub(super) caller: Option<&'a str>,
    /// The region in question.
    pub(super) region: Option<&'a str>,
    /// The bucket, and the prefix of the report.
    pub(super) bucket: Option<(&'a str, &'a str)>,
}

/// The statement that lets a caller assume a role.
fn may_assume(role: &str) -> String {
    format!("{{\"Effect\": \"Allow\", \"Action\": \"sts:AssumeRole\", \"Resource\": \"{role}\"}}")
}

/// What trust policies name: for the session of a role, its account.
fn principal(caller: &str) -> &str {
    match caller.split(':').collect::<Vec<_>>().as_slice() {
        [_, _, "sts", _, account, ..] => account,
        _ => caller,
    }
}

/// The next thing to do.
pub(super) fn of(reason: Reason, connection: &Connection, about: &About<'_>) -> String {
    let name = &connection.name;
    let template = |kind: &str| format!("curtail connections template {name} --kind {kind}");
    let account = &connection.account_id;
    let role = connection.role_arn();
    let role = role.as_ref().map_or("the role", |role| role.as_str());
    let (bucket, prefix) = about.bucket.unwrap_or(("the bucket", ""));
    let whole = if connection.reports.is_empty() {
        format!(
            "after `curtail connections set {name} --report s3://{bucket}/{prefix}`, `{}` prints the whole policy",
            template("policy")
        )
    } else {
        format!("`{}` prints the whole policy", template("policy"))
    };
    match reason {
        Reason::NoCredentials => "log in (`aws sso login`), set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned(),
        Reason::CredentialsUnusable => "log in again (`aws sso login`), or check the profile that is used".to_owned(),
        Reason::KeysIncomplete => "complete the pair, or remove it and use a role, a profile or the SDK's default chain".to_owned(),
        Reason::KeyUnknown => "check the access key id: `aws iam list-access-keys` shows those that are active".to_owned(),
        Reason::SignatureMismatch => "copy the secret access key again, and see that the clock is right and that no proxy changes requests".to_owned(),
        Reason::CredentialsExpired | Reason::TokenInvalid => "log in again (`aws sso login`), or get new temporary keys with their session token".to_owned(),
        Reason::ClockSkew => "set this machine's clock: `timedatectl set-ntp true`".to_owned(),
        Reason::Unreachable => "check the network, the proxy (HTTPS_PROXY) and the connection's endpoint".to_owned(),
        Reason::RegionDisabled => format!(
            "IAM console, Account settings, Security Token Service: activate {}; or name another region in the connection",
            about.region.unwrap_or("the region")
        ),
        Reason::RoleRefused => {
            let caller = about.caller.unwrap_or("the caller");
            format!(
                "three things must be so: {role} exists; its trust policy is the one that `{} --trusted {}` prints (`aws iam update-assume-role-policy` sets it); and the policies of {caller} have {}",
                template("trust"),
                principal(caller),
                may_assume(role)
            )
        }
        Reason::NoExternalId => format!(
            "add external_id to the connection, and require it: `{}` prints the trust policy that does",
            template("trust")
        ),
        Reason::ExternalIdNotRequired => format!(
            "have the role's trust policy require it: `{} --trusted {}` prints the one that does (`aws iam update-assume-role-policy` sets it)",
            template("trust"),
            principal(about.caller.unwrap_or("ACCOUNT"))
        ),
        Reason::CallerNotAllowed => format!(
            "add to the policies of {}: {}",
            about.caller.unwrap_or("the caller"),
            may_assume(role)
        ),
        Reason::ExplicitDeny => "ask who maintains the organisation's service control policies, or look for Effect Deny in the policies of caller and role".to_owned(),
        Reason::RequestInvalid => "check role and external_id of the connection; a role's maximum session duration must be an hour at least".to_owned(),
        Reason::WrongAccount => "correct account_id, the role or the credentials".to_owned(),
        Reason::NoSuchBucket => "check the name under `reports`, or leave that out to have the report looked up; a report whose bucket was deleted has to be made anew".to_owned(),
        Reason::BucketDenied => format!(
            "the role needs {{\"Effect\": \"Allow\", \"Action\": \"s3:ListBucket\", \"Resource\": \"arn:{}:s3:::{bucket}\"}}; {whole}; a bucket of another account must allow it too",
            connection.partition()
        ),
        Reason::ObjectDenied => format!(
            "the role needs {{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:{}:s3:::{bucket}/{}*\"}}; {whole}; look for a Deny in the bucket's policy",
            connection.partition(),
            if prefix.is_empty() { String::new() } else { format!("{prefix}/") }
        ),
        Reason::KmsDenied => "allow kms:Decrypt on the bucket's key, in the role's policy and in the key's own policy (`aws kms get-key-policy`)".to_owned(),
        Reason::KmsDisabled => "enable the key (`aws kms enable-key`), or restore it if its deletion is pending".to_owned(),
        Reason::BucketRegion => format!("`aws s3api get-bucket-location --bucket {bucket}` tells it: name it as region of the connection"),
        Reason::Archived => "restore the object (`aws s3api restore-object`), and exclude the report's prefix from lifecycle rules that archive".to_owned(),
        Reason::Throttled => "wait a minute, and check again".to_owned(),
        Reason::ServiceFailed => "wait, and look at the AWS Health Dashboard if it persists".to_owned(),
        Reason::DefinitionsDenied => format!(
            "name the report's place (`curtail connections set {name} --report s3://bucket/prefix`), or allow cur:DescribeReportDefinitions, bcm-data-exports:ListExports and bcm-data-exports:GetExport: `{}`",
            template("policy")
        ),
        Reason::NoReport => format!(
            "make one: `{} --with-report` makes the report, its bucket and the role; the first delivery takes up to a day",
            template("cloudformation")
        ),
        Reason::OrganizationsDenied => format!(
            "allow organizations:DescribeOrganization and organizations:ListAccounts (in the management account, or a delegated administrator): `{}`",
            template("policy")
        ),
        Reason::MemberAccount => format!("connect the management account first, and keep {account} as a connection of kind \"resource\" if you need it"),
        Reason::CostExplorerDenied => format!(
            "allow ce:GetCostAndUsage and ce:ListCostAllocationTags, and see that IAM access to billing is activated for the account: `{}`",
            template("policy")
        ),
        Reason::CostExplorerOff => "open Cost Explorer once in the Billing console of the management account; it takes up to a day to fill".to_owned(),
        Reason::TagsInactive => "activate tags: Billing console, Cost allocation tags (only the management account can); they count from then on".to_owned(),
        Reason::SessionPolicyRefused => "this is a defect of curtail: please report it".to_owned(),
        _ => "run it again with -vv, which logs what was asked and answered".to_owned(),
    }
}
