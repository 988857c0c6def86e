//! Stores: where they are, and what their Delta logs say.

mod actions;
mod commits;
mod replacement;
mod table;

use std::{path::PathBuf, sync::Arc};

use futures::future::try_join_all;
use object_store::{ObjectStore, local::LocalFileSystem, path::Path, prefix::PrefixStore};
use url::Url;

use crate::{BillingPeriod, PeriodVersion, ReportName, Snapshot, StoreError, Table, TableSnapshot};

pub use replacement::{DataFile, Replacement};

/// A folder (or prefix of an object store) of Delta tables.
#[derive(Clone, Debug)]
pub struct Store {
    url: Url,
    /// What lies below `url`.
    objects: Arc<dyn ObjectStore>,
}

impl Store {
    /// A store in the folder `path`, which need not exist yet.
    pub fn local(path: &std::path::Path) -> Result<Self, StoreError> {
        let refused = |why: &str| StoreError::Location {
            location: path.display().to_string(),
            why: why.to_owned(),
        };
        let folder: PathBuf =
            std::path::absolute(path).map_err(|error| refused(&error.to_string()))?;
        if folder.exists() && !folder.is_dir() {
            return Err(refused("it is not a folder"));
        }
        let url =
            Url::from_directory_path(&folder).map_err(|()| refused("it is no absolute path"))?;
        Self::new(url, Arc::new(LocalFileSystem::new()))
    }

    /// A store at `url` (such as `s3://bucket/prefix`), reached through `objects`, whose root is the root of the bucket.
    pub fn remote(url: Url, objects: Arc<dyn ObjectStore>) -> Result<Self, StoreError> {
        Self::new(url, objects)
    }

    fn new(mut url: Url, root: Arc<dyn ObjectStore>) -> Result<Self, StoreError> {
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            // What should not be in it may well be secret: only what leads to the objects is shown.
            let location = format!(
                "{}://{}{}",
                url.scheme(),
                url.host_str().unwrap_or_default(),
                url.path()
            );
            return Err(StoreError::Location {
                location,
                why: "only a scheme, a bucket and a path may be in it".to_owned(),
            });
        }
        let refused = |url: &Url, why: String| StoreError::Location {
            location: url.to_string(),
            why,
        };
        if url.cannot_be_a_base() {
            return Err(refused(&url, "it has no path".to_owned()));
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        let prefix =
            Path::from_url_path(url.path()).map_err(|error| refused(&url, error.to_string()))?;
        let objects = Arc::new(PrefixStore::new(root, prefix));
        Ok(Self { url, objects })
    }

    /// Where it is, as a URL that ends in `/`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Its objects; paths of [`crate::FileEntry`] are relative to this store's root.
    pub fn objects(&self) -> &Arc<dyn ObjectStore> {
        &self.objects
    }

    /// The newest version of every table. A store without any table is [`StoreError::Absent`].
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let tables = try_join_all(Table::ALL.map(|table| self.table(table))).await?;
        let tables: Vec<_> = tables.into_iter().flatten().collect();
        if tables.is_empty() {
            return Err(StoreError::Absent(self.url.to_string()));
        }
        Ok(Snapshot::new(tables))
    }

    async fn table(&self, table: Table) -> Result<Option<TableSnapshot>, StoreError> {
        match table::load(self, table).await? {
            Some(loaded) => loaded.snapshot(self).await.map(Some),
            None => Ok(None),
        }
    }

    /// Every committed version of every billing period, oldest first (by time of ingestion across tables).
    pub async fn history(&self) -> Result<Vec<PeriodVersion>, StoreError> {
        let mut history = Vec::new();
        let mut exists = false;
        for table in Table::ALL {
            if let Some(loaded) = table::load(self, table).await? {
                exists = true;
                history.extend(commits::all(self, table, loaded.version()).await?);
            }
        }
        if !exists {
            return Err(StoreError::Absent(self.url.to_string()));
        }
        // Within a table the order of commits stands, whatever the clocks of the machines that made them said.
        history.sort_by_key(|version| version.receipt.ingested_at);
        for table in Table::ALL {
            restore_order(&mut history, table);
        }
        Ok(history)
    }

    /// Begins to replace billing period `period` of report `report`, based on the newest version of its table.
    pub async fn replace(
        &self,
        table: Table,
        report: &ReportName,
        period: BillingPeriod,
    ) -> Result<Replacement, StoreError> {
        let base = table::load(self, table).await?;
        Replacement::begin(self.clone(), table, report.clone(), period, base).await
    }
}

/// Puts the versions of one table, which keep their places among those of other tables, in the order of its commits.
fn restore_order(history: &mut [PeriodVersion], table: Table) {
    let places: Vec<_> = (0..history.len())
        .filter(|&place| history[place].receipt.kind.table() == table)
        .collect();
    let mut versions: Vec<_> = places.iter().map(|&place| history[place].clone()).collect();
    versions.sort_by_key(|version| version.version);
    for (place, version) in places.into_iter().zip(versions) {
        history[place] = version;
    }
}
