//! `curtail generate`.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Instant,
};

use curtail_testdata::{Folder, GenerateError, Options, Output, Summary};
use indicatif::{HumanBytes, ProgressBar};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use tokio::{runtime::Handle, task};

use super::{place, say};
use crate::{
    args::GenerateArgs,
    config::{Location, Settings},
    error::CliError,
    progress::Bars,
    render::amounts::grouped,
    signals::interrupted,
};

pub(super) async fn run(args: &GenerateArgs, settings: &Settings) -> Result<(), CliError> {
    let mut options = Options {
        rows: args.rows,
        format: args.format,
        seed: args.seed,
        accounts: args.accounts,
        resources: args.resources,
        tags: args.tags,
        rows_per_file: args.rows_per_file,
        profile: args.profile,
        restate: args.restate,
        compression: args.compression,
        versioning: args.versioning,
        focus_version: args.focus_version,
        focus_file: args.focus_file,
        report: args.name.clone(),
        ..Options::default()
    };
    if !args.months.is_empty() {
        let mut months = args.months.clone();
        months.sort_unstable();
        months.dedup();
        options.months = months
            .into_iter()
            .map(|month| (month.year(), month.month()))
            .collect();
    }
    let (place, root) = match Location::parse(&args.out)? {
        Location::Folder(path) => (
            Place::Folder(Folder::new(&path)),
            path.display().to_string(),
        ),
        Location::Bucket { bucket, prefix, .. } => {
            let objects = place::bucket_at(&bucket, &args.s3, settings).await?;
            let prefix = prefix.trim_matches('/').to_owned();
            if !prefix.is_empty() {
                options.prefix.clone_from(&prefix);
            }
            options.bucket.clone_from(&bucket);
            (
                Place::Bucket {
                    objects,
                    runtime: Handle::current(),
                    prefix,
                },
                format!("s3://{bucket}"),
            )
        }
    };
    let bar = Bars::new(settings).rows("generating", options.rows);
    let started = Instant::now();
    let summary = write(options.clone(), place, bar).await?;
    let seconds = started.elapsed().as_secs_f64();
    let mut text = format!(
        "{}: {} rows in {} files ({}), {seconds:.1} s\n",
        options.report_name(),
        grouped(summary.rows),
        summary.files,
        HumanBytes(summary.bytes),
    );
    for manifest in &summary.manifests {
        let _ = writeln!(text, "manifest {root}/{manifest}");
    }
    say(text)
}

/// Writes a report; if interrupted, takes back what was written of it.
pub(super) async fn write(
    options: Options,
    place: Place,
    bar: ProgressBar,
) -> Result<Summary, CliError> {
    let place = Arc::new(Tracked {
        place,
        cancelled: AtomicBool::new(false),
        written: Mutex::default(),
    });
    let output = Arc::clone(&place);
    let count = bar.clone();
    let mut work = task::spawn_blocking(move || {
        let tell = move |rows| count.set_position(rows);
        curtail_testdata::generate(&options, output.as_ref(), &tell)
    });
    let result = tokio::select! {
        result = &mut work => result,
        () = interrupted() => {
            place.cancelled.store(true, Relaxed);
            let _ = work.await;
            let place = Arc::clone(&place);
            let _ = task::spawn_blocking(move || place.take_back()).await;
            return Err(CliError::Interrupted);
        }
    };
    bar.finish_and_clear();
    let result: Result<Summary, GenerateError> =
        result.map_err(|error| CliError::Internal(error.to_string()))?;
    Ok(result?)
}

/// Where a report is written to.
#[derive(Debug)]
pub(super) enum Place {
    Folder(Folder),
    Bucket {
        objects: Arc<dyn ObjectStore>,
        runtime: Handle,
        prefix: String,
    },
}

impl Place {
    fn put(&self, key: &str, body: Vec<u8>) -> io::Result<()> {
        match self {
            Self::Folder(folder) => folder.put(key, body),
            Self::Bucket {
                objects,
                runtime,
                prefix,
            } => {
                let path = object_path(prefix, key)?;
                // The generator's threads are its own: waiting here holds up nothing of the runtime.
                let put = objects.put(&path, PutPayload::from(body));
                runtime.block_on(put).map(|_| ()).map_err(io::Error::from)
            }
        }
    }

    fn delete(&self, key: &str) -> io::Result<()> {
        match self {
            Self::Folder(folder) => remove(folder.path(), key),
            Self::Bucket {
                objects,
                runtime,
                prefix,
            } => runtime
                .block_on(objects.delete(&object_path(prefix, key)?))
                .map_err(io::Error::from),
        }
    }
}

/// The report's own keys begin with the prefix already; those beside it (`truth.json`) get it here.
fn object_path(prefix: &str, key: &str) -> io::Result<object_store::path::Path> {
    let inside = prefix.is_empty()
        || key
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with('/'));
    let key = if inside {
        key.to_owned()
    } else {
        format!("{prefix}/{key}")
    };
    object_store::path::Path::parse(&key).map_err(io::Error::other)
}

/// Removes a file and the folders above it that are empty then, up to `root`.
fn remove(root: &Path, key: &str) -> io::Result<()> {
    let path: PathBuf = root.join(key.trim_start_matches('/'));
    fs::remove_file(&path)?;
    let mut folder = path.parent();
    while let Some(empty) =
        folder.filter(|folder| *folder != root && fs::remove_dir(folder).is_ok())
    {
        folder = empty.parent();
    }
    Ok(())
}

/// Remembers what was written, and refuses more once cancelled.
struct Tracked {
    place: Place,
    cancelled: AtomicBool,
    written: Mutex<Vec<String>>,
}

impl Tracked {
    fn take_back(&self) {
        for key in self
            .written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..)
        {
            if let Err(error) = self.place.delete(&key) {
                tracing::warn!(key, %error, "could not be removed");
            }
        }
    }
}

impl Output for Tracked {
    fn put(&self, key: &str, body: Vec<u8>) -> io::Result<()> {
        if self.cancelled.load(Relaxed) {
            return Err(io::Error::from(io::ErrorKind::Interrupted));
        }
        self.written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(key.to_owned());
        self.place.put(key, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_beside_the_report_get_the_prefix() {
        let path = |prefix, key| object_path(prefix, key).unwrap().to_string();
        assert_eq!(
            path("cur/daily", "cur/daily/acme/x.csv.gz"),
            "cur/daily/acme/x.csv.gz"
        );
        assert_eq!(path("cur", "truth.json"), "cur/truth.json");
        assert_eq!(path("cur", "current/x"), "cur/current/x");
        assert_eq!(path("", "truth.json"), "truth.json");
    }
}
