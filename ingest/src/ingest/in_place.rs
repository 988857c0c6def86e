//! Reports whose files are replaced under the same keys: there, a manifest may be of one version and files of the next.

use chrono::{DateTime, Duration, Utc};
use object_store::ObjectMeta;

use crate::{Delivery, Source, locate::Located};

/// AWS writes the manifest right after the last file. Files that have been newer than it for longer were copied.
const DELIVERY: Duration = Duration::minutes(10);

/// The manifest of a version before is older than the files by hours. Files of a copied report may be by seconds.
const VERSIONS_APART: Duration = Duration::minutes(1);

/// The files that a next delivery would overwrite: those whose keys do not name their version.
pub(super) fn replaceable(delivery: &Delivery, files: &[Located]) -> Vec<ObjectMeta> {
    let version = delivery.assembly_id.as_str();
    let own = |file: &&Located| {
        let mut folders = file.meta.location.as_ref().split('/');
        version.is_empty() || !folders.any(|folder| folder == version)
    };
    let files = files.iter().filter(own);
    files.map(|file| file.meta.clone()).collect()
}

/// Why it seems that a delivery is under way, if it does. Tells of nothing in a folder, where copying makes such files.
pub(super) fn under_way(source: &Source, delivery: &Delivery, files: &[Located]) -> Option<String> {
    if source.is_folder() {
        return None;
    }
    let files = replaceable(delivery, files);
    let newer = newer(&files, delivery.modified, Utc::now())?;
    let key = source.display(newer.location.as_ref());
    Some(format!(
        "`{key}` is newer than its manifest: a new version is being delivered"
    ))
}

/// The newest of `files`, if it has just been replaced while the manifest has not.
fn newer(files: &[ObjectMeta], manifest: DateTime<Utc>, now: DateTime<Utc>) -> Option<&ObjectMeta> {
    let newest = files.iter().max_by_key(|file| file.last_modified)?;
    let written = newest.last_modified;
    (now - written < DELIVERY && written - manifest > VERSIONS_APART).then_some(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_newer_than_their_manifest_are_waited_for() {
        let now = Utc::now();
        let ago = |minutes: i64| now - Duration::minutes(minutes);
        let files = |ages: &[i64]| -> Vec<ObjectMeta> {
            let meta = |&minutes: &i64| ObjectMeta {
                location: format!("file-{minutes}").into(),
                last_modified: ago(minutes),
                size: 1,
                e_tag: None,
                version: None,
            };
            ages.iter().map(meta).collect()
        };
        let found = |ages: &[i64], manifest: i64| {
            newer(&files(ages), ago(manifest), now).map(|file| file.location.to_string())
        };
        assert_eq!(found(&[400, 3, 400], 390), Some("file-3".to_owned()));
        assert_eq!(found(&[400, 400], 390), None, "delivered");
        assert_eq!(found(&[400, 11], 390), None, "copied");
        assert_eq!(found(&[2, 3], 3), None, "uploaded together");
        assert_eq!(found(&[], 3), None);
    }
}
