//! Who may assume a role.

use super::{
    TemplateError, TemplateOptions,
    policy::{Policy, Statement, Whom},
    principal::partition,
    text::{Parameter, Text},
};
use crate::Connection;

/// The longest external id that the token service takes.
const LONGEST_EXTERNAL_ID: usize = 1224;

/// How a role is named and whom it trusts.
#[derive(Clone, Debug)]
pub(super) struct TrustedRole {
    /// Its path: `/`, or with more between slashes.
    pub(super) path: String,
    /// Its name.
    pub(super) name: String,
    /// Whether whoever applies the template says who assumes it.
    pub(super) open: bool,
    /// Its trust policy.
    pub(super) trust: Policy,
}

/// Whose external id a role asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The connection's.
    Connection,
    /// One per account that a `StackSet` reaches: the connection's, a dash, and the account.
    Members,
}

impl TrustedRole {
    /// The role of `connection`. Whom it trusts is what the options say, else the last role on the way to it, else left open.
    pub(super) fn of(
        connection: &Connection,
        options: &TemplateOptions,
        whose: Whose,
    ) -> Result<Self, TemplateError> {
        let name = connection.label();
        let id = connection.external_id.as_ref();
        let id = id.ok_or_else(|| TemplateError::NoExternalId(name.clone()))?;
        let arn = connection.role_arn();
        let arn = arn.ok_or_else(|| TemplateError::NoRole(name.clone()))?;
        if arn.account_id() != connection.account_id {
            return Err(TemplateError::RoleElsewhere {
                connection: name,
                account: arn.account_id(),
            });
        }
        let mut external_id = Text::from(id.as_str());
        if whose == Whose::Members {
            let longest = LONGEST_EXTERNAL_ID - "-111122223333".len();
            if id.as_str().len() > longest {
                return Err(TemplateError::LongExternalId { longest });
            }
            external_id = external_id.then("-").then(Parameter::ThisAccount);
        }
        let trusted = trusted(connection, options)?;
        let path = arn
            .as_str()
            .split_once("role/")
            .map_or("", |(_, named)| named);
        let path = path.strip_suffix(arn.name()).unwrap_or_default();
        let statement = Statement {
            comment: Some("Nobody gets in without the external id."),
            principal: Some(Whom::Aws(
                trusted
                    .clone()
                    .unwrap_or_else(|| Parameter::TrustedPrincipal.into()),
            )),
            ..Statement::allow("AssumeWithExternalId", &["sts:AssumeRole"])
        };
        Ok(Self {
            path: format!("/{path}"),
            name: arn.name().to_owned(),
            open: trusted.is_none(),
            trust: Policy {
                statements: vec![statement.when("StringEquals", "sts:ExternalId", [external_id])],
            },
        })
    }
}

fn trusted(
    connection: &Connection,
    options: &TemplateOptions,
) -> Result<Option<Text>, TemplateError> {
    let named = options.trusted.as_ref();
    let named = named.map(|principal| principal.arn(connection.partition()));
    let last = connection.via.last().map(ToString::to_string);
    let Some(arn) = named.or(last) else {
        return Ok(None);
    };
    if partition(&arn) != connection.partition() {
        return Err(TemplateError::OtherPartition {
            arn,
            partition: connection.partition(),
        });
    }
    Ok(Some(arn.into()))
}

impl TrustedRole {
    /// What the other side of the trust has to do.
    pub(super) fn caller(&self, connection: &Connection) -> String {
        let arn = connection.role_arn();
        let arn = arn.as_ref().map_or(self.name.as_str(), |arn| arn.as_str());
        format!(
            "Whoever assumes the role has to be allowed sts:AssumeRole on {arn} by a policy of their own."
        )
    }
}
