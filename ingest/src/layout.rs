//! How AWS lays reports out: what the key of a manifest says, and where the files it names are.

use curtail_store::BillingPeriod;

const SUFFIX: &str = "-Manifest.json";

/// The two families of layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    /// `…/REPORT/20261001-20261101/[ASSEMBLY/]REPORT-Manifest.json`
    Legacy,
    /// `…/EXPORT/metadata/BILLING_PERIOD=2026-10/[EXECUTION/]EXPORT-Manifest.json`
    Export,
}

/// What the key of a manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) family: Family,
    /// Everything before the report's folder; empty or ending in `/`.
    pub(crate) base: String,
    /// The report's folder: its name, unless somebody renamed it.
    pub(crate) folder: String,
    pub(crate) period: BillingPeriod,
    /// The folder of one assembly or execution; `None` for the manifest on top, which AWS replaces at every delivery.
    pub(crate) version: Option<String>,
}

/// Whether `key` is named like a manifest of a report.
pub(crate) fn is_manifest(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or_default();
    name.len() > SUFFIX.len() && name.ends_with(SUFFIX) && !name.ends_with("-RedshiftManifest.json")
}

impl Place {
    /// What `key` says, if it is that of a manifest in one of AWS's layouts.
    pub(crate) fn of(key: &str) -> Option<Self> {
        if !is_manifest(key) {
            return None;
        }
        let segments: Vec<&str> = key.split('/').collect();
        let folders = &segments[..segments.len() - 1];
        let with = |folders: &[&str], version: Option<&str>| {
            Self::legacy(folders)
                .or_else(|| Self::export(folders))
                .map(|place| Self {
                    version: version.map(str::to_owned),
                    ..place
                })
        };
        with(folders, None).or_else(|| {
            let (version, above) = folders.split_last()?;
            with(above, Some(version))
        })
    }

    fn legacy(folders: &[&str]) -> Option<Self> {
        let [base @ .., folder, range] = folders else {
            return None;
        };
        Some(Self {
            family: Family::Legacy,
            base: joined(base),
            folder: named(folder)?,
            period: range_start(range)?,
            version: None,
        })
    }

    fn export(folders: &[&str]) -> Option<Self> {
        let [base @ .., folder, "metadata", partition] = folders else {
            return None;
        };
        let period = partition_value(partition)?.parse().ok()?;
        Some(Self {
            family: Family::Export,
            base: joined(base),
            folder: named(folder)?,
            period,
            version: None,
        })
    }

    /// The key of a data file below this place, if `key` (as the manifest gives it, perhaps from before the report was
    /// copied elsewhere) has the layout's form. The same key if the report lies where it was delivered.
    pub(crate) fn rebased(&self, key: &str) -> Option<String> {
        let segments: Vec<&str> = key.split('/').collect();
        let found = |at: &dyn Fn(usize) -> bool| {
            (1..segments.len().saturating_sub(1))
                .rev()
                .find(|&index| at(index))
        };
        let start = match self.family {
            Family::Legacy => {
                found(&|index| range_start(segments[index]).is_some()).or_else(|| {
                    let partition = |index: usize| {
                        segments[index].starts_with("year=")
                            && segments[index + 1].starts_with("month=")
                    };
                    // The report's name stands twice before the partitions.
                    found(&partition)
                        .filter(|&index| index >= 2)
                        .map(|index| index - 1)
                })
            }
            Family::Export => found(&|index| {
                segments[index] == "data" && partition_value(segments[index + 1]).is_some()
            }),
        }?;
        Some(format!(
            "{}{}/{}",
            self.base,
            self.folder,
            segments[start..].join("/")
        ))
    }

    /// The prefix of the table in which Athena's layout says whether files are being replaced.
    pub(crate) fn status_table(&self) -> String {
        format!("{}{}/cost_and_usage_data_status", self.base, self.folder)
    }
}

fn joined(folders: &[&str]) -> String {
    folders
        .iter()
        .fold(String::new(), |joined, folder| joined + folder + "/")
}

fn named(folder: &str) -> Option<String> {
    (!folder.is_empty()).then(|| folder.to_owned())
}

/// The period of a folder such as `20261001-20261101`, whose end is exclusive.
fn range_start(folder: &str) -> Option<BillingPeriod> {
    let (start, end) = folder.split_once('-')?;
    compact_day(end)?;
    compact_day(start)
}

fn compact_day(text: &str) -> Option<BillingPeriod> {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let day: u32 = digits.then(|| text[6..].parse().ok())??;
    (1..=31)
        .contains(&day)
        .then(|| BillingPeriod::new(text[..4].parse().ok()?, text[4..6].parse().ok()?))?
}

