//! Reports whose files are replaced under the same keys: there, a manifest may be of one version and files of the next.

use chrono::{Duration, Utc};
use object_store::ObjectMeta;

use crate::{Delivery, Source, locate::Located};

/// AWS writes the manifest right after the last file. Files that have been newer than it for longer were copied.
const DELIVERY: Duration = Duration::minutes(10);

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

/// Whether files have just been replaced and their manifest has not, so that a delivery is under way. Tells of nothing in a
/// folder, where copying makes such files.
pub(super) fn under_way(source: &Source, delivery: &Delivery, files: &[Located]) -> Option<String> {
    if source.is_folder() {
        return None;
    }
    let files = replaceable(delivery, files);
    let newest = files.iter().max_by_key(|file| file.last_modified)?;
    let recent = Utc::now() - newest.last_modified < DELIVERY;
    (recent && newest.last_modified > delivery.modified).then(|| {
        let key = source.display(newest.location.as_ref());
        format!("`{key}` is newer than its manifest: a new version is being delivered")
    })
}
