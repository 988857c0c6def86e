//! What the command line and the environment mean: the only place that reads the environment.

mod cache;
mod file;
mod memory;
mod size;
mod timeout;

use std::{
    ffi::OsString,
    io::{self, IsTerminal},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use url::Url;

pub(crate) use file::{load, save, text};
pub(crate) use size::Size;
pub(crate) use timeout::Timeout;

use crate::{
    args::{Global, LogFormat},
    error::CliError,
};

/// The most memory taken unless more is asked for.
const MEMORY_AT_MOST: u64 = 8 << 30;
/// What is taken where the machine does not say how much memory it has.
const MEMORY_UNKNOWN: u64 = 2 << 30;
/// The least memory that anything can be done with.
const MEMORY_AT_LEAST: u64 = 256 << 20;
/// What the program takes beside its buffers: its own code and data, stacks, and what the allocator holds back.
const MEMORY_BESIDE: u64 = 112 << 20;

/// The variables of the environment that matter here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    home: Option<OsString>,
    data_home: Option<OsString>,
    config_home: Option<OsString>,
    state_home: Option<OsString>,
    cache_home: Option<OsString>,
    cache_size: Option<String>,
    store: Option<OsString>,
    config: Option<OsString>,
    endpoint: Option<String>,
    log: Option<String>,
    no_colour: bool,
    dumb_terminal: bool,
}

impl Environment {
    /// The environment of this process. As usual, an empty variable counts as one that is not set.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub(crate) fn of_process() -> Self {
        let read = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            home: read("HOME"),
            data_home: read("XDG_DATA_HOME"),
            config_home: read("XDG_CONFIG_HOME"),
            state_home: read("XDG_STATE_HOME"),
            cache_home: read("XDG_CACHE_HOME"),
            cache_size: read("CURTAIL_CACHE_SIZE").map(|size| size.to_string_lossy().into_owned()),
            store: read("CURTAIL_STORE"),
            config: read("CURTAIL_CONFIG"),
            endpoint: ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]
                .into_iter()
                .find_map(|name| read(name)?.into_string().ok()),
            log: read("RUST_LOG").and_then(|value| value.into_string().ok()),
            no_colour: read("NO_COLOR").is_some(),
            dumb_terminal: read("TERM").is_some_and(|term| term == "dumb"),
        }
    }

    /// A folder of the XDG base directory specification, for files of this program.
    fn folder(&self, set: Option<&OsString>, default: &str) -> Option<PathBuf> {
        let set = set.map(PathBuf::from).filter(|path| path.is_absolute());
        let base = set.or_else(|| Some(Path::new(self.home.as_ref()?).join(default)))?;
        Some(base.join("curtail"))
    }
}

/// A variable of the environment that the configuration names; an empty one counts as one that is not set.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Where a store or a report is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// A folder or file of this machine.
    Folder(PathBuf),
    /// A prefix of an S3 bucket (`s3://bucket/prefix`).
    Bucket {
        /// The whole URL, as it was given.
        url: Url,
        /// The bucket.
        bucket: String,
        /// The prefix, without a slash at its beginning; may be empty.
        prefix: String,
    },
}

impl Location {
    /// Understands a path or an `s3://` URL.
    pub(crate) fn parse(text: &str) -> Result<Self, CliError> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(Self::Folder(PathBuf::from(text)));
        };
        // What stands before an `@` may be credentials.
        let has_at = rest.contains('@');
        let shown = if has_at { "…" } else { rest };
        let wrong = |why: &str| CliError::Location {
            location: format!("{scheme}://{shown}"),
            why: why.to_owned(),
        };
        match scheme {
            "s3" | "s3a" => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                if bucket.is_empty() {
                    return Err(wrong("it names no bucket"));
                }
                // The secret in `KEY:SECRET@bucket` may have slashes itself.
                if has_at && bucket.contains(['@', ':']) {
                    return Err(wrong("credentials do not belong into a location"));
                }
                let url = Url::parse(&format!("s3://{rest}"))
                    .map_err(|error| wrong(&error.to_string()))?;
                Ok(Self::Bucket {
                    url,
                    bucket: bucket.to_owned(),
                    prefix: prefix.to_owned(),
                })
            }
            "file" => {
                let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
                url.to_file_path()
                    .map(Self::Folder)
                    .map_err(|()| wrong("it is no path of this machine"))
            }
            _ => Err(wrong("it is neither a folder nor an s3:// location")),
        }
    }
}

