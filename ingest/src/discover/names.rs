//! Names that tell reports apart that were found in the same place.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use chrono::{DateTime, Utc};
use curtail_store::{BillingPeriod, ReportKind, ReportName};

use crate::Delivery;

/// What makes a report one and the same over its billing periods: kind, where it lies, and its own name.
type Identity = (ReportKind, Option<String>, ReportName);

fn identity(delivery: &Delivery) -> Identity {
    (
        delivery.kind,
        delivery
            .place
            .as_ref()
            .map(|place| place.base.clone() + &place.folder),
        delivery.report.clone(),
    )
}

/// One manifest per report and billing period: a report that was copied to another place must not count twice. Of several
/// with the same identity and name, the one that lies where AWS delivered it counts, then one in AWS's layout, then the
/// newest.
pub(super) fn one_of_each(deliveries: Vec<Delivery>) -> Vec<Delivery> {
    let mut best: BTreeMap<(ReportKind, String, ReportName, BillingPeriod), Delivery> =
        BTreeMap::new();
    for delivery in deliveries {
        let key = (
            delivery.kind,
            delivery.report_id.clone(),
            delivery.report.clone(),
            delivery.period,
        );
        if best
            .get(&key)
            .is_none_or(|other| rank(other) < rank(&delivery))
        {
            best.insert(key, delivery);
        }
    }
    best.into_values().collect()
}

fn rank(delivery: &Delivery) -> (bool, bool, DateTime<Utc>, Reverse<&str>) {
    let place = delivery.place.as_ref();
    let original = place
        .zip(delivery.files.first())
        .is_some_and(|(place, file)| place.rebased(file).as_ref() == Some(file));
    (
        original,
        place.is_some(),
        delivery.modified,
        Reverse(delivery.path.as_ref()),
    )
}

/// Gives different reports of one name distinct ones. The first of them (legacy before CUR 2.0 before FOCUS, then by
/// place) keeps its own; others get their kind, or else a number, as a suffix. Depends on what was found, not on its order.
pub(super) fn make_distinct(deliveries: &mut [Delivery]) {
    let identities: BTreeSet<Identity> = deliveries.iter().map(identity).collect();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut names: BTreeMap<Identity, ReportName> = BTreeMap::new();
    let own: BTreeSet<String> = identities
        .iter()
        .map(|(.., name)| name.to_string())
        .collect();
    for identity in identities {
        let (kind, _, name) = &identity;
        let suffixed = |suffix: &str| format!("{name}-{suffix}");
        let fits =
            |text: &String| !taken.contains(text) && (text == name.as_str() || !own.contains(text));
        let chosen = std::iter::once(name.to_string())
            .chain([suffixed(kind.as_str())])
            .chain((2..=u32::MAX).map(|number| suffixed(&number.to_string())))
            .find(fits)
            .expect("numbers do not run out");
        taken.insert(chosen.clone());
        // A name of 256 characters has no room for a suffix; then the store refuses the second report.
        let chosen = chosen.parse().unwrap_or_else(|_| name.clone());
        names.insert(identity, chosen);
    }
    for delivery in deliveries {
        if let Some(name) = names.get(&identity(delivery)) {
            delivery.report = name.clone();
        }
    }
}
