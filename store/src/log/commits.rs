//! What curtail writes into `commitInfo`, and how it is found again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, future::join, stream};
use object_store::ObjectStoreExt;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

use super::{Store, amendment::Amendment, seals};
use crate::{
    BillingPeriod, PeriodVersion, Receipt, ReportName, SideReceipt, SideVersion, Standing,
    StoreError, paths,
};

/// Commits that are read at the same time.
const PARALLEL: usize = 16;

/// What counts of each billing period of each report.
pub(super) type Tips = BTreeMap<(ReportName, BillingPeriod), Tip>;

/// Which commits tell of a billing period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tip {
    /// The version of the table that last replaced it.
    pub(super) version: u64,
    /// The later one that last gave it other rollups, if one did.
    pub(super) rollups: Option<u64>,
}

impl Tip {
    /// A billing period that was just replaced.
    pub(super) fn new(version: u64) -> Self {
        Self {
            version,
            rollups: None,
        }
    }
}

/// What `commitInfo` holds of ours.
#[derive(Deserialize)]
pub(super) struct Info {
    /// Which attempt to commit this was, so that a writer recognises a commit whose acknowledgement it never got.
    #[serde(rename = "curtail.commit")]
    id: Option<String>,
    /// The billing periods as of this commit: readers need not read the whole log to find the current receipts.
    #[serde(rename = "curtail.periods")]
    periods: Option<Vec<Listed>>,
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
    /// The rollups that a version has from this commit on.
    #[serde(rename = "curtail.rollups")]
    amendment: Option<Box<RawValue>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    report: ReportName,
    billing_period: BillingPeriod,
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rollups: Option<u64>,
}

impl Listed {
    fn all(tips: &Tips) -> Vec<Self> {
        let listed = |((report, period), tip): (&(ReportName, BillingPeriod), &Tip)| Self {
            report: report.clone(),
            billing_period: *period,
            version: tip.version,
            rollups: tip.rollups,
        };
        tips.iter().map(listed).collect()
    }
}

/// The fields of `commitInfo` for the commit `id` that carries `receipt` and leaves the table at `tips`.
pub(super) fn info(
    id: &str,
    tips: &Tips,
    receipt: &Receipt,
) -> Result<HashMap<String, Value>, StoreError> {
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
            serde_json::to_value(Listed::all(tips)).map_err(unwritable)?,
        ),
        ("curtail.receipt".to_owned(), receipt),
    ]))
}

