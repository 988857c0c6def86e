//! Generates cost reports as AWS delivers them, with their exact totals, and holds the fixtures.
//!
//! [`generate()`] writes a report of any size in any of the five formats to an [`Output`]; [`appendix_a`] writes a small
//! hand-made one. Rows are functions of the seed and their position, so files are made in parallel, in bounded memory,
//! and the same [`Options`] make the same bytes.
//!
//! # Owns
//! The model of an organisation's bill; the five formats' layouts, manifests and encodings as AWS writes them; the
//! truth: exact sums of what was written.
//!
//! # Does not own
//! Reading any of it. The crate depends on nothing else of ours, so that the truth stays independent of the code it tests.
//!
//! # Invariants
//! - Data comes first, the manifest last.
//! - Every amount has at most 15 significant digits: a double in Parquet stands for the same decimal as the CSV text.
//! - Σ unblended = Σ amortised + Σ true-up + Σ upfront, exactly, in every month; covered rows and their negations cancel.
//! - The same seed makes the same money in every format.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    reason = "made-up quantities within known bounds; what is summed is summed as integers after the cast"
)]

mod amount;
mod appendix;
mod calendar;
mod catalogue;
mod columns;
mod encode;
mod error;
mod focus;
mod generate;
mod hash;
mod layout;
mod options;
mod output;
mod rows;
mod truth;
mod world;

pub use appendix::{APPENDIX_A_CSV, APPENDIX_A_TRUTH, appendix_a};
pub use error::GenerateError;
pub use generate::{Summary, generate};
pub use options::{Compression, FocusFile, FocusVersion, Format, Options, Profile, Versioning};
pub use output::{Folder, Output};
pub use truth::{Breakdown, PeriodTruth, TagBreakdown, Totals, Truth};
