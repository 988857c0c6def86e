//! Kinds of templates and of reports.

/// What is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateKind {
    /// What the role may do: an IAM policy as JSON.
    Policy,
    /// Who may assume the role: a trust policy as JSON.
    Trust,
    /// A CloudFormation template as YAML.
    CloudFormation,
    /// A root module of Terraform.
    Terraform,
    /// A CloudFormation template, for a `StackSet` that makes one role per member account.
    StackSet,
}

/// A report to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewReport {
    /// A data export of CUR 2.0: hourly, resource ids, split cost allocation data, Parquet, overwritten.
    Cur2,
    /// A legacy Cost and Usage Report: hourly, resource ids, closed months refreshed, CSV, a folder per version.
    Legacy,
}

impl TemplateKind {
    /// What messages call it.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Policy => "a policy",
            Self::Trust => "a trust policy",
            Self::CloudFormation => "a CloudFormation template",
            Self::Terraform => "a Terraform module",
            Self::StackSet => "a StackSet",
        }
    }

    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Policy => "-policy.json",
            Self::Trust => "-trust.json",
            Self::CloudFormation => ".yaml",
            Self::Terraform => ".tf",
            Self::StackSet => "-members.yaml",
        }
    }
}

impl NewReport {
    /// What messages call it.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Cur2 => "CUR 2.0 data export",
            Self::Legacy => "legacy Cost and Usage Report",
        }
    }

    /// A name for prefixes.
    pub(super) fn short(self) -> &'static str {
        match self {
            Self::Cur2 => "cur2",
            Self::Legacy => "cur",
        }
    }

    /// What there is where this one is not.
    pub(super) fn instead(self, partition: &str) -> &'static str {
        match (self, partition) {
            (Self::Cur2, "aws-cn") => ": ask for the legacy report",
            (_, "aws-us-gov") => {
                ": its costs are in the reports of the commercial account that it belongs to"
            }
            _ => "",
        }
    }
}