/// What standard output's terminal can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Terminal {
    /// Whether colours are welcome.
    pub(crate) colour: bool,
}

/// The settings of one run.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Where the tables live.
    pub(crate) store: Location,
    /// The file of connections and settings, which need not exist.
    pub(crate) config: PathBuf,
    /// The S3 server that the environment names instead of AWS's.
    pub(crate) endpoint: Option<String>,
    /// The longest silence of an S3 server, if not the default.
    pub(crate) timeout: Option<Duration>,
    /// How often a request to it is tried again, if not the default.
    pub(crate) retries: Option<usize>,
    /// How much of a store on S3 is kept on this machine, if anybody said, in bytes.
    pub(crate) cache_size: Option<u64>,
    /// The folder of this program's caches, if there is a place for one.
    pub(crate) caches: Option<PathBuf>,
    /// The budget for buffers, in bytes.
    pub(crate) memory: u64,
    /// Worker threads.
    pub(crate) threads: usize,
    /// Whether progress is shown.
    pub(crate) progress: bool,
    /// Whether nothing but results and errors is wanted.
    pub(crate) quiet: bool,
    /// What standard output can do, if it is a terminal.
    pub(crate) terminal: Terminal,
    /// Whether colours are welcome on standard error.
    pub(crate) colour_stderr: bool,
    /// Which events are logged, in the syntax of `RUST_LOG`.
    pub(crate) log_filter: String,
    /// How they are written.
    pub(crate) log_format: LogFormat,
    /// Where the prompt keeps its history, if there is a place for it.
    pub(crate) history: Option<PathBuf>,
}

impl Settings {
    /// Bytes that buffers may take, so that the process stays within its limit.
    pub(crate) fn buffers(&self) -> u64 {
        self.memory.saturating_sub(MEMORY_BESIDE)
    }

    /// What `global` and `environment` mean together.
    pub(crate) fn new(global: &Global, environment: &Environment) -> Result<Self, CliError> {
        let text = |value: &OsString| {
            value
                .clone()
                .into_string()
                .map_err(|_| CliError::NotText("CURTAIL_STORE"))
        };
        let store = match (&global.store, &environment.store) {
            (Some(store), _) => Location::parse(store)?,
            (None, Some(store)) => Location::parse(&text(store)?)?,
            (None, None) => {
                let data = environment.folder(environment.data_home.as_ref(), ".local/share");
                Location::Folder(data.ok_or(CliError::NoHome("--store"))?.join("store"))
            }
        };
        let config = match (&global.config, &environment.config) {
            (Some(config), _) => config.clone(),
            (None, Some(config)) => PathBuf::from(config),
            (None, None) => environment
                .folder(environment.config_home.as_ref(), ".config")
                .unwrap_or_else(|| PathBuf::from("curtail"))
                .join("config.toml"),
        };
        let memory = match global.memory_limit {
            Some(Size(bytes)) if bytes < MEMORY_AT_LEAST => {
                return Err(CliError::Usage(format!(
                    "--memory-limit {bytes} is too small: at least {} MiB are needed",
                    MEMORY_AT_LEAST >> 20
                )));
            }
            Some(Size(bytes)) => bytes,
            None => memory::of_machine().map_or(MEMORY_UNKNOWN, |all| {
                (all / 2).clamp(MEMORY_AT_LEAST, MEMORY_AT_MOST)
            }),
        };
        let threads = global
            .threads
            .or_else(|| thread::available_parallelism().ok())
            .map_or(1, NonZeroUsize::get);
        let colour = !environment.no_colour && !environment.dumb_terminal;
        let stderr = io::stderr().is_terminal();
        Ok(Self {
            store,
            config,
            endpoint: environment.endpoint.clone(),
            timeout: global.timeout.map(|Timeout(timeout)| timeout),
            retries: global.retries.map(usize::from),
            cache_size: cache::size(global, environment.cache_size.as_deref())?,
            caches: environment.folder(environment.cache_home.as_ref(), ".cache"),
            memory,
            threads,
            progress: stderr && !global.no_progress && !global.quiet && !environment.dumb_terminal,
            quiet: global.quiet,
            terminal: Terminal { colour },
            colour_stderr: colour && stderr,
            log_filter: log_filter(global, environment),
            log_format: global.log_format,
            history: environment
                .folder(environment.state_home.as_ref(), ".local/state")
                .map(|dir| dir.join("history")),
        })
    }
}

