//! What a template of a whole role is made from.

use super::{
    TemplateError, TemplateKind, TemplateOptions,
    delivery::Delivery,
    grants::{Grounds, grants},
    place::Place,
    policy::Policy,
    text::Parameter,
    trust::TrustedRole,
};
use crate::{Connection, Kind};

/// What a role may do, and the report that it may do it with.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    pub(super) policy: Policy,
    pub(super) delivery: Option<Delivery>,
    /// Whether buckets are not known.
    pub(super) unplaced: bool,
    /// Whether whoever applies the template says where reports lie.
    pub(super) open: bool,
    /// Whether the report to be made is not configured.
    unconfigured: bool,
}

impl Granted {
    pub(super) fn new(
        connection: &Connection,
        options: &TemplateOptions,
        scope: Kind,
    ) -> Result<Self, TemplateError> {
        let delivery = options
            .with_report
            .map(|report| Delivery::new(connection, report))
            .transpose()?;
        let made = delivery.as_ref().map(|delivery| &delivery.place);
        let mut places: Vec<_> = connection.reports.iter().chain(made).collect();
        places.sort_unstable();
        places.dedup();
        let mut places: Vec<_> = places.into_iter().map(Place::from).collect();
        let unplaced = places.is_empty() && scope == Kind::Billing;
        let open = unplaced && options.kind != TemplateKind::Policy;
        if open {
            places.push(Place {
                bucket: Parameter::ReportBucket.into(),
                prefix: Parameter::ReportPrefix.into(),
            });
        }
        let mut keys = options.kms_keys.clone();
        keys.sort_unstable();
        keys.dedup();
        let grounds = Grounds {
            partition: connection.partition(),
            account: connection.account_id.as_str(),
            places: &places,
            keys: &keys,
        };
        Ok(Self {
            policy: grants(scope, &grounds),
            unconfigured: made.is_some_and(|place| !connection.reports.contains(place)),
            delivery,
            unplaced,
            open,
        })
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.unplaced {
            let what = if self.open {
                "the template asks for bucket and prefix"
            } else {
                "the policy lets none be read"
            };
            notes.push(format!("No reports are configured, so {what}: add reports = [\"s3://bucket/prefix\"] to the connection and write it again."));
        }
        if let Some(delivery) = self.delivery.as_ref().filter(|_| self.unconfigured) {
            notes.push(format!(
                "Once it is applied, add reports = [\"{}\"] to the connection; the first report takes up to 24 hours, seldom 48.",
                delivery.place
            ));
        }
        notes
    }
}

/// A role, with what it may do and the report to be made.
#[derive(Debug)]
pub(super) struct Stack<'a> {
    pub(super) connection: &'a Connection,
    pub(super) file: &'a str,
    pub(super) role: TrustedRole,
    pub(super) granted: Granted,
}
