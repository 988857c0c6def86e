//! Policies and templates for the role that a connection assumes, and for a report with its bucket.
//!
//! A template is text that somebody reads, edits and applies: nothing here calls AWS. Same connection and options, same
//! bytes; nothing of the time or the machine is in it. YAML and Terraform name [`TEMPLATE_VERSION`]; policies as JSON are
//! the bare documents, because IAM refuses every element that it does not know.
//!
//! Policies are values, made from [`PERMISSIONS`](crate::PERMISSIONS) once and rendered in three languages.

mod cloudformation;
mod columns;
mod delivery;
mod error;
mod explain;
mod grants;
mod hcl;
mod head;
mod json;
mod kind;
mod node;
mod place;
mod policy;
mod principal;
mod stack;
mod stack_set;
mod terraform;
mod text;
mod trust;
mod yaml;

use crate::{Connection, Kind};

pub use error::TemplateError;
pub use explain::explain_validation_error;
pub use kind::{NewReport, TemplateKind};
pub use principal::{InvalidKey, InvalidPrincipal, KmsKeyArn, Principal};
pub(crate) use text::without_wildcards;

use stack::{Granted, Stack};
use trust::{TrustedRole, Whose};

/// Counts up when what a template makes changes, so that an audit can pin it.
pub const TEMPLATE_VERSION: u32 = 1;

/// What to write, and how.
#[derive(Clone, Debug)]
pub struct TemplateOptions {
    /// What is to be written.
    pub kind: TemplateKind,
    /// What the role is for; what the connection is for if not given.
    pub scope: Option<Kind>,
    /// A report to be made with its bucket, at the first place that is configured.
    pub with_report: Option<NewReport>,
    /// Who assumes the role; the last role of `via` if not given, else whoever applies the template says it.
    pub trusted: Option<Principal>,
    /// Keys of the account's own that reports are encrypted with.
    pub kms_keys: Vec<KmsKeyArn>,
}

impl TemplateOptions {
    /// The options for this kind, with everything else left to the connection.
    pub fn new(kind: TemplateKind) -> Self {
        Self {
            kind,
            scope: None,
            with_report: None,
            trusted: None,
            kms_keys: Vec::new(),
        }
    }
}

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The name of the file that the commands in it speak of.
    pub file: String,
    /// The text, with a line end at its end.
    pub text: String,
    /// What remains to be done or to be known, one sentence each.
    pub notes: Vec<String>,
}

/// Writes a template for `connection`.
///
/// Only the connection's own buckets and prefixes are in it. If it has none and none is to be made, a policy as JSON comes
/// without statements on buckets, with a note; the other languages have parameters for bucket and prefix.
pub fn template(
    connection: &Connection,
    options: &TemplateOptions,
) -> Result<Template, TemplateError> {
    let kind = options.kind;
    let scope = scope(connection, options)?;
    let file = format!("curtail-{}{}", connection.name, kind.suffix());
    let mut notes = Vec::new();
    let text = match kind {
        TemplateKind::Policy => {
            let parts = Granted::new(connection, options, scope)?;
            if parts.policy.statements.is_empty() {
                return Err(TemplateError::NothingGranted);
            }
            notes.extend(parts.notes());
            notes.push(attach(connection, &file));
            json::document(&(&parts.policy).into())
        }
        TemplateKind::Trust => {
            let role = TrustedRole::of(connection, options, Whose::Connection)?;
            notes.extend(role.open.then(|| {
                "Replace the principal: it is not configured who assumes the role, and IAM refuses the policy until you say so."
                    .to_owned()
            }));
            notes.push(role.caller(connection));
            notes.push(format!(
                "Apply it: aws iam create-role --path {} --role-name {} --assume-role-policy-document file://{file}",
                role.path, role.name
            ));
            json::document(&(&role.trust).into())
        }
        TemplateKind::CloudFormation | TemplateKind::Terraform => {
            let role = TrustedRole::of(connection, options, Whose::Connection)?;
            let granted = Granted::new(connection, options, scope)?;
            notes.push(role.caller(connection));
            notes.extend(granted.notes());
            let stack = Stack {
                connection,
                file: &file,
                role,
                granted,
            };
            if kind == TemplateKind::Terraform {
                terraform::module(&stack)
            } else {
                cloudformation::template(&stack)
            }
        }
        TemplateKind::StackSet => {
            let role = TrustedRole::of(connection, options, Whose::Members)?;
            notes.push(
                "Each member account has an external id of its own: the connection's, a dash and the account id.".to_owned(),
            );
            stack_set::template(connection, &file, &role)
        }
    };
    Ok(Template { file, text, notes })
}

/// What the role is for. Refuses options that would have no effect: somebody relies on them.
fn scope(connection: &Connection, options: &TemplateOptions) -> Result<Kind, TemplateError> {
    let kind = options.kind;
    let scope = match (kind, options.scope) {
        (TemplateKind::StackSet, Some(Kind::Billing)) => return Err(TemplateError::MembersOnly),
        (TemplateKind::StackSet, _) => Kind::Resource,
        (_, scope) => scope.unwrap_or(connection.kind),
    };
    let granting = kind != TemplateKind::Trust && scope == Kind::Billing;
    let member = TemplateError::Pointless {
        option: "a report or key",
        what: "a resource connection, which reads no reports",
    };
    if !granting && (options.with_report.is_some() || !options.kms_keys.is_empty()) {
        return Err(match kind {
            TemplateKind::Trust | TemplateKind::StackSet => {
                TemplateError::pointless("a report or key", kind)
            }
            _ => member,
        });
    }
    if kind == TemplateKind::Policy && options.trusted.is_some() {
        return Err(TemplateError::pointless("a trusted principal", kind));
    }
    let partition = connection.partition();
    let foreign = options
        .kms_keys
        .iter()
        .find(|key| principal::partition(key.as_str()) != partition);
    if let Some(key) = foreign {
        let arn = key.to_string();
        return Err(TemplateError::OtherPartition { arn, partition });
    }
    Ok(scope)
}

/// How to give a policy to the role, if there is one.
fn attach(connection: &Connection, file: &str) -> String {
    let role = connection.role_arn();
    let role = role.as_ref().map_or("ROLE", |arn| arn.name());
    format!(
        "Apply it: aws iam put-role-policy --role-name {role} --policy-name curtail-read --policy-document file://{file}"
    )
}
