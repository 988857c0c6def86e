//! The settings of a report, actual against required.

use super::super::{Check, Link, State};
use crate::{Content, Reason, Report};

/// One finding for each setting.
pub(super) fn check(check: &mut Check, report: &Report) {
    let settings = &report.settings;
    let make = "make a new report: the setting of an existing one cannot be changed without losing comparability; keep the old one for its history";
    let edit = "edit the report in the Billing console (Data exports)";
    let granularity = settings.granularity.as_deref();
    let given = granularity.unwrap_or("unknown");
    set(
        check,
        (Link::Granularity, Reason::NotHourly),
        granularity.map(|it| it == "HOURLY"),
        &format!("{given}, required: HOURLY"),
        make,
    );
    let on = |setting: Option<bool>| match setting {
        Some(true) => "on",
        Some(false) => "off",
        None => "unknown",
    };
    set(
        check,
        (Link::Resources, Reason::NoResourceIds),
        settings.resources,
        &format!("{}, required: on", on(settings.resources)),
        edit,
    );
    set(
        check,
        (Link::Refresh, Reason::NoRefresh),
        settings.refresh,
        &format!("{}, required: on", on(settings.refresh)),
        edit,
    );
    let format = settings.format.as_deref();
    let given = format.unwrap_or("unknown");
    set(
        check,
        (Link::Format, Reason::FormatDiscouraged),
        format.map(|it| ["gzip CSV", "Parquet"].contains(&it)),
        &format!("{given}, required: gzip CSV or Parquet"),
        edit,
    );
    let split = settings.split;
    match report.content {
        Content::LegacyCur => set(
            check,
            (Link::SplitCost, Reason::SplitCostOn),
            split.map(|split| !split),
            &format!("{}, required: off", on(split)),
            edit,
        ),
        Content::Cur2 => set(
            check,
            (Link::SplitCost, Reason::SplitCostOff),
            split,
            &format!("{}, required: on", on(split)),
            edit,
        ),
        Content::Focus | Content::Other => {}
    }
}

/// Settings that are not as required make answers poorer, and never wrong: they are yellow.
fn set(
    check: &mut Check,
    (link, reason): (Link, Reason),
    holds: Option<bool>,
    found: &str,
    remedy: &str,
) {
    match holds {
        Some(true) => check.green(link, found),
        Some(false) => check.push((link, State::Yellow, reason), found, remedy),
        None => check.skipped(link, None, found),
    }
}
