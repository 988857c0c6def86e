//! Where reports are written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A place that takes objects under keys, as a bucket does.
pub trait Output: Sync {
    /// Stores `body` under `key`, replacing what was there. Keys are as in S3: no leading slash unless the report's
    /// prefix is empty.
    fn put(&self, key: &str, body: Vec<u8>) -> io::Result<()>;
}

/// A folder of the local file system.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder's path.
    pub fn path(&self) -> &Path {
        &self.root
    }
}

impl Output for Folder {
    fn put(&self, key: &str, body: Vec<u8>) -> io::Result<()> {
        let path = self.root.join(key.trim_start_matches('/'));
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, body)
    }
}
