//! A report to a committed billing period: find, fetch, decode, encode, commit.
//!
//! ```text
//! Source ─ discover ─► Delivery ─ ingest: fetch ─► convert ─► Replacement (curtail-store) ─► Outcome
//! ```
//!
//! **Owns** how AWS lays reports out (manifests, keys, layouts), how their files are read, decoded and encoded, and the
//! order of events of an ingest.
//!
//! **Does not own** connections and credentials (`curtail-connect`; object stores are handed in), what a store looks like
//! on disk (`curtail-store`), queries (it links no DataFusion), or what is shown to the user.
//!
//! **Invariants**: only what the current manifest names is read; a manifest or file that changes meanwhile voids the
//! attempt; sums going in equal sums coming out, exactly, file by file; buffers are bounded whatever the size of a report;
//! on any error the store is as it was.

mod convert;
mod delivery;
mod discover;
mod error;
mod failure;
mod fetch;
mod format;
mod ingest;
mod layout;
mod locate;
mod manifest;
mod progress;
mod source;

pub use convert::amount;
pub use delivery::{Action, Delivery, Options, Outcome};
pub use discover::discover;
pub use error::IngestError;
pub use ingest::{
    BuiltRollups, Reread, build_rollups, distinct_names, ingest, lacking_rollups, reread,
};
pub use progress::{Progress, Silent};
pub use source::Source;

#[doc(hidden)]
pub use convert::stages;
