//! Legacy Cost and Usage Reports (`cur:DescribeReportDefinitions`).

use aws_sdk_costandusagereport::{
    Client,
    types::{LastStatus, ReportDefinition, SchemaElement},
};
use chrono::{DateTime, NaiveDateTime, Utc};

use super::{Content, DeliveryState, Report, ReportSettings, place};
use crate::{Failure, Session};

pub(super) async fn list(session: &Session) -> Result<Vec<Report>, Failure> {
    let client = Client::new(&session.central());
    let mut pages = client.describe_report_definitions().into_paginator().send();
    let mut reports = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| Failure::of("cur:DescribeReportDefinitions", &error))?;
        reports.extend(page.report_definitions().iter().map(report));
    }
    Ok(reports)
}

fn report(definition: &ReportDefinition) -> Report {
    let has = |element: &SchemaElement| definition.additional_schema_elements().contains(element);
    let compression = definition.compression().as_str();
    let format = match definition.format().as_str() {
        "textORcsv" => format!("{} CSV", compression.to_lowercase()),
        other => other.to_owned(),
    };
    let status = definition.report_status();
    let trouble = status
        .and_then(|status| status.last_status())
        .filter(|status| **status != LastStatus::Success);
    Report {
        name: definition.report_name().to_owned(),
        content: Content::LegacyCur,
        place: place(
            definition.s3_bucket(),
            definition.s3_prefix(),
            definition.report_name(),
        ),
        region: Some(definition.s3_region().as_str().to_owned()),
        settings: ReportSettings {
            granularity: Some(definition.time_unit().as_str().to_owned()),
            resources: Some(has(&SchemaElement::Resources)),
            refresh: Some(definition.refresh_closed_reports() == Some(true)),
            format: Some(format),
            split: Some(has(&SchemaElement::SplitCostAllocationData)),
        },
        delivery: DeliveryState {
            created: None,
            last: status
                .and_then(|status| status.last_delivery())
                .and_then(time),
            trouble: trouble.map(|status| status.as_str().to_owned()),
        },
    }
}

/// A time such as `20240305T061233Z`.
fn time(text: &str) -> Option<DateTime<Utc>> {
    let time = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").ok()?;
    Some(time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivery_times_are_understood() {
        let parsed = time("20240305T061233Z").unwrap();
        assert_eq!(parsed.to_rfc3339(), "2024-03-05T06:12:33+00:00");
        assert_eq!(time("yesterday"), None);
    }
}
