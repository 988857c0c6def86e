//! Rollups of what the store holds already, from its own line items.

use std::sync::Arc;

use curtail_store::{BuiltIn, PeriodVersion, Receipt, Rollup, RollupName, Store, StoreError};
use object_store::{ObjectMeta, ObjectStoreExt, path::Path};

use super::{CONFLICTS, attempt::Attempt, read::Reading, writing};
use crate::{
    IngestError, Options, Progress, Source, convert::Wanted, failure::classify, locate::Located,
};

/// What became of the rollups of a billing period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuiltRollups {
    /// Those that were made.
    pub made: Vec<Rollup>,
    /// Built-in ones that would have too many rows to be worth having.
    pub forgone: Vec<RollupName>,
}

/// The rollups that a version lacks: built-in ones, unless they are not worth having, and those that [`Options::rollups`] defines
/// otherwise than they were made.
pub fn lacking_rollups(receipt: &Receipt, options: &Options) -> Vec<RollupName> {
    let Wanted { built_in, defined } = lacking(receipt, |_| true, options);
    let built_in = built_in.into_iter().map(BuiltIn::name);
    let defined = defined.into_iter().map(|it| it.name);
    built_in.chain(defined).collect()
}

/// Makes the rollups that a billing period of a report lacks, built in and as [`Options::rollups`] says, from the line items in
/// the store, and commits them. `version` is the current one, as it was found; `wanted` says which names count. Does nothing
/// if it lacks none.
///
/// On an error, or when dropped, the store is as it was. Must run within a tokio runtime.
pub async fn build_rollups(
    store: &Store,
    version: &PeriodVersion,
    wanted: impl Fn(&RollupName) -> bool,
    options: &Options,
    progress: Arc<dyn Progress>,
) -> Result<BuiltRollups, IngestError> {
    let receipt = &version.receipt;
    let (table, report, period) = (
        receipt.kind.table(),
        &receipt.report,
        receipt.billing_period,
    );
    if lacking(receipt, &wanted, options).is_empty() {
        return Ok(BuiltRollups::default());
    }
    let mut conflicts = 0;
    loop {
        let attempt = Attempt::begin(store, table, report, period).await?;
        let progress = Arc::clone(&progress);
        match build(store, attempt, &wanted, options, progress).await {
            // What another process committed may have them, or else is what they are to be made of.
            Err(IngestError::Conflict { .. }) if conflicts < CONFLICTS => conflicts += 1,
            built => return built,
        }
    }
}

async fn build(
    store: &Store,
    mut attempt: Attempt,
    wanted: impl Fn(&RollupName) -> bool,
    options: &Options,
    progress: Arc<dyn Progress>,
) -> Result<BuiltRollups, IngestError> {
    let replacement = attempt.replacement()?;
    let schema = replacement.schema().clone();
    let found = replacement.previous();
    let found = found.map(|version| (version.clone(), lacking(&version.receipt, wanted, options)));
    let Some((version, missing)) = found.filter(|(_, missing)| !missing.is_empty()) else {
        attempt.abandon().await;
        return Ok(BuiltRollups::default());
    };
    let receipt = &version.receipt;
    let source = Source::of_store(store);
    let files = match files(store, &source, &version).await {
        Ok(files) => files,
        Err(error) => {
            attempt.abandon().await;
            return Err(error);
        }
    };
    let bytes = files.iter().map(|file| file.meta.size).sum();
    progress.start(files.len() as u64, bytes);
    let reading = Reading {
        source: &source,
        kind: receipt.kind,
        period: receipt.billing_period,
        compression: None,
        options,
        files,
        rollups: missing,
        stored: Some(&receipt.columns.seen),
        progress: Arc::clone(&progress),
    };
    let (sink, requests) = writing::channel();
    let read = reading.run(&schema, Arc::new(sink));
    let (mut attempt, (_, tally)) = attempt.during(requests, read).await?;
    if (tally.rows, &tally.sums) != (receipt.rows, &receipt.sums) {
        attempt.abandon().await;
        let (report, period) = (&receipt.report, receipt.billing_period);
        let damaged = StoreError::Damaged(format!(
            "the line items of {period} of report `{report}` do not add up to their receipt"
        ));
        return Err(damaged.into());
    }
    progress.committing();
    let made = attempt.rollups(&tally.rollups);
    let replaced = |kept: &Rollup| made.iter().any(|made| made.name == kept.name);
    let kept = receipt.rollups.iter().filter(|kept| !replaced(kept));
    let rollups = kept.chain(&made).cloned().collect();
    let mut forgone = receipt.forgone.clone();
    forgone.extend(tally.forgone.iter().cloned());
    attempt.amend(rollups, forgone).await?;
    Ok(BuiltRollups {
        made,
        forgone: tally.forgone,
    })
}

/// The rollups that a version lacks.
fn lacking(receipt: &Receipt, wanted: impl Fn(&RollupName) -> bool, options: &Options) -> Wanted {
    let has = |name: &RollupName, definition: Option<&String>| {
        let mut rollups = receipt.rollups.iter();
        rollups.any(|it| it.name == *name && it.definition.as_ref() == definition)
    };
    let built_in = BuiltIn::ALL.into_iter().filter(|built_in| {
        let name = built_in.name();
        wanted(&name) && !has(&name, None) && !receipt.forgone.contains(&name)
    });
    let defined = options.rollups_of(receipt.kind.table()).into_iter();
    let defined = defined.filter(|it| wanted(&it.name) && !has(&it.name, Some(&it.text)));
    Wanted {
        built_in: built_in.collect(),
        defined: defined.collect(),
    }
}

/// The data files of a version.
async fn files(
    store: &Store,
    source: &Source,
    version: &PeriodVersion,
) -> Result<Vec<Located>, IngestError> {
    let snapshot = store.snapshot_of(version).await?;
    let table = snapshot.table(version.receipt.kind.table());
    let mut files = Vec::new();
    for file in table.into_iter().flat_map(|table| &table.files) {
        let location = Path::parse(&file.path).map_err(|error| IngestError::Key {
            key: file.path.clone(),
            why: error.to_string(),
        })?;
        let found = source.objects.head(&location).await;
        let meta = found.map_err(|error| classify(source, location.as_ref(), &error))?;
        files.push(Located {
            named: file.path.clone(),
            // Some stores tell where it is from their own root.
            meta: ObjectMeta { location, ..meta },
        });
    }
    Ok(files)
}
