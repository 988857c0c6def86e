//! What kind of file it is, by name.

/// Forms in which AWS delivers the files of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Parquet,
    /// CSV in gzip.
    Gzip,
    /// CSV in a ZIP archive.
    Zip,
    /// CSV as it is.
    Plain,
}

impl Format {
    /// By the name's ending; where that says nothing, by the compression that the manifest states.
    pub(crate) fn of(key: &str, stated: Option<&str>) -> Self {
        let key = key.to_ascii_lowercase();
        let ends = |suffix: &str| key.ends_with(suffix);
        if ends(".parquet") {
            return Self::Parquet;
        }
        if ends(".gz") || ends(".gzip") {
            return Self::Gzip;
        }
        if ends(".zip") {
            return Self::Zip;
        }
        if ends(".csv") {
            return Self::Plain;
        }
        match stated.map(str::to_ascii_lowercase).as_deref() {
            Some("parquet") => Self::Parquet,
            Some("gzip") => Self::Gzip,
            Some("zip") => Self::Zip,
            _ => Self::Plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_decides_before_the_manifest() {
        for (key, stated, format) in [
            ("a-00001.snappy.parquet", None, Format::Parquet),
            ("a-1.csv.gz", Some("ZIP"), Format::Gzip),
            ("a-1.csv.zip", None, Format::Zip),
            ("a-1.zip", None, Format::Zip),
            ("a-1.CSV", Some("GZIP"), Format::Plain),
            ("a-1", Some("GZIP"), Format::Gzip),
            ("a-1", Some("Parquet"), Format::Parquet),
            ("a-1", None, Format::Plain),
        ] {
            assert_eq!(Format::of(key, stated), format, "{key} {stated:?}");
        }
    }
}
