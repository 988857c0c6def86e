//! Stores: where they are, and what their Delta logs say.

mod actions;
mod amendment;
mod attempts;
mod commits;
mod current;
mod land;
mod once;
mod replacement;
mod seals;
mod side;
mod table;
mod vacuum;
mod verify;
mod versions;
mod write;

use std::{path::PathBuf, sync::Arc};

use object_store::{ObjectStore, local::LocalFileSystem, path::Path, prefix::PrefixStore};
use url::Url;

use crate::{BillingPeriod, ReadCache, ReportName, StoreError, Table};

pub use replacement::{DataFile, Replacement};
pub use vacuum::{Dropped, DroppedPart, Vacuumed};
pub use verify::{Problem, Verification};
pub use versions::{AsOf, ParseAsOfError};

/// A folder (or prefix of an object store) of Delta tables.
#[derive(Clone, Debug)]
pub struct Store {
    url: Url,
    /// What lies below `url`.
    objects: Arc<dyn ObjectStore>,
    /// The same, for answers.
    read: Arc<dyn ObjectStore>,
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
        let objects: Arc<dyn ObjectStore> = Arc::new(PrefixStore::new(root, prefix));
        Ok(Self {
            url,
            read: Arc::clone(&objects),
            objects,
        })
    }

    /// The same, whose data files are read for answers by way of `cache`.
    #[must_use]
    pub fn with_cache(mut self, cache: &ReadCache) -> Self {
        self.read = cache.over(self.url.as_str(), Arc::clone(&self.objects));
        self
    }

    /// Where it is, as a URL that ends in `/`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Its objects; paths of [`crate::FileEntry`] are relative to this store's root.
    pub fn objects(&self) -> &Arc<dyn ObjectStore> {
        &self.objects
    }

    /// The same store, of whose logs each file is read once: for as long as it takes to open a snapshot.
    fn reading_logs_once(&self) -> Self {
        Self {
            objects: once::objects(Arc::clone(&self.objects)),
            ..self.clone()
        }
    }

    /// The same store without a cache.
    #[must_use]
    pub fn without_cache(&self) -> Self {
        Self {
            read: Arc::clone(&self.objects),
            ..self.clone()
        }
    }

    /// The same objects for answers, which may come from a local copy. What is checked or made from a data file has to come from the store.
    pub fn objects_to_read(&self) -> &Arc<dyn ObjectStore> {
        &self.read
    }

    /// The folder that it is, unless it is in an object store.
    fn folder(&self) -> Option<PathBuf> {
        let local = self.url.scheme() == "file";
        local.then(|| self.url.to_file_path().ok()).flatten()
    }

    /// Begins to replace billing period `period` of report `report`, based on the newest version of its table. Deletes what
    /// replacements by processes that died have left.
    pub async fn replace(
        &self,
        table: Table,
        report: &ReportName,
        period: BillingPeriod,
    ) -> Result<Replacement, StoreError> {
        self.sweep().await?;
        let base = table::load(self, table, None).await?;
        Replacement::begin(self.clone(), table, report.clone(), period, base).await
    }

    /// Deletes what replacements by processes that died have left: files that no version has. Returns how many.
    pub async fn sweep(&self) -> Result<u64, StoreError> {
        attempts::sweep(self).await
    }
}
