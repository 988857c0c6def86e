//! Ingesting through connections: several accounts side by side, each report once.

use std::collections::HashSet;

use curtail_connect::{Connection, Kind, Reason, Report, ReportPlace, Reports, Session};
use curtail_ingest::{Delivery, IngestError, Options, Source, discover, distinct_names};
use curtail_store::{ReportName, StoreError};
use futures::{StreamExt, TryStreamExt, stream};

use super::{Job, Run, accounts, jobs, listed, note, provisional};
use crate::{
    args::IngestArgs,
    commands::connections::{named, reach},
    config::Settings,
    error::CliError,
};

/// Connections that are looked into at once.
const LOOKED_INTO: usize = 8;
/// Connections whose reports are ingested at once, at most.
const SIDE_BY_SIDE: usize = 4;

/// The connections that were asked for; those that pay, if all were.
pub(super) fn wanted(args: &IngestArgs, settings: &Settings) -> Result<Vec<Connection>, CliError> {
    let mut connections = match named(&args.connections, settings) {
        Err(CliError::NoConnections { config }) if args.connections.is_empty() => {
            return Err(CliError::NoSource { config });
        }
        connections => connections?,
    };
    connections.retain(|connection| {
        let pays = connection.kind == Kind::Billing;
        if !pays && !args.connections.is_empty() {
            let label = connection.label();
            note(
                settings,
                &format!("{label} is a member account: it has nothing to ingest"),
            );
        }
        pays
    });
    if connections.is_empty() && args.connections.is_empty() {
        note(
            settings,
            "no connection is of kind billing: there is nothing to ingest",
        );
    }
    Ok(connections)
}

/// What a connection leads to.
struct Found {
    label: String,
    session: Session,
    places: Vec<(Source, Vec<Delivery>)>,
}

/// Goes through all connections; a failing one does not stop the others.
pub(super) async fn ingest(run: &Run<'_>, connections: &[Connection]) -> Result<(), CliError> {
    let spinner = run.bars.spinner(match connections {
        [one] => format!("looking for reports of {}", one.label()),
        several => format!("looking for reports of {} connections", several.len()),
    });
    let found: Vec<_> = stream::iter(connections)
        .map(|connection| find(run, connection))
        .buffered(LOOKED_INTO)
        .filter_map(std::future::ready)
        .collect()
        .await;
    spinner.finish_and_clear();
    let found = once_each(run, found);
    let names = names(run, &found).await?;
    let at_once = found
        .len()
        .clamp(1, run.settings.threads.clamp(1, SIDE_BY_SIDE));
    let options = Options {
        memory: run.options.memory / at_once as u64,
        ..run.options.clone()
    };
    let options = &options;
    stream::iter(found.iter().zip(names))
        .map(Ok)
        .try_for_each_concurrent(at_once, |(found, names)| one(run, found, names, options))
        .await?;
    if !run.args.dry_run {
        beside(run, &found).await;
    }
    Ok(())
}

/// Takes what accounts tell beside their reports: only now, when it is known what reports cover, and once per account.
async fn beside(run: &Run<'_>, found: &[Found]) {
    let mut seen = HashSet::new();
    for one in found {
        let account = one.session.account_id();
        if !seen.insert(account.clone()) {
            continue;
        }
        let same = found
            .iter()
            .filter(|other| other.session.account_id() == account);
        let mut places = same.flat_map(|other| &other.places);
        let alone = places.all(|(_, deliveries)| deliveries.is_empty());
        accounts::take(run, &one.session, &one.label).await;
        provisional::costs(run, &one.session, &one.label, alone).await;
    }
}

/// Ingests what one connection leads to.
async fn one(
    run: &Run<'_>,
    found: &Found,
    names: Vec<Option<ReportName>>,
    options: &Options,
) -> Result<(), CliError> {
    let deliveries = found.places.iter();
    let deliveries = deliveries.flat_map(|(source, all)| all.iter().map(move |one| (source, one)));
    for ((source, delivery), name) in deliveries.zip(names) {
        let options = Options {
            name: options.name.clone().or(name),
            ..options.clone()
        };
        let job = Job {
            connection: Some(&found.label),
            source,
            delivery,
            options: &options,
        };
        jobs::work(run, job).await?;
    }
    Ok(())
}

