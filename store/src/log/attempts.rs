//! Markers of replacements under way: by them the files of a process that died are told from those of one that lives.
//!
//! A marker is put before the first file of an attempt, and goes when the attempt has ended. Of a marker that stays, the
//! process has died: in a folder its lock is gone then; in an object store it is not renewed any more. Whoever finds it
//! deletes the files of the attempt, unless the attempt's commit is in the log.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path as FilePath, PathBuf},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{Store, commits, table};
use crate::{BillingPeriod, ReportName, RollupName, SidePart, StoreError, Table, paths};

/// How often a marker in an object store is renewed.
const RENEWED: Duration = Duration::from_mins(1);

/// From this age on, a marker that was not renewed is that of a dead process. Object stores refuse requests of a machine
/// whose clock is wrong by a quarter of an hour.
const DEAD: Duration = Duration::from_mins(30);

/// How the name of a marker ends that is not locked yet.
const UNSEEN: &str = "new";

/// The marker of one attempt to replace a billing period, or a part of a side table.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) id: Uuid,
    store: Store,
    began: Instant,
    hold: Hold,
}

/// What shows that the process lives.
#[derive(Debug)]
enum Hold {
    /// A lock on the marker, which the system gives up with the process.
    Lock { marker: PathBuf, file: File },
    /// The marker is written anew from time to time.
    Renewal(JoinSet<()>),
}

/// What an attempt replaces.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(super) enum Target {
    /// A billing period of a report.
    Period {
        table: Table,
        report: ReportName,
        billing_period: BillingPeriod,
    },
    /// A part of a side table.
    Part(SidePart),
}

/// What a marker says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Marker {
    #[serde(flatten)]
    target: Target,
    /// The first version of the table that the attempt may have committed.
    since: u64,
    began_at: DateTime<Utc>,
}

impl Target {
    /// The name of the table.
    fn table(&self) -> &'static str {
        match self {
            Self::Period { table, .. } => table.name(),
            Self::Part(part) => part.table.name(),
        }
    }

    /// Every folder that its files lie in.
    async fn folders(&self, store: &Store) -> Result<Vec<String>, StoreError> {
        Ok(match self {
            Self::Period {
                table,
                report,
                billing_period,
            } => {
                let names = rollup_names(store, *table).await?;
                paths::folders(*table, report, *billing_period, &names)
            }
            Self::Part(part) => vec![paths::side_folder(part)],
        })
    }
}

impl Attempt {
    pub(super) async fn begin(
        store: &Store,
        target: Target,
        since: u64,
    ) -> Result<Self, StoreError> {
        let id = Uuid::new_v4();
        let marker = Marker {
            target,
            since,
            began_at: Utc::now(),
        };
        let json = serde_json::to_vec(&marker).map_err(|error| {
            StoreError::Damaged(format!(
                "the marker of an attempt cannot be written: {error}"
            ))
        })?;
        let path = paths::attempt(&id);
        let failed = |source| StoreError::Object {
            action: "cannot write",
            path: path.clone(),
            source,
        };
        let hold = if let Some(folder) = store.folder() {
            let marker = folder.join(&path);
            let file = locked(&marker, &json).map_err(|error| failed(generic(error)))?;
            Hold::Lock { marker, file }
        } else {
            let object = paths::object(&path);
            let put = store.objects.put(&object, json.clone().into());
            put.await.map_err(failed)?;
            let mut renewal = JoinSet::new();
            renewal.spawn(renew(store.clone(), path.clone(), json));
            Hold::Renewal(renewal)
        };
        Ok(Self {
            id,
            store: store.clone(),
            began: Instant::now(),
            hold,
        })
    }

    /// Is the marker still there? A process that stood still for long may have been taken for dead, and its files deleted.
    pub(super) async fn is_marked(&self) -> bool {
        match &self.hold {
            Hold::Lock { .. } => true,
            Hold::Renewal(_) if self.began.elapsed() < DEAD / 2 => true,
            Hold::Renewal(_) => {
                let path = paths::object(&paths::attempt(&self.id));
                self.store.objects.head(&path).await.is_ok()
            }
        }
    }

