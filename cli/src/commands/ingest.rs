//! `curtail ingest`.

use std::sync::Arc;

use curtail_ingest::{Delivery, Options, Outcome, Source, discover, ingest};

use super::{note, place, renderer};
use crate::{
    args::{IngestArgs, PeriodRange},
    config::{Location, Settings},
    error::CliError,
    exit::describe,
    hints,
    progress::Bars,
    rows::{self, Cell, Kind},
};

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

pub(super) async fn run(args: &IngestArgs, settings: &Settings) -> Result<(), CliError> {
    if args.sources.is_empty() {
        return Err(CliError::NoSource {
            config: settings.config.clone(),
        });
    }
    let options = Options {
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
    };
    let store = place::store(settings).await?;
    if !args.dry_run {
        store.sweep().await?;
    }
    let bars = Bars::new(settings);
    let mut table = None;
    let mut failures = Failures::default();
    for source in &args.sources {
        let (source, deliveries) = match find(source, args, settings, &bars).await {
            Ok(found) => found,
            Err(error) => {
                failures.push(None, error);
                continue;
            }
        };
        let wanted: Vec<_> = deliveries
            .iter()
            .filter(|delivery| options.wants(delivery))
            .collect();
        if wanted.is_empty() {
            failures.push(
                None,
                CliError::NoSuchPeriod {
                    location: source.location().to_owned(),
                    periods: listed(&args.periods),
                },
            );
            continue;
        }
        for delivery in wanted {
            failures.all += 1;
            let label = format!("{} {}", delivery.report, delivery.period);
            let progress = Arc::new(bars.period(label.clone()));
            let outcome = match ingest(delivery, &source, &store, &options, progress).await {
                Ok(outcome) => outcome,
                Err(error) => {
                    failures.push(Some(label.clone()), error.into());
                    Outcome::failed(delivery)
                }
            };
            if let Some(why) = &outcome.why {
                bars.suspend(|| note(settings, &format!("{label} waits: {why}")));
            }
            let batch = rows::batch(COLUMNS, &[row(outcome)]);
            let table = match &mut table {
                Some(table) => table,
                None => table.insert(renderer(&args.output, settings, &rows::schema(COLUMNS))?),
            };
            bars.suspend(|| table.batch(&batch))?;
        }
    }
    if let Some(table) = table {
        table.finish()?;
    }
    failures.end(settings)
}

async fn find(
    source: &str,
    args: &IngestArgs,
    settings: &Settings,
    bars: &Bars,
) -> Result<(Source, Vec<Delivery>), CliError> {
    let source = place::source(&Location::parse(source)?, &args.s3, settings).await?;
    let spinner = bars.spinner(format!("looking for reports in {}", source.location()));
    let deliveries = discover(&source).await;
    spinner.finish_and_clear();
    Ok((source, deliveries?))
}

fn row(outcome: Outcome) -> Vec<Cell> {
    vec![
        outcome.report.as_str().into(),
        outcome.billing_period.to_string().into(),
        outcome.version.into(),
        outcome.action.as_str().into(),
        outcome.files.into(),
        outcome.rows.into(),
        outcome.bytes.into(),
        outcome.unblended_cost.into(),
        outcome.currency.into(),
        Cell::Seconds((outcome.seconds * 1000.0).round() / 1000.0),
    ]
}

fn listed(periods: &[PeriodRange]) -> String {
    periods
        .iter()
        .map(PeriodRange::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// What went wrong so far. One failure does not keep the other billing periods from being ingested.
#[derive(Debug, Default)]
struct Failures {
    all: usize,
    failed: Vec<(Option<String>, CliError)>,
}

impl Failures {
    fn push(&mut self, label: Option<String>, error: CliError) {
        if label.is_none() {
            self.all += 1;
        }
        self.failed.push((label, error));
    }

    /// The error of the whole run: the only one as it is, or how many there were, after a note about each.
    fn end(mut self, settings: &Settings) -> Result<(), CliError> {
        let told = |(label, error): &(Option<String>, CliError)| match label {
            Some(label) => format!("{label}: {}", describe(error)),
            None => describe(error),
        };
        match self.failed.len() {
            0 => Ok(()),
            1 => {
                let (label, error) = self.failed.remove(0);
                Err(match label {
                    Some(label) if self.all > 1 => CliError::Of {
                        label,
                        error: Box::new(error),
                    },
                    _ => error,
                })
            }
            failed => {
                for failure in &self.failed {
                    note(settings, &format!("failed: {}", told(failure)));
                }
                let (all, first) = (self.all, told(&self.failed[0]));
                let hint = hints::hint(&self.failed[0].1);
                Err(CliError::PartlyFailed {
                    failed,
                    all,
                    first,
                    hint,
                })
            }
        }
    }
}
