//! Where the files of a manifest are: as it says, or beside it if the report was copied to another place.

use futures::{StreamExt, TryStreamExt, stream};
use object_store::{Error as ObjectError, ObjectMeta, ObjectStoreExt, path::Path};

use crate::{Delivery, IngestError, Source, failure::classify, layout::Place, source::LEADS_OUT};

/// Requests for the size and entity tag of files that are under way at once.
const ASKED_AT_ONCE: usize = 16;

/// A file of a report, found.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    /// Its key as the manifest gives it.
    pub(crate) named: String,
    pub(crate) meta: ObjectMeta,
}

/// Ways to read a key of a manifest, in the order in which they are tried. All files of a report are read the same way, so
/// that no version is put together from files of different places.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Below the folder of the report in which the manifest lies. Where AWS delivered it, that is what the key says.
    Rebased,
    /// As it stands.
    Verbatim,
    /// Below the source, which may be a copy of a whole bucket.
    BelowSource,
    /// In the manifest's own folder, by file name: only for keys without AWS's layout, else another version's file
    /// might be taken for it.
    Beside,
}

const WAYS: [Way; 4] = [Way::Rebased, Way::Verbatim, Way::BelowSource, Way::Beside];

impl Way {
    fn apply(
        self,
        source: &Source,
        place: Option<&Place>,
        manifest: &Path,
        key: &str,
    ) -> Option<String> {
        let rebased = place.and_then(|place| place.rebased(key));
        match self {
            Self::Rebased => rebased,
            Self::Verbatim => Some(key.to_owned()),
            Self::BelowSource if source.prefix == *manifest => None,
            Self::BelowSource => Some(format!("{}/{}", source.prefix, key.trim_start_matches('/'))),
            Self::Beside if rebased.is_some() => None,
            Self::Beside => {
                let folder = manifest
                    .as_ref()
                    .rsplit_once('/')
                    .map_or("", |(folder, _)| folder);
                Some(format!(
                    "{folder}/{}",
                    key.rsplit('/').next().unwrap_or(key)
                ))
            }
        }
    }
}

/// Finds all files of a delivery, in the manifest's order.
pub(crate) async fn all(source: &Source, delivery: &Delivery) -> Result<Vec<Located>, IngestError> {
    let Some(first) = delivery.files.first() else {
        return Ok(Vec::new());
    };
    let place = delivery.place.as_ref();
    let missing = |key: &str| IngestError::MissingFile {
        manifest: source.display(delivery.path.as_ref()),
        key: key.to_owned(),
    };
    let (way, _) = way(source, place, &delivery.path, first)
        .await?
        .ok_or_else(|| missing(first))?;
    stream::iter(delivery.files.iter().cloned())
        .map(async |key| {
            let candidate = way
                .apply(source, place, &delivery.path, &key)
                .ok_or_else(|| missing(&key))?;
            let meta = find(source, place, &candidate)
                .await?
                .ok_or_else(|| missing(&key))?;
            Ok(Located { named: key, meta })
        })
        .buffered(ASKED_AT_ONCE)
        .try_collect()
        .await
}

/// Finds one file of a manifest.
pub(crate) async fn one(
    source: &Source,
    place: Option<&Place>,
    manifest: &Path,
    key: &str,
) -> Result<Option<ObjectMeta>, IngestError> {
    Ok(way(source, place, manifest, key)
        .await?
        .map(|(_, meta)| meta))
}

/// The first way that leads to `key`.
async fn way(
    source: &Source,
    place: Option<&Place>,
    manifest: &Path,
    key: &str,
) -> Result<Option<(Way, ObjectMeta)>, IngestError> {
    let mut refused = None;
    let mut tried = Vec::new();
    for way in WAYS {
        let Some(candidate) = way.apply(source, place, manifest, key) else {
            continue;
        };
        if tried.contains(&candidate) {
            continue;
        }
        match find(source, place, &candidate).await {
            Ok(Some(meta)) => return Ok(Some((way, meta))),
            Ok(None) => {}
            // Without the right to list, a missing object is refused like a forbidden one: another way may still lead to it.
            Err(error @ (IngestError::Denied { .. } | IngestError::Key { .. })) => {
                refused.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
        tried.push(candidate);
    }
    refused.map_or(Ok(None), Err)
}

/// The object of a key, if it is there and belongs to the source.
async fn find(
    source: &Source,
    place: Option<&Place>,
    key: &str,
) -> Result<Option<ObjectMeta>, IngestError> {
    let refused = |why: String| IngestError::Key {
        key: source.display(key),
        why,
    };
    let path = Path::parse(key).map_err(|error| refused(error.to_string()))?;
    // What a folder's manifest says about its bucket means nothing below the root of the file system.
    if !source.may_read(place, &path) {
        return Ok(None);
    }
    let meta = match source.objects.head(&path).await {
        Ok(meta) => meta,
        Err(ObjectError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(classify(source, key, &error)),
    };
    if source.leads_out(place, &path).await {
        return Err(refused(LEADS_OUT.to_owned()));
    }
    Ok(Some(meta))
}