    /// Takes the marker away: nothing of the attempt is left but what it committed.
    pub(super) async fn end(self) {
        let path = paths::attempt(&self.id);
        let ended = match self.hold {
            Hold::Lock { marker, file } => {
                let removed = fs::remove_file(marker).map_err(generic);
                drop(file);
                removed
            }
            Hold::Renewal(renewal) => {
                drop(renewal);
                self.store.objects.delete(&paths::object(&path)).await
            }
        };
        if let Err(error) = ended {
            tracing::warn!(path, %error, "the marker of an attempt stays; the next run removes it");
        }
    }
}

fn generic(error: io::Error) -> object_store::Error {
    object_store::Error::Generic {
        store: "LocalFileSystem",
        source: Box::new(error),
    }
}

/// A new file that is locked from the moment on at which others see it.
fn locked(path: &FilePath, content: &[u8]) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let unseen = path.with_extension(UNSEEN);
    let mut file = File::create_new(&unseen)?;
    file.lock()?;
    file.write_all(content)?;
    fs::rename(unseen, path)?;
    Ok(file)
}

async fn renew(store: Store, path: String, json: Vec<u8>) {
    loop {
        tokio::time::sleep(RENEWED).await;
        let path = paths::object(&path);
        // Taken for dead by another process, it must not look alive again.
        if matches!(
            store.objects.head(&path).await,
            Err(object_store::Error::NotFound { .. })
        ) {
            return;
        }
        if let Err(error) = store.objects.put(&path, json.clone().into()).await {
            tracing::debug!(%error, "the marker of an attempt could not be renewed");
        }
    }
}

/// Deletes what dead processes left: files that no commit names, and their markers. Returns how many files.
pub(super) async fn sweep(store: &Store) -> Result<u64, StoreError> {
    let mut deleted = 0;
    let found = all(store).await?;
    let alone = found.iter().all(|found| found.state == State::Dead);
    if let Some(folder) = store.folder() {
        forget_unseen(&folder.join(paths::ATTEMPTS));
    }
    for attempt in found.into_iter().filter(|found| found.state == State::Dead) {
        deleted += attempt.clear(store).await?;
        if alone && let (Some(folder), Some(marker)) = (store.folder(), &attempt.marker) {
            deleted += unstage(&folder.join(marker.target.table()).join(paths::LOG));
        }
        let path = paths::attempt(&attempt.id);
        delete(store, &path).await?;
        tracing::info!(attempt = %attempt.id, "removed what a process that died had left");
    }
    Ok(deleted)
}

/// A marker that was found.
#[derive(Debug)]
struct Found {
    id: Uuid,
    /// `None` if it cannot be read, as when the process died while writing it: then it had written nothing else.
    marker: Option<Marker>,
    state: State,
    /// Keeps others from clearing up the same attempt.
    _lock: Option<File>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Alive,
    Dead,
}

async fn all(store: &Store) -> Result<Vec<Found>, StoreError> {
    let failed = |source| StoreError::Object {
        action: "cannot list",
        path: paths::ATTEMPTS.to_owned(),
        source,
    };
    let prefix = paths::object(paths::ATTEMPTS);
    let listed: Vec<_> = match store.objects.list(Some(&prefix)).try_collect().await {
        Ok(listed) => listed,
        Err(object_store::Error::NotFound { .. }) => Vec::new(),
        Err(error) => return Err(failed(error)),
    };
    let mut found = Vec::new();
    for meta in listed {
        let name = meta.location.filename().unwrap_or_default();
        let Some(id) = name
            .strip_suffix(".json")
            .and_then(|id| Uuid::parse_str(id).ok())
        else {
            continue;
        };
        let bytes = match store.objects.get(&meta.location).await {
            Ok(object) => object.bytes().await,
            Err(error) => Err(error),
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            // It ended meanwhile.
            Err(object_store::Error::NotFound { .. }) => continue,
            Err(error) => return Err(failed(error)),
        };
        let (state, lock) = match store.folder() {
            Some(folder) => lock_of(&folder.join(paths::attempt(&id))),
            None => (age(meta.last_modified), None),
        };
        found.push(Found {
            id,
            marker: serde_json::from_slice(&bytes).ok(),
            state,
            _lock: lock,
        });
    }
    Ok(found)
}

