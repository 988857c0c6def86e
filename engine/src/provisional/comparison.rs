//! What provisional costs came to, against the reports that replaced them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use curtail_store::{BillingPeriod, Money, SideReceipt};
use datafusion::{
    arrow::{
        array::{Array, AsArray},
        compute::cast,
        datatypes::{DataType, Decimal128Type},
        error::ArrowError,
    },
    common::DataFusionError,
};

use crate::{Engine, EngineError, costs::quoted};

/// The column that is compared: the bill's own.
const COST: &str = "unblended_cost";

/// Unblended cost of the days of a billing period that a report covers, as it was provisionally and as the report has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisionalComparison {
    /// The payer account.
    pub payer_account_id: String,
    /// The billing period.
    pub billing_period: BillingPeriod,
    /// The last day that is compared.
    pub last_day: NaiveDate,
    /// The currency.
    pub currency: String,
    /// What Cost Explorer had told.
    pub provisional: Money,
    /// What the report says.
    pub reported: Money,
    /// How much more the report says.
    pub difference: Money,
}

/// Payer account, billing period and currency.
type Key = (String, BillingPeriod, String);

impl Engine {
    /// Compares, for `periods` (all, if empty), the provisional costs that reports have replaced with what the reports say of the
    /// same days: exactly, by payer account, billing period and currency. Where several reports tell the same charges, one of
    /// them counts, as in [`Self::costs`].
    ///
    /// What Cost Explorer was not asked the unblended cost of is not compared.
    pub async fn provisional_against_report(
        &self,
        periods: &[BillingPeriod],
    ) -> Result<Vec<ProvisionalComparison>, EngineError> {
        let mut days = BTreeMap::new();
        for version in self.snapshot().provisional() {
            let receipt = &version.receipt;
            let part = &receipt.part;
            let covered = self.coverage().last_day(receipt);
            if let (Some(period), Some(day)) = (part.billing_period, covered)
                && (periods.is_empty() || periods.contains(&period))
                && tells_costs(receipt)
            {
                days.insert((part.payer_account_id.clone(), period), day);
            }
        }
        if days.is_empty() {
            return Ok(Vec::new());
        }
        let parts: Vec<_> = days
            .keys()
            .map(|(payer, period)| {
                let payer = quoted(payer);
                format!("payer_account_id = {payer} AND billing_period = '{period}'")
            })
            .collect();
        let parts = format!("({})", parts.join(" OR "));
        let sums = |from: &str, condition: &str| {
            format!(
                "SELECT payer_account_id, billing_period, currency, sum({COST}) FROM {from}\n\
                 WHERE {parts} AND {condition} GROUP BY payer_account_id, billing_period, currency"
            )
        };
        let covered = format!("NOT ({})", self.coverage().condition());
        let provisional = self.totals(&sums("cost_explorer", &covered)).await?;
        let kept = self.left_out().condition("payer_account_id");
        let condition = format!("NOT provisional AND {kept}");
        let reported = self.totals(&sums("costs", &condition)).await?;
        let keys: std::collections::BTreeSet<&Key> =
            provisional.keys().chain(reported.keys()).collect();
        let mut compared = Vec::new();
        for key in keys {
            let (payer, period, currency) = key;
            let Some(&last_day) = days.get(&(payer.clone(), *period)) else {
                continue;
            };
            let of = |sums: &BTreeMap<Key, Money>| sums.get(key).copied().unwrap_or_default();
            let (provisional, reported) = (of(&provisional), of(&reported));
            let difference = reported.checked_sub(provisional).ok_or_else(|| {
                EngineError::Plan("a difference of costs has more than 38 digits".to_owned())
            })?;
            compared.push(ProvisionalComparison {
                payer_account_id: payer.clone(),
                billing_period: *period,
                last_day,
                currency: currency.clone(),
                provisional,
                reported,
                difference,
            });
        }
        Ok(compared)
    }

    async fn totals(&self, sql: &str) -> Result<BTreeMap<Key, Money>, EngineError> {
        let unexpected =
            |error: ArrowError| EngineError::Execution(Box::new(DataFusionError::from(error)));
        let mut totals = BTreeMap::new();
        for batch in self.rows(sql).await? {
            let text = |column: usize| cast(batch.column(column), &DataType::Utf8);
            let (payers, periods) = (text(0).map_err(unexpected)?, text(1).map_err(unexpected)?);
            let currencies = text(2).map_err(unexpected)?;
            let (payers, periods) = (payers.as_string::<i32>(), periods.as_string::<i32>());
            let currencies = currencies.as_string::<i32>();
            let costs = batch.column(3).as_primitive::<Decimal128Type>();
            for row in (0..batch.num_rows()).filter(|&row| costs.is_valid(row)) {
                let Ok(period) = periods.value(row).parse() else {
                    continue;
                };
                let key = (
                    payers.value(row).to_owned(),
                    period,
                    currencies.value(row).to_owned(),
                );
                totals.insert(key, Money::from_units(costs.value(row)));
            }
        }
        Ok(totals)
    }
}

/// Whether its unblended cost is known; a part without rows comes to nothing.
fn tells_costs(receipt: &SideReceipt) -> bool {
    let mut totals = receipt.totals.values();
    receipt.rows == 0 || totals.any(|totals| totals.contains_key(COST))
}
