//! The order of events of an ingest: decide, locate, read and write, check, commit.

mod attempt;
mod in_place;
mod naming;
mod read;
mod receipt;
mod reread;
mod rollups;
mod status;
mod writing;

pub use naming::distinct_names;
pub use reread::{Reread, reread};
pub use rollups::{BuiltRollups, build_rollups, lacking_rollups};

use std::{sync::Arc, time::Instant};

use curtail_store::{BuiltIn, PeriodVersion, ReportName, Store, StoreError};
use futures::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectMeta, ObjectStoreExt};

use self::attempt::Attempt;
use crate::{
    Action, Delivery, IngestError, Options, Outcome, Progress, Source, convert::Wanted,
    failure::classify, fetch::same_version, format::Format, layout::Family, locate,
};

/// Files that are looked at once more at the same time.
const LOOKS_AT_ONCE: usize = 16;

/// How often another process may replace the same billing period meanwhile before this one gives up.
const CONFLICTS: u32 = 3;

/// Brings the store's version of a billing period up to `delivery`, in one commit.
///
/// Does nothing if the store holds that very version already (unless forced) or if the delivery is not complete yet. On an
/// error, or when dropped, the store is as it was; data files that were already written are deleted as far as possible.
/// Must run within a tokio runtime.
pub async fn ingest(
    delivery: &Delivery,
    source: &Source,
    store: &Store,
    options: &Options,
    progress: Arc<dyn Progress>,
) -> Result<Outcome, IngestError> {
    let began = Instant::now();
    let mut conflicts = 0;
    let outcome = loop {
        let progress = Arc::clone(&progress);
        match decide(delivery, source, store, options, progress, began).await {
            // Most likely another process ingested the same: then there is nothing left to do.
            Err(IngestError::Conflict { .. }) if conflicts < CONFLICTS => conflicts += 1,
            outcome => break outcome?,
        }
    };
    Ok(Outcome {
        seconds: began.elapsed().as_secs_f64(),
        ..outcome
    })
}

