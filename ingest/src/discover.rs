//! Finding reports: by their manifests, and by nothing else.

mod names;
mod peek;
mod search;

use curtail_store::{ManifestRef, ReportKind};
use futures::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectMeta, ObjectStoreExt};

use self::search::{Candidate, Search};
use crate::{
    Delivery, IngestError, Source,
    failure::classify,
    layout::{Family, Place},
    manifest::{Contents, Manifest, ManifestColumn},
    source::LEADS_OUT,
};

/// Manifests that are read at once.
const READ_AT_ONCE: usize = 8;

/// The largest manifests known have some thousand columns and files, which are less than 2 MiB. Read, one takes up to
/// twenty times as much memory.
const LARGEST_MANIFEST: u64 = 8 << 20;

/// Finds every billing period of every report in `source`, each as its current manifest describes it, by report and
/// period.
///
/// Of a report that keeps every version, the manifest on top counts; where only copies of single versions are there, the
/// newest one. Exports of other tables, and whatever else lies there, are passed over. A manifest that cannot be used is
/// found nevertheless: ingesting it tells why.
pub async fn discover(source: &Source) -> Result<Vec<Delivery>, IngestError> {
    let search = Search::run(source).await?;
    let alone = search.alone;
    let read: Vec<Reading> = stream::iter(search.candidates)
        .map(|candidate| read(source, candidate, alone))
        .buffered(READ_AT_ONCE)
        .try_collect()
        .await?;
    let mut deliveries = Vec::with_capacity(read.len());
    let mut others = 0_u64;
    for reading in read {
        match reading {
            Reading::Report(delivery) => deliveries.push(*delivery),
            Reading::Other => others += 1,
        }
    }
    if deliveries.is_empty() {
        return Err(IngestError::NothingFound {
            location: source.location().to_owned(),
            seen: search.seen.told(others),
        });
    }
    let mut deliveries = names::one_of_each(deliveries);
    names::make_distinct(&mut deliveries);
    deliveries.sort_by(|a, b| (&a.report, a.period).cmp(&(&b.report, b.period)));
    Ok(deliveries)
}

enum Reading {
    Report(Box<Delivery>),
    /// A manifest of something that is no cost report, or not one that can be told.
    Other,
}

/// Reads one manifest. One that lies outside AWS's layouts counts only if it says by itself what it describes; if it was
/// asked for by name (`alone`), what it lacks is an error.
async fn read(source: &Source, candidate: Candidate, alone: bool) -> Result<Reading, IngestError> {
    let Candidate { meta, place } = candidate;
    let key = meta.location.as_ref();
    let name = source.display(key);
    let (etag, fetched) = match fetch(source, place.as_ref(), &meta).await {
        Ok((etag, bytes)) => (etag, Ok(bytes)),
        // One that cannot be asked for, or is none, must not hide the others.
        Err(IngestError::Key { why, .. } | IngestError::Manifest { why, .. }) => {
            (meta.e_tag.clone(), Err(why))
        }
        Err(error) => return Err(error),
    };
    let size = fetched
        .as_ref()
        .map_or(meta.size, |bytes| bytes.len() as u64);
    let parsed = fetched
        .and_then(|bytes| Manifest::parse(&bytes))
        .and_then(|manifest| described(&manifest, place.as_ref()).map(|about| (manifest, about)));
    let (manifest, about, mut fault) = match (parsed, &place) {
        (Ok((manifest, about)), _) => (manifest, about, None),
        (Err(why), Some(place)) => (Manifest::default(), About::of(place), Some(why)),
        (Err(why), None) if alone => return Err(IngestError::Manifest { key: name, why }),
        (Err(_), None) => return Ok(Reading::Other),
    };
    let kind = match manifest.contents() {
        Contents::Known(kind) => kind,
        Contents::Other => return Ok(Reading::Other),
        Contents::Untold if about.family == Some(Family::Legacy) => ReportKind::LegacyCur,
        Contents::Untold => match peek::kind(source, place.as_ref(), &meta, &manifest).await? {
            Contents::Known(kind) => kind,
            Contents::Other => return Ok(Reading::Other),
            // Nothing was delivered that would tell.
            Contents::Untold => ReportKind::Cur2,
        },
    };
    let report = if let Ok(report) = about.name.parse() {
        report
    } else {
        let why = format!("`{}` cannot name a report", about.name.escape_debug());
        let folder = place.as_ref().and_then(|place| place.folder.parse().ok());
        match folder {
            Some(folder) => {
                fault = fault.or(Some(why));
                folder
            }
            None if alone => return Err(IngestError::Manifest { key: name, why }),
            None => return Ok(Reading::Other),
        }
    };
    let copy = place.as_ref().and_then(|place| place.version.clone());
    Ok(Reading::Report(Box::new(Delivery {
        report,
        kind,
        period: about.period,
        manifest: ManifestRef {
            key: source.within(&meta.location),
            etag: etag.clone(),
            size,
            modified: Some(meta.last_modified),
        },
        assembly_id: manifest.version.or(copy).or(etag).unwrap_or_default(),
        report_id: manifest
            .report_id
            .unwrap_or_else(|| source.display(&about.lies)),
        account: manifest.account,
        files: manifest.files,
        path: meta.location,
        place,
        compression: manifest.compression,
        fault,
        modified: meta.last_modified,
        columns: manifest.columns.into_iter().map(full_name).collect(),
    })))
}

