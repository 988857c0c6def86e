//! `curtail verify`.

use std::sync::Arc;

use curtail_ingest::{Options, reread};
use curtail_store::{
    Money, PeriodVersion, SideTable, SideVersion, Standing, Store, StoreError, Verification,
};

use super::{
    beside::{beside, month},
    place, renderer,
    status::cost_column,
};
use crate::{
    args::VerifyArgs,
    config::{Location, Settings},
    error::CliError,
    progress::Bars,
    rows::{self, Cell, Kind},
};

const COLUMNS: &[(&str, Kind)] = &[
    ("report", Kind::Text),
    ("billing_period", Kind::Text),
    ("version", Kind::Count),
    ("result", Kind::Text),
    ("files", Kind::Count),
    ("bytes", Kind::Count),
    ("rows", Kind::Count),
    ("unblended_cost", Kind::Amount),
    ("problems", Kind::Text),
];

/// What checking one version came to.
struct Checked {
    files: u64,
    bytes: u64,
    rows: u64,
    cost: Option<Money>,
    problems: Vec<String>,
}

pub(super) async fn run(args: &VerifyArgs, settings: &Settings) -> Result<(), CliError> {
    match verify(args, settings).await {
        // Too broken to be looked at in detail.
        Err(CliError::Store(error)) if matches!(*error, StoreError::Damaged(_)) => {
            Err(CliError::Unverified {
                failed: 1,
                first: error.to_string(),
            })
        }
        verified => verified,
    }
}

async fn verify(args: &VerifyArgs, settings: &Settings) -> Result<(), CliError> {
    let store = place::store(settings).await?;
    let versions = versions(&store, args).await?;
    let parts = parts(&store, args).await?;
    if versions.is_empty() && parts.is_empty() {
        return Err(CliError::NothingToVerify);
    }
    let bars = Bars::new(settings);
    let mut table = renderer(&args.output, settings, &rows::schema(COLUMNS))?;
    let mut failed = Vec::new();
    for problem in store.verify_logs().await? {
        let row = [Cell::Null, Cell::Null, Cell::Null, "damaged".into()];
        let row = row
            .into_iter()
            .chain([Cell::Null, Cell::Null, Cell::Null, Cell::Null]);
        let row = row.chain([problem.to_string().into()]).collect();
        table.batch(&rows::batch(COLUMNS, &[row]))?;
        failed.push(problem.to_string());
    }
    for version in &versions {
        let receipt = &version.receipt;
        let label = format!("{} {}", receipt.report, receipt.billing_period);
        let spinner = bars.spinner(format!("verifying {label}"));
        let checked = check(&store, version, args, settings, &bars).await;
        spinner.finish_and_clear();
        let checked = checked?;
        if let Some(problem) = checked.problems.first() {
            failed.push(format!("{label}: {problem}"));
        }
        let batch = rows::batch(COLUMNS, &[row(version, &checked)]);
        bars.suspend(|| table.batch(&batch))?;
    }
    for part in &parts {
        let label = part.receipt.part.to_string();
        let spinner = bars.spinner(format!("verifying {label}"));
        let verified = store.verify_part(part).await;
        spinner.finish_and_clear();
        let verified = verified?;
        if let Some(problem) = verified.problems.first() {
            failed.push(format!("{label}: {problem}"));
        }
        let batch = rows::batch(COLUMNS, &[part_row(part, &verified)]);
        bars.suspend(|| table.batch(&batch))?;
    }
    table.finish()?;
    if failed.is_empty() {
        return Ok(());
    }
    Err(CliError::Unverified {
        failed: failed.len(),
        first: failed.remove(0),
    })
}

async fn versions(store: &Store, args: &VerifyArgs) -> Result<Vec<PeriodVersion>, CliError> {
    let all = if args.all_versions {
        store.history().await?
    } else {
        let snapshot = store.snapshot().await?;
        snapshot.periods().cloned().collect()
    };
    let wanted = |version: &PeriodVersion| {
        let receipt = &version.receipt;
        let period = receipt.billing_period;
        let in_period =
            |range: &crate::args::PeriodRange| (range.first..=range.last).contains(&period);
        (args.periods.is_empty() || args.periods.iter().any(in_period))
            && (args.reports.is_empty()
                || args
                    .reports
                    .iter()
                    .any(|name| name == receipt.report.as_str()))
    };
    let kept = all
        .into_iter()
        .filter(|version| version.standing != Standing::Dropped);
    Ok(kept.filter(wanted).collect())
}

/// What is kept beside reports, and was asked for. Of its earlier versions only the logs are looked at.
async fn parts(store: &Store, args: &VerifyArgs) -> Result<Vec<SideVersion>, CliError> {
    let snapshot = store.snapshot().await?;
    let sides = SideTable::ALL
        .into_iter()
        .filter_map(|table| snapshot.side(table));
    let wanted = |version: &&SideVersion| {
        let part = &version.receipt.part;
        let in_period = |range: &crate::args::PeriodRange| {
            let period = part.billing_period;
            period.is_some_and(|period| (range.first..=range.last).contains(&period))
        };
        (args.periods.is_empty() || args.periods.iter().any(in_period))
            && (args.reports.is_empty() || args.reports.contains(&beside(part)))
    };
    let parts = sides.flat_map(|side| &side.parts).filter(wanted);
    Ok(parts.cloned().collect())
}

async fn check(
    store: &Store,
    version: &PeriodVersion,
    args: &VerifyArgs,
    settings: &Settings,
    bars: &Bars,
) -> Result<Checked, CliError> {
    let receipt = &version.receipt;
    let verified = store.verify(version).await?;
    let mut checked = Checked {
        files: verified.files,
        bytes: verified.bytes,
        rows: verified.found.rows,
        cost: verified.found.sums.get(cost_column(receipt.kind)).copied(),
        problems: verified.problems.iter().map(ToString::to_string).collect(),
    };
    if args.source {
        let options = Options {
            memory: settings.buffers(),
            threads: settings.threads,
            ..Options::default()
        };
        let location = Location::parse(&receipt.location)?;
        let source = place::source(&location, &args.s3, settings).await?;
        let progress = bars.period(format!("{} {}", receipt.report, receipt.billing_period));
        let again = reread(&source, receipt, &options, Arc::new(progress)).await?;
        checked.files += again.files;
        checked.bytes += again.bytes;
        checked.problems.extend(again.differences);
    }
    Ok(checked)
}

fn part_row(version: &SideVersion, verified: &Verification) -> Vec<Cell> {
    let part = &version.receipt.part;
    let problems: Vec<_> = verified.problems.iter().map(ToString::to_string).collect();
    vec![
        beside(part).into(),
        month(part),
        version.version.into(),
        if problems.is_empty() { "ok" } else { "damaged" }.into(),
        verified.files.into(),
        verified.bytes.into(),
        verified.found.rows.into(),
        verified.found.sums.get("unblended_cost").copied().into(),
        Cell::listed(&problems, "; "),
    ]
}

fn row(version: &PeriodVersion, checked: &Checked) -> Vec<Cell> {
    let receipt = &version.receipt;
    let result = if checked.problems.is_empty() {
        "ok"
    } else {
        "damaged"
    };
    vec![
        receipt.report.as_str().into(),
        receipt.billing_period.to_string().into(),
        version.version.into(),
        result.into(),
        checked.files.into(),
        checked.bytes.into(),
        checked.rows.into(),
        checked.cost.into(),
        Cell::listed(&checked.problems, "; "),
    ]
}
