//! Other rollups for a version that is there already.
//!
//! A commit of its own tells them, which does nothing to the table: line items, receipts and versions stay what they were, and
//! other Delta readers see nothing change. Rollups never say anything but what their line items say, so whoever reads an
//! earlier state takes the newest rollups of each of its versions.

use chrono::{DateTime, SubsecRound, Utc};
use deltalake_core::{kernel::Action, protocol::DeltaOperation};
use serde::{Deserialize, Serialize};

use super::{
    Store, actions, commits,
    land::{Base, Change},
    table::{self, Loaded},
};
use crate::{BillingPeriod, Receipt, ReportName, Rollup, RollupName, StoreError, Table};

/// What one commit says of the rollups of a version.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Amendment {
    pub(super) report: ReportName,
    pub(super) billing_period: BillingPeriod,
    /// The version whose rollups these are.
    pub(super) version: u64,
    /// All that it has from now on.
    pub(super) rollups: Vec<Rollup>,
    /// Built-in ones that are not worth having.
    pub(super) forgone: Vec<RollupName>,
    made_at: DateTime<Utc>,
    writer: String,
}

impl Amendment {
    pub(super) fn new(
        (report, billing_period): (ReportName, BillingPeriod),
        version: u64,
        rollups: Vec<Rollup>,
        forgone: Vec<RollupName>,
    ) -> Self {
        Self {
            report,
            billing_period,
            version,
            rollups,
            forgone,
            made_at: Utc::now().trunc_subsecs(6),
            writer: concat!("curtail ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// Puts these rollups into the receipt of the version in place of those that it names.
    pub(super) fn apply(self, receipt: &mut Receipt) {
        receipt.rollups = self.rollups;
        receipt.forgone = self.forgone;
    }
}

/// How often another process may change the same billing period meanwhile before this one gives up.
const CONFLICTS: u32 = 3;

impl Store {
    /// Takes those rollups away from a billing period of a report that are `gone`: queries read its line items from now on.
    /// Gives those that were there. Their files stay until [`Store::vacuum`], for readers that are under way.
    pub async fn drop_rollups(
        &self,
        (table, report, period): (Table, &ReportName, BillingPeriod),
        gone: impl Fn(&Rollup) -> bool,
    ) -> Result<Vec<Rollup>, StoreError> {
        let mut conflicts = 0;
        loop {
            let replacement = self.replace(table, report, period).await?;
            let receipt = replacement.previous().map(|version| &version.receipt);
            let (rollups, forgone) = receipt
                .map(|receipt| (receipt.rollups.clone(), receipt.forgone.clone()))
                .unwrap_or_default();
            let (dropped, kept): (Vec<_>, Vec<_>) = rollups.into_iter().partition(&gone);
            if dropped.is_empty() {
                replacement.abandon(Vec::new(), Vec::new()).await;
                return Ok(dropped);
            }
            match replacement.amend(kept, forgone).await {
                Ok(_) => return Ok(dropped),
                Err(StoreError::Conflict { .. }) if conflicts < CONFLICTS => conflicts += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

/// The commit of an amendment.
pub(super) struct Amend<'a> {
    pub(super) table: Table,
    pub(super) amendment: &'a Amendment,
    /// Identifies the commit.
    pub(super) id: &'a str,
}

impl Change for Amend<'_> {
    type Base = Loaded;

    fn table(&self) -> &'static str {
        self.table.name()
    }

    fn id(&self) -> &str {
        self.id
    }

    /// Delta has no name for this; to the table it does nothing, as the announcement of a vacuum.
    fn operation(&self) -> DeltaOperation {
        DeltaOperation::VacuumEnd {
            status: "COMPLETED".to_owned(),
        }
    }

    fn actions(&self, base: Option<&Loaded>) -> Result<Vec<Action>, StoreError> {
        let Amendment {
            report,
            billing_period,
            ..
        } = self.amendment;
        let mut tips = base.map_or_else(commits::Tips::new, |base| base.tips.clone());
        if let Some(tip) = tips.get_mut(&(report.clone(), *billing_period)) {
            tip.rollups = Some(base.map_or(0, |base| base.log().version() + 1));
        }
        let fields = commits::amending(self.id, &tips, self.amendment)?;
        let info = actions::info(&self.operation(), base, Utc::now(), fields, &[])?;
        let Action::CommitInfo(mut info) = info else {
            return Ok(vec![info]);
        };
        info.operation = Some("ROLLUP".to_owned());
        info.operation_parameters = None;
        Ok(vec![Action::CommitInfo(info)])
    }

    /// The commit that last replaced the line items or their rollups.
    fn tip(&self, base: Option<&Loaded>) -> Option<u64> {
        let Amendment {
            report,
            billing_period,
            ..
        } = self.amendment;
        let tip = base?.tips.get(&(report.clone(), *billing_period))?;
        Some(tip.rollups.unwrap_or(tip.version))
    }

    fn conflict(&self) -> StoreError {
        StoreError::Conflict {
            report: self.amendment.report.clone(),
            period: self.amendment.billing_period,
        }
    }

    async fn newest(&self, store: &Store) -> Result<Option<Loaded>, StoreError> {
        table::load(store, self.table, None).await
    }
}
