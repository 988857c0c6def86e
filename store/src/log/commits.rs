//! What curtail writes into `commitInfo`, and how it is found again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::ObjectStoreExt;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

use super::{Store, seals};
use crate::{
    BillingPeriod, PeriodVersion, Receipt, ReportName, SideReceipt, SideVersion, Standing,
    StoreError, paths,
};

/// Commits that are read at the same time.
const PARALLEL: usize = 16;

/// The version of the table that last replaced each billing period of each report.
pub(super) type Tips = BTreeMap<(ReportName, BillingPeriod), u64>;

/// What `commitInfo` holds of ours.
#[derive(Deserialize)]
pub(super) struct Info {
    /// Which attempt to commit this was, so that a writer recognises a commit whose acknowledgement it never got.
    #[serde(rename = "curtail.commit")]
    id: Option<String>,
    /// The billing periods as of this commit: readers need not read the whole log to find the current receipts.
    #[serde(rename = "curtail.periods")]
    periods: Option<Vec<Tip>>,
    /// The parts of a side table as of this commit, with their receipts, which are small.
    #[serde(rename = "curtail.parts")]
    parts: Option<Vec<SideVersion>>,
    #[serde(rename = "curtail.receipt")]
    pub(super) receipt: Option<Box<RawValue>>,
    /// Hash of the receipt, by which an edited one is known.
    #[serde(rename = "curtail.seal")]
    pub(super) seal: Option<String>,
    /// Hash of the other actions of the commit.
    #[serde(rename = "curtail.actions")]
    pub(super) actions: Option<String>,
    /// Versions of the table whose files this commit announces the end of.
    #[serde(rename = "curtail.dropped", default)]
    dropped: Vec<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tip {
    report: ReportName,
    billing_period: BillingPeriod,
    version: u64,
}

/// The fields of `commitInfo` for the commit `id` that carries `receipt` and leaves the table at `tips`.
pub(super) fn info(
    id: &str,
    tips: &Tips,
    receipt: &Receipt,
) -> Result<HashMap<String, Value>, StoreError> {
    let tips = tips.iter().map(|((report, period), &version)| Tip {
        report: report.clone(),
        billing_period: *period,
        version,
    });
    let unwritable = |error| StoreError::Receipt(format!("it cannot be written: {error}"));
    let receipt = serde_json::to_value(receipt).map_err(unwritable)?;
    Ok(HashMap::from([
        (
            "curtail.seal".to_owned(),
            seals::of_receipt(&receipt.to_string()).into(),
        ),
        ("curtail.commit".to_owned(), Value::from(id)),
        (
            "curtail.periods".to_owned(),
            serde_json::to_value(tips.collect::<Vec<_>>()).map_err(unwritable)?,
        ),
        ("curtail.receipt".to_owned(), receipt),
    ]))
}

/// The fields of `commitInfo` for the commit `id` of a side table that carries `receipt` and leaves the table at `parts`.
pub(super) fn side_info(
    id: &str,
    parts: &[SideVersion],
    receipt: &SideReceipt,
) -> Result<HashMap<String, Value>, StoreError> {
    let unwritable = |error| StoreError::Receipt(format!("it cannot be written: {error}"));
    let receipt = serde_json::to_value(receipt).map_err(unwritable)?;
    let parts = serde_json::to_value(parts).map_err(unwritable)?;
    Ok(HashMap::from([
        (
            "curtail.seal".to_owned(),
            seals::of_receipt(&receipt.to_string()).into(),
        ),
        ("curtail.commit".to_owned(), Value::from(id)),
        ("curtail.parts".to_owned(), parts),
        ("curtail.receipt".to_owned(), receipt),
    ]))
}

/// The fields of `commitInfo` of a commit that announces that the files of these versions are going to be deleted.
pub(super) fn dropping(versions: &[u64]) -> Vec<(String, Value)> {
    vec![("curtail.dropped".to_owned(), versions.into())]
}

/// The versions whose files' end was announced by the commits `first` to `last`.
pub(super) async fn dropped(
    store: &Store,
    table: &str,
    first: u64,
    last: u64,
) -> Result<BTreeSet<u64>, StoreError> {
    let reads = (first..=last).map(async |version| {
        let info = match read(store, table, version).await? {
            Some(bytes) => parse(table, version, &bytes)?,
            None => None,
        };
        Ok::<_, StoreError>(info.map(|info| info.dropped).unwrap_or_default())
    });
    let dropped: Vec<_> = stream::iter(reads).buffered(PARALLEL).try_collect().await?;
    Ok(dropped.into_iter().flatten().collect())
}

/// The current version of each billing period at `version` of the table.
pub(super) async fn tips(store: &Store, table: &str, version: u64) -> Result<Tips, StoreError> {
    let periods = latest(store, table, version, |info| info.periods).await?;
    let periods = periods.unwrap_or_default().into_iter();
    Ok(periods
        .map(|tip| ((tip.report, tip.billing_period), tip.version))
        .collect())
}

/// The current version of each part at `version` of a side table, in the order of parts.
pub(super) async fn parts(
    store: &Store,
    table: &str,
    version: u64,
) -> Result<Vec<SideVersion>, StoreError> {
    let mut parts = latest(store, table, version, |info| info.parts)
        .await?
        .unwrap_or_default();
    parts.sort_by(|a, b| a.receipt.part.cmp(&b.receipt.part));
    Ok(parts)
}

/// What the last commit up to `version` says that says it.
async fn latest<T>(
    store: &Store,
    table: &str,
    version: u64,
    field: fn(Info) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    // Other Delta writers may have committed since curtail did, so the newest commit need not be ours.
    for version in (0..=version).rev() {
        let Some(bytes) = read(store, table, version).await? else {
            break;
        };
        if let Some(said) = parse(table, version, &bytes)?.and_then(field) {
            return Ok(Some(said));
        }
    }
    Ok(None)
}

/// The receipts of `tips`, in their order.
pub(super) async fn receipts(
    store: &Store,
    table: &str,
    tips: &Tips,
) -> Result<Vec<PeriodVersion>, StoreError> {
    let reads: Vec<_> = tips
        .values()
        .map(|&version| receipt(store, table, version))
        .collect();
    let receipts: Vec<Option<Receipt>> =
        stream::iter(reads).buffered(PARALLEL).try_collect().await?;
    let mut versions = Vec::with_capacity(receipts.len());
    for (((report, period), &version), receipt) in tips.iter().zip(receipts) {
        let receipt = receipt
            .filter(|receipt| receipt.report == *report && receipt.billing_period == *period);
        let receipt = receipt.ok_or_else(|| {
            StoreError::Damaged(format!("commit {version} of `{table}` does not hold the receipt of {period} of report `{report}`"))
        })?;
        versions.push(PeriodVersion {
            version,
            receipt,
            standing: Standing::Current,
        });
    }
    Ok(versions)
}

/// Every receipt up to `newest`, in the order of commits.
pub(super) async fn all(
    store: &Store,
    table: &str,
    newest: u64,
) -> Result<Vec<PeriodVersion>, StoreError> {
    let versions = every(store, table, newest).await?.into_iter();
    Ok(versions
        .map(|(version, receipt)| PeriodVersion {
            version,
            receipt,
            standing: Standing::Superseded,
        })
        .collect())
}

/// Every receipt of a side table up to `newest`, in the order of commits.
pub(super) async fn all_parts(
    store: &Store,
    table: &str,
    newest: u64,
) -> Result<Vec<SideVersion>, StoreError> {
    let versions = every(store, table, newest).await?.into_iter();
    Ok(versions
        .map(|(version, receipt)| SideVersion { version, receipt })
        .collect())
}

async fn every<R: DeserializeOwned>(
    store: &Store,
    table: &str,
    newest: u64,
) -> Result<Vec<(u64, R)>, StoreError> {
    let reads: Vec<_> = (0..=newest)
        .map(|version| receipt(store, table, version))
        .collect();
    let receipts: Vec<Option<R>> = stream::iter(reads).buffered(PARALLEL).try_collect().await?;
    let versions = (0..).zip(receipts);
    Ok(versions
        .filter_map(|(version, receipt)| Some((version, receipt?)))
        .collect())
}

/// Whether the commit that made `version` is the one called `id`.
pub(super) async fn is(
    store: &Store,
    table: &str,
    version: u64,
    id: &str,
) -> Result<bool, StoreError> {
    let Some(bytes) = read(store, table, version).await? else {
        return Ok(false);
    };
    Ok(parse(table, version, &bytes)?
        .and_then(|info| info.id)
        .as_deref()
        == Some(id))
}

/// The receipt that the commit of `version` holds, if it is one of ours.
async fn receipt<R: DeserializeOwned>(
    store: &Store,
    table: &str,
    version: u64,
) -> Result<Option<R>, StoreError> {
    let Some(bytes) = read(store, table, version).await? else {
        return Err(StoreError::Damaged(format!(
            "commit {version} of `{table}` is missing from its log"
        )));
    };
    let Some(receipt) = parse(table, version, &bytes)?.and_then(|info| info.receipt) else {
        return Ok(None);
    };
    serde_json::from_str(receipt.get())
        .map(Some)
        .map_err(|error| {
            StoreError::Damaged(format!(
                "the receipt in commit {version} of `{table}` is unreadable: {error}"
            ))
        })
}

pub(super) async fn read(
    store: &Store,
    table: &str,
    version: u64,
) -> Result<Option<Bytes>, StoreError> {
    let path = paths::in_store(table, &paths::commit(version));
    let bytes = match store.objects.get(&paths::object(&path)).await {
        Ok(found) => found.bytes().await,
        Err(error) => Err(error),
    };
    match bytes {
        Ok(bytes) => Ok(Some(bytes)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(source) => Err(StoreError::Object {
            action: "cannot read",
            path,
            source,
        }),
    }
}

pub(super) fn parse(table: &str, version: u64, commit: &[u8]) -> Result<Option<Info>, StoreError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Line {
        commit_info: Info,
    }
    let line = commit
        .split(|&byte| byte == b'\n')
        .find(|line| line.starts_with(br#"{"commitInfo""#));
    let Some(line) = line else { return Ok(None) };
    serde_json::from_slice::<Line>(line)
        .map(|line| Some(line.commit_info))
        .map_err(|error| {
            StoreError::Damaged(format!(
                "commit {version} of `{table}` is unreadable: {error}"
            ))
        })
}