/// The fields of `commitInfo` for the commit `id` that gives a version other rollups and leaves the table at `tips`.
pub(super) fn amending(
    id: &str,
    tips: &Tips,
    amendment: &Amendment,
) -> Result<HashMap<String, Value>, StoreError> {
    let unwritable =
        |error| StoreError::Damaged(format!("rollups cannot be told in a commit: {error}"));
    let tips = serde_json::to_value(Listed::all(tips)).map_err(unwritable)?;
    let amendment = serde_json::to_value(amendment).map_err(unwritable)?;
    Ok(HashMap::from([
        ("curtail.commit".to_owned(), Value::from(id)),
        ("curtail.periods".to_owned(), tips),
        ("curtail.rollups".to_owned(), amendment),
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

/// What some commits say of versions before them.
#[derive(Default)]
pub(super) struct Said {
    /// The versions whose files' end was announced.
    pub(super) dropped: BTreeSet<u64>,
    /// Rollups that versions have instead of those that they had, in the order of commits.
    pub(super) amendments: Vec<Amendment>,
}

impl Said {
    /// Gives a version the newest of its rollups.
    pub(super) fn amend(&self, version: &mut PeriodVersion) {
        let mut amendments = self.amendments.iter().rev();
        if let Some(newest) = amendments.find(|it| it.version == version.version) {
            newest.clone().apply(Arc::make_mut(&mut version.receipt));
        }
    }
}

/// What the commits `first` to `last` say of versions before them.
pub(super) async fn said(
    store: &Store,
    table: &str,
    first: u64,
    last: u64,
) -> Result<Said, StoreError> {
    let reads = (first..=last).map(async |version| {
        let info = match read(store, table, version).await? {
            Some(bytes) => parse(table, version, &bytes)?,
            None => None,
        };
        let Some(info) = info else {
            return Ok((Vec::new(), None));
        };
        let amendment = info.amendment.map(|raw| amendment(table, version, &raw));
        Ok::<_, StoreError>((info.dropped, amendment.transpose()?))
    });
    let found: Vec<_> = stream::iter(reads).buffered(PARALLEL).try_collect().await?;
    let mut said = Said::default();
    for (dropped, amendment) in found {
        said.dropped.extend(dropped);
        said.amendments.extend(amendment);
    }
    Ok(said)
}

fn amendment(table: &str, version: u64, raw: &RawValue) -> Result<Amendment, StoreError> {
    serde_json::from_str(raw.get()).map_err(|error| {
        StoreError::Damaged(format!(
            "the rollups in commit {version} of `{table}` are unreadable: {error}"
        ))
    })
}

/// The versions whose files' end was announced by the commits `first` to `last`.
pub(super) async fn dropped(
    store: &Store,
    table: &str,
    first: u64,
    last: u64,
) -> Result<BTreeSet<u64>, StoreError> {
    Ok(said(store, table, first, last).await?.dropped)
}

/// The current version of each billing period at `version` of the table.
pub(super) async fn tips(store: &Store, table: &str, version: u64) -> Result<Tips, StoreError> {
    let periods = latest(store, table, version, |info| info.periods).await?;
    let periods = periods.unwrap_or_default().into_iter();
    Ok(periods
        .map(|listed| {
            let tip = Tip {
                version: listed.version,
                rollups: listed.rollups,
            };
            ((listed.report, listed.billing_period), tip)
        })
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
        .map(|&tip| amended(store, table, tip))
        .collect();
    let receipts: Vec<Option<Receipt>> =
        stream::iter(reads).buffered(PARALLEL).try_collect().await?;
    let mut versions = Vec::with_capacity(receipts.len());
    for (((report, period), tip), receipt) in tips.iter().zip(receipts) {
        let version = tip.version;
        let receipt = receipt
            .filter(|receipt| receipt.report == *report && receipt.billing_period == *period);
        let receipt = receipt.ok_or_else(|| {
            StoreError::Damaged(format!("commit {version} of `{table}` does not hold the receipt of {period} of report `{report}`"))
        })?;
        versions.push(PeriodVersion {
            version,
            receipt: Arc::new(receipt),
            standing: Standing::Current,
        });
    }
    Ok(versions)
}

/// The receipt of a billing period, with the rollups that it has by now.
async fn amended(store: &Store, table: &str, tip: Tip) -> Result<Option<Receipt>, StoreError> {
    let (found, said) = match tip.rollups {
        None => (receipt(store, table, tip.version).await?, None),
        Some(at) => {
            let (found, said) = join(
                receipt(store, table, tip.version),
                said(store, table, at, at),
            )
            .await;
            (found?, Some(said?))
        }
    };
    let Some((mut receipt, said)) = found.map(|receipt| (receipt, said)) else {
        return Ok(None);
    };
    if let Some(said) = said {
        let mut amendments = said.amendments.into_iter();
        let amendment = amendments.find(|it| it.version == tip.version);
        let amendment = amendment.ok_or_else(|| {
            StoreError::Damaged(format!(
                "a commit of `{table}` does not hold the rollups of version {}",
                tip.version
            ))
        })?;
        amendment.apply(&mut receipt);
    }
    Ok(Some(receipt))
}

/// Every receipt up to `newest` as it was committed, in the order of commits.
pub(super) async fn all(
    store: &Store,
    table: &str,
    newest: u64,
) -> Result<Vec<PeriodVersion>, StoreError> {
    let versions = every(store, table, newest).await?.into_iter();
    Ok(versions
        .map(|(version, receipt)| PeriodVersion {
            version,
            receipt: Arc::new(receipt),
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
