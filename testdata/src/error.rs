//! What can go wrong.

use std::io;

/// Why a report could not be generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// An option's value is out of range.
    #[error("{option}: {reason}")]
    Option {
        /// The option's name, as a field of `Options`.
        option: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// An object could not be stored.
    #[error("writing {key}")]
    Output {
        /// The object's key.
        key: String,
        /// The underlying error.
        source: io::Error,
    },
    /// A Parquet file could not be encoded.
    #[error("encoding {key} as Parquet")]
    Parquet {
        /// The object's key.
        key: String,
        /// The underlying error.
        source: parquet::errors::ParquetError,
    },
    /// A name is not one of the known ones.
    #[error("unknown {what} `{name}`; known: {known}")]
    Unknown {
        /// Which kind of name.
        what: &'static str,
        /// The name given.
        name: String,
        /// The names that exist, comma separated.
        known: String,
    },
}
