//! Keys and manifests, as AWS lays them out.

use serde_json::{Value, json};

use crate::calendar::{DAY, HOUR, Month, compact};
use crate::columns::{Column, Field, Type};
use crate::hash::{hex, mix2};
use crate::{Compression, FocusFile, Format, Options, Versioning};

/// Where a month's objects go.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    options: &'a Options,
    month: Month,
    /// Assembly id or execution id.
    version: String,
}

/// An object that is no data.
pub(crate) struct Helper {
    pub(crate) key: String,
    pub(crate) body: String,
}

impl<'a> Layout<'a> {
    pub(crate) fn new(options: &'a Options, month: Month) -> Self {
        let hash = mix2(options.seed, month.start as u64);
        let later = if options.restate { 9 * DAY } else { 0 };
        let stamp = compact(month.end + DAY + 6 * HOUR + (hash % 3000) as i64 + later);
        let version = match options.format {
            Format::LegacyCsv | Format::LegacyParquet => stamp,
            _ => format!("{stamp}-{}", hex(hash ^ u64::from(options.restate), 12)),
        };
        Self {
            options,
            month,
            version,
        }
    }

    fn legacy(&self) -> bool {
        matches!(
            self.options.format,
            Format::LegacyCsv | Format::LegacyParquet
        )
    }

    fn create_new(&self) -> bool {
        // The Athena artifact requires overwriting.
        self.options.versioning == Versioning::CreateNew
            && self.options.format != Format::LegacyParquet
    }

