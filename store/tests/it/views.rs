//! Views that users keep in a store.

use curtail_store::{Store, StoreError};

#[tokio::test]
async fn a_view_is_kept_replaced_and_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::local(folder.path()).unwrap();
    assert!(store.views().await.unwrap().is_empty());
    assert_eq!(store.view("a").await.unwrap(), None);
    assert!(store.save_view("a", "SELECT 1", false).await.unwrap());
    assert!(!store.save_view("a", "SELECT 2", false).await.unwrap());
    assert_eq!(store.view("a").await.unwrap().as_deref(), Some("SELECT 1"));
    assert!(store.save_view("a", "SELECT 3", true).await.unwrap());
    assert_eq!(store.view("a").await.unwrap().as_deref(), Some("SELECT 3"));
    assert!(
        store
            .save_view("Übersicht %", "SELECT 4", true)
            .await
            .unwrap()
    );
    assert_eq!(store.views().await.unwrap(), ["a", "Übersicht %"]);
    assert!(store.drop_view("a").await.unwrap());
    assert!(!store.drop_view("a").await.unwrap());
    assert_eq!(store.views().await.unwrap(), ["Übersicht %"]);
    for name in [String::new(), "x".repeat(81)] {
        let refused = store.save_view(&name, "SELECT 1", true).await;
        assert!(matches!(refused, Err(StoreError::ViewName { .. })));
        assert_eq!(store.view(&name).await.unwrap(), None);
    }
}
