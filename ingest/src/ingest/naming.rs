//! The name of a report in the store.

use curtail_store::{PeriodVersion, ReportKind, ReportName, Snapshot};

use crate::{Delivery, IngestError, Options, layout::Place};

/// The report's name in the store: the one asked for, else the one under which the store knows this very report, else its
/// own. Refused if the store holds another report under that name.
pub(super) fn name(
    held: &[&PeriodVersion],
    delivery: &Delivery,
    options: &Options,
) -> Result<ReportName, IngestError> {
    let receipts = || held.iter().map(|held| &held.receipt);
    let same = |kind: ReportKind, id: &str| kind == delivery.kind && id == delivery.report_id;
    let name = options.name.clone().unwrap_or_else(|| {
        let folder = |key: &str| Place::of(key).map(|place| place.folder);
        let here = folder(delivery.path.as_ref());
        // Tools that make reports may give several the same id; folders then tell them apart.
        let moved = |key: &str| {
            folder(key)
                .zip(here.clone())
                .is_some_and(|(held, here)| held != here)
        };
        let known = || {
            let same = receipts().filter(|receipt| {
                same(receipt.kind, &receipt.report_id) && !moved(&receipt.manifest.key)
            });
            same.map(|receipt| &receipt.report)
        };
        let own = known().find(|name| **name == delivery.report);
        own.or_else(|| known().next())
            .unwrap_or(&delivery.report)
            .clone()
    });
    match receipts()
        .find(|receipt| receipt.report == name && !same(receipt.kind, &receipt.report_id))
    {
        None => Ok(name),
        Some(other) => Err(IngestError::NameTaken {
            name,
            held_kind: other.kind,
            held_id: other.report_id.clone(),
            kind: delivery.kind,
            id: delivery.report_id.clone(),
        }),
    }
}

/// Names for deliveries of several accounts, whose reports may well be called the same: for each delivery the name to ask for
/// ([`Options::name`]), or none if it keeps the name that it has by itself. The text that comes with a delivery is put before
/// the name of a report that would otherwise take one that another report has, in the store or before it in `deliveries`.
pub fn distinct_names<'a>(
    held: Option<&Snapshot>,
    deliveries: impl IntoIterator<Item = (&'a Delivery, &'a str)>,
) -> Vec<Option<ReportName>> {
    let held: Vec<_> = held.into_iter().flat_map(Snapshot::periods).collect();
    let mut claimed: Vec<(ReportName, ReportKind, &str)> = Vec::new();
    let mut distinct = |(delivery, prefix): (&'a Delivery, &'a str)| {
        let (kind, id) = (delivery.kind, delivery.report_id.as_str());
        let own = name(&held, delivery, &Options::default());
        let is_free = |name: &ReportName| {
            claimed
                .iter()
                .all(|(other, of, by)| other != name || (*of, *by) == (kind, id))
        };
        let other = match own {
            Ok(own) if is_free(&own) => {
                claimed.push((own, kind, id));
                return None;
            }
            _ => format!("{prefix}-{}", delivery.report),
        };
        let other: ReportName = other.parse().ok()?;
        claimed.push((other.clone(), kind, id));
        Some(other)
    };
    deliveries.into_iter().map(&mut distinct).collect()
}
