//! `curtail sql`.

use std::{path::PathBuf, str::FromStr};

use curtail_engine::Dialect;
use curtail_store::AsOf;

use super::{OutputArgs, ReadArgs, RemoteArgs};

/// Runs SQL over the store: tables cur, cur2, focus, costs and curtail.meta.*. Without a query on a terminal it opens a
/// prompt; without one in a pipe it reads standard input.
#[derive(Debug, clap::Args)]
pub(crate) struct SqlArgs {
    /// The query; $name stands for a parameter, and ? for parameters 1, 2 and so on
    #[arg(value_name = "QUERY", conflicts_with = "file")]
    pub(crate) query: Option<String>,
    /// Reads the query from a file (- for standard input)
    #[arg(short = 'F', long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The value of a parameter of the query; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub(crate) params: Vec<Assignment>,
    /// The language of the query: Athena's (Trino), or DataFusion's own
    #[arg(long, value_enum, default_value_t = Language::Trino, value_name = "DIALECT")]
    pub(crate) dialect: Language,
    /// Keeps views that the query creates in the store, and drops them there
    #[arg(long)]
    pub(crate) save: bool,
    /// Shows the plan instead of running the query
    #[arg(long)]
    pub(crate) explain: bool,
    /// Says afterwards on stderr what was read and how long it took
    #[arg(long)]
    pub(crate) stats: bool,
    /// Asks the store as it was: at a version, a time, or the end of a day (UTC)
    #[arg(long, value_name = "VERSION|TIME")]
    pub(crate) as_of: Option<AsOf>,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
    #[command(flatten)]
    pub(crate) remote: RemoteArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// A dialect of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Language {
    /// Trino's, as Athena takes it.
    Trino,
    /// DataFusion's own.
    Generic,
}

impl From<Language> for Dialect {
    fn from(language: Language) -> Self {
        match language {
            Language::Trino => Self::Trino,
            Language::Generic => Self::Generic,
        }
    }
}

/// `name=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// The name.
    pub(crate) name: String,
    /// The value, as text.
    pub(crate) value: String,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}` has no `=`"))?;
        let name = name.trim().trim_start_matches('$');
        if name.is_empty() {
            return Err(format!("`{text}` has no name before the `=`"));
        }
        Ok(Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }
}
