//! How far an ingest has come.

use std::fmt;

/// Is told how an ingest proceeds; every method does nothing unless it is overridden.
///
/// Called from several threads at once, and often: implementations should only count.
pub trait Progress: fmt::Debug + Send + Sync {
    /// The files of a billing period were found in place: `files` of them, `bytes` in all (as stored, compressed).
    fn start(&self, files: u64, bytes: u64) {
        let _ = (files, bytes);
    }

    /// `bytes` more were read from the source (as stored, compressed). Told by the fetcher.
    fn bytes(&self, bytes: u64) {
        let _ = bytes;
    }

    /// `rows` more were decoded. Told by the decoder.
    fn rows(&self, rows: u64) {
        let _ = rows;
    }

    /// One more file was decoded to its end.
    fn file_done(&self) {}

    /// Everything was decoded and written; the commit begins.
    fn committing(&self) {}
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {}