fn age(renewed: DateTime<Utc>) -> State {
    let dead = (Utc::now() - renewed).to_std().is_ok_and(|age| age >= DEAD);
    if dead { State::Dead } else { State::Alive }
}

fn lock_of(marker: &FilePath) -> (State, Option<File>) {
    let Ok(file) = File::open(marker) else {
        return (State::Alive, None);
    };
    match file.try_lock() {
        Ok(()) => (State::Dead, Some(file)),
        // File systems without locks tell nothing: then nothing is deleted.
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => (State::Alive, None),
    }
}

impl Found {
    /// Deletes the attempt's files, unless its commit is in the log.
    async fn clear(&self, store: &Store) -> Result<u64, StoreError> {
        let Some(marker) = &self.marker else {
            return Ok(0);
        };
        let table = marker.target.table();
        if let Some(log) = table::log(store, table, None).await? {
            for version in marker.since..=log.version() {
                if commits::is(store, table, version, &self.id.to_string()).await? {
                    return Ok(0);
                }
            }
        }
        let mut deleted = 0;
        for folder in marker.target.folders(store).await? {
            for path in files_in(store, &folder).await? {
                if paths::is_of_attempt(&path, &self.id) {
                    delete(store, &path).await?;
                    deleted += 1;
                }
            }
        }
        Ok(deleted)
    }
}

/// The names of all rollups that a table has or had.
async fn rollup_names(store: &Store, table: Table) -> Result<Vec<RollupName>, StoreError> {
    let folder = paths::rollups(table);
    let found: Vec<String> = if let Some(root) = store.folder() {
        let entries = fs::read_dir(root.join(&folder));
        let entries = entries.into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.collect()
    } else {
        let prefix = paths::object(&folder);
        let listed = store.objects.list_with_delimiter(Some(&prefix)).await;
        let listed = listed.map_err(|source| StoreError::Object {
            action: "cannot list",
            path: folder,
            source,
        })?;
        let folders = listed.common_prefixes.iter();
        let names = folders.filter_map(|path| path.filename().map(str::to_owned));
        names.collect()
    };
    // What else lies there is nobody's rollup.
    Ok(found.iter().filter_map(|name| name.parse().ok()).collect())
}

/// The paths of all files in a folder of the store, with those that a killed process had not given their names yet.
pub(super) async fn files_in(store: &Store, folder: &str) -> Result<Vec<String>, StoreError> {
    if let Some(root) = store.folder() {
        let Ok(entries) = fs::read_dir(root.join(folder)) else {
            return Ok(Vec::new());
        };
        let names = entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok());
        return Ok(names.map(|name| format!("{folder}/{name}")).collect());
    }
    let listed = store.objects.list(Some(&paths::object(folder)));
    let paths = listed.map_ok(|meta| meta.location.to_string());
    paths
        .try_collect()
        .await
        .map_err(|source| StoreError::Object {
            action: "cannot list",
            path: folder.to_owned(),
            source,
        })
}

/// Deletes a file that may be gone already.
pub(super) async fn delete(store: &Store, path: &str) -> Result<(), StoreError> {
    let deleted = match store.folder() {
        // Temporary names are none that an object store takes.
        Some(folder) => fs::remove_file(folder.join(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => object_store::Error::NotFound {
                path: path.to_owned(),
                source: Box::new(error),
            },
            _ => generic(error),
        }),
        None => store.objects.delete(&paths::object(path)).await,
    };
    match deleted {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(source) => Err(StoreError::Object {
            action: "cannot delete",
            path: path.to_owned(),
            source,
        }),
    }
}

/// Removes markers of processes that died before others could see them.
fn forget_unseen(folder: &FilePath) {
    let old = |entry: &fs::DirEntry| {
        let modified = entry.metadata().and_then(|meta| meta.modified());
        modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > RENEWED))
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().extension().is_some_and(|end| end == UNSEEN) && old(&entry) {
            // Somebody else may have been quicker.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Removes files of a log folder that were never given their names.
fn unstage(folder: &FilePath) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let staged = entries.filter(|entry| entry.file_name().to_string_lossy().contains('#'));
    staged
        .filter(|entry| fs::remove_file(entry.path()).is_ok())
        .count() as u64
}