async fn decide(
    delivery: &Delivery,
    source: &Source,
    store: &Store,
    options: &Options,
    progress: Arc<dyn Progress>,
    began: Instant,
) -> Result<Outcome, IngestError> {
    if let Some(why) = &delivery.fault {
        return Err(IngestError::Manifest {
            key: source.display(delivery.path.as_ref()),
            why: why.clone(),
        });
    }
    let snapshot = match store.snapshot().await {
        Ok(snapshot) => Some(snapshot),
        Err(StoreError::Absent(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let periods: Vec<&PeriodVersion> = snapshot
        .as_ref()
        .map(|snapshot| snapshot.periods().collect())
        .unwrap_or_default();
    let report = naming::name(&periods, delivery, options)?;
    let held = periods.iter().find(|held| {
        held.receipt.report == report && held.receipt.billing_period == delivery.period
    });
    if let Some(held) = held.filter(|held| !options.force && is_same(held, delivery)) {
        return Ok(unchanged(delivery, report, held));
    }
    let waiting = |report: &ReportName, why: String| Outcome {
        version: held.map(|held| held.version),
        why: Some(why),
        ..Outcome::unread(delivery, report.clone(), Action::Waiting)
    };
    if delivery.files.is_empty() {
        return Ok(waiting(
            &report,
            "its manifest names no files yet".to_owned(),
        ));
    }
    if status_table_says_updating(source, delivery).await {
        let why = "its status table says that its files are being replaced".to_owned();
        return Ok(waiting(&report, why));
    }
    let action = if held.is_some() {
        Action::Replaced
    } else {
        Action::Added
    };
    let files = locate::all(source, delivery).await?;
    if !options.force
        && let Some(why) = in_place::under_way(source, delivery, &files)
    {
        return Ok(waiting(&report, why));
    }
    let bytes = files.iter().map(|file| file.meta.size).sum();
    if options.dry_run {
        let version = held.map(|held| held.version);
        return Ok(Outcome {
            version,
            bytes,
            ..Outcome::unread(delivery, report, action)
        });
    }
    drop(snapshot);
    progress.start(files.len() as u64, bytes);
    let replaceable = in_place::replaceable(delivery, &files);

    let attempt = Attempt::begin(store, delivery.kind.table(), &report, delivery.period).await?;
    let reading = read::Reading {
        source,
        kind: delivery.kind,
        period: delivery.period,
        compression: delivery.compression.clone(),
        options,
        files,
        rollups: Wanted {
            built_in: BuiltIn::ALL.to_vec(),
            defined: options.rollups_of(delivery.kind.table()),
        },
        stored: None,
        progress: Arc::clone(&progress),
    };
    let (sink, requests) = writing::channel();
    let schema = attempt.replacement()?.schema().clone();
    let read = reading.run(&schema, Arc::new(sink));
    let (mut attempt, (files, tally)) = attempt.during(requests, read).await?;
    progress.committing();
    if let Err(error) = still_current(source, delivery, &replaceable).await {
        attempt.abandon().await;
        return Err(error);
    }
    let receipt = receipt::make(source, delivery, &attempt, files, &tally, began.elapsed())?;
    let version = attempt.commit(&tally.schema, &receipt).await?;
    let (unblended_cost, currency) = receipt::cost(&receipt);
    Ok(Outcome {
        version: Some(version),
        rows: receipt.rows,
        bytes,
        unblended_cost,
        currency,
        ..Outcome::unread(delivery, report, action)
    })
}

/// Whether the store's version was made from this very manifest. Two writes of an object never share an entity tag, so it
/// does not matter that a report may have been copied to another prefix together with its tags.
fn is_same(held: &PeriodVersion, delivery: &Delivery) -> bool {
    let (before, now) = (&held.receipt.manifest, &delivery.manifest);
    let same_place = before.etag.is_some() || before.key == now.key;
    same_place
        && before.etag == now.etag
        && before.size == now.size
        && held.receipt.assembly_id == delivery.assembly_id
}

fn unchanged(delivery: &Delivery, report: ReportName, held: &PeriodVersion) -> Outcome {
    let (unblended_cost, currency) = receipt::cost(&held.receipt);
    Outcome {
        version: Some(held.version),
        files: held.receipt.files.len() as u64,
        rows: held.receipt.rows,
        bytes: held.receipt.files.iter().map(|file| file.size).sum(),
        unblended_cost,
        currency,
        ..Outcome::unread(delivery, report, Action::Unchanged)
    }
}

/// Whether Athena's layout says that the files are being replaced right now.
async fn status_table_says_updating(source: &Source, delivery: &Delivery) -> bool {
    let parquet = delivery
        .files
        .first()
        .is_some_and(|file| Format::of(file, delivery.compression.as_deref()) == Format::Parquet);
    match &delivery.place {
        Some(place) if parquet && place.family == Family::Legacy => {
            status::updating(source, &place.status_table()).await
        }
        _ => false,
    }
}

/// The manifest, and all `files`, must be what they were when the files were begun to be read.
async fn still_current(
    source: &Source,
    delivery: &Delivery,
    files: &[ObjectMeta],
) -> Result<(), IngestError> {
    let manifest = ObjectMeta {
        location: delivery.path.clone(),
        last_modified: delivery.modified,
        size: delivery.manifest.size,
        e_tag: delivery.manifest.etag.clone(),
        version: None,
    };
    let looks = std::iter::once(&manifest).chain(files);
    let looks = looks.map(async |before| {
        let key = before.location.as_ref();
        match source.objects.head(&before.location).await {
            Ok(now) if same_version(before, &now) => Ok(()),
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Err(IngestError::Changed {
                key: source.display(key),
            }),
            Err(error) => Err(classify(source, key, &error)),
        }
    });
    stream::iter(looks)
        .buffer_unordered(LOOKS_AT_ONCE)
        .try_collect()
        .await
}