/// `2026-10` of `BILLING_PERIOD=2026-10`; copies made by Hive-style tools have the key in lower case.
fn partition_value(folder: &str) -> Option<&str> {
    let (key, value) = folder.split_once('=')?;
    key.eq_ignore_ascii_case("BILLING_PERIOD").then_some(value)
}

#[cfg(test)]
mod tests {
    use super::{
        Family::{Export, Legacy},
        *,
    };

    fn place(key: &str) -> Option<(Family, String, String, String, Option<String>)> {
        Place::of(key).map(|p| (p.family, p.base, p.folder, p.period.to_string(), p.version))
    }

    #[test]
    fn reads_every_layout() {
        let expected = |family, base: &str, folder: &str, version: Option<&str>| {
            Some((
                family,
                base.to_owned(),
                folder.to_owned(),
                "2024-03".to_owned(),
                version.map(str::to_owned),
            ))
        };
        for (key, found) in [
            (
                "cur/acme/20240301-20240401/acme-Manifest.json",
                expected(Legacy, "cur/", "acme", None),
            ),
            (
                "a/b/c/acme/20240301-20240401/acme-Manifest.json",
                expected(Legacy, "a/b/c/", "acme", None),
            ),
            (
                "acme/20240301-20240401/acme-Manifest.json",
                expected(Legacy, "", "acme", None),
            ),
            (
                "/acme/20240301-20240401/acme-Manifest.json",
                expected(Legacy, "/", "acme", None),
            ),
            (
                "p//acme/20240301-20240401/acme-Manifest.json",
                expected(Legacy, "p//", "acme", None),
            ),
            (
                "cur/acme/20240301-20240401/1f2e/acme-Manifest.json",
                expected(Legacy, "cur/", "acme", Some("1f2e")),
            ),
            (
                "x/acme/metadata/BILLING_PERIOD=2024-03/acme-Manifest.json",
                expected(Export, "x/", "acme", None),
            ),
            (
                "acme/metadata/billing_period=2024-03/acme-Manifest.json",
                expected(Export, "", "acme", None),
            ),
            (
                "x/acme/metadata/BILLING_PERIOD=2024-03/2024-03-05T06:12:33.000Z-ab/acme-Manifest.json",
                expected(Export, "x/", "acme", Some("2024-03-05T06:12:33.000Z-ab")),
            ),
            (
                "cur/acme/20240301-20240401/acme-RedshiftManifest.json",
                None,
            ),
            (
                "cur/acme/20240301-20240401/a/acme-RedshiftManifest.json",
                None,
            ),
            ("cur/acme/20240301-20240401/-Manifest.json", None),
            ("cur/acme/20241301-20250201/acme-Manifest.json", None),
            ("cur/acme/2024-03/acme-Manifest.json", None),
            ("cur/acme/metadata/date=2024-03-01/acme-Manifest.json", None),
            ("20240301-20240401/acme-Manifest.json", None),
            ("metadata/BILLING_PERIOD=2024-03/acme-Manifest.json", None),
            (
                "acme/metadata/BILLING_PERIOD=2024-03/a/b/acme-Manifest.json",
                None,
            ),
        ] {
            assert_eq!(place(key), found, "{key}");
        }
    }

    #[test]
    fn files_move_with_their_manifest() {
        let legacy = Place::of("copy/acme/20240301-20240401/acme-Manifest.json").unwrap();
        for (key, rebased) in [
            (
                "cur/acme/20240301-20240401/A/acme-1.csv.gz",
                Some("copy/acme/20240301-20240401/A/acme-1.csv.gz"),
            ),
            (
                "copy/acme/20240301-20240401/acme-1.csv.gz",
                Some("copy/acme/20240301-20240401/acme-1.csv.gz"),
            ),
            (
                "/old/20240301-20240401/A/acme-1.csv.gz",
                Some("copy/acme/20240301-20240401/A/acme-1.csv.gz"),
            ),
            (
                "p//acme/acme/year=2024/month=3/acme-1.snappy.parquet",
                Some("copy/acme/acme/year=2024/month=3/acme-1.snappy.parquet"),
            ),
            ("acme-1.csv.gz", None),
            ("year=2024/month=3/acme-1.snappy.parquet", None),
        ] {
            assert_eq!(legacy.rebased(key).as_deref(), rebased, "{key}");
        }
        let export =
            Place::of("x/acme/metadata/BILLING_PERIOD=2024-03/acme-Manifest.json").unwrap();
        let key = "a/b/other/data/BILLING_PERIOD=2024-03/E/acme-1.snappy.parquet";
        assert_eq!(
            export.rebased(key).unwrap(),
            "x/acme/data/BILLING_PERIOD=2024-03/E/acme-1.snappy.parquet"
        );
        assert_eq!(export.rebased("a/data/acme-1.snappy.parquet"), None);
    }
}
