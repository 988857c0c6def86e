//! The table's columns grow, and what does not fit them is refused.

use std::sync::Arc;

use arrow::{
    array::{Int64Array, RecordBatch},
    datatypes::{DataType, Field, Schema},
};
use curtail_store::{Column, ColumnType, Store, StoreError, Table, TableSchema};

use crate::data::{extra, in_memory, name, parquet, period, read, receipt, replace, rows, write};

#[tokio::test]
async fn columns_are_appended_with_their_source_names() {
    let store = in_memory();
    let columns = [
        extra(
            "resource_tags_user_cost_center",
            "resourceTags/user:Cost Center",
        ),
        extra("resource_tags_user_cost_center", "user_cost_center"),
        extra("product_new", "product/new"),
    ];
    for (place, column) in columns.iter().enumerate() {
        let month = period(&format!("2026-{:02}", place + 1));
        replace(&store, &name("a"), month, &rows(&["1"]), Some(column))
            .await
            .unwrap();
    }
    replace(&store, &name("a"), period("2026-04"), &rows(&["1"]), None)
        .await
        .unwrap();
    let snapshot = store.snapshot().await.unwrap();
    let schema = &snapshot.table(Table::LineItems).unwrap().schema;
    let documented = TableSchema::documented(Table::LineItems);
    assert_eq!(
        schema.columns()[..documented.columns().len()],
        *documented.columns()
    );
    let mut center = columns[0].clone();
    center.source_names.push("user_cost_center".into());
    assert_eq!(
        schema.columns()[documented.columns().len()..],
        [center, columns[2].clone()]
    );
    assert_eq!(read(&store).await.len(), 4);
}

async fn commit(store: &Store, file: bytes::Bytes, schema: &[Column]) -> Result<u64, StoreError> {
    let (report, month) = (name("a"), period("2026-10"));
    let replacement = store.replace(Table::LineItems, &report, month).await?;
    let file = replacement.write(file).await?;
    replacement
        .commit(
            vec![file],
            &TableSchema::new(schema.to_vec()),
            &receipt(&report, month, &rows(&["1"])),
        )
        .await
}

#[tokio::test]
async fn columns_that_do_not_fit_are_refused() {
    let store = in_memory();
    let column = |name: &str, column_type| Column {
        name: name.into(),
        column_type,
        source_names: Vec::new(),
    };
    let with = |name: &str| parquet(&rows(&["1"]), Some(&extra(name, "x")));
    let integers = RecordBatch::try_new(
        Arc::new(Schema::new(vec![Field::new(
            "line_item_unblended_cost",
            DataType::Int64,
            true,
        )])),
        vec![Arc::new(Int64Array::from(vec![1]))],
    );
    let wrong = [
        (with("stranger"), vec![], "stranger"),
        (
            with("stranger"),
            vec![column("stranger", ColumnType::Amount)],
            "stranger",
        ),
        (
            with("product_sku"),
            vec![column("product_sku", ColumnType::Amount)],
            "product_sku",
        ),
        (with("a b"), vec![column("a b", ColumnType::Text)], "a b"),
        (
            write(&integers.unwrap()),
            vec![],
            "line_item_unblended_cost",
        ),
    ];
    for (file, schema, name) in wrong {
        let refused = commit(&store, file, &schema).await;
        assert!(
            matches!(&refused, Err(StoreError::Column { column, .. }) if column == name),
            "{refused:?}"
        );
        assert!(matches!(store.snapshot().await, Err(StoreError::Absent(_))));
    }
    commit(
        &store,
        with("stranger"),
        &[column("stranger", ColumnType::Text)],
    )
    .await
    .unwrap();
}
