//! Report definitions and data exports.

use aws_sdk_bcmdataexports::types::ExecutionReference;
use curtail_testaws::{Aws, World};
use serde_json::{Value, json};

use crate::harness::{
    ALL, ENGINE, KEY, Keys, PAYER, ROLE, SECRET, assuming, client, policy, refusal, refused,
    session, trust, user, world,
};

const EXPORT: &str = "arn:aws:bcm-data-exports:us-east-1:444455556666:export/acme-0a1b";

fn definition(name: &str) -> Value {
    json!({
        "ReportName": name, "TimeUnit": "HOURLY", "Format": "textORcsv", "Compression": "GZIP",
        "AdditionalSchemaElements": ["RESOURCES"], "S3Bucket": "acme-billing", "S3Prefix": "cur", "S3Region": "us-east-1",
        "AdditionalArtifacts": [], "RefreshClosedReports": true, "ReportVersioning": "CREATE_NEW_REPORT",
        "ReportStatus": {"lastDelivery": "20240305T061233Z", "lastStatus": "SUCCESS"},
    })
}

fn export(arn: &str) -> Value {
    json!({
        "Export": {
            "ExportArn": arn, "Name": "acme",
            "DataQuery": {
                "QueryStatement": "SELECT bill_bill_type FROM COST_AND_USAGE_REPORT",
                "TableConfigurations": {"COST_AND_USAGE_REPORT": {"TIME_GRANULARITY": "HOURLY"}},
            },
            "DestinationConfigurations": {"S3Destination": {
                "S3Bucket": "acme-billing", "S3Prefix": "cur2", "S3Region": "us-east-1",
                "S3OutputConfigurations": {
                    "OutputType": "CUSTOM", "Format": "PARQUET", "Compression": "PARQUET", "Overwrite": "OVERWRITE_REPORT",
                },
            }},
            "RefreshCadence": {"Frequency": "SYNCHRONOUS"},
        },
        "ExportStatus": {"StatusCode": "HEALTHY", "CreatedAt": "2024-03-05T00:53:20Z", "LastRefreshedAt": "2024-03-05T12:00:00Z"},
        "Executions": [
            {"ExecutionId": "one", "ExecutionStatus": {"StatusCode": "DELIVERY_SUCCESS", "CompletedAt": "2024-03-05T12:00:00Z"}},
            {"ExecutionId": "two", "ExecutionStatus": {"StatusCode": "QUERY_QUEUED"}},
        ],
    })
}

fn may_all() -> World {
    world().user(KEY, SECRET, ENGINE, "engine", ALL)
}

#[tokio::test]
async fn definitions_come_five_at_a_time() {
    let mut world = may_all().report_definition(PAYER, &definition("of-another-account"));
    for number in 0..12 {
        world = world.report_definition(ENGINE, &definition(&format!("report-{number}")));
    }
    let aws = Aws::start(world).unwrap();
    let client = client!(aws_sdk_costandusagereport, aws, user(), "us-east-1");
    let mut pages = client.describe_report_definitions().into_paginator().send();
    let mut names = Vec::new();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        sizes.push(page.report_definitions().len());
        names.extend(
            page.report_definitions()
                .iter()
                .map(|one| one.report_name().to_owned()),
        );
    }
    assert_eq!(sizes, [5, 5, 2]);
    assert_eq!(
        names,
        (0..12)
            .map(|number| format!("report-{number}"))
            .collect::<Vec<_>>()
    );
    let request = client.describe_report_definitions();
    let answer = request.clone().send().await.unwrap();
    let first = &answer.report_definitions()[0];
    assert_eq!(
        first.report_status().unwrap().last_delivery(),
        Some("20240305T061233Z")
    );
    for request in [
        request.clone().max_results(4),
        request.next_token("page-12"),
    ] {
        assert_eq!(
            refusal(request.send().await),
            refused(400, "ValidationException")
        );
    }
}

#[tokio::test]
async fn reports_are_only_in_us_east_1() {
    let aws = Aws::start(may_all()).unwrap();
    let client = client!(aws_sdk_costandusagereport, aws, user(), "eu-central-1");
    let answer = client.describe_report_definitions().send().await;
    assert_eq!(refusal(answer), refused(400, "InvalidSignatureException"));
    let client = client!(aws_sdk_bcmdataexports, aws, user(), "eu-central-1");
    let answer = client.list_exports().send().await;
    assert_eq!(refusal(answer), refused(400, "InvalidSignatureException"));
}

