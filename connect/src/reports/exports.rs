//! Data exports (`bcm-data-exports`): CUR 2.0 and FOCUS.

use std::collections::HashMap;

use aws_sdk_bcmdataexports::{
    Client,
    types::{ExecutionStatusCode, ExecutionStatusReason, ExportReference, ExportStatusCode},
};
use chrono::{DateTime, Utc};

use super::{Content, DeliveryState, Report, ReportSettings, Reports, place};
use crate::{Failure, Reason, Session};

/// All that can be read. An export that cannot does not hide the others.
pub(super) async fn list(session: &Session) -> Reports {
    let client = Client::new(&session.central());
    let mut pages = client.list_exports().into_paginator().send();
    let mut reports = Reports::default();
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                let failure = Failure::of("bcm-data-exports:ListExports", &error);
                reports.failures.push(failure);
                break;
            }
        };
        for reference in page.exports() {
            match report(&client, reference).await {
                Ok(found) => reports.found.extend(found),
                Err(failure) => reports.failures.push(failure),
            }
        }
    }
    reports
}

/// The export, if it is one of cost and usage that goes to a bucket.
async fn report(client: &Client, reference: &ExportReference) -> Result<Option<Report>, Failure> {
    let action = "bcm-data-exports:GetExport";
    let arn = reference.export_arn();
    let answer = client.get_export().export_arn(arn).send().await;
    let answer = answer.map_err(|error| Failure::of(action, &error))?;
    let Some(export) = answer.export() else {
        let said = format!("export `{}` has no definition", reference.export_name());
        return Err(Failure::new(action, Reason::Unexpected, said));
    };
    let destination = export
        .destination_configurations()
        .and_then(|destination| destination.s3_destination());
    let (Some(query), Some(destination)) = (export.data_query(), destination) else {
        return Ok(None);
    };
    let output = destination.s3_output_configurations();
    let format = output.map(|output| match output.format().as_str() {
        "TEXT_OR_CSV" => format!("{} CSV", output.compression().as_str().to_lowercase()),
        _ => "Parquet".to_owned(),
    });
    let tables = query.table_configurations();
    let properties: HashMap<_, _> = tables
        .into_iter()
        .flatten()
        .flat_map(|(_, properties)| properties)
        .collect();
    let property = |name: &str| properties.get(&name.to_owned()).map(|value| value.as_str());
    let is_on = |name| property(name).map(|value| value.eq_ignore_ascii_case("true"));
    let content = content(query.query_statement());
    Ok(Some(Report {
        name: export.name().to_owned(),
        content,
        place: place(
            destination.s3_bucket(),
            destination.s3_prefix(),
            export.name(),
        ),
        region: Some(destination.s3_region().to_owned()),
        settings: ReportSettings {
            granularity: match content {
                // Its rows are of hours and it has resource ids, always.
                Content::Focus => Some("HOURLY".to_owned()),
                _ => property("TIME_GRANULARITY").map(str::to_owned),
            },
            resources: match content {
                Content::Focus => Some(true),
                _ => is_on("INCLUDE_RESOURCES"),
            },
            // Exports always refresh closed months.
            refresh: Some(true),
            format,
            split: is_on("INCLUDE_SPLIT_COST_ALLOCATION_DATA"),
        },
        delivery: delivery(client, reference).await,
    }))
}

/// What a query selects from tells the kind of export.
fn content(query: &str) -> Content {
    let words = query.split(|character: char| !(character.is_alphanumeric() || character == '_'));
    let table = words
        .skip_while(|word| !word.eq_ignore_ascii_case("from"))
        .find(|word| !word.is_empty() && !word.eq_ignore_ascii_case("from"));
    match table.unwrap_or_default().to_uppercase() {
        table if table == "COST_AND_USAGE_REPORT" => Content::Cur2,
        table if table.starts_with("FOCUS_") => Content::Focus,
        _ => Content::Other,
    }
}

/// How deliveries go; without the permission to list them, what the export's own status says.
async fn delivery(client: &Client, reference: &ExportReference) -> DeliveryState {
    let status = reference.export_status();
    let time = |time: Option<&aws_sdk_bcmdataexports::primitives::DateTime>| {
        time.and_then(|time| DateTime::<Utc>::from_timestamp(time.secs(), time.subsec_nanos()))
    };
    let mut state = DeliveryState {
        created: time(status.and_then(|status| status.created_at())),
        last: time(status.and_then(|status| status.last_refreshed_at())),
        trouble: status
            .filter(|status| status.status_code() == Some(&ExportStatusCode::Unhealthy))
            .map(|status| {
                let reason = status.status_reason().map(ExecutionStatusReason::as_str);
                reason.unwrap_or("UNHEALTHY").to_owned()
            }),
    };
    let executions = client.list_executions().export_arn(reference.export_arn());
    let Ok(page) = executions.send().await else {
        return state;
    };
    let mut delivered = None;
    for execution in page.executions() {
        let Some(status) = execution.execution_status() else {
            continue;
        };
        if status.status_code() == Some(&ExecutionStatusCode::DeliverySuccess) {
            delivered = delivered.max(time(status.completed_at().or(status.last_updated_at())));
        }
    }
    state.last = delivered.or(state.last);
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_the_content() {
        for (query, expected) in [
            (
                "SELECT bill_bill_type, a FROM COST_AND_USAGE_REPORT",
                Content::Cur2,
            ),
            (
                "select x from cost_and_usage_report where y = 1",
                Content::Cur2,
            ),
            ("SELECT BilledCost FROM FOCUS_1_0_AWS", Content::Focus),
            (
                "SELECT x FROM COST_OPTIMIZATION_RECOMMENDATIONS",
                Content::Other,
            ),
            ("", Content::Other),
        ] {
            assert_eq!(content(query), expected, "{query}");
        }
    }
}
