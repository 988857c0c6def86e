//! Every AWS action that curtail may call: the one list that policies are made from and that tests hold the code to.

use crate::Kind;

/// An AWS action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Its name in IAM, such as `s3:GetObject`.
    pub action: &'static str,
    /// What it is for.
    pub source: Source,
    /// Why it is needed.
    pub why: &'static str,
    /// What is missing without it, if the rest works.
    pub without: Option<&'static str>,
    /// Whether it changes anything. None does, so far.
    pub writes: bool,
}

/// A source of data. Each one works without the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Getting into the account.
    Access,
    /// Finding out which reports there are.
    Definitions,
    /// Reading reports.
    Reports,
    /// Costs before the first report.
    CostExplorer,
    /// Names of accounts.
    Organizations,
}

impl Source {
    /// Its name, for people and for statements of policies.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Definitions => "report definitions",
            Self::Reports => "reports",
            Self::CostExplorer => "Cost Explorer",
            Self::Organizations => "Organizations",
        }
    }
}

/// All of them.
pub const PERMISSIONS: &[Permission] = &[
    read(
        "sts:AssumeRole",
        Source::Access,
        "takes on the connection's role; granted to the caller, and by the role's trust policy",
        None,
    ),
    read(
        "sts:GetCallerIdentity",
        Source::Access,
        "tells whose credentials are in use; AWS allows it to everybody",
        None,
    ),
    read(
        "s3:ListBucket",
        Source::Reports,
        "finds the manifests of a report below its prefix",
        None,
    ),
    read(
        "s3:GetObject",
        Source::Reports,
        "reads manifests and the files that they name",
        None,
    ),
    read(
        "kms:Decrypt",
        Source::Reports,
        "lets S3 decrypt objects that are encrypted with a key of yours; curtail does not call it itself",
        Some("reports encrypted with a key of yours cannot be read"),
    ),
    read(
        "cur:DescribeReportDefinitions",
        Source::Definitions,
        "finds legacy reports, and their settings",
        Some("locations of legacy reports must be configured, and their settings are not checked"),
    ),
    read(
        "bcm-data-exports:ListExports",
        Source::Definitions,
        "finds data exports (CUR 2.0, FOCUS)",
        Some("locations of exports must be configured"),
    ),
    read(
        "bcm-data-exports:GetExport",
        Source::Definitions,
        "reads where an export goes, and its settings",
        Some("locations of exports must be configured, and their settings are not checked"),
    ),
    read(
        "bcm-data-exports:ListExecutions",
        Source::Definitions,
        "tells when an export was last delivered, or why not",
        Some("a delivery that fails is not explained"),
    ),
    read(
        "ce:GetCostAndUsage",
        Source::CostExplorer,
        "costs until the first report arrives; $0.01 per request",
        Some("no costs before the first report"),
    ),
    read(
        "ce:ListCostAllocationTags",
        Source::CostExplorer,
        "tells whether cost allocation tags are active; $0.01 per request",
        Some("inactive cost allocation tags go unnoticed"),
    ),
    read(
        "organizations:DescribeOrganization",
        Source::Organizations,
        "tells whether the account pays for others",
        Some("a member account is not recognised as one"),
    ),
    read(
        "organizations:ListAccounts",
        Source::Organizations,
        "names of linked accounts",
        Some("accounts are shown by number"),
    ),
];

const fn read(
    action: &'static str,
    source: Source,
    why: &'static str,
    without: Option<&'static str>,
) -> Permission {
    Permission {
        action,
        source,
        why,
        without,
        writes: false,
    }
}

impl Permission {
    /// Whether the role of a connection of this kind is granted it. Roles of member accounts are granted nothing: that they
    /// can be assumed is all that is asked of them.
    pub fn is_granted_to(&self, kind: Kind) -> bool {
        // Access itself is granted by the trust policy, and by AWS to everybody.
        kind == Kind::Billing && self.source != Source::Access
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_a_read() {
        let reads = ["Get", "List", "Describe", "Assume", "Decrypt"];
        for permission in PERMISSIONS {
            let (_, verb) = permission.action.split_once(':').unwrap();
            assert!(
                reads.iter().any(|read| verb.starts_with(read)) && !permission.writes,
                "{permission:?}"
            );
        }
    }
}
