//! Which manifests there are, and which of them are current.

use std::collections::BTreeMap;

use curtail_store::BillingPeriod;
use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use crate::{
    IngestError, Source,
    failure::classify,
    layout::{Family, Place, is_manifest},
};

/// A manifest to be read.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) meta: ObjectMeta,
    /// `None` outside AWS's layouts.
    pub(super) place: Option<Place>,
}

/// The result of looking through a source.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) candidates: Vec<Candidate>,
    pub(super) seen: Seen,
    /// The source is one manifest.
    pub(super) alone: bool,
}

/// What a source holds, for the case that no report is among it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    objects: u64,
    example: Option<String>,
    data: bool,
}

impl Seen {
    /// Told to the user; `others` is the number of manifests of other things.
    pub(super) fn told(&self, others: u64) -> String {
        match (&self.example, others) {
            (None, _) => "there is nothing in it".to_owned(),
            (Some(_), 1..) => format!(
                "{} objects, but only manifests of other exports ({others})",
                self.objects
            ),
            (Some(example), 0) if self.data => {
                format!(
                    "{} objects such as `{example}`, but no manifest (`…-Manifest.json`) that names them",
                    self.objects
                )
            }
            (Some(example), 0) => format!(
                "{} objects such as `{example}`, none of them a manifest",
                self.objects
            ),
        }
    }

    fn add(&mut self, key: &str) {
        self.objects += 1;
        let data = [".csv.gz", ".csv.zip", ".csv", ".parquet"]
            .iter()
            .any(|suffix| key.ends_with(suffix));
        if self.example.is_none() || (data && !self.data) {
            self.example = Some(key.rsplit('/').next().unwrap_or(key).to_owned());
        }
        self.data |= data;
    }
}

/// Billing periods of reports, by where they lie. Two manifests with the same key describe the same thing.
type PeriodKey = (Family, String, String, BillingPeriod);

impl Search {
    pub(super) async fn run(source: &Source) -> Result<Self, IngestError> {
        if let Some(meta) = single(source).await? {
            let place = Place::of(meta.location.as_ref());
            return Ok(Self {
                candidates: vec![Candidate { meta, place }],
                seen: Seen::default(),
                alone: true,
            });
        }
        let mut seen = Seen::default();
        let mut placed: BTreeMap<PeriodKey, (Place, ObjectMeta)> = BTreeMap::new();
        let mut loose = Vec::new();
        let prefix = Some(&source.prefix).filter(|prefix| !prefix.as_ref().is_empty());
        let mut listing = source.objects.list(prefix);
        while let Some(meta) = listing
            .try_next()
            .await
            .map_err(|error| failed(source, &error))?
        {
            let key = meta.location.as_ref();
            seen.add(key);
            if let Some(place) = Place::of(key) {
                let period = (
                    place.family,
                    place.base.clone(),
                    place.folder.clone(),
                    place.period,
                );
                let better = placed
                    .get(&period)
                    .is_none_or(|held| rank(&place, &meta) > rank(&held.0, &held.1));
                if better {
                    placed.insert(period, (place, meta));
                }
            } else if is_manifest(key) {
                loose.push(Candidate { meta, place: None });
            }
        }
        loose.sort_by(|a, b| a.meta.location.cmp(&b.meta.location));
        let candidates = placed
            .into_values()
            .map(|(place, meta)| Candidate {
                meta,
                place: Some(place),
            })
            .chain(loose)
            .collect();
        Ok(Self {
            candidates,
            seen,
            alone: false,
        })
    }
}

/// The manifest on top wins over copies for single versions; of copies, the newest.
fn rank<'a>(
    place: &'a Place,
    meta: &ObjectMeta,
) -> (bool, chrono::DateTime<chrono::Utc>, Option<&'a str>) {
    (
        place.version.is_none(),
        meta.last_modified,
        place.version.as_deref(),
    )
}

/// The source itself, if it is one file.
async fn single(source: &Source) -> Result<Option<ObjectMeta>, IngestError> {
    if source.prefix.extension() != Some("json") {
        return Ok(None);
    }
    match source.objects.head(&source.prefix).await {
        Ok(meta) => Ok(Some(meta)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(classify(source, source.prefix.as_ref(), &error)),
    }
}

fn failed(source: &Source, error: &object_store::Error) -> IngestError {
    let prefix = source.prefix.as_ref();
    match error {
        // Listing a prefix that holds nothing gives an empty list: not found is the bucket.
        object_store::Error::NotFound { .. } => IngestError::NoSuchBucket {
            location: source.location().to_owned(),
        },
        error => classify(source, prefix, error),
    }
}
