//! Checking connections.

mod tree;

use std::sync::Arc;

use curtail_connect::{
    Check, Checked, Connection, Delivered, Found, Place, Reach, Reason, State, price,
};
use curtail_ingest::{IngestError, Source, discover};
use futures::{StreamExt, stream};

use super::{Cell, Kind, Settings, named, note, print_rows, reach, say};
use crate::{args::CheckArgs, error::CliError, exit::describe, progress::Bars, render::Format};

/// Connections that are checked at once.
const AT_ONCE: usize = 8;

const COLUMNS: &[(&str, Kind)] = &[
    ("connection", Kind::Text),
    ("account_id", Kind::Text),
    ("link", Kind::Text),
    ("state", Kind::Text),
    ("reason", Kind::Text),
    ("explanation", Kind::Text),
    ("found", Kind::Text),
    ("remedy", Kind::Text),
];

pub(super) async fn run(args: &CheckArgs, settings: &Settings) -> Result<(), CliError> {
    let connections = named(&args.names, settings)?;
    let reach = reach(settings);
    let bars = Bars::new(settings);
    let spinner = bars.spinner(match &connections[..] {
        [one] => format!("checking {}", one.label()),
        several => format!("checking {} connections", several.len()),
    });
    let checked: Vec<Checked> = stream::iter(&connections)
        .map(|connection| check(connection, &reach, args.paid))
        .buffered(AT_ONCE)
        .collect()
        .await;
    spinner.finish_and_clear();
    let requests: u64 = checked.iter().map(|checked| checked.requests).sum();
    if requests > 0 {
        note(settings, &price(requests));
    }
    if super::super::format(&args.output) == Format::Table && args.output.output.is_none() {
        say(tree::draw(
            &checked,
            settings.terminal.colour && super::super::is_terminal(),
        ))?;
    } else {
        let rows: Vec<_> = checked.iter().flat_map(rows).collect();
        print_rows(&args.output, settings, COLUMNS, &rows)?;
    }
    let red: Vec<_> = checked
        .iter()
        .filter(|checked| checked.state() == State::Red)
        .map(|checked| checked.connection.label())
        .collect();
    if red.is_empty() {
        Ok(())
    } else {
        Err(CliError::Unhealthy {
            red,
            all: checked.len(),
        })
    }
}

async fn check(connection: &Connection, reach: &Reach, paid: bool) -> Checked {
    let mut check = Box::pin(Check::run(connection, reach, paid)).await;
    for place in check.places().to_vec() {
        match look(&place).await {
            Ok(found) => check.delivered(&place, &Found::Deliveries(&found)),
            Err(IngestError::NothingFound { seen, .. }) => {
                check.delivered(&place, &Found::Nothing(&seen));
            }
            Err(
                IngestError::Denied { why, .. }
                | IngestError::Archived { why, .. }
                | IngestError::WrongRegion { why, .. }
                | IngestError::Read { why, .. },
            ) => check.delivered(&place, &Found::Failed(&why)),
            Err(error) => check.delivered(&place, &Found::Failed(&describe(&error))),
        }
    }
    Box::pin(check.finish()).await
}

/// What is delivered at a place.
async fn look(place: &Place) -> Result<Vec<Delivered>, IngestError> {
    let source = Source::bucket(
        Arc::clone(&place.objects),
        &place.place.bucket,
        &place.place.prefix,
    )?;
    let found = discover(&source).await?;
    let delivered = found.into_iter().map(|delivery| Delivered {
        report: delivery.report.to_string(),
        period: delivery.period.to_string(),
        modified: delivery.modified,
        files: delivery.files.len(),
        fault: delivery.fault,
        columns: delivery.columns,
    });
    Ok(delivered.collect())
}

fn rows(checked: &Checked) -> Vec<Vec<Cell>> {
    let connection = &checked.connection;
    let row = |finding: &curtail_connect::Finding| {
        vec![
            connection.name.as_str().into(),
            connection.account_id.as_str().into(),
            finding.link.as_str().into(),
            finding.state.as_str().into(),
            finding.reason.map(Reason::code).into(),
            finding.reason.map(Reason::means).into(),
            finding.found.clone().into(),
            finding.remedy.clone().into(),
        ]
    };
    checked.findings.iter().map(row).collect()
}
