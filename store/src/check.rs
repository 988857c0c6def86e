//! What must hold before a commit: the receipt, the schema and the data files tell the same story.

use std::collections::{BTreeMap, HashSet};

use arrow::datatypes::{DataType, SchemaRef};

use crate::{
    BillingPeriod, DataFile, Money, Receipt, ReportName, Rollup, StoreError, Table, TableSchema,
    sums::{Contents, Sums},
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

/// The files, of which `found` is what was read back, have the receipt's rows and sums, and no columns but those of `schema`, of
/// its types; and the receipt's parts add up to its totals.
pub(crate) fn contents(
    files: &[DataFile],
    schema: &TableSchema,
    receipt: &Receipt,
    found: &[Contents],
) -> Result<(), StoreError> {
    delivered(receipt)?;

    let mut paths = HashSet::new();
    if let Some(twice) = files
        .iter()
        .find(|file| !paths.insert(file.file.path.as_str()))
    {
        return Err(StoreError::Receipt(format!(
            "`{}` is to be committed twice",
            twice.file.path
        )));
    }
    let types = schema
        .columns()
        .iter()
        .map(|column| (column.name.clone(), column.column_type.arrow()))
        .collect();
    let mut written = Sums::default();
    for DataFile { file, .. } in files {
        let contents = of(found, &file.path)?;
        fit(&file.path, &contents.schema, &types)?;
        if contents.sums.rows != file.rows {
            return Err(StoreError::Receipt(format!(
                "`{}` has {} rows, not {}",
                file.path, contents.sums.rows, file.rows
            )));
        }
        written.checked_add(&contents.sums)?;
    }
    adds_up("the data files", &written, receipt)?;
    for rollup in &receipt.rollups {
        self::rollup(rollup, receipt, found)?;
    }
    Ok(())
}

/// The receipt's files add up to its totals.
pub(crate) fn delivered(receipt: &Receipt) -> Result<(), StoreError> {
    let mut delivered = Sums::default();
    for file in &receipt.files {
        delivered.checked_add(&Sums {
            rows: file.rows,
            sums: file.sums.clone(),
        })?;
    }
    adds_up("the report's files", &delivered, receipt)
}

/// What was `found` in `what` are the receipt's totals.
pub(crate) fn adds_up(what: &str, found: &Sums, receipt: &Receipt) -> Result<(), StoreError> {
    let wanted = Sums {
        rows: receipt.rows,
        sums: receipt.sums.clone(),
    };
    equal(what, found, &wanted)
}

fn of<'a>(found: &'a [Contents], path: &str) -> Result<&'a Contents, StoreError> {
    let contents = found.iter().find(|contents| contents.path == path);
    contents.ok_or_else(|| StoreError::Receipt(format!("`{path}` was not read back")))
}

/// A rollup's files, read back, stand for all rows and add up to the receipt's sums.
pub(crate) fn rollup(
    rollup: &Rollup,
    receipt: &Receipt,
    contents: &[Contents],
) -> Result<(), StoreError> {
    let mut found = Sums::default();
    for file in &rollup.files {
        let contents = of(contents, &file.path)?;
        if file.rows != contents.sums.rows {
            return Err(StoreError::Receipt(format!(
                "`{}` has {} rows, and the receipt says {}",
                file.path, contents.sums.rows, file.rows
            )));
        }
        found.checked_add(&Sums {
            rows: contents.counted,
            sums: contents.sums.sums.clone(),
        })?;
    }
    let measured = |(column, &sum): (&String, &Money)| {
        let has = rollup.measures.contains(column);
        has.then(|| (column.clone(), sum))
    };
    let wanted = Sums {
        rows: receipt.rows,
        sums: receipt.sums.iter().filter_map(measured).collect(),
    };
    let what = format!("the files of rollup {}", rollup.name);
    equal(&what, &found, &wanted)
}

/// What was `found` in `what` is what the receipt says.
pub(crate) fn equal(what: &str, found: &Sums, wanted: &Sums) -> Result<(), StoreError> {
    if found.rows != wanted.rows {
        return Err(StoreError::Receipt(format!(
            "{what} have {} rows, the receipt says {}",
            found.rows, wanted.rows
        )));
    }
    if found.sums == wanted.sums {
        return Ok(());
    }
    let text = |sums: &BTreeMap<String, Money>, column| {
        sums.get(column)
            .map_or_else(|| "nothing".to_owned(), Money::to_string)
    };
    let columns = found.sums.keys().chain(wanted.sums.keys());
    let differs = |column: &&String| found.sums.get(*column) != wanted.sums.get(*column);
    let different: Vec<_> = columns
        .filter(differs)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .map(|column| {
            format!(
                "`{column}` is {} in {what} and {} in the receipt",
                text(&found.sums, column),
                text(&wanted.sums, column)
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
