//! A version of a billing period, checked against its receipt.

use std::{collections::BTreeMap, fmt};

use object_store::ObjectStoreExt;
use tokio::task::JoinSet;

use super::{
    Store, seals,
    side::{self, Side},
    table,
};
use crate::{
    FileEntry, PeriodVersion, SideVersion, Standing, StoreError, StoredFile, check, hash, paths,
    sums,
    sums::{Contents, Sums},
};

/// What checking a version came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Files that were read, with those of rollups.
    pub files: u64,
    /// Bytes that were read.
    pub bytes: u64,
    /// Rows and sums of its line items as they are in the files that could be read.
    pub found: Sums,
    /// What does not hold; empty if all is well.
    pub problems: Vec<Problem>,
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The receipt is not what was written.
    ReceiptEdited {
        /// The path of the commit that holds it.
        commit: String,
    },
    /// What a commit does to its table is not what was written: its files or columns.
    CommitEdited {
        /// The path of the commit.
        commit: String,
    },
    /// A file is not there.
    Lost {
        /// Its path.
        path: String,
    },
    /// A file's bytes are not those that were written.
    Altered {
        /// Its path.
        path: String,
        /// How it differs.
        how: String,
    },
    /// The log lists a file that the receipt does not know, or the other way round.
    Listing {
        /// The file's path.
        path: String,
        /// What is wrong.
        how: String,
    },
    /// Rows or sums differ.
    Sums(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReceiptEdited { commit } => {
                write!(
                    f,
                    "the receipt in `{commit}` was edited after it was written"
                )
            }
            Self::CommitEdited { commit } => {
                write!(f, "the commit `{commit}` was edited after it was written")
            }
            Self::Lost { path } => write!(f, "`{path}` is lost"),
            Self::Altered { path, how } | Self::Listing { path, how } => {
                write!(f, "`{path}` {how}")
            }
            Self::Sums(what) => f.write_str(what),
        }
    }
}

