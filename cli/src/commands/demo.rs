//! `curtail demo`.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use arrow::{array::RecordBatch, compute::concat_batches};
use curtail_engine::{CostQuery, Dimension, Engine, Metric};
use curtail_ingest::{self as ingest, Source, discover};
use curtail_store::Store;
use curtail_testdata::{Folder, Options, PeriodTruth, Summary};
use indicatif::HumanBytes;

use super::{Trash, answer, generate, say, truth};
use crate::{
    args::DemoArgs,
    config::Settings,
    error::CliError,
    progress::Bars,
    render::{self, Format, Renderer, Sink, amounts::grouped},
    signals::cancellable,
};

/// Rows of a table that are shown.
const SHOWN: usize = 10;

pub(super) async fn run(
    args: &DemoArgs,
    settings: &Settings,
    trash: &mut Trash,
) -> Result<(), CliError> {
    let folder = folder(args.keep.as_deref(), trash)?;
    let started = Instant::now();
    let bars = Bars::new(settings);
    let (reports, tables) = (folder.join("report"), folder.join("store"));

    let options = Options {
        rows: args.rows,
        ..Options::default()
    };
    let bar = bars.rows("generating", options.rows);
    let generated = Instant::now();
    let summary =
        generate::write(options, generate::Place::Folder(Folder::new(&reports)), bar).await?;
    step(
        &format!(
            "made a report as AWS delivers it: {} line items in {} files, {}",
            grouped(summary.rows),
            summary.files,
            HumanBytes(summary.bytes)
        ),
        generated.elapsed(),
    )?;

    cancellable(Box::pin(async {
        let ingested = Instant::now();
        let store = fill(&reports, &tables, settings, &bars).await?;
        step(
            "read it into a store, one commit per billing period",
            ingested.elapsed(),
        )?;
        ask(&store, &summary, settings).await
    }))
    .await?;
    say(next(
        args.keep.is_some().then_some((&*reports, &*tables)),
        started.elapsed(),
    ))
}

/// The folder to work in: the one to keep, or a temporary one.
fn folder(keep: Option<&Path>, trash: &mut Trash) -> Result<PathBuf, CliError> {
    if let Some(path) = keep {
        std::fs::create_dir_all(path).map_err(|source| CliError::Output {
            path: path.to_owned(),
            source,
        })?;
        return Ok(path.to_owned());
    }
    let temporary = tempfile::Builder::new().prefix("curtail-demo-").tempdir();
    let temporary = temporary.map_err(|source| CliError::Output {
        path: std::env::temp_dir(),
        source,
    })?;
    let path = temporary.path().to_owned();
    trash.0.push(temporary);
    Ok(path)
}

async fn fill(
    reports: &Path,
    tables: &Path,
    settings: &Settings,
    bars: &Bars,
) -> Result<Store, CliError> {
    let source = Source::folder(reports)?;
    let store = Store::local(tables)?;
    let options = ingest::Options {
        memory: settings.buffers(),
        threads: settings.threads,
        ..ingest::Options::default()
    };
    for delivery in discover(&source).await? {
        let bar = Arc::new(bars.period(format!("{} {}", delivery.report, delivery.period)));
        ingest::ingest(&delivery, &source, &store, &options, bar).await?;
    }
    Ok(store)
}

/// Asks what a bill is asked, and holds every answer against the generator's own sums.
async fn ask(store: &Store, summary: &Summary, settings: &Settings) -> Result<(), CliError> {
    let engine = Engine::open(store, &answer::options(settings)).await?;
    let truth = &summary.truth.overall;
    let questions = [
        (
            "service",
            "cost by service",
            "curtail costs --by service --metric unblended,amortized",
        ),
        (
            "account",
            "cost by linked account",
            "curtail costs --by account --metric unblended,amortized",
        ),
        (
            "resource",
            "the ten dearest resources",
            "curtail costs --by resource --metric unblended,amortized --top 10",
        ),
    ];
    for (dimension, title, command) in questions {
        let started = Instant::now();
        let rows = costs(&engine, Some(dimension)).await?;
        let took = started.elapsed();
        truth::check(dimension, &rows, breakdown(truth, dimension)?)?;
        step(&format!("{title}    ({command})"), took)?;
        show(&rows, dimension == "resource", settings)?;
    }
    let total = costs(&engine, None).await?;
    truth::check_total(&total, &truth.totals)?;
    let unblended = truth.totals.unblended_cost.as_deref().unwrap_or("0");
    say(format_args!(
        "\nTotal {unblended} USD. Every sum above, of all {} cost metrics, equals the generator's truth to the last digit.\n",
        Metric::ALL.len()
    ))
}

fn breakdown<'a>(
    truth: &'a PeriodTruth,
    dimension: &str,
) -> Result<&'a curtail_testdata::Breakdown, CliError> {
    let missing = || CliError::Internal(format!("the generator tells nothing by {dimension}"));
    truth.by.get(dimension).ok_or_else(missing)
}

async fn costs(engine: &Engine, dimension: Option<&str>) -> Result<RecordBatch, CliError> {
    let by = dimension.map(str::parse::<Dimension>).transpose();
    let by = by.map_err(|error| CliError::Internal(error.to_string()))?;
    let query = CostQuery {
        by: by.into_iter().collect(),
        metrics: Metric::ALL.to_vec(),
        ..CostQuery::default()
    };
    let answer = engine.costs(&query).await?;
    let batches = answer.collect().await?;
    concat_batches(&answer.schema(), &batches).map_err(render::unreadable)
}

/// Shows the first rows: the dimension, unblended and amortized cost. What has no resource is no resource.
fn show(rows: &RecordBatch, resources: bool, settings: &Settings) -> Result<(), CliError> {
    let none = resources
        .then(|| truth::position(rows, truth::NONE))
        .transpose()?
        .flatten();
    let keep: arrow::array::UInt64Array = (0..rows.num_rows() as u64)
        .filter(|row| Some(*row) != none)
        .take(SHOWN)
        .collect();
    let shown = rows
        .project(&[0, 1, 2])
        .and_then(|rows| arrow::compute::take_record_batch(&rows, &keep));
    let shown = shown.map_err(render::unreadable)?;
    let mut renderer = Renderer::new(
        Format::Table,
        &shown.schema(),
        Sink::stdout(settings.terminal),
    )?;
    renderer.batch(&shown)?;
    renderer.finish()?;
    let more = rows.num_rows() - shown.num_rows();
    if more > 0 {
        say(format_args!("… and {} more\n", grouped(more)))
    } else {
        Ok(())
    }
}

fn step(what: &str, took: Duration) -> Result<(), CliError> {
    say(format_args!("\n{:>6.2} s  {what}\n", took.as_secs_f64()))
}

fn next(kept: Option<(&Path, &Path)>, took: Duration) -> String {
    let seconds = took.as_secs_f64();
    let mut text = format!("All of it took {seconds:.1} s.\n\nNext:\n");
    match kept {
        Some((reports, tables)) => {
            let (reports, tables) = (reports.display(), tables.display());
            let _ = writeln!(
                text,
                "  curtail --store {tables} costs --by region --granularity monthly"
            );
            let _ = writeln!(text, "  curtail --store {tables} sql");
            let _ = writeln!(text, "  ls {reports}");
        }
        None => text.push_str(
            "  curtail demo --keep DIR                   the same, to look around in afterwards\n",
        ),
    }
    text.push_str("  curtail ingest s3://your-bucket/prefix    your own Cost and Usage Reports\n  curtail --help                            everything else\n");
    text
}
