//! Whether rollups say what line items say, group by group.

use curtail_store::{BillingPeriod, Grain, Receipt, ReportName, Rollup, Snapshot, Store, Table};
use datafusion::arrow::array::RecordBatch;
use futures::{Stream, StreamExt};

use crate::{Answer, Engine, EngineError, EngineOptions, Params};

/// One rollup, compared with the line items that it was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollupCheck {
    /// The report.
    pub report: ReportName,
    /// The billing period.
    pub billing_period: BillingPeriod,
    /// Which rollup.
    pub grain: Grain,
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
        let open = async |rollups| {
            let options = EngineOptions {
                rollups,
                merging: false,
                ..*options
            };
            Self::over(store, snapshot.clone(), &options).await
        };
        let (rolled, plain) = (open(true).await?, open(false).await?);
        let mut checks = Vec::new();
        for version in snapshot.periods() {
            let receipt = &version.receipt;
            for rollup in receipt
                .rollups
                .iter()
                .filter(|_| wanted(receipt.billing_period))
            {
                let sql = statement(receipt, rollup);
                let from_rollup = rolled.sql(&sql, &Params::new()).await?;
                if !from_rollup
                    .plan()
                    .contains(&format!("/{}/", rollup.grain.as_str()))
                {
                    return Err(EngineError::Plan(format!(
                        "rollup {} of {} {} is not what answers: {}",
                        rollup.grain.as_str(),
                        receipt.report,
                        receipt.billing_period,
                        "another one has the same columns"
                    )));
                }
                let from_items = plain.sql(&sql, &Params::new()).await?;
                let (groups, same) = compare(&from_rollup, &from_items).await?;
                checks.push(RollupCheck {
                    report: receipt.report.clone(),
                    billing_period: receipt.billing_period,
                    grain: rollup.grain,
                    groups,
                    same,
                });
            }
        }
        Ok(checks)
    }
}

/// All that a rollup tells, in one order.
fn statement(receipt: &Receipt, rollup: &Rollup) -> String {
    let (table, start) = match receipt.kind.table() {
        Table::LineItems => ("cur", "line_item_usage_start_date"),
        Table::Focus => ("focus", "chargeperiodstart"),
    };
    let quoted = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
    let mut groups: Vec<_> = rollup.dimensions.iter().map(quoted).collect();
    groups.push(format!("date_trunc('day', {start})"));
    let sums = rollup
        .measures
        .iter()
        .map(|name| format!("sum({0}) AS {0}", quoted(name)));
    let sums: Vec<_> = sums.chain(["count(*) AS line_items".to_owned()]).collect();
    let places: Vec<_> = (1..=groups.len()).map(|place| place.to_string()).collect();
    let (columns, order) = (groups.join(", "), places.join(", "));
    format!(
        "SELECT {columns}, {}\nFROM {table}\nWHERE report = '{}' AND billing_period = '{}'\nGROUP BY {columns}\nORDER BY {order}",
        sums.join(", "),
        receipt.report,
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
