//! What of a store on S3 is kept on this machine.

use std::path::{Path, PathBuf};

use curtail_connect::CacheConfig;
use curtail_store::ReadCache;

use super::{Settings, Size};
use crate::{args::Global, error::CliError};

/// What is kept at most unless somebody says otherwise.
const DEFAULT: u64 = 20 << 30;

/// The size that the command line or the environment asks for.
pub(super) fn size(global: &Global, variable: Option<&str>) -> Result<Option<u64>, CliError> {
    let (name, size) = match (global.cache_size, variable) {
        (Some(size), _) => ("--cache-size", size),
        (None, Some(text)) => {
            let size = text.parse();
            let size = size.map_err(|why| CliError::Usage(format!("CURTAIL_CACHE_SIZE: {why}")))?;
            ("CURTAIL_CACHE_SIZE", size)
        }
        (None, None) => return Ok(None),
    };
    checked(name, size).map(Some).map_err(CliError::Usage)
}

impl Settings {
    /// The read cache of stores on S3, if there is to be one; `configured` is what the configuration file says of it.
    pub(crate) fn read_cache(
        &self,
        configured: &CacheConfig,
    ) -> Result<Option<ReadCache>, CliError> {
        let size = match (self.cache_size, &configured.size) {
            (Some(size), _) => size,
            (None, Some(text)) => text
                .parse()
                .and_then(|size| checked("size", size))
                .map_err(|why| {
                    CliError::Usage(format!("[cache] in {}: {why}", self.config.display()))
                })?,
            (None, None) => DEFAULT,
        };
        if size == 0 {
            return Ok(None);
        }
        let folder = match &configured.folder {
            Some(folder) => {
                let beside = self.config.parent().unwrap_or_else(|| Path::new(""));
                Some(beside.join(folder))
            }
            None => self
                .caches
                .as_ref()
                .map(|caches: &PathBuf| caches.join("store")),
        };
        Ok(folder.map(|folder| ReadCache::new(&folder, size)))
    }
}

/// A size that a cache can have, or what is wrong with it.
fn checked(name: &str, Size(size): Size) -> Result<u64, String> {
    if size == 0 || size >= ReadCache::LEAST {
        return Ok(size);
    }
    Err(format!(
        "{name} {size} is too small for a cache: at least {} MiB are needed, or 0 for none",
        ReadCache::LEAST.div_ceil(1 << 20)
    ))
}
