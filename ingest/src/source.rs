//! Where reports are read from: a folder, or a prefix of a bucket.

use std::{path, sync::Arc};

use curtail_store::Store;
use object_store::{ObjectStore, local::LocalFileSystem, path::Path};

use crate::{Delivery, IngestError, layout::Place};

/// Why what a symbolic link leads to is not read.
pub(crate) const LEADS_OUT: &str = "a symbolic link leads out of the folder that was given";

/// A place that holds reports, or one manifest.
///
/// Keys are looked at as a whole in both cases (a folder's are those below `/`), because the layout of a report may lie
/// partly above the place that was given.
#[derive(Clone, Debug)]
pub struct Source {
    pub(crate) objects: Arc<dyn ObjectStore>,
    /// What is searched: a prefix of whole path segments, or one object.
    pub(crate) prefix: Path,
    location: String,
    root: Root,
}

#[derive(Clone, Debug)]
enum Root {
    Bucket {
        name: String,
    },
    Folder,
    /// A store, whose own files are read.
    Store {
        url: String,
    },
}

impl Source {
    /// The folder `path`, or a single manifest file.
    pub fn folder(path: &path::Path) -> Result<Self, IngestError> {
        let location = path.display().to_string();
        let failed = |why: String| IngestError::Source {
            location: location.clone(),
            why,
        };
        let full = path
            .canonicalize()
            .map_err(|error| failed(error.to_string()))?;
        let prefix = Path::from_absolute_path(&full).map_err(|error| failed(error.to_string()))?;
        Ok(Self {
            objects: Arc::new(LocalFileSystem::new()),
            prefix,
            location: full.display().to_string(),
            root: Root::Folder,
        })
    }

    /// The objects of `bucket` below `prefix` (whole path segments), or the single manifest of that key. The root of
    /// `objects` is the root of the bucket.
    pub fn bucket(
        objects: Arc<dyn ObjectStore>,
        bucket: &str,
        prefix: &str,
    ) -> Result<Self, IngestError> {
        let location = format!("s3://{bucket}/{prefix}");
        let parsed = Path::parse(prefix).map_err(|error| IngestError::Source {
            location: location.clone(),
            why: error.to_string(),
        })?;
        Ok(Self {
            objects,
            prefix: parsed,
            location,
            root: Root::Bucket {
                name: bucket.to_owned(),
            },
        })
    }

    /// The files of a store.
    pub(crate) fn of_store(store: &Store) -> Self {
        Self {
            objects: Arc::clone(store.objects()),
            prefix: Path::default(),
            location: store.url().to_string(),
            root: Root::Store {
                url: store.url().to_string(),
            },
        }
    }

    /// Where it is, for people: `s3://bucket/prefix` or an absolute path.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// The full name of a delivery's manifest, which no other delivery has.
    pub fn manifest_of(&self, delivery: &Delivery) -> String {
        self.display(delivery.path.as_ref())
    }

    /// An object's full name, for people.
    pub(crate) fn display(&self, key: &str) -> String {
        match &self.root {
            Root::Bucket { name } => format!("s3://{name}/{key}"),
            Root::Folder => format!("/{key}"),
            Root::Store { url } => format!("{url}{key}"),
        }
    }

    /// An object's name in receipts: its key within the bucket, or its path within the folder.
    pub(crate) fn within(&self, key: &Path) -> String {
        let below = match self.root {
            Root::Bucket { .. } | Root::Store { .. } => None,
            Root::Folder => key
                .prefix_match(&self.prefix)
                .map(|parts| parts.collect::<Path>().to_string()),
        };
        below
            .filter(|path| !path.is_empty())
            .unwrap_or_else(|| key.to_string())
    }

    pub(crate) fn is_folder(&self) -> bool {
        matches!(self.root, Root::Folder)
    }

    /// Whether a file at `path` may belong to a report here. In a folder: it lies in the folder, or below the report whose
    /// manifest does.
    pub(crate) fn may_read(&self, place: Option<&Place>, path: &Path) -> bool {
        !self.is_folder()
            || path.prefix_matches(&self.prefix)
            || place.is_some_and(|place| {
                path.as_ref()
                    .starts_with(&format!("{}{}/", place.base, place.folder))
            })
            || self
                .prefix
                .as_ref()
                .rsplit_once('/')
                .is_some_and(|(folder, _)| {
                    let beside = path
                        .as_ref()
                        .strip_prefix(folder)
                        .is_some_and(|rest| rest.starts_with('/'));
                    beside && self.prefix.extension() == Some("json")
                })
    }

    /// Whether symbolic links make `path`, which may be read, a file that may not.
    pub(crate) async fn leads_out(&self, place: Option<&Place>, path: &Path) -> bool {
        if !self.is_folder() {
            return false;
        }
        let Ok(named) = LocalFileSystem::new().path_to_filesystem(path) else {
            return true;
        };
        // One that cannot be followed cannot be read either, and reading it says why.
        let Ok(real) = tokio::fs::canonicalize(named).await else {
            return false;
        };
        !Path::from_absolute_path(real).is_ok_and(|real| self.may_read(place, &real))
    }
}
