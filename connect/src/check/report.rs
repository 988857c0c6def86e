//! The report: where it is, how it is set, what is delivered.

mod settings;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt, TryStreamExt};
use object_store::{ObjectStore, ObjectStoreExt, path::Path};

use super::{
    Check, Found, Link, Place, State,
    remedy::{self, About},
    sources,
};
use crate::{Content, Failure, Reason, Report, ReportPlace, Reports, Session};

/// After how long a delivery is missed: AWS delivers at least once a day, and the beginning of a month may take longer.
const STALE: TimeDelta = TimeDelta::hours(72);
/// How long the first delivery takes at most, by AWS's documentation.
const FIRST: TimeDelta = TimeDelta::hours(48);

/// Finds the places of the connection's reports, and looks into their buckets.
pub(super) async fn find(check: &mut Check, session: &Session) {
    let reports = session.reports().await;
    if reports.chosen().is_some() {
        // Something was found, but not everything could be looked at.
        for failure in &reports.failures {
            check.failed(Link::Report, State::Yellow, failure, &About::default());
        }
    }
    let configured = check.connection.reports.clone();
    let wanted: Vec<(ReportPlace, Option<Report>)> = if configured.is_empty() {
        match discovered(check, &reports) {
            Some(report) => vec![(report.place.clone(), Some(report))],
            None => return,
        }
    } else {
        let found = configured
            .iter()
            .map(|place| (place.clone(), reports.at(place).cloned()));
        let found: Vec<_> = found.collect();
        for (place, report) in &found {
            check.green(
                Link::Report,
                match report {
                    Some(report) => format!("`{}` ({}) in {place}", report.name, report.content),
                    None => format!("{place}, as configured"),
                },
            );
        }
        found
    };
    for (place, report) in wanted {
        if let Some(report) = &report {
            settings::check(check, report);
        } else {
            unknown(check, &reports);
        }
        bucket(check, session, place, report).await;
    }
}

/// The report that was looked up, if there is one.
fn discovered(check: &mut Check, reports: &Reports) -> Option<Report> {
    if let Some(report) = reports.chosen() {
        let why = reports.why();
        let found = format!("`{}` ({}) in {}", report.name, report.content, report.place);
        check.green(
            Link::Report,
            why.map_or(found.clone(), |why| format!("{found}; {why}")),
        );
        return Some(report.clone());
    }
    let about = About::default();
    if let Some(failure) = reports.failures.first() {
        check.failed(Link::Report, State::Red, failure, &about);
        return None;
    }
    let remedy = remedy::of(Reason::NoReport, &check.connection, &about);
    let found = match reports.found.len() {
        0 => "neither a legacy report nor an export".to_owned(),
        others => format!("{others} exports, none of them CUR 2.0 or FOCUS"),
    };
    check.push((Link::Report, State::Red, Reason::NoReport), found, remedy);
    None
}

/// No definition tells the settings.
fn unknown(check: &mut Check, reports: &Reports) {
    let reason = reports.failures.first().map(|failure| failure.reason);
    let found = match reports.failures.first() {
        Some(failure) => format!("its settings are not known: {failure}"),
        None => {
            "its settings are not known: the account has no definition for this place".to_owned()
        }
    };
    check.skipped(Link::Granularity, reason, found);
}

/// Whether the bucket can be listed and its objects read.
async fn bucket(check: &mut Check, session: &Session, place: ReportPlace, report: Option<Report>) {
    let region = report.as_ref().and_then(|report| report.region.clone());
    let name = place.bucket.clone();
    let about = About {
        bucket: Some((&name, &place.prefix)),
        ..About::default()
    };
    let objects = match session.bucket(&name, region.as_deref()).await {
        Ok(objects) => objects,
        Err(error) => {
            let reason = match error {
                crate::ConnectError::NoSuchBucket { .. } => Reason::NoSuchBucket,
                _ => Reason::Unreachable,
            };
            let failure = Failure::new("s3:ListBucket", reason, error.to_string());
            check.failed(Link::Bucket, State::Red, &failure, &about);
            return;
        }
    };
    let prefix = Path::parse(&place.prefix).unwrap_or_else(|_| Path::from(place.prefix.as_str()));
    // Consoles make empty objects to stand for folders.
    let listed = objects.list(Some(&prefix));
    let listed = listed.try_filter(|object| std::future::ready(object.size > 0));
    let listed: Result<Vec<_>, _> = listed.take(1).try_collect().await;
    let first = match listed {
        Ok(mut listed) => listed.pop(),
        Err(error) => {
            let failure = Failure::of_object("s3:ListBucket", &error);
            check.failed(Link::Bucket, State::Red, &failure, &about);
            return;
        }
    };
    check.green(Link::Bucket, format!("{place} can be listed"));
    if let Some(object) = first {
        match objects
            .get_range(&object.location, 0..object.size.min(1))
            .await
        {
            Ok(_) => check.green(Link::Objects, "can be read"),
            Err(error) => {
                let failure = Failure::of_object("s3:GetObject", &error);
                check.failed(Link::Objects, State::Red, &failure, &about);
                return;
            }
        }
    }
    check.places.push(Place {
        place,
        objects,
        report,
    });
}

