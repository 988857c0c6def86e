//! What must hold before a commit: the receipt, the schema and the data files tell the same story.

use std::collections::{BTreeMap, HashSet};

use arrow::datatypes::{DataType, SchemaRef};

use crate::{
    BillingPeriod, DataFile, Money, Receipt, ReportName, Rollup, Store, StoreError, Table,
    TableSchema,
    sums::{self, Sums},
};

/// The receipt is of this replacement, and of a form that this version writes.
pub(crate) fn subject(
    table: Table,
    report: &ReportName,
    period: BillingPeriod,
    receipt: &Receipt,
) -> Result<(), StoreError> {
    let wrong = |what: String| Err(StoreError::Receipt(what));
    if receipt.format != 1 {
        return wrong(format!("it is of form {}, not 1", receipt.format));
    }
    if receipt.report != *report || receipt.billing_period != period {
        let (of, at) = (&receipt.report, receipt.billing_period);
        return wrong(format!(
            "it is for {at} of report `{of}`, not for {period} of `{report}`"
        ));
    }
    if receipt.kind.table() != table {
        return wrong(format!(
            "a report of kind {} does not belong into table `{}`",
            receipt.kind,
            table.name()
        ));
    }
    Ok(())
}

/// The files, read back, have the receipt's rows and sums, and no columns but those of `schema`, of its types; and the
/// receipt's parts add up to its totals.
pub(crate) async fn contents(
    store: &Store,
    files: &[DataFile],
    schema: &TableSchema,
    receipt: &Receipt,
) -> Result<(), StoreError> {
    let mut delivered = Sums::default();
    for file in &receipt.files {
        delivered.checked_add(&Sums {
            rows: file.rows,
            sums: file.sums.clone(),
            ..Sums::default()
        })?;
    }
    equal("the report's files", &delivered, receipt)?;

    let mut paths = HashSet::new();
    if let Some(twice) = files.iter().find(|file| !paths.insert(file.path.as_str())) {
        return Err(StoreError::Receipt(format!(
            "`{}` is to be committed twice",
            twice.path
        )));
    }
    let types = schema
        .columns()
        .iter()
        .map(|column| (column.name.clone(), column.column_type.arrow()))
        .collect();
    let fits = move |path: &str, schema: &SchemaRef| fit(path, schema, &types);
    let mut written = Sums::default();
    let sizes = files
        .iter()
        .map(|file| (file.path.clone(), file.size))
        .collect();
    for (path, sums) in sums::each(store, sizes, fits).await? {
        if let Some(file) = files
            .iter()
            .find(|file| file.path == path && file.rows != sums.rows)
        {
            return Err(StoreError::Receipt(format!(
                "`{path}` has {} rows, not {}",
                sums.rows, file.rows
            )));
        }
        written.checked_add(&sums)?;
    }
    equal("the data files", &written, receipt)?;
    for rollup in &receipt.rollups {
        self::rollup(store, rollup, receipt).await?;
    }
    Ok(())
}

/// A rollup's files, read back, stand for all rows and add up to the receipt's sums.
async fn rollup(store: &Store, rollup: &Rollup, receipt: &Receipt) -> Result<(), StoreError> {
    let files = rollup.files.iter();
    let sizes = files.map(|file| (file.path.clone(), file.size)).collect();
    let mut found = Sums::default();
    let mut stands_for = 0;
    for (path, sums) in sums::each(store, sizes, |_, _| Ok(())).await? {
        let told = rollup.files.iter().find(|file| file.path == path);
        if told.is_none_or(|file| file.rows != sums.rows) {
            return Err(StoreError::Receipt(format!(
                "`{path}` has {} rows, and the receipt says otherwise",
                sums.rows
            )));
        }
        stands_for += sums.counted;
        found.checked_add(&sums)?;
    }
    found.rows = stands_for;
    let mut wanted = receipt.clone();
    wanted
        .sums
        .retain(|column, _| rollup.measures.contains(column));
    let what = format!("the files of rollup {}", rollup.grain.as_str());
    equal(&what, &found, &wanted)
}

fn equal(what: &str, found: &Sums, receipt: &Receipt) -> Result<(), StoreError> {
    if found.rows != receipt.rows {
        return Err(StoreError::Receipt(format!(
            "{what} have {} rows, the receipt says {}",
            found.rows, receipt.rows
        )));
    }
    if found.sums == receipt.sums {
        return Ok(());
    }
    let text = |sums: &BTreeMap<String, Money>, column| {
        sums.get(column)
            .map_or_else(|| "nothing".to_owned(), Money::to_string)
    };
    let columns = found.sums.keys().chain(receipt.sums.keys());
    let differs = |column: &&String| found.sums.get(*column) != receipt.sums.get(*column);
    let different: Vec<_> = columns
        .filter(differs)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .map(|column| {
            format!(
                "`{column}` is {} in {what} and {} in the receipt",
                text(&found.sums, column),
                text(&receipt.sums, column)
            )
        })
        .collect();
    Err(StoreError::Receipt(different.join("; ")))
}

fn fit(
    path: &str,
    schema: &SchemaRef,
    types: &BTreeMap<String, DataType>,
) -> Result<(), StoreError> {
    for field in schema.fields() {
        let wrong = |why| {
            Err(StoreError::Column {
                column: field.name().clone(),
                why,
            })
        };
        match types.get(field.name()) {
            None => return wrong(format!("is in `{path}` and not in the schema")),
            // How the fields within a map are called is the writer's business.
            Some(wanted) if !wanted.equals_datatype(field.data_type()) => {
                return wrong(format!(
                    "is {} in `{path}`, and {wanted} in the schema",
                    field.data_type()
                ));
            }
            Some(_) => {}
        }
    }
    Ok(())
}
