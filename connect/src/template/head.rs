//! The comments at the top of a template: what it makes, how to apply it, how to be rid of it.

use super::{TEMPLATE_VERSION, stack::Stack, text::Parameter};
use crate::Connection;

/// Lines of comments. What is in them has been checked: nothing ends a line.
#[derive(Debug)]
pub(super) struct Head(Vec<String>);

impl Head {
    /// Begins with what kind of template this is, for which connection.
    pub(super) fn new(language: &str, connection: &Connection) -> Self {
        Self(vec![format!(
            "curtail template {TEMPLATE_VERSION}, {language}, for connection {}",
            connection.label()
        )])
    }

    /// A paragraph, after an empty line.
    pub(super) fn say<'a>(mut self, lines: impl IntoIterator<Item = &'a str>) -> Self {
        self.0.push(String::new());
        self.0.extend(lines.into_iter().map(str::to_owned));
        self
    }

    /// As comments, with an empty line after them.
    pub(super) fn comments(&self) -> String {
        let lines = self
            .0
            .iter()
            .map(|line| format!("# {line}").trim_end().to_owned() + "\n");
        lines.collect::<String>() + "\n"
    }
}

impl Stack<'_> {
    /// What it makes, one per line.
    pub(super) fn makes(&self) -> Vec<String> {
        let role = &self.role.name;
        let mut made = vec![if self.granted.policy.statements.is_empty() {
            format!("Makes the role {role}, which can be assumed and may do nothing else.")
        } else {
            format!("Makes the role {role}, which reads costs and reports and can change nothing.")
        }];
        if let Some(delivery) = &self.granted.delivery {
            made.push(format!(
                "Makes the private bucket {} and the report {} (a {}), delivered to it.",
                delivery.place.bucket,
                delivery.name,
                delivery.report.what()
            ));
        }
        made.push(
            "Nothing happens until you apply it: look it through, and change what you like."
                .to_owned(),
        );
        made
    }

    /// What has to be filled in.
    pub(super) fn open(&self) -> Vec<Parameter> {
        let trusted = self.role.open.then_some(Parameter::TrustedPrincipal);
        let places = [Parameter::ReportBucket, Parameter::ReportPrefix];
        let places = places.into_iter().filter(|_| self.granted.open);
        trusted.into_iter().chain(places).collect()
    }
}

impl Parameter {
    /// What it is.
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::TrustedPrincipal => {
                "Who assumes the role: the ARN of an IAM role or user, or arn:aws:iam::ACCOUNT:root for whoever that account lets."
            }
            Self::ReportBucket => "The bucket that reports are delivered to.",
            Self::ReportPrefix => {
                "The prefix of the reports in the bucket, without slashes at its ends."
            }
            Self::ThisAccount => "The account.",
        }
    }

    /// A regular expression that whole values match. Wildcards of IAM do not.
    pub(super) fn pattern(self) -> &'static str {
        match self {
            Self::TrustedPrincipal => {
                "^arn:(aws|aws-cn|aws-us-gov):iam::[0-9]{12}:(root|(user|role)/[0-9A-Za-z_+=,.@/-]+)$"
            }
            Self::ReportBucket => "^[0-9A-Za-z._-]{3,255}$",
            Self::ReportPrefix => "^[0-9A-Za-z!_.'()-]([0-9A-Za-z!_.'()/-]*[0-9A-Za-z!_.'()-])?$",
            Self::ThisAccount => "^[0-9]{12}$",
        }
    }

    /// What to say of a value that does not.
    pub(super) fn wrong(self) -> &'static str {
        match self {
            Self::TrustedPrincipal => "Must be an ARN such as arn:aws:iam::111122223333:role/NAME.",
            Self::ReportBucket => "Must be the name of a bucket.",
            Self::ReportPrefix => {
                "Must be a prefix without wildcards and without slashes at its ends."
            }
            Self::ThisAccount => "Must be an account id.",
        }
    }
}
