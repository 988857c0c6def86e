//! What is written in a manifest, read as tolerantly as its several undocumented forms need.

use std::collections::HashSet;

use curtail_store::{BillingPeriod, ReportKind};
use serde_json::{Map, Value};

/// The content of a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// Identity of this version of the report.
    pub(crate) version: Option<String>,
    pub(crate) account: Option<String>,
    /// Identity of the report's definition.
    pub(crate) report_id: Option<String>,
    pub(crate) report_name: Option<String>,
    pub(crate) period: Option<BillingPeriod>,
    pub(crate) columns: Vec<ManifestColumn>,
    /// Keys of the files, without bucket and scheme, in order.
    pub(crate) files: Vec<String>,
    /// `GZIP`, `ZIP`, `Parquet`, as the manifest spells it.
    pub(crate) compression: Option<String>,
}

/// A column as a manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ManifestColumn {
    /// Only legacy reports have categories.
    pub(crate) category: Option<String>,
    pub(crate) name: String,
}

/// Which table the columns of a report belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contents {
    Known(ReportKind),
    /// Columns of some other export: optimisation recommendations, carbon emissions.
    Other,
    /// No columns are told.
    Untold,
}

impl Manifest {
    /// Reads a manifest, or says why it is none.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| format!("it is not valid JSON: {error}"))?;
        let Value::Object(fields) = value else {
            return Err("it is not a JSON object".to_owned());
        };
        let text = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| fields.get(*name).and_then(scalar))
        };
        Ok(Self {
            version: text(&["assemblyId", "executionId"]),
            account: text(&["account", "accountId"]),
            report_id: text(&["reportId", "exportArn"]),
            report_name: text(&["reportName", "exportName"]),
            period: period(&fields)?,
            columns: columns(fields.get("columns")),
            files: files(&fields)?,
            compression: text(&["compression"]),
        })
    }

    /// What the columns tell about the table that the report was made from.
    pub(crate) fn contents(&self) -> Contents {
        if self.columns.iter().any(|column| column.category.is_some()) {
            return Contents::Known(ReportKind::LegacyCur);
        }
        contents(self.columns.iter().map(|column| column.name.as_str()))
    }
}