/// `-q`, `-v` and `-vv` say more than `RUST_LOG`, which says more than the default.
fn log_filter(global: &Global, environment: &Environment) -> String {
    let ours = |others: &str, level| {
        let crates = [
            "curtail",
            "curtail_connect",
            "curtail_store",
            "curtail_ingest",
            "curtail_engine",
            "curtail_serve",
            "curtail_cluster",
        ];
        crates.iter().fold(others.to_owned(), |filter, name| {
            format!("{filter},{name}={level}")
        })
    };
    // Executors tell schedulers nothing of their operators, who say so of every stage.
    let others =
        "warn,ballista_scheduler::display=off,ballista_scheduler::state::execution_stage=error";
    match (global.quiet, global.verbose, &environment.log) {
        (true, _, _) => ours("off", "error"),
        (false, 0, Some(filter)) => filter.clone(),
        // The libraries below log even as errors what is expected here (a table that does not exist yet), or reported anyway.
        (false, 0, None) => ours("off", "warn"),
        (false, 1, _) => ours(others, "info"),
        (false, 2, _) => ours(others, "debug"),
        (false, _, _) => "debug".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::Args;

    fn settings(args: &[&str], environment: &Environment) -> Settings {
        let args = Args::try_parse_from(["curtail"].iter().chain(args)).unwrap();
        Settings::new(&args.global, environment).unwrap()
    }

    fn home() -> Environment {
        Environment {
            home: Some("/home/ada".into()),
            ..Environment::default()
        }
    }

    #[test]
    fn the_store_comes_from_the_flag_then_the_variable_then_xdg() {
        let folder = |path: &str| Location::Folder(path.into());
        assert_eq!(
            settings(&["version"], &home()).store,
            folder("/home/ada/.local/share/curtail/store")
        );
        let xdg = Environment {
            data_home: Some("/data".into()),
            ..home()
        };
        assert_eq!(
            settings(&["version"], &xdg).store,
            folder("/data/curtail/store")
        );
        let relative = Environment {
            data_home: Some("data".into()),
            ..home()
        };
        assert_eq!(
            settings(&["version"], &relative).store,
            folder("/home/ada/.local/share/curtail/store")
        );
        let variable = Environment {
            store: Some("here".into()),
            ..xdg
        };
        assert_eq!(settings(&["version"], &variable).store, folder("here"));
        assert_eq!(
            settings(&["version", "--store", "there"], &variable).store,
            folder("there")
        );
    }

    #[test]
    fn buckets_and_folders_are_told_apart() {
        let Location::Bucket { bucket, prefix, .. } =
            Location::parse("s3://acme-cur/reports//daily").unwrap()
        else {
            panic!("an s3:// URL is a bucket");
        };
        assert_eq!(
            (bucket.as_str(), prefix.as_str()),
            ("acme-cur", "reports//daily")
        );
        assert_eq!(
            Location::parse("file:///srv/cur").unwrap(),
            Location::Folder("/srv/cur".into())
        );
        assert_eq!(
            Location::parse("./a:b").unwrap(),
            Location::Folder("./a:b".into())
        );
        for wrong in ["s3://", "gs://bucket", "https://bucket.s3.amazonaws.com"] {
            assert!(Location::parse(wrong).is_err(), "{wrong}");
        }
        let secret = Location::parse("s3://AKIA:hunter2@bucket/")
            .unwrap_err()
            .to_string();
        assert!(!secret.contains("hunter2"), "{secret}");
    }

    #[test]
    fn flags_outrank_rust_log() {
        let logged = Environment {
            log: Some("trace".to_owned()),
            ..home()
        };
        assert_eq!(settings(&["version"], &logged).log_filter, "trace");
        assert_eq!(
            settings(&["-q", "version"], &home()).log_filter,
            settings(&["-q", "version"], &logged).log_filter
        );
        assert!(
            settings(&["version", "-vv"], &logged)
                .log_filter
                .contains("curtail_ingest=debug")
        );
    }

    #[test]
    fn the_memory_limit_has_a_floor() {
        let args = Args::try_parse_from(["curtail", "--memory-limit", "1MiB", "version"]).unwrap();
        assert!(Settings::new(&args.global, &home()).is_err());
        assert_eq!(
            settings(&["--memory-limit", "2GiB", "version"], &home()).memory,
            2 << 30
        );
    }
}