/// Opens a session and looks for deliveries. What fails is kept as the connection's failure.
async fn find(run: &Run<'_>, connection: &Connection) -> Option<Found> {
    let label = connection.label();
    let failed = |error: CliError| {
        let error = CliError::Of {
            label: label.clone(),
            error: Box::new(error),
        };
        run.failures.push(None, error);
    };
    let session = match Session::open(connection, &reach(run.settings)).await {
        Ok(session) => session,
        Err(error) => {
            run.failures.push(None, error.into());
            return None;
        }
    };
    let mut places = Vec::new();
    for (place, report) in reports(run, &session, &label).await {
        match look(&session, &place, report.as_ref()).await {
            Ok(found) => places.push(found),
            Err(error) if is_waiting(&error, &session, &place, report.as_ref()).await => tell(
                run,
                &format!(
                    "{label}: {place} waits for its first delivery, which AWS makes within 24 hours (48 at most)"
                ),
            ),
            Err(error) => failed(error),
        }
    }
    for (source, deliveries) in &mut places {
        let before = deliveries.len();
        deliveries.retain(|delivery| run.options.wants(delivery));
        if deliveries.is_empty() && before > 0 {
            let periods = listed(&run.args.periods);
            tell(
                run,
                &format!("{label}: nothing of {periods} in {}", source.location()),
            );
        }
    }
    Some(Found {
        label,
        session,
        places,
    })
}

/// Where the connection's reports are: as configured, or the one that is found in the account. Finding none is no failure,
/// because Cost Explorer may answer instead.
async fn reports(
    run: &Run<'_>,
    session: &Session,
    label: &str,
) -> Vec<(ReportPlace, Option<Report>)> {
    let configured = &session.connection().reports;
    if !configured.is_empty() {
        return configured
            .iter()
            .map(|place| (place.clone(), None))
            .collect();
    }
    let reports = session.reports().await;
    if let Some(why) = reports.why() {
        tell(run, &format!("{label}: {why}"));
    }
    if let Some(report) = reports.chosen() {
        for failure in &reports.failures {
            tell(
                run,
                &format!("{label}: not all reports can be looked up: {failure}"),
            );
        }
        return vec![(report.place.clone(), Some(report.clone()))];
    }
    tell(run, &format!("{label}: {}", without_report(&reports)));
    Vec::new()
}

fn without_report(reports: &Reports) -> String {
    match reports.failures.first() {
        Some(failure) => format!("its reports cannot be looked up: {failure}"),
        None => format!(
            "{}: `curtail connections check` says what to do",
            Reason::NoReport.means()
        ),
    }
}

async fn look(
    session: &Session,
    place: &ReportPlace,
    report: Option<&Report>,
) -> Result<(Source, Vec<Delivery>), CliError> {
    let region = report.and_then(|report| report.region.as_deref());
    let objects = session.bucket(&place.bucket, region).await?;
    let source = Source::bucket(objects, &place.bucket, &place.prefix)?;
    let deliveries = discover(&source).await?;
    Ok((source, deliveries))
}

/// Whether nothing is there because AWS has not delivered yet.
async fn is_waiting(
    error: &CliError,
    session: &Session,
    place: &ReportPlace,
    report: Option<&Report>,
) -> bool {
    if !matches!(error, CliError::Ingest(error) if matches!(**error, IngestError::NothingFound { .. }))
    {
        return false;
    }
    let is_new =
        |report: &Report| report.delivery.last.is_none() && report.delivery.trouble.is_none();
    match report {
        Some(report) => is_new(report),
        // Of a place that is configured, the account tells whether it is to be delivered to.
        None => session.reports().await.at(place).is_some_and(is_new),
    }
}

/// Leaves each delivery to the first connection that leads to it.
fn once_each(run: &Run<'_>, mut found: Vec<Found>) -> Vec<Found> {
    let mut seen = HashSet::new();
    for found in &mut found {
        // Buckets of different servers may well have the same name.
        let endpoint = found.session.connection().endpoint.clone();
        for (source, deliveries) in &mut found.places {
            let before = deliveries.len();
            deliveries.retain(|delivery| {
                let manifest = source.manifest_of(delivery);
                seen.insert((endpoint.clone(), manifest))
            });
            if deliveries.len() < before {
                tell(
                    run,
                    &format!(
                        "{}: {} is read through another connection",
                        found.label,
                        source.location()
                    ),
                );
            }
        }
    }
    found
}

/// The name in the store of each delivery of each connection, where it is not its own.
async fn names(run: &Run<'_>, found: &[Found]) -> Result<Vec<Vec<Option<ReportName>>>, CliError> {
    let snapshot = match run.store.snapshot().await {
        Ok(snapshot) => Some(snapshot),
        Err(StoreError::Absent(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let deliveries = found.iter().flat_map(|found| {
        let name = found.session.connection().name.as_str();
        let all = found.places.iter().flat_map(|(_, deliveries)| deliveries);
        all.map(move |delivery| (delivery, name))
    });
    let mut names = distinct_names(snapshot.as_ref(), deliveries).into_iter();
    let counts = found.iter().map(|found| {
        let counts = found.places.iter().map(|(_, deliveries)| deliveries.len());
        counts.sum::<usize>()
    });
    Ok(counts
        .map(|count| names.by_ref().take(count).collect())
        .collect())
}

fn tell(run: &Run<'_>, text: &str) {
    run.bars.suspend(|| note(run.settings, text));
}