/// What the names of the columns of a file or manifest tell about the table that it was made from.
pub(crate) fn contents<'a>(columns: impl Iterator<Item = &'a str>) -> Contents {
    let mut contents = Contents::Untold;
    for column in columns {
        let column = column.trim().to_ascii_lowercase();
        match column.as_str() {
            "billedcost" | "effectivecost" | "chargeperiodstart" | "billingcurrency" => {
                return Contents::Known(ReportKind::Focus);
            }
            _ if column.starts_with("lineitem/") => return Contents::Known(ReportKind::LegacyCur),
            _ if column.starts_with("line_item_") => return Contents::Known(ReportKind::Cur2),
            "" => {}
            _ => contents = Contents::Other,
        }
    }
    contents
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn period(fields: &Map<String, Value>) -> Result<Option<BillingPeriod>, String> {
    let stated = match fields.get("billingPeriod") {
        Some(Value::Object(bounds)) => bounds.get("start").and_then(scalar),
        Some(other) => scalar(other),
        None => None,
    };
    let Some(stated) = stated else {
        return Ok(None);
    };
    // `20240301T000000.000Z`, `2024-03-01T00:00:00Z`, `2024-03`: the first six digits are the month.
    let digits: String = stated.chars().filter(|c| *c != '-').take(6).collect();
    let month = || {
        // Rust's numbers may have a sign.
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        BillingPeriod::new(
            digits.get(..4)?.parse().ok()?,
            digits.get(4..6)?.parse().ok()?,
        )
    };
    month()
        .map(Some)
        .ok_or_else(|| format!("its billing period `{stated}` is not a month"))
}

fn columns(value: Option<&Value>) -> Vec<ManifestColumn> {
    let list = value
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let column = |value: &Value| match value {
        Value::Object(fields) => Some(ManifestColumn {
            category: fields.get("category").and_then(scalar),
            name: fields.get("name").and_then(scalar)?,
        }),
        other => Some(ManifestColumn {
            category: None,
            name: scalar(other)?,
        }),
    };
    list.iter().filter_map(column).collect()
}

fn files(fields: &Map<String, Value>) -> Result<Vec<String>, String> {
    let names = ["dataFiles", "reportKeys", "files", "keys"];
    let Some((name, list)) = names
        .iter()
        .find_map(|name| fields.get(*name).map(|list| (name, list)))
    else {
        return Err(format!(
            "it lists no files: none of {} is there",
            names.map(|name| format!("`{name}`")).join(", ")
        ));
    };
    let list = match list {
        Value::Null => return Ok(Vec::new()),
        Value::Array(list) => list,
        _ => return Err(format!("its `{name}` is not a list")),
    };
    let mut files: Vec<String> = Vec::with_capacity(list.len());
    let mut known: HashSet<String> = HashSet::with_capacity(list.len());
    for entry in list {
        let key = match entry {
            Value::Object(fields) => ["key", "name", "path", "uri"]
                .iter()
                .find_map(|name| fields.get(*name).and_then(scalar)),
            other => scalar(other),
        };
        let key = key.ok_or_else(|| format!("an entry of its `{name}` is no key: {entry}"))?;
        let key = without_bucket(&key);
        // Read twice, a file would be counted twice.
        if !known.insert(key.to_owned()) {
            return Err(format!("its `{name}` has `{key}` twice"));
        }
        files.push(key.to_owned());
    }
    Ok(files)
}

fn without_bucket(key: &str) -> &str {
    let rest = ["s3://", "s3a://", "s3n://"]
        .iter()
        .find_map(|scheme| key.strip_prefix(scheme));
    match rest {
        Some(rest) => rest.split_once('/').map_or("", |(_, key)| key),
        None => key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_legacy_form() {
        let manifest = Manifest::parse(
            br#"{"assemblyId":"20240305T061233Z","account":"011122223333","columns":[{"category":"lineItem",
            "name":"UnblendedCost","type":"OptionalBigDecimal"}],"charset":"UTF-8","compression":"GZIP","contentType":"text/csv",
            "reportId":"5f0c","reportName":"acme-hourly","billingPeriod":{"start":"20240301T000000.000Z","end":"20240401T000000.000Z"},
            "bucket":"b","reportKeys":["/acme/1.csv.gz","p//acme/2.csv.gz"],
            "additionalArtifactKeys":[{"artifactType":"RedshiftManifest","name":"x"}]}"#,
        )
        .unwrap();
        assert_eq!(manifest.contents(), Contents::Known(ReportKind::LegacyCur));
        assert_eq!(
            (
                manifest.version.as_deref(),
                manifest.account.as_deref(),
                manifest.report_id.as_deref()
            ),
            (Some("20240305T061233Z"), Some("011122223333"), Some("5f0c"))
        );
        assert_eq!(manifest.period.unwrap().to_string(), "2024-03");
        assert_eq!(manifest.files, ["/acme/1.csv.gz", "p//acme/2.csv.gz"]);
    }

    #[test]
    fn reads_the_export_form() {
        let manifest = Manifest::parse(
            br#"{"executionId":"e","exportArn":"arn:x","columns":[{"name":"line_item_unblended_cost","type":"double"}],
            "dataFiles":["s3://b/cur2/acme/data/BILLING_PERIOD=2024-03/a.parquet"]}"#,
        )
        .unwrap();
        assert_eq!(manifest.contents(), Contents::Known(ReportKind::Cur2));
        assert_eq!(
            (manifest.period, manifest.report_id.as_deref()),
            (None, Some("arn:x"))
        );
        assert_eq!(
            manifest.files,
            ["cur2/acme/data/BILLING_PERIOD=2024-03/a.parquet"]
        );
    }

    #[test]
    fn accepts_files_in_every_spelling() {
        for list in [
            r#""reportKeys":["k/1","k/2"]"#,
            r#""files":[{"key":"k/1"},{"key":"k/2"}]"#,
            r#""keys":[{"uri":"s3://b/k/1"},"k/2"]"#,
            r#""dataFiles":[{"path":"k/1","size":3},{"name":"k/2"}]"#,
        ] {
            assert_eq!(
                Manifest::parse(format!("{{{list}}}").as_bytes())
                    .unwrap()
                    .files,
                ["k/1", "k/2"],
                "{list}"
            );
        }
        for empty in [
            r#"{"reportKeys":[]}"#,
            r#"{"reportKeys":null,"columns":null}"#,
        ] {
            assert_eq!(
                Manifest::parse(empty.as_bytes()).unwrap(),
                Manifest::default()
            );
        }
    }

    #[test]
    fn refuses_what_is_no_manifest() {
        for (text, why) in [
            ("", "not valid JSON"),
            ("{\"reportKeys\":[\"a\"", "not valid JSON"),
            ("[]", "not a JSON object"),
            ("{}", "lists no files"),
            (r#"{"reportKeys":"a"}"#, "not a list"),
            (r#"{"reportKeys":[{}]}"#, "no key"),
            (r#"{"reportKeys":["a","s3://b/a"]}"#, "twice"),
            (
                r#"{"reportKeys":[],"billingPeriod":{"start":"soon"}}"#,
                "not a month",
            ),
        ] {
            let refused = Manifest::parse(text.as_bytes()).unwrap_err();
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }

    #[test]
    fn tells_exports_apart_by_their_columns() {
        let of = |columns: &[&str]| contents(columns.iter().copied());
        assert_eq!(
            of(&["AvailabilityZone", "BilledCost"]),
            Contents::Known(ReportKind::Focus)
        );
        assert_eq!(
            of(&["availabilityzone", "billedcost"]),
            Contents::Known(ReportKind::Focus)
        );
        assert_eq!(
            of(&["bill_bill_type", "line_item_usage_amount"]),
            Contents::Known(ReportKind::Cur2)
        );
        assert_eq!(
            of(&["identity/LineItemId", "lineItem/UsageAmount"]),
            Contents::Known(ReportKind::LegacyCur)
        );
        assert_eq!(
            of(&[
                "account_id",
                "recommendation_id",
                "estimated_monthly_savings"
            ]),
            Contents::Other
        );
        assert_eq!(of(&[]), Contents::Untold);
    }

    #[test]
    fn months_in_every_spelling() {
        for start in ["20240301T000000.000Z", "2024-03-01T00:00:00Z", "2024-03"] {
            let text = format!(r#"{{"reportKeys":[],"billingPeriod":{{"start":"{start}"}}}}"#);
            assert_eq!(
                Manifest::parse(text.as_bytes())
                    .unwrap()
                    .period
                    .unwrap()
                    .to_string(),
                "2024-03"
            );
        }
    }

    #[test]
    fn months_have_no_signs() {
        for start in ["+024-03", "2024+3", "2024"] {
            let text = format!(r#"{{"reportKeys":[],"billingPeriod":"{start}"}}"#);
            assert!(Manifest::parse(text.as_bytes()).is_err(), "{start}");
        }
    }
}