impl Store {
    /// Checks the logs: that every commit, of earlier versions too, is what was written, its receipt and what it does to its
    /// table.
    pub async fn verify_logs(&self) -> Result<Vec<Problem>, StoreError> {
        let mut problems = Vec::new();
        for (table, newest) in self.newest().await?.logs() {
            for version in 0..=newest {
                let commit = paths::in_store(table, &paths::commit(version));
                let broken = match seals::broken(self, table, version).await {
                    Ok(broken) => broken,
                    Err(StoreError::Damaged(what)) => {
                        problems.push(Problem::Altered {
                            path: commit,
                            how: format!("cannot be read: {what}"),
                        });
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                if broken.receipt {
                    let commit = commit.clone();
                    problems.push(Problem::ReceiptEdited { commit });
                }
                if broken.actions {
                    problems.push(Problem::CommitEdited { commit });
                }
            }
        }
        Ok(problems)
    }

    /// Checks a version: that every byte of its files is what was written, and that they add up to its receipt. Whether that is
    /// the one written, [`Self::verify_logs`] tells.
    ///
    /// What does not hold is told in the result; errors are those of a store that cannot be read.
    pub async fn verify(&self, version: &PeriodVersion) -> Result<Verification, StoreError> {
        let receipt = &version.receipt;
        let table = receipt.kind.table();
        let mut problems = Vec::new();
        let at = (version.standing != Standing::Current).then_some(version.version);
        let loaded = table::load(self, table, at).await?;
        let listed = match loaded {
            Some(loaded) => loaded.files()?,
            None => Vec::new(),
        };
        let listed = listed.into_iter().filter(|file| {
            file.report == receipt.report && file.billing_period == receipt.billing_period
        });
        let listed: Vec<_> = listed.collect();
        let paths: Vec<_> = listed.iter().map(|file| file.path.as_str()).collect();
        problems.extend(listing(&paths, &receipt.stored));

        let rollups = receipt.rollups.iter().flat_map(|rollup| &rollup.files);
        let mut files: Vec<StoredFile> = receipt.stored.iter().chain(rollups).cloned().collect();
        let known = |file: &FileEntry| !files.iter().any(|known| known.path == file.path);
        let unknown: Vec<_> = listed.iter().filter(|file| known(file)).collect();
        files.extend(unknown.into_iter().map(|file| StoredFile {
            path: file.path.clone(),
            size: file.size,
            rows: file.rows,
            sha256: String::new(),
        }));
        let (contents, damages) = self.read_files(&files).await?;
        let whole = damages.is_empty();
        problems.extend(damages);

        let mut found = Sums::default();
        for file in &listed {
            if let Some(contents) = contents.iter().find(|read| read.path == file.path) {
                found.checked_add(&contents.sums)?;
            }
        }
        let wrong = |checked: Result<(), StoreError>| match checked {
            Ok(()) => None,
            Err(StoreError::Receipt(what)) => Some(Problem::Sums(what)),
            Err(error) => Some(Problem::Sums(error.to_string())),
        };
        problems.extend(wrong(check::delivered(receipt)));
        // Sums over files of which some are missing say nothing new.
        if whole {
            problems.extend(wrong(check::adds_up("the data files", &found, receipt)));
            for rollup in &receipt.rollups {
                problems.extend(wrong(check::rollup(rollup, receipt, &contents)));
            }
        }
        Ok(Verification {
            files: files.len() as u64,
            bytes: files.iter().map(|file| file.size).sum(),
            found,
            problems,
        })
    }

    /// The same of a version of a part of a side table.
    pub async fn verify_part(&self, version: &SideVersion) -> Result<Verification, StoreError> {
        let receipt = &version.receipt;
        let newest = side::load(self, receipt.part.table, None).await?;
        let current = |side: &Side| side.part(&receipt.part).map(|part| part.version);
        let loaded = match newest {
            Some(side) if current(&side) == Some(version.version) => Some(side),
            _ => side::load(self, receipt.part.table, Some(version.version)).await?,
        };
        let files = match &loaded {
            Some(side) => side.snapshot()?.files,
            None => Vec::new(),
        };
        let listed: Vec<_> = files
            .iter()
            .filter(|file| file.part == receipt.part)
            .map(|file| file.path.as_str())
            .collect();
        let mut problems = listing(&listed, &receipt.stored);
        let (contents, damages) = self.read_files(&receipt.stored).await?;
        let whole = damages.is_empty();
        problems.extend(damages);
        let mut found = Sums::default();
        for contents in &contents {
            found.checked_add(&contents.sums)?;
        }
        if whole {
            let equal = check::equal("the data files", &found, &receipt.sums()?);
            problems.extend(equal.err().map(|error| Problem::Sums(error.to_string())));
        }
        Ok(Verification {
            files: receipt.stored.len() as u64,
            bytes: receipt.stored.iter().map(|file| file.size).sum(),
            found,
            problems,
        })
    }

    /// Reads files, some at a time: what is in those that are whole, and what is wrong with the others.
    async fn read_files(
        &self,
        files: &[StoredFile],
    ) -> Result<(Vec<Contents>, Vec<Problem>), StoreError> {
        let parallel = std::thread::available_parallelism().map_or(2, usize::from);
        let mut waiting = files.iter();
        let mut running = JoinSet::new();
        let (mut contents, mut problems) = (Vec::new(), BTreeMap::new());
        loop {
            while running.len() < parallel
                && let Some(file) = waiting.next()
            {
                running.spawn(read(self.clone(), file.clone()));
            }
            let Some(joined) = running.join_next().await else {
                break;
            };
            let unended =
                |error| StoreError::Damaged(format!("reading a data file did not end: {error}"));
            match joined.map_err(unended)?? {
                Ok(read) => contents.push(read),
                Err((path, problem)) => drop(problems.insert(path, problem)),
            }
        }
        Ok((contents, problems.into_values().collect()))
    }
}

/// Files that only the log has, or only the receipt. Receipts of early versions list none.
fn listing(listed: &[&str], stored: &[StoredFile]) -> Vec<Problem> {
    if stored.is_empty() {
        return Vec::new();
    }
    let how = |path: &str, how: &str| Problem::Listing {
        path: path.to_owned(),
        how: how.to_owned(),
    };
    let missing = stored
        .iter()
        .filter(|file| !listed.contains(&file.path.as_str()))
        .map(|file| how(&file.path, "is in the receipt, and not in the Delta log"));
    let foreign = listed
        .iter()
        .filter(|path| !stored.iter().any(|file| file.path == **path))
        .map(|path| how(path, "is in the Delta log, and not in the receipt"));
    missing.chain(foreign).collect()
}

type Read = Result<Contents, (String, Problem)>;

/// Reads a file, all of its bytes and then its amounts. An error is one of the store as a whole.
async fn read(store: Store, file: StoredFile) -> Result<Read, StoreError> {
    let path = file.path.clone();
    let altered = |how: String| {
        let path = path.clone();
        Ok(Err((path.clone(), Problem::Altered { path, how })))
    };
    let object = match store.objects.get(&paths::object(&path)).await {
        Ok(object) => object.bytes().await,
        Err(error) => Err(error),
    };
    let bytes = match object {
        Ok(bytes) => bytes,
        Err(object_store::Error::NotFound { .. }) => {
            return Ok(Err((path.clone(), Problem::Lost { path })));
        }
        Err(source) => {
            return Err(StoreError::Object {
                action: "cannot read",
                path,
                source,
            });
        }
    };
    if bytes.len() as u64 != file.size {
        return altered(format!("has {} bytes, not {}", bytes.len(), file.size));
    }
    if !file.sha256.is_empty() {
        let hashed = tokio::task::spawn_blocking(move || hash::sha256(&bytes));
        let sha256 = hashed.await.map_err(|error| {
            StoreError::Damaged(format!("hashing a data file did not end: {error}"))
        })?;
        if sha256 != file.sha256 {
            return altered(format!(
                "was altered after it was written: its SHA-256 is {sha256}, not {}",
                file.sha256
            ));
        }
    }
    match sums::read(store, path.clone(), file.size).await {
        Ok(contents) => Ok(Ok(contents)),
        Err(StoreError::Damaged(what)) => altered(format!("cannot be read: {what}")),
        Err(error) => Err(error),
    }
}
