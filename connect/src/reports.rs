//! The reports that an account has: legacy report definitions and data exports.

mod definitions;
mod exports;

use std::{cmp::Reverse, fmt};

use chrono::{DateTime, Utc};

use crate::{Failure, ReportPlace, Session};

/// A report definition or data export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its name.
    pub name: String,
    /// What it contains.
    pub content: Content,
    /// Where AWS delivers it: below this place, manifests are found.
    pub place: ReportPlace,
    /// The region of its bucket.
    pub region: Option<String>,
    /// Its settings.
    pub settings: ReportSettings,
    /// How its deliveries go.
    pub delivery: DeliveryState,
}

/// What a report contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Content {
    /// CUR 2.0.
    Cur2,
    /// A legacy Cost and Usage Report.
    LegacyCur,
    /// A FOCUS export.
    Focus,
    /// Another data export, which curtail does not read.
    Other,
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Cur2 => "CUR 2.0",
            Self::LegacyCur => "legacy CUR",
            Self::Focus => "FOCUS",
            Self::Other => "another export",
        })
    }
}

/// The settings of a report that decide what it can answer; `None` where they are not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportSettings {
    /// `HOURLY`, `DAILY` or `MONTHLY`.
    pub granularity: Option<String>,
    /// Whether it has resource ids.
    pub resources: Option<bool>,
    /// Whether closed months are refreshed.
    pub refresh: Option<bool>,
    /// Such as `gzip CSV` or `Parquet`.
    pub format: Option<String>,
    /// Whether it has split cost allocation data.
    pub split: Option<bool>,
}

impl ReportSettings {
    /// How many of the settings that matter most are as they should be.
    fn worth(&self) -> u8 {
        let hourly = self.granularity.as_deref() == Some("HOURLY");
        let daily = self.granularity.as_deref() == Some("DAILY");
        u8::from(hourly) * 4 + u8::from(daily) * 2 + u8::from(self.resources == Some(true)) * 3
    }
}

/// How deliveries of a report go, by what AWS says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryState {
    /// When it was made.
    pub created: Option<DateTime<Utc>>,
    /// When it was delivered last.
    pub last: Option<DateTime<Utc>>,
    /// What keeps AWS from delivering it.
    pub trouble: Option<String>,
}

/// The reports of an account, and what could not be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reports {
    /// All of them, the one to use first.
    pub found: Vec<Report>,
    /// Services that refused.
    pub failures: Vec<Failure>,
}

impl Session {
    /// Looks up the account's report definitions and data exports.
    pub async fn reports(&self) -> Reports {
        let (definitions, exports) = futures::join!(definitions::list(self), exports::list(self));
        let mut reports = Reports::default();
        match definitions {
            Ok(found) => reports.found.extend(found),
            Err(failure) => reports.failures.push(failure),
        }
        reports.found.extend(exports.found);
        reports.failures.extend(exports.failures);
        reports.found.sort_by_cached_key(rank);
        reports
    }
}

impl Reports {
    /// The report that is delivered to a place, or above or below it.
    pub fn at(&self, place: &ReportPlace) -> Option<&Report> {
        let covers = |report: &&Report| {
            report.place.bucket == place.bucket
                && (is_below(&report.place.prefix, &place.prefix)
                    || is_below(&place.prefix, &report.place.prefix))
        };
        self.found.iter().find(covers)
    }

    /// The one report that is read, out of several that tell the same charges: adding two up would count them twice.
    pub fn chosen(&self) -> Option<&Report> {
        self.found
            .first()
            .filter(|report| report.content != Content::Other)
    }

    /// Why that one, if there was a choice.
    pub fn why(&self) -> Option<String> {
        let chosen = self.chosen()?;
        let others: Vec<_> = self.found[1..]
            .iter()
            .filter(|other| other.content != Content::Other)
            .map(|other| format!("`{}` ({})", other.name, other.content))
            .collect();
        if others.is_empty() {
            return None;
        }
        let history = match (chosen.delivery.last, chosen.delivery.trouble.as_ref()) {
            (Some(_), None) => "delivered, ",
            _ => "",
        };
        Some(format!(
            "`{}` ({}) is read, and not {}: {history}{} and {} resource ids; they tell the same charges, so one is enough (name others under `reports` in the configuration)",
            chosen.name,
            chosen.content,
            others.join(" or "),
            chosen
                .settings
                .granularity
                .as_deref()
                .unwrap_or("of unknown granularity")
                .to_lowercase(),
            if chosen.settings.resources == Some(false) {
                "without"
            } else {
                "with"
            },
        ))
    }
}

/// The smaller, the rather used: what can be read, was delivered, says most, is oldest (it has history), is of the newest kind.
fn rank(report: &Report) -> impl Ord + use<> {
    (
        report.content == Content::Other,
        report.delivery.trouble.is_some(),
        report.delivery.last.is_none(),
        Reverse(report.settings.worth()),
        // Legacy reports do not say when they were made: long before exports were there, most likely.
        report.delivery.created,
        report.content,
        report.name.clone(),
        report.place.clone(),
    )
}

fn is_below(path: &str, prefix: &str) -> bool {
    prefix.is_empty()
        || path == prefix
        || path
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with('/'))
}

/// Where `name` is delivered below a prefix.
fn place(bucket: &str, prefix: &str, name: &str) -> ReportPlace {
    let prefix = prefix.trim_matches('/');
    ReportPlace {
        bucket: bucket.to_owned(),
        prefix: if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}/{name}")
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(name: &str, content: Content, granularity: &str, resources: bool) -> Report {
        Report {
            name: name.to_owned(),
            content,
            place: place("acme-billing", "/cur/", name),
            region: None,
            settings: ReportSettings {
                granularity: Some(granularity.to_owned()),
                resources: Some(resources),
                ..ReportSettings::default()
            },
            delivery: DeliveryState {
                last: Some(DateTime::UNIX_EPOCH),
                ..DeliveryState::default()
            },
        }
    }

    fn chosen(mut found: Vec<Report>) -> Option<String> {
        found.sort_by_cached_key(rank);
        let reports = Reports {
            found,
            failures: Vec::new(),
        };
        reports.chosen().map(|report| report.name.clone())
    }

    #[test]
    fn one_report_is_chosen_whatever_their_order() {
        let daily = report("daily", Content::Cur2, "DAILY", true);
        let bare = report("bare", Content::Cur2, "HOURLY", false);
        let full = report("full", Content::LegacyCur, "HOURLY", true);
        let mut new = report("new", Content::Cur2, "HOURLY", true);
        new.delivery.last = None;
        let mut broken = report("broken", Content::Cur2, "HOURLY", true);
        broken.delivery.trouble = Some("ERROR_NO_BUCKET".to_owned());
        let all = vec![daily, bare, full, new, broken];
        for turn in 0..all.len() {
            let mut turned = all.clone();
            turned.rotate_left(turn);
            assert_eq!(chosen(turned).unwrap(), "full");
        }
        assert_eq!(
            chosen(vec![report("x", Content::Other, "HOURLY", true)]),
            None
        );
        assert_eq!(all[0].place.to_string(), "s3://acme-billing/cur/daily");
    }
}
