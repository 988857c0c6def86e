//! What it takes to open a store.

use std::{collections::BTreeMap, sync::Arc};

use curtail_store::Store;
use object_store::ObjectStore;

use crate::{
    cache::Counted,
    data::{name, period, read, replace, rows},
};

#[tokio::test]
async fn each_file_of_a_log_is_read_once() {
    let objects = Arc::new(Counted::default());
    let root = Arc::clone(&objects) as Arc<dyn ObjectStore>;
    let store = Store::remote("memory:///some/prefix".parse().unwrap(), root).unwrap();
    // More than there are between two checkpoints.
    let months = ["2026-08", "2026-09", "2026-10"];
    for cost in ["1", "2", "3", "4", "5"] {
        for month in months {
            let (report, rows) = (name("a"), rows(&[cost]));
            let replaced = replace(&store, &report, period(month), &rows, None);
            replaced.await.unwrap();
        }
    }
    objects.read.lock().unwrap().clear();
    let snapshot = store.snapshot().await.unwrap();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for request in objects.read.lock().unwrap().drain(..) {
        let path = request.split(' ').next().unwrap_or_default().to_owned();
        *counts.entry(path).or_default() += 1;
    }
    assert!(
        counts.keys().any(|path| path.ends_with("14.json")),
        "{counts:?}"
    );
    assert!(
        counts
            .keys()
            .any(|path| path.contains(".checkpoint.parquet")),
        "{counts:?}"
    );
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    // What lies before the checkpoint is read only where a receipt is in it.
    assert!(counts.len() < 15, "{counts:?}");
    assert_eq!(snapshot.periods().count(), 3);
    assert_eq!(read(&store).await.len(), 3);
}
