//! `curtail ingest`.

mod accounts;
mod connections;
mod failures;
mod jobs;
mod provisional;

use std::{cell::RefCell, collections::BTreeSet};

use curtail_ingest::{Delivery, Options, Source, discover};
use curtail_store::{BillingPeriod, Store};

use super::{OutputTable, note, place, rollup};
use crate::{
    args::{IngestArgs, PeriodRange},
    config::{Location, Settings},
    error::CliError,
    progress::Bars,
    rows::Kind,
};

use failures::Failures;
use jobs::Job;

const COLUMNS: &[(&str, Kind)] = &[
    ("report", Kind::Text),
    ("billing_period", Kind::Text),
    ("version", Kind::Count),
    ("action", Kind::Text),
    ("files", Kind::Count),
    ("rows", Kind::Count),
    ("bytes", Kind::Count),
    ("unblended_cost", Kind::Amount),
    ("currency", Kind::Text),
    ("seconds", Kind::Seconds),
];

/// What the parts of one run share.
struct Run<'a> {
    args: &'a IngestArgs,
    settings: &'a Settings,
    store: Store,
    options: Options,
    bars: Bars,
    table: OutputTable<'a>,
    failures: Failures,
    /// Billing periods that were added.
    added: RefCell<BTreeSet<BillingPeriod>>,
}

pub(super) async fn run(args: &IngestArgs, settings: &Settings) -> Result<(), CliError> {
    let connections = if args.sources.is_empty() {
        connections::wanted(args, settings)?
    } else {
        Vec::new()
    };
    let store = place::store(settings).await?;
    let options = Options {
        rollups: rollup::definitions(&store, settings).await?,
        ..options(args, settings)
    };
    if !args.dry_run {
        store.sweep().await?;
    }
    let mut run = Run {
        args,
        settings,
        store,
        options,
        bars: Bars::new(settings),
        table: OutputTable::new(&args.output, settings, COLUMNS),
        failures: Failures::default(),
        added: RefCell::default(),
    };
    if args.sources.is_empty() {
        connections::ingest(&run, &connections).await?;
    } else {
        sources(&mut run).await?;
    }
    provisional::replaced(&run).await;
    lacking(&run).await;
    let Run {
        table, failures, ..
    } = run;
    table.finish()?;
    failures.end(settings)
}

/// Tells which rollups of the configuration are missing in billing periods that had been there before. The next run may tell
/// what this one cannot.
async fn lacking(run: &Run<'_>) {
    let defined = &run.options.rollups;
    if defined.is_empty() || run.args.dry_run {
        return;
    }
    if let Ok(snapshot) = run.store.snapshot().await {
        rollup::tell_lacking(snapshot.periods(), defined, run.settings);
    }
}

fn options(args: &IngestArgs, settings: &Settings) -> Options {
    Options {
        memory: settings.buffers(),
        threads: settings.threads,
        force: args.force,
        dry_run: args.dry_run,
        name: args.name.clone(),
        periods: args
            .periods
            .iter()
            .map(|range| range.first..=range.last)
            .collect(),
        rollups: Vec::new(),
    }
}

async fn sources(run: &mut Run<'_>) -> Result<(), CliError> {
    for location in &run.args.sources {
        let (source, deliveries) = match find(location, run).await {
            Ok(found) => found,
            Err(error) => {
                run.failures.push(None, error);
                continue;
            }
        };
        let wanted: Vec<_> = deliveries
            .into_iter()
            .filter(|delivery| run.options.wants(delivery))
            .collect();
        if wanted.is_empty() {
            let error = CliError::NoSuchPeriod {
                location: source.location().to_owned(),
                periods: listed(&run.args.periods),
            };
            run.failures.push(None, error);
            continue;
        }
        for delivery in wanted {
            let job = Job {
                connection: None,
                source: &source,
                delivery: &delivery,
                options: &run.options,
            };
            jobs::work(run, job).await?;
        }
    }
    Ok(())
}

async fn find(location: &str, run: &Run<'_>) -> Result<(Source, Vec<Delivery>), CliError> {
    let location = Location::parse(location)?;
    let source = place::source(&location, &run.args.s3, run.settings).await?;
    let spinner = run
        .bars
        .spinner(format!("looking for reports in {}", source.location()));
    let deliveries = discover(&source).await;
    spinner.finish_and_clear();
    Ok((source, deliveries?))
}

fn listed(periods: &[PeriodRange]) -> String {
    periods
        .iter()
        .map(PeriodRange::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