fn full_name(column: ManifestColumn) -> String {
    match column.category {
        Some(category) => format!("{category}/{}", column.name),
        None => column.name,
    }
}

/// The manifest's bytes and entity tag, of one and the same version.
async fn fetch(
    source: &Source,
    place: Option<&Place>,
    meta: &ObjectMeta,
) -> Result<(Option<String>, bytes::Bytes), IngestError> {
    let key = meta.location.as_ref();
    let failed = |error: object_store::Error| {
        match error {
        // Listed a moment ago. A key that starts with `/` is listed too, but cannot be asked for.
        object_store::Error::NotFound { .. } => IngestError::Key {
            key: source.display(key),
            why: "it is listed but cannot be read: it was deleted just now, or its real key starts with `/`".to_owned(),
        },
        error => classify(source, key, &error),
    }
    };
    let refused = |why: String| IngestError::Manifest {
        key: source.display(key),
        why,
    };
    if meta.size > LARGEST_MANIFEST {
        let why = format!("it has {} bytes, more than any manifest", meta.size);
        return Err(refused(why));
    }
    if source.leads_out(place, &meta.location).await {
        return Err(refused(LEADS_OUT.to_owned()));
    }
    let result = source.objects.get(&meta.location).await.map_err(failed)?;
    let etag = result.meta.e_tag.clone();
    let bytes = result
        .bytes()
        .await
        .map_err(|error| classify(source, key, &error))?;
    Ok((etag, bytes))
}

/// What a manifest and its key together say about the report.
struct About {
    family: Option<Family>,
    name: String,
    period: curtail_store::BillingPeriod,
    /// Where the report lies, as its identity if it states none.
    lies: String,
}

impl About {
    fn of(place: &Place) -> Self {
        Self {
            family: Some(place.family),
            name: place.folder.clone(),
            period: place.period,
            lies: format!("{}{}", place.base, place.folder),
        }
    }
}

fn described(manifest: &Manifest, place: Option<&Place>) -> Result<About, String> {
    let Some(place) = place else {
        let name = manifest
            .report_name
            .clone()
            .ok_or("neither it nor its key names the report")?;
        let period = manifest
            .period
            .ok_or("neither it nor its key tells the billing period")?;
        return Ok(About {
            family: None,
            lies: name.clone(),
            name,
            period,
        });
    };
    if let Some(period) = manifest.period.filter(|period| *period != place.period) {
        return Err(format!(
            "it is about {period}, but lies in the folder of {}",
            place.period
        ));
    }
    let mut about = About::of(place);
    if let Some(name) = &manifest.report_name {
        about.name.clone_from(name);
    }
    Ok(about)
}
