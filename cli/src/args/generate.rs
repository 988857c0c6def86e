//! `curtail generate`.

use std::str::FromStr;

use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use curtail_store::BillingPeriod;
use curtail_testdata::{
    Compression, FocusFile, FocusVersion, Format, Options, Profile, Versioning,
};

use super::S3Args;

/// Writes a report exactly as AWS lays it out, manifest last, and truth.json beside it: exact totals of every cost metric
/// by line item type, service, account, region, day and resource. The same arguments give the same bytes.
#[derive(Debug, clap::Args)]
pub(crate) struct GenerateArgs {
    /// Where to: a folder or s3://bucket/prefix
    #[arg(long, value_name = "DIR|s3://…")]
    pub(crate) out: String,
    /// Line items, over all months
    #[arg(long, value_name = "N", default_value_t = Options::default().rows)]
    pub(crate) rows: u64,
    /// A billing period to write; may be repeated [default: 2026-09 and 2026-10]
    #[arg(long = "month", value_name = "YYYY-MM")]
    pub(crate) months: Vec<BillingPeriod>,
    /// The kind of report
    #[arg(long, default_value = "legacy-csv", value_name = "FORMAT", value_parser = named(Format::ALL, Format::as_str))]
    pub(crate) format: Format,
    /// Decides all that chance would
    #[arg(long, value_name = "N", default_value_t = Options::default().seed)]
    pub(crate) seed: u64,
    /// Size of the organisation
    #[arg(long, default_value = "small", value_name = "PROFILE", value_parser = named(Profile::ALL, Profile::as_str))]
    pub(crate) profile: Profile,
    /// Linked accounts [default: by profile]
    #[arg(long, value_name = "N")]
    pub(crate) accounts: Option<u32>,
    /// About how many resources appear over all months [default: by rows]
    #[arg(long, value_name = "N")]
    pub(crate) resources: Option<u64>,
    /// Tag columns [default: by profile]
    #[arg(long, value_name = "N")]
    pub(crate) tags: Option<u32>,
    /// Rows in one data file
    #[arg(long, value_name = "N", default_value_t = Options::default().rows_per_file)]
    pub(crate) rows_per_file: u64,
    /// A second, changed version of the same months, as AWS restates them
    #[arg(long)]
    pub(crate) restate: bool,
    /// The report's name [default: acme-FORMAT]
    #[arg(long, value_name = "REPORT")]
    pub(crate) name: Option<String>,
    /// Compression of legacy-csv
    #[arg(long, default_value = "gzip", value_name = "HOW", value_parser = named(Compression::ALL, Compression::as_str))]
    pub(crate) compression: Compression,
    /// Whether a new version stands beside the old one or replaces it
    #[arg(long, default_value = "create-new", value_name = "HOW", value_parser = named(Versioning::ALL, Versioning::as_str))]
    pub(crate) versioning: Versioning,
    /// Version of focus
    #[arg(long, default_value = "1.2", value_name = "VERSION", value_parser = named(FocusVersion::ALL, FocusVersion::as_str))]
    pub(crate) focus_version: FocusVersion,
    /// File format of focus
    #[arg(long, default_value = "parquet", value_name = "FILE", value_parser = named(FocusFile::ALL, FocusFile::as_str))]
    pub(crate) focus_file: FocusFile,
    #[command(flatten)]
    pub(crate) s3: S3Args,
}

/// Accepts the names of `all`, and lists them in the help.
fn named<T>(all: &'static [T], name: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Copy + Clone + Send + Sync + FromStr<Err: std::error::Error + Send + Sync> + 'static,
{
    PossibleValuesParser::new(all.iter().map(|value| name(*value)))
        .try_map(|text| text.parse::<T>())
}