#[tokio::test]
async fn exports_and_their_executions() {
    let other = "arn:aws:bcm-data-exports:us-east-1:111122223333:export/other";
    let second = format!("{EXPORT}-second");
    let world = may_all()
        .export(&export(EXPORT))
        .export(&export(&second))
        .export(&export(other));
    let aws = Aws::start(world.export_pages(1)).unwrap();
    let client = client!(aws_sdk_bcmdataexports, aws, user(), "us-east-1");
    let mut pages = client.list_exports().into_paginator().send();
    let mut arns = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        assert_eq!(page.exports().len(), 1);
        arns.push(page.exports()[0].export_arn().to_owned());
    }
    assert_eq!(arns, [EXPORT, second.as_str()]);

    let answer = client.get_export().export_arn(EXPORT).send().await.unwrap();
    let query = answer.export().unwrap().data_query().unwrap();
    assert!(
        query
            .table_configurations()
            .unwrap()
            .contains_key("COST_AND_USAGE_REPORT")
    );
    assert_eq!(
        answer
            .export_status()
            .unwrap()
            .last_refreshed_at()
            .unwrap()
            .secs(),
        1_709_640_000
    );

    aws.change(|world| world.export_pages(300)).unwrap();
    let answer = client
        .list_executions()
        .export_arn(EXPORT)
        .send()
        .await
        .unwrap();
    let ids: Vec<_> = answer
        .executions()
        .iter()
        .map(ExecutionReference::execution_id)
        .collect();
    assert_eq!(ids, ["one", "two"]);
    let execution = client.get_execution().export_arn(EXPORT);
    let answer = execution.clone().execution_id("two").send().await.unwrap();
    assert_eq!(
        answer
            .execution_status()
            .unwrap()
            .status_code()
            .unwrap()
            .as_str(),
        "QUERY_QUEUED"
    );

    let absent = refused(400, "ResourceNotFoundException");
    assert_eq!(
        refusal(execution.execution_id("three").send().await),
        absent
    );
    for arn in [other, &EXPORT.replace("0a1b", "none")] {
        assert_eq!(
            refusal(client.get_export().export_arn(arn).send().await),
            absent
        );
    }
    let many = client.list_exports().max_results(301).send().await;
    assert_eq!(refusal(many), refused(400, "ValidationException"));
    let tables = client.list_tables().send().await;
    assert_eq!(refusal(tables), refused(400, "UnknownOperationException"));
    let request = aws
        .requests()
        .into_iter()
        .find(|one| one.action == "bcm-data-exports:GetExport");
    assert_eq!(request.unwrap().resource, EXPORT);
}

#[tokio::test]
async fn sessions_see_the_exports_of_their_account_that_their_policy_names() {
    let mine = EXPORT.replace(ENGINE, PAYER);
    let other = format!("{mine}-other");
    let only = policy(&format!(
        r#""Effect": "Allow", "Action": "bcm-data-exports:Get*", "Resource": "{mine}""#
    ));
    let world = world().role(ROLE, &trust("secret-id"), &only);
    let aws = Aws::start(world.export(&export(&mine)).export(&export(&other))).unwrap();
    let keys: Keys = session(assuming(&aws, &user())).await;
    let client = client!(aws_sdk_bcmdataexports, aws, keys, "us-east-1");
    client.get_export().export_arn(&mine).send().await.unwrap();
    let denied = refused(400, "AccessDeniedException");
    assert_eq!(
        refusal(client.get_export().export_arn(&other).send().await),
        denied
    );
    assert_eq!(refusal(client.list_exports().send().await), denied);
    aws.expire_sessions();
    let answer = client.get_export().export_arn(&mine).send().await;
    assert_eq!(refusal(answer), refused(400, "ExpiredTokenException"));
}

#[test]
fn what_lacks_something_is_refused() {
    let mut half = definition("half");
    half["S3Region"] = Value::Null;
    let error = Aws::start(world().report_definition(PAYER, &half)).unwrap_err();
    assert!(
        error.to_string().ends_with("is not a report definition"),
        "{error}"
    );
    let error = Aws::start(world().export(&json!({"Export": {"Name": "x"}}))).unwrap_err();
    assert!(error.to_string().ends_with("is not an export"), "{error}");
}
