//! Whether rollups say what line items say, group by group.

use std::collections::BTreeMap;

use curtail_store::{
    Beside, BillingPeriod, Fact, Grain, Receipt, ReportName, Rollup, RollupName, Snapshot, Store,
    Table, TableSchema,
};
use datafusion::arrow::array::RecordBatch;
use futures::{Stream, StreamExt};

use crate::{Answer, Dialect, Engine, EngineError, EngineOptions, Params, catalog};

/// One rollup, compared with the line items that it was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollupCheck {
    /// The report.
    pub report: ReportName,
    /// The billing period.
    pub billing_period: BillingPeriod,
    /// Which rollup.
    pub name: RollupName,
    /// Groups that were compared: each with all sums, and the number of its line items.
    pub groups: u64,
    /// Whether all of them are the same to the digit.
    pub same: bool,
}

impl Engine {
    /// Computes every rollup of `snapshot` anew from its line items, for `periods` (all, if empty), and compares the two.
    pub async fn verify_rollups(
        store: &Store,
        snapshot: Snapshot,
        options: &EngineOptions,
        wanted: impl Fn(BillingPeriod) -> bool,
    ) -> Result<Vec<RollupCheck>, EngineError> {
        // What is checked is what lies in the store.
        let store = &store.without_cache();
        let open = async |snapshot: Snapshot, rollups| {
            let options = EngineOptions {
                rollups,
                merging: false,
                kept: 0,
                ..*options
            };
            let engine = Self::over(store, snapshot, &options).await?;
            Ok::<_, EngineError>(engine.with_dialect(Dialect::Generic))
        };
        let plain = open(snapshot.clone(), false).await?;
        // By rollup, each with no other beside it, which might answer instead.
        let mut alone = BTreeMap::new();
        let mut checks = Vec::new();
        for version in snapshot.periods() {
            let receipt = &version.receipt;
            for rollup in receipt
                .rollups
                .iter()
                .filter(|_| wanted(receipt.billing_period))
            {
                if !alone.contains_key(&rollup.name) {
                    let only = snapshot.clone().with_rollups(|it| it.name == rollup.name);
                    alone.insert(rollup.name.clone(), open(only, true).await?);
                }
                let rolled = &alone[&rollup.name];
                let (groups, same) = if receipt.rows == 0 {
                    (0, rollup.rows() == 0)
                } else {
                    let sql = statement(receipt, rollup, &snapshot);
                    let from_rollup = rolled.sql(&sql, &Params::new()).await?;
                    if !from_rollup.plan().contains(&format!("/{}/", rollup.name)) {
                        return Err(EngineError::Plan(format!(
                            "rollup {} of {} {} does not answer for its line items",
                            rollup.name, receipt.report, receipt.billing_period
                        )));
                    }
                    let from_items = plain.sql(&sql, &Params::new()).await?;
                    compare(&from_rollup, &from_items).await?
                };
                checks.push(RollupCheck {
                    report: receipt.report.clone(),
                    billing_period: receipt.billing_period,
                    name: rollup.name.clone(),
                    groups,
                    same,
                });
            }
        }
        Ok(checks)
    }
}

/// All that a rollup tells, in one order.
fn statement(receipt: &Receipt, rollup: &Rollup, snapshot: &Snapshot) -> String {
    let table = receipt.kind.table();
    let name = match table {
        Table::LineItems => "cur",
        Table::Focus => "focus",
    };
    let documented = TableSchema::documented(table);
    let schema = snapshot.table(table).map_or(&documented, |it| &it.schema);
    // Columns that no report has ever had are no columns.
    let exists = |name: &&String| schema.column(name).is_some();
    let quoted = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
    let mut columns: Vec<_> = rollup
        .dimensions
        .iter()
        .filter(exists)
        .map(quoted)
        .collect();
    for partly in &rollup.partly {
        let fact = |fact: &Fact| match fact {
            Fact::Is { column, value } => {
                format!("{} = '{}'", quoted(column), value.replace('\'', "''"))
            }
            Fact::Null { column } => format!("{} IS NULL", quoted(column)),
        };
        let of: Vec<_> = partly.of.iter().map(fact).collect();
        if schema.column(&partly.column).is_some() {
            let (of, column) = (of.join(" AND "), quoted(&partly.column));
            columns.push(format!("CASE WHEN {of} THEN {column} END"));
        }
    }
    if rollup.per != Grain::Period {
        let (unit, start) = (rollup.per.as_str(), catalog::usage_start(table));
        columns.push(format!("date_trunc('{unit}', {start})"));
    }
    let places: Vec<_> = (1..=columns.len()).map(|place| place.to_string()).collect();
    let order = match places.as_slice() {
        [] => String::new(),
        places => format!("\nGROUP BY {0}\nORDER BY {0}", places.join(", ")),
    };
    let measures = rollup.measures.iter().filter(exists);
    columns.extend(measures.map(|name| format!("sum({0}) AS {0}", quoted(name))));
    for column in &rollup.beside {
        let Some((beside, name)) = Beside::of(column) else {
            continue;
        };
        let function = match beside {
            Beside::Nulls => "count",
            Beside::Least => "min",
            Beside::Most => "max",
        };
        if schema.column(name).is_some() {
            let (name, column) = (quoted(&name.to_owned()), quoted(column));
            columns.push(format!("{function}({name}) AS {column}"));
        }
    }
    columns.push("count(*) AS line_items".to_owned());
    format!(
        "SELECT {}\nFROM {name}\nWHERE report = '{}' AND billing_period = '{}'{order}",
        columns.join(", "),
        receipt.report.as_str().replace('\'', "''"),
        receipt.billing_period
    )
}

/// How many rows the first has until they differ, and whether they do not.
async fn compare(one: &Answer, other: &Answer) -> Result<(u64, bool), EngineError> {
    let (mut one, mut other) = (Rows::new(one.batches()?), Rows::new(other.batches()?));
    let mut rows = 0;
    loop {
        match (one.next().await?, other.next().await?) {
            (None, None) => return Ok((rows, true)),
            (Some(left), Some(right)) => {
                let both = left.num_rows().min(right.num_rows());
                if left.slice(0, both).columns() != right.slice(0, both).columns() {
                    return Ok((rows, false));
                }
                rows += both as u64;
                one.rest =
                    (left.num_rows() > both).then(|| left.slice(both, left.num_rows() - both));
                other.rest =
                    (right.num_rows() > both).then(|| right.slice(both, right.num_rows() - both));
            }
            _ => return Ok((rows, false)),
        }
    }
}

/// Batches, of which a part can be put back.
struct Rows<S> {
    batches: S,
    rest: Option<RecordBatch>,
}

impl<S: Stream<Item = Result<RecordBatch, EngineError>> + Unpin> Rows<S> {
    fn new(batches: S) -> Self {
        Self {
            batches,
            rest: None,
        }
    }

    async fn next(&mut self) -> Result<Option<RecordBatch>, EngineError> {
        if let Some(rest) = self.rest.take() {
            return Ok(Some(rest));
        }
        while let Some(batch) = self.batches.next().await {
            let batch = batch?;
            if batch.num_rows() > 0 {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }
}
