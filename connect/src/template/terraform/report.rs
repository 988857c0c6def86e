//! The report and its bucket.

use super::document;
use crate::{
    Connection,
    template::{NewReport, columns::COLUMNS, delivery::Delivery, hcl::Body, text::Text},
};

/// The bucket, what guards it, and the report.
pub(super) fn blocks(body: Body, delivery: &Delivery, connection: &Connection) -> Body {
    let body = guards(bucket(body, delivery), delivery);
    let body = match delivery.report {
        NewReport::Cur2 => cur2(body, delivery, connection),
        NewReport::Legacy => legacy(body, delivery),
    };
    body.block("output \"reports\"", {
        Body::default()
            .text(
                "description",
                "Where reports are delivered to, for the connection's configuration.",
            )
            .text("value", delivery.place.to_string())
    })
}

/// What has to do with reports is made where their API is.
fn there() -> Body {
    Body::default().expression("provider", "aws.reports")
}

fn bucket(body: Body, delivery: &Delivery) -> Body {
    let region = delivery.region;
    let elsewhere = format!(
        "AWS makes cost reports in {region} only: the provider aws.reports has to be in that region. The reports cover all regions."
    );
    body.block("data \"aws_region\" \"reports\"", there())
        .block("resource \"aws_s3_bucket\" \"reports\"", {
            there()
                .text("bucket", delivery.place.bucket.as_str())
                .block("lifecycle", {
                    Body::default()
                        .expression("prevent_destroy", "true")
                        .block("precondition", {
                            Body::default()
                                .expression(
                                    "condition",
                                    format!(
                                        "data.aws_region.reports.id == {}",
                                        Text::from(region).hcl()
                                    ),
                                )
                                .text("error_message", elsewhere)
                        })
                })
        })
}

fn guards(body: Body, delivery: &Delivery) -> Body {
    let named = |kind: &str| format!("resource \"aws_s3_bucket_{kind}\" \"reports\"");
    let of_bucket = || there().expression("bucket", "aws_s3_bucket.reports.id");
    body.block(named("public_access_block"), {
        [
            "block_public_acls",
            "block_public_policy",
            "ignore_public_acls",
            "restrict_public_buckets",
        ]
        .iter()
        .fold(of_bucket(), |body, guard| body.expression(guard, "true"))
    })
    .block(named("ownership_controls"), {
        of_bucket().block(
            "rule",
            Body::default().text("object_ownership", "BucketOwnerEnforced"),
        )
    })
    .block(named("server_side_encryption_configuration"), {
        let algorithm = Body::default().text("sse_algorithm", "AES256");
        let default = Body::default().block("apply_server_side_encryption_by_default", algorithm);
        of_bucket().block("rule", default)
    })
    .block(named("versioning"), {
        of_bucket().block(
            "versioning_configuration",
            Body::default().text("status", "Enabled"),
        )
    })
    .comment(
        "Reports are delivered several times a day: what was overwritten is not kept for ever.",
    )
    .block(named("lifecycle_configuration"), {
        let expiry = Body::default().expression("noncurrent_days", "30");
        let unfinished = Body::default().expression("days_after_initiation", "7");
        of_bucket()
            .expression("depends_on", "[aws_s3_bucket_versioning.reports]")
            .block("rule", {
                Body::default()
                    .text("id", "old-versions")
                    .text("status", "Enabled")
                    .block("filter", Body::default())
                    .block("noncurrent_version_expiration", expiry)
                    .block("abort_incomplete_multipart_upload", unfinished)
            })
    })
    .block(named("policy"), {
        of_bucket()
            .expression("depends_on", "[aws_s3_bucket_public_access_block.reports]")
            .expression("policy", document(&delivery.bucket_policy))
    })
}

fn cur2(body: Body, delivery: &Delivery, connection: &Connection) -> Body {
    let columns: Vec<_> = COLUMNS
        .iter()
        .map(|column| format!("    \"{column}\",\n"))
        .collect();
    let view = format!(
        "arn:{}:billing::{}:billingview/primary",
        connection.partition(),
        connection.account_id
    );
    let table = [
        ("BILLING_VIEW_ARN", view.as_str()),
        ("TIME_GRANULARITY", "HOURLY"),
        ("INCLUDE_RESOURCES", "TRUE"),
        ("INCLUDE_SPLIT_COST_ALLOCATION_DATA", "TRUE"),
        ("INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY", "FALSE"),
    ];
    let answered =
        "The API answers with the view; were it left out, every plan would show a change.";
    let table = table
        .into_iter()
        .fold(Body::default().comment(answered), |body, (name, value)| {
            body.text(name, value)
        });
    let tables = format!(
        "{{\n        COST_AND_USAGE_REPORT = {{\n{}        }}\n      }}",
        table.render(10)
    );
    let output = [
        ("output_type", "CUSTOM"),
        ("format", "PARQUET"),
        ("compression", "PARQUET"),
        ("overwrite", "OVERWRITE_REPORT"),
    ];
    let output = output
        .into_iter()
        .fold(Body::default(), |body, (name, value)| {
            body.text(name, value)
        });
    body.block("locals", Body::default().expression("columns", format!("[\n{}  ]", columns.concat())))
        .block("resource \"aws_bcmdataexports_export\" \"reports\"", {
            there().expression("depends_on", "[aws_s3_bucket_policy.reports]").block("export", {
                Body::default()
                    .text("name", delivery.name.as_str())
                    .text("description", "Hourly costs by resource, for curtail")
                    .block("data_query", {
                        Body::default()
                            .expression(
                                "query_statement",
                                "\"SELECT ${join(\", \", local.columns)} FROM COST_AND_USAGE_REPORT\"",
                            )
                            .expression("table_configurations", tables)
                    })
                    .block("destination_configurations", {
                        Body::default().block("s3_destination", {
                            destination(Body::default(), delivery).block("s3_output_configurations", output)
                        })
                    })
                    .block("refresh_cadence", Body::default().text("frequency", "SYNCHRONOUS"))
            })
        })
}

fn legacy(body: Body, delivery: &Delivery) -> Body {
    body.block("resource \"aws_cur_report_definition\" \"reports\"", {
        let report = there()
            .expression("depends_on", "[aws_s3_bucket_policy.reports]")
            .text("report_name", delivery.name.as_str())
            .text("time_unit", "HOURLY")
            .text("format", "textORcsv")
            .text("compression", "GZIP")
            .expression("additional_schema_elements", "[\"RESOURCES\"]")
            .expression("refresh_closed_reports", "true")
            .text("report_versioning", "CREATE_NEW_REPORT");
        destination(report, delivery)
    })
}

fn destination(body: Body, delivery: &Delivery) -> Body {
    body.expression("s3_bucket", "aws_s3_bucket.reports.id")
        .text("s3_prefix", delivery.place.prefix.as_str())
        .text("s3_region", delivery.region)
}