/// What is delivered at a place.
pub(super) fn delivered(check: &mut Check, place: &Place, found: &Found<'_>) {
    let report = place.report.as_ref();
    let trouble = report.and_then(|report| report.delivery.trouble.as_deref());
    if let Some(trouble) = trouble {
        let bucket = &place.place.bucket;
        let remedy = format!(
            "give AWS back its access: the policy of bucket {bucket} must let {} put objects (`curtail connections template {} --kind cloudformation --with-report` shows one)",
            match report.map(|report| report.content) {
                Some(Content::LegacyCur) => "billingreports.amazonaws.com",
                _ => "bcm-data-exports.amazonaws.com",
            },
            check.connection.name
        );
        check.push(
            (Link::Report, State::Red, Reason::DeliveryFailed),
            trouble,
            remedy,
        );
    }
    let (sound, faulty): (Vec<_>, Vec<_>) = match found {
        Found::Deliveries(found) => found
            .iter()
            .partition(|delivered| delivered.fault.is_none()),
        Found::Nothing(why) => {
            nothing(check, place, why);
            return;
        }
        Found::Failed(why) => {
            let about = About {
                bucket: Some((&place.place.bucket, &place.place.prefix)),
                ..About::default()
            };
            let failure = Failure::told_by_s3("s3:GetObject", why);
            check.failed(Link::Manifest, State::Red, &failure, &about);
            return;
        }
    };
    if let Some(first) = faulty.first() {
        let found = format!(
            "{} {}: {}",
            first.report,
            first.period,
            first.fault.as_deref().unwrap_or_default()
        );
        let remedy = "ingest tells more; if AWS delivered it like this, please report it";
        check.push(
            (Link::Manifest, State::Yellow, Reason::ManifestUnreadable),
            found,
            remedy,
        );
    }
    let sound: Vec<_> = sound
        .into_iter()
        .filter(|delivered| delivered.files > 0)
        .collect();
    let (Some(newest), Some(first)) = (
        sound.iter().max_by_key(|delivered| delivered.modified),
        sound.iter().min_by_key(|delivered| &delivered.period),
    ) else {
        nothing(check, place, "manifests name no files yet");
        return;
    };
    let last = sound.iter().map(|delivered| &delivered.period).max();
    check.green(Link::Manifest, format!(
        "{} billing periods, the earliest is {}, the latest {} (for what lies before: Support Center, Billing, ask to backfill the report; months that arrive later are ingested)",
        sound.len(), first.period, last.unwrap_or(&first.period)
    ));
    freshness(check, newest.modified);
    columns(check, place, &newest.columns);
}

fn freshness(check: &mut Check, newest: DateTime<Utc>) {
    let age = check.now - newest;
    let found = format!("delivered {} ago", hours(age));
    if age <= STALE {
        check.green(Link::Freshness, found);
        return;
    }
    let remedy = "see the report's status in the Billing console (Data exports), and whether the bucket's policy still lets AWS write";
    check.push(
        (Link::Freshness, State::Yellow, Reason::Stale),
        format!("{found}; AWS delivers every day"),
        remedy,
    );
}

/// A place with nothing in it: the first report may be on its way.
fn nothing(check: &mut Check, place: &Place, why: &str) {
    let delivery = place.report.as_ref().map(|report| &report.delivery);
    let waiting =
        delivery.is_some_and(|delivery| delivery.last.is_none() && delivery.trouble.is_none());
    if waiting {
        let age = delivery
            .and_then(|delivery| delivery.created)
            .map(|made| check.now - made);
        let found = match age {
            Some(age) => format!(
                "made {} ago; the first delivery takes 6 to 24 hours, at most 48",
                hours(age)
            ),
            None => "the first delivery takes 6 to 24 hours after the report was made, at most 48"
                .to_owned(),
        };
        let state = if age.is_some_and(|age| age > FIRST) {
            State::Red
        } else {
            State::Yellow
        };
        let remedy = "wait; until then `curtail ingest` takes provisional costs from Cost Explorer";
        check.push(
            (Link::Manifest, state, Reason::WaitingForFirst),
            found,
            remedy,
        );
        return;
    }
    let remedy = format!(
        "see that {} is where the report is delivered: bucket, then prefix and report name",
        place.place
    );
    check.push(
        (Link::Manifest, State::Red, Reason::NoManifest),
        why,
        remedy,
    );
}

/// What the columns of the newest delivery tell about tags.
fn columns(check: &mut Check, place: &Place, columns: &[String]) {
    // In one column, a map, whose keys only the files tell.
    let is_map = columns
        .iter()
        .any(|column| ["resource_tags", "tags"].contains(&column.to_lowercase().as_str()));
    let tags = columns.iter().filter(|column| {
        column.starts_with("resourceTags/") || column.starts_with("resource_tags_")
    });
    let tags: Vec<_> = tags.collect();
    if columns.is_empty() || is_map {
        return;
    }
    sources::tags(check, !tags.is_empty());
    let parquet = place
        .report
        .as_ref()
        .and_then(|report| report.settings.format.as_deref())
        == Some("Parquet");
    let mut merged: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for tag in tags {
        let key = tag.split_once('/').map_or(tag.as_str(), |(_, key)| key);
        let plain: String = key
            .to_lowercase()
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '_' })
            .collect();
        merged.entry(plain).or_default().push(key);
    }
    if let Some(keys) = merged
        .values()
        .find(|keys| keys.len() > 1)
        .filter(|_| parquet)
    {
        let found = format!("{} share one column", keys.join(", "));
        let remedy = "use one spelling, or read a CSV report or CUR 2.0, which keep them apart";
        check.push(
            (Link::Tags, State::Yellow, Reason::TagsMerged),
            found,
            remedy,
        );
    }
}

fn hours(age: TimeDelta) -> String {
    match (age.num_days(), age.num_hours()) {
        (days, _) if days > 2 => format!("{days} days"),
        (_, 1) => "1 hour".to_owned(),
        (_, hours) if hours > 0 => format!("{hours} hours"),
        _ => format!("{} minutes", age.num_minutes().max(0)),
    }
}
