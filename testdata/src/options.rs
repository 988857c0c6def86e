//! What to generate.

use std::fmt;
use std::str::FromStr;

use crate::GenerateError;

macro_rules! names {
    ($type:ident, $what:literal, $($variant:ident = $name:literal),+) => {
        impl $type {
            /// Every value, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name used on the command line.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl FromStr for $type {
            type Err = GenerateError;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                match name {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(GenerateError::Unknown {
                        what: $what,
                        name: name.to_owned(),
                        known: [$($name),+].join(", "),
                    }),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// The kinds of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Cost and Usage Report, CSV.
    LegacyCsv,
    /// Cost and Usage Report, Parquet as for Athena.
    LegacyParquet,
    /// CUR 2.0 through Data Exports, gzip CSV.
    Cur2Csv,
    /// CUR 2.0 through Data Exports, Parquet.
    Cur2Parquet,
    /// FOCUS export, gzip CSV or Parquet.
    Focus,
}

names!(
    Format,
    "format",
    LegacyCsv = "legacy-csv",
    LegacyParquet = "legacy-parquet",
    Cur2Csv = "cur2-csv",
    Cur2Parquet = "cur2-parquet",
    Focus = "focus"
);

/// The size of the organisation whose bill it is; how many rows there are is said by [`Options::rows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Three accounts, four regions, few columns, no discounts.
    Tiny,
    /// Fourteen accounts, about 145 columns.
    Small,
    /// 120 accounts, twenty regions, over 100 product columns.
    Medium,
    /// 800 accounts, 60 tags.
    Large,
}

names!(
    Profile,
    "profile",
    Tiny = "tiny",
    Small = "small",
    Medium = "medium",
    Large = "large"
);

/// How the files of a legacy CSV report are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compression {
    /// `.csv.gz`, several members to a file.
    Gzip,
    /// `.csv.zip`, one member to a file.
    Zip,
    /// `.csv`. AWS does not deliver this; people who unpack reports do.
    Plain,
}

names!(
    Compression,
    "compression",
    Gzip = "gzip",
    Zip = "zip",
    Plain = "plain"
);

/// Whether a new version of a month stands beside the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Versioning {
    /// Each version in a folder of its own.
    CreateNew,
    /// Files of the same names are written over.
    Overwrite,
}

names!(
    Versioning,
    "versioning",
    CreateNew = "create-new",
    Overwrite = "overwrite"
);

/// The version of the FOCUS specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FocusVersion {
    /// FOCUS 1.0, 48 columns.
    V1_0,
    /// FOCUS 1.2, 60 columns.
    V1_2,
}

names!(FocusVersion, "FOCUS version", V1_0 = "1.0", V1_2 = "1.2");

/// The file format of a FOCUS export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FocusFile {
    /// Gzip CSV.
    Csv,
    /// Snappy Parquet.
    Parquet,
}

names!(
    FocusFile,
    "FOCUS file format",
    Csv = "csv",
    Parquet = "parquet"
);

/// All that decides a report. The same options make the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Line items in total over all months. A FOCUS export has a few percent fewer rows, as it has no negations.
    pub rows: u64,
    /// Billing periods (year, month), oldest first.
    pub months: Vec<(i32, u32)>,
    /// The kind of report.
    pub format: Format,
    /// Decides everything that chance would.
    pub seed: u64,
    /// Linked accounts; by profile if `None`.
    pub accounts: Option<u32>,
    /// About how many different resources appear over all months; by rows and their churn if `None`.
    pub resources: Option<u64>,
    /// Tag columns; by profile if `None`.
    pub tags: Option<u32>,
    /// Rows in a data file. The first file of a month, with its fees, taxes and discounts, is smaller.
    pub rows_per_file: u64,
    /// The organisation's size.
    pub profile: Profile,
    /// The second version of the same months: rows changed, added and removed, in fewer files.
    pub restate: bool,
    /// Compression of legacy CSV.
    pub compression: Compression,
    /// Versioning of everything but legacy Parquet, which Athena's integration always overwrites.
    pub versioning: Versioning,
    /// Version of FOCUS.
    pub focus_version: FocusVersion,
    /// File format of FOCUS.
    pub focus_file: FocusFile,
    /// The report's or export's name; `acme-` and the format if `None`.
    pub report: Option<String>,
    /// The prefix in the bucket, without a slash at its end. May be empty, as in AWS: keys then begin with a slash.
    pub prefix: String,
    /// The bucket that manifests name.
    pub bucket: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rows: 100_000,
            months: vec![(2026, 9), (2026, 10)],
            format: Format::LegacyCsv,
            seed: 1,
            accounts: None,
            resources: None,
            tags: None,
            rows_per_file: 1_000_000,
            profile: Profile::Small,
            restate: false,
            compression: Compression::Gzip,
            versioning: Versioning::CreateNew,
            focus_version: FocusVersion::V1_2,
            focus_file: FocusFile::Parquet,
            report: None,
            prefix: "billing".to_owned(),
            bucket: "acme-billing".to_owned(),
        }
    }
}

impl Options {
    /// The report's name as it stands in keys.
    pub fn report_name(&self) -> String {
        self.report
            .clone()
            .unwrap_or_else(|| format!("acme-{}", self.format))
    }

    /// Prefix and report name, joined as AWS joins them (an empty prefix gives a leading slash).
    pub(crate) fn base(&self) -> String {
        format!("{}/{}", self.prefix, self.report_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for &format in Format::ALL {
            assert_eq!(format.as_str().parse::<Format>().unwrap(), format);
        }
        let error = "cvs".parse::<Format>().unwrap_err().to_string();
        assert_eq!(
            error,
            "unknown format `cvs`; known: legacy-csv, legacy-parquet, cur2-csv, cur2-parquet, focus"
        );
    }
}
