//! From an answer of the engine to rows on the screen.

use std::{fmt::Write as _, time::Instant};

use curtail_connect::Connection;
use curtail_engine::{Answer, ConnectionInfo, Engine, EngineOptions};
use curtail_store::AsOf;
use futures::StreamExt;
use indicatif::HumanBytes;
use tokio::{sync::mpsc, task::JoinSet};

use super::{cluster, note, place, renderer};
use crate::{
    args::{OutputArgs, ReadArgs, RemoteArgs},
    config::{self, Settings},
    error::CliError,
    render::amounts::grouped,
};

/// Batches that are computed while one is being written.
const BATCHES_AHEAD: usize = 2;

/// Bytes of what was read that are kept if nobody asks again: a statement may read a column twice.
const KEPT: u64 = 256 << 20;

/// The engine over the newest state of the store, or an earlier one, which is asked once or `often`.
pub(super) async fn engine(
    settings: &Settings,
    as_of: Option<AsOf>,
    read: ReadArgs,
    remote: &RemoteArgs,
    often: bool,
) -> Result<Engine, CliError> {
    let store = place::store(settings).await?;
    let snapshot = match as_of {
        Some(as_of) => store.snapshot_at(as_of).await?,
        None => store.snapshot().await?,
    };
    let all = options(settings);
    let options = EngineOptions {
        rollups: !read.no_rollups,
        merging: !read.no_merging,
        kept: if often { all.kept } else { all.kept.min(KEPT) },
        ..all
    };
    let elsewhere = cluster::elsewhere(remote).await?;
    let engine = Engine::computed(&store, snapshot, &options, elsewhere).await?;
    // What is wrong with the file matters to those commands only that need a connection.
    let known = config::load(&settings.config)
        .unwrap_or_default()
        .connections;
    let known: Vec<_> = known.iter().map(connection).collect();
    Ok(engine.with_connections(&known)?)
}

/// A connection as `meta.connections` lists it.
pub(super) fn connection(connection: &Connection) -> ConnectionInfo {
    ConnectionInfo {
        name: connection.name.to_string(),
        account_id: connection.account_id.to_string(),
        kind: connection.kind.as_str().to_owned(),
        role: connection.role_arn().map(|role| role.to_string()),
        region: connection.region.clone(),
        reports: connection.reports.iter().map(ToString::to_string).collect(),
    }
}

/// What an engine may use.
pub(super) fn options(settings: &Settings) -> EngineOptions {
    EngineOptions {
        memory_limit: settings.buffers(),
        threads: settings.threads,
        rollups: true,
        merging: true,
        kept: settings.buffers() / 8,
        allocated: Some(|| crate::ALLOCATOR.allocated() as u64),
    }
}

/// Prints an answer as it comes, its notes on standard error. Returns the number of rows.
pub(crate) async fn print(
    answer: &Answer,
    output: &OutputArgs,
    settings: &Settings,
) -> Result<u64, CliError> {
    // A statement that only does something.
    if answer.schema().fields().is_empty() {
        for text in answer.notes() {
            note(settings, &with_options(text));
        }
        return Ok(0);
    }
    let mut renderer = renderer(output, settings, &answer.schema())?;
    let mut batches = answer.batches()?;
    let (send, mut receive) = mpsc::channel(BATCHES_AHEAD);
    // In a task of its own, so that the user is listened to even while an operator does not let go of its thread.
    let mut work = JoinSet::new();
    work.spawn(async move {
        while let Some(batch) = batches.next().await {
            if send.send(batch).await.is_err() {
                break;
            }
        }
    });
    while let Some(batch) = receive.recv().await {
        renderer.batch(&batch?)?;
    }
    if let Some(Err(defect)) = work.join_next().await {
        return Err(CliError::Internal(defect.to_string()));
    }
    let rows = renderer.finish()?;
    for text in answer.notes() {
        note(settings, text);
    }
    Ok(rows)
}

/// The note, with the option that would have done more: the engine knows none.
fn with_options(note: &str) -> String {
    let more = if note.ends_with("dropped for this session") {
        ": with --save it goes from the store"
    } else if note.ends_with("for this session") {
        ": with --save it stays in the store"
    } else {
        ""
    };
    format!("{note}{more}")
}

/// What `--stats` says.
pub(super) fn stats(answer: &Answer, rows: u64, started: Instant) -> String {
    let stats = answer.stats();
    let mut text = format!(
        "{} rows in {:.4} s; scanned {} rows, {} in {} files ({} pruned), {} row groups ({} pruned)",
        grouped(rows),
        started.elapsed().as_secs_f64(),
        grouped(stats.rows_scanned),
        HumanBytes(stats.bytes_scanned),
        grouped(stats.files),
        grouped(stats.files_pruned),
        grouped(stats.row_groups),
        grouped(stats.row_groups_pruned),
    );
    if stats.bytes_spilled > 0 {
        let _ = write!(text, "; spilled {}", HumanBytes(stats.bytes_spilled));
    }
    text
}