    fn extension(&self) -> &'static str {
        match (
            self.options.format,
            self.options.compression,
            self.options.focus_file,
        ) {
            (Format::LegacyCsv, Compression::Zip, _) => "csv.zip",
            (Format::LegacyCsv, Compression::Plain, _) => "csv",
            (Format::LegacyParquet | Format::Cur2Parquet, ..)
            | (Format::Focus, _, FocusFile::Parquet) => "snappy.parquet",
            _ => "csv.gz",
        }
    }

    /// The name of the data file of this number, from 1.
    pub(crate) fn file_name(&self, number: usize) -> String {
        format!(
            "{}-{number:05}.{}",
            self.options.report_name(),
            self.extension()
        )
    }

    /// The folder of the month's data.
    fn data_folder(&self) -> String {
        let base = self.options.base();
        let version = if self.create_new() {
            format!("/{}", self.version)
        } else {
            String::new()
        };
        match self.options.format {
            Format::LegacyCsv => format!("{base}/{}{version}", self.month.range()),
            Format::LegacyParquet => format!(
                "{base}/{}/year={}/month={}",
                self.options.report_name(),
                self.month.year,
                self.month.number
            ),
            _ => format!("{base}/data/BILLING_PERIOD={}{version}", self.month.label()),
        }
    }

    pub(crate) fn data_key(&self, number: usize) -> String {
        format!("{}/{}", self.data_folder(), self.file_name(number))
    }

    /// The manifest's keys in the order of writing: an assembly's own copy first.
    pub(crate) fn manifest_keys(&self) -> Vec<String> {
        let base = self.options.base();
        let folder = if self.legacy() {
            format!("{base}/{}", self.month.range())
        } else {
            format!("{base}/metadata/BILLING_PERIOD={}", self.month.label())
        };
        let name = format!("{}-Manifest.json", self.options.report_name());
        let mut keys = Vec::new();
        if self.create_new() {
            keys.push(format!("{folder}/{}/{name}", self.version));
        }
        keys.push(format!("{folder}/{name}"));
        keys
    }

    /// The manifest's text.
    pub(crate) fn manifest(
        &self,
        account: &str,
        columns: &[(String, String, Type)],
        data: &[String],
    ) -> String {
        let value = if self.legacy() {
            self.legacy_manifest(account, columns, data)
        } else {
            self.export_manifest(account, columns, data)
        };
        let mut text = serde_json::to_string_pretty(&value).expect("JSON values have text");
        text.push('\n');
        text
    }

    fn legacy_manifest(
        &self,
        account: &str,
        columns: &[(String, String, Type)],
        data: &[String],
    ) -> Value {
        let [start, end] = self.month.manifest_bounds();
        let parquet = self.options.format == Format::LegacyParquet;
        let columns: Vec<Value> = columns
            .iter()
            .map(|(header, _, kind)| {
                let (category, name) = header.split_once('/').unwrap_or(("", header));
                json!({"category": category, "name": name, "type": manifest_type(header, *kind)})
            })
            .collect();
        json!({
            "assemblyId": self.version,
            "account": account,
            "columns": columns,
            "charset": "UTF-8",
            "compression": match (parquet, self.options.compression) {
                (true, _) => "Parquet",
                (_, Compression::Zip) => "ZIP",
                (_, Compression::Gzip) => "GZIP",
                (_, Compression::Plain) => "",
            },
            "contentType": if parquet { "Parquet" } else { "text/csv" },
            "reportId": format!("{}{}", hex(self.options.seed, 32), hex(self.options.seed ^ 9, 32)),
            "reportName": self.options.report_name(),
            "billingPeriod": {"start": start, "end": end},
            "bucket": self.options.bucket,
            "reportKeys": data,
            "additionalArtifactKeys": self.artifacts(),
        })
    }

    fn export_manifest(
        &self,
        account: &str,
        columns: &[(String, String, Type)],
        data: &[String],
    ) -> Value {
        let name = self.options.report_name();
        let columns: Vec<Value> = columns
            .iter()
            .map(|(_, name, kind)| {
                let kind = match kind {
                    Type::Text => "string",
                    Type::Amount => "double",
                    Type::Time => "timestamp",
                    Type::TextMap => "map<string,string>",
                    Type::AmountMap => "map<string,double>",
                };
                json!({"name": name, "type": kind})
            })
            .collect();
        let uris: Vec<String> = data
            .iter()
            .map(|key| format!("s3://{}/{key}", self.options.bucket))
            .collect();
        json!({
            "executionId": self.version,
            "exportArn": format!("arn:aws:bcm-data-exports:us-east-1:{account}:export/{name}-{}", hex(self.options.seed, 8)),
            "exportName": name,
            "columns": columns,
            "dataFiles": uris,
        })
    }

    fn artifacts(&self) -> Vec<Value> {
        if self.options.format != Format::LegacyCsv {
            return Vec::new();
        }
        let name = self.options.report_name();
        let folder = self.data_folder();
        vec![
            json!({"artifactType": "RedshiftCommands", "name": format!("{folder}/{name}-RedshiftCommands.sql")}),
            json!({"artifactType": "RedshiftManifest", "name": format!("{folder}/{name}-RedshiftManifest.json")}),
        ]
    }

    /// What AWS puts beside the data for other programs; readers must pass over it.
    pub(crate) fn helpers(&self, columns: &[Column], data: &[String]) -> Vec<Helper> {
        let base = self.options.base();
        let name = self.options.report_name();
        let folder = self.data_folder();
        let table = name.replace('-', "_");
        let prefix = &self.options.prefix;
        let mut helpers = vec![Helper {
            key: format!("{prefix}/aws-programmatic-access-test-object"),
            body: String::new(),
        }];
        let fields = || {
            let names: Vec<String> = columns
                .iter()
                .map(|column| format!("  `{}` {}", column.name, hive_type(column.field.kind())))
                .collect();
            names.join(",\n")
        };
        match self.options.format {
            Format::LegacyCsv => {
                let entries: Vec<Value> = data.iter().map(|key| json!({"url": format!("s3://{}/{key}", self.options.bucket), "mandatory": true})).collect();
                helpers.push(Helper {
                    key: format!("{folder}/{name}-RedshiftManifest.json"),
                    body: json!({"entries": entries}).to_string(),
                });
                helpers.push(Helper {
                    key: format!("{folder}/{name}-RedshiftCommands.sql"),
                    body: format!("create table {table} (\n{}\n);\n", fields()),
                });
            }
            Format::LegacyParquet => {
                let range = self.month.range();
                helpers.push(Helper {
                    key: format!("{base}/{range}/{name}-create-table.sql"),
                    body: format!("CREATE EXTERNAL TABLE {table} (\n{}\n)\nPARTITIONED BY (year STRING, month STRING)\nSTORED AS PARQUET\n", fields()),
                });
                helpers.push(Helper {
                    key: format!("{base}/crawler-cfn.yml"),
                    body: "AWSTemplateFormatVersion: 2010-09-09\n".to_owned(),
                });
            }
            _ => {}
        }
        helpers
    }

    /// The status file of Athena's integration.
    pub(crate) fn status_key(&self) -> Option<String> {
        (self.options.format == Format::LegacyParquet).then(|| {
            format!(
                "{}/cost_and_usage_data_status/cost_and_usage_data_status.parquet",
                self.options.base()
            )
        })
    }
}

/// Types as newer manifests have them.
fn manifest_type(header: &str, kind: Type) -> &'static str {
    match kind {
        Type::Time => "DateTime",
        Type::Amount if matches!(header, "lineItem/UnblendedCost" | "lineItem/UsageAmount") => {
            "BigDecimal"
        }
        Type::Amount => "OptionalBigDecimal",
        _ if header == "identity/TimeInterval" => "Interval",
        _ if header.starts_with("identity/") || header.starts_with("bill/") => "String",
        _ => "OptionalString",
    }
}

const fn hive_type(kind: Type) -> &'static str {
    match kind {
        Type::Amount => "DOUBLE",
        Type::Time => "TIMESTAMP",
        _ => "STRING",
    }
}

/// Columns as manifests list them: CSV header, Parquet name, type.
pub(crate) fn listed(columns: &[Column]) -> Vec<(String, String, Type)> {
    columns
        .iter()
        .map(|column| {
            (
                column.header.clone(),
                column.name.clone(),
                Field::kind(column.field),
            )
        })
        .collect()
}
