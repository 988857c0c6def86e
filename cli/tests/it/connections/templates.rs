//! What `connections template` prints is enough, and no more than what is needed.

use curtail_testaws::World;
use serde_json::Value;

use super::world::{
    ENGINE, EXTERNAL_ID, KEY, PAYER, REGION, ROLE, SECRET, connected, connection, definition,
    may_assume,
};
use crate::harness::Place;

fn configured(more: &str) -> Place {
    let place = Place::new();
    let folder = place.path(".config/curtail");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(
        folder.join("config.toml"),
        connection("acme-payer", PAYER, more),
    )
    .unwrap();
    place
}

#[test]
fn a_role_made_from_the_templates_is_green_throughout() {
    let reports = "reports = [\"s3://acme-billing/billing\"]";
    let connected = connected();
    connected.deliver();
    connected.configure(&connection("acme-payer", PAYER, reports));
    let print = |arguments: &[&str]| {
        let all = [&["connections", "template", "acme-payer"], arguments].concat();
        connected.place.ok(&all)
    };
    let trust = print(&["--kind", "trust", "--trusted", ENGINE]);
    let policy = print(&["--kind", "policy"]);
    let world = |_: World| {
        World::new()
            .user(KEY, SECRET, ENGINE, "engine", &may_assume(ROLE))
            .role(ROLE, &trust, &policy)
            .bucket("acme-billing", REGION, PAYER, &connected.bucket)
            .report_definition(PAYER, &definition())
            .organisation(PAYER, &[])
    };
    connected.aws.change(world).unwrap();
    let checked = connected.check(&["--paid"]);
    assert_eq!(checked.run.status, Some(0), "{checked:#?}");
    let refused: Vec<_> = checked
        .findings
        .iter()
        .filter(|finding| finding[2].contains("denied"))
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
    connected.place.ok(&["ingest"]);
    let refused = connected.aws.requests().into_iter().filter(|request| {
        // The one probe that has to be refused: without the external id.
        let probe = request.action == "sts:AssumeRole" && request.external_id.is_none();
        !request.allowed && !probe
    });
    assert_eq!(refused.collect::<Vec<_>>(), []);
}

#[test]
fn templates_are_for_this_connection() {
    let place = configured("reports = [\"s3://acme-billing/billing\"]");
    for (kind, report, parts) in [
        (
            "policy",
            false,
            &["acme-billing/billing/", "s3:GetObject"][..],
        ),
        ("trust", false, &["sts:ExternalId", EXTERNAL_ID]),
        (
            "cloudformation",
            true,
            &["AWS::BCMDataExports::Export", EXTERNAL_ID, "us-east-1"],
        ),
        (
            "terraform",
            true,
            &["aws_bcmdataexports_export", EXTERNAL_ID],
        ),
    ] {
        let mut arguments = vec!["connections", "template", "acme-payer", "--kind", kind];
        arguments.extend(report.then_some("--with-report"));
        let text = place.ok(&arguments);
        for part in parts {
            assert!(text.contains(part), "{kind} lacks {part}: {text}");
        }
        assert_eq!(text, place.ok(&arguments), "the same bytes each time");
    }
    let legacy = place.ok(&[
        "connections",
        "template",
        "acme-payer",
        "--kind",
        "cloudformation",
        "--with-report=legacy",
    ]);
    assert!(legacy.contains("AWS::CUR::ReportDefinition"), "{legacy}");
    place.ok(&[
        "connections",
        "template",
        "acme-payer",
        "--kind",
        "policy",
        "-o",
        "policy.json",
    ]);
    let written = std::fs::read_to_string(place.path("policy.json")).unwrap();
    let written: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written["Version"], "2012-10-17");
    let stack_set = place.ok(&[
        "connections",
        "template",
        "acme-payer",
        "--kind",
        "stackset",
        "--scope",
        "resource",
    ]);
    assert!(stack_set.contains("trusted access"), "{stack_set}");
}

#[test]
fn the_stack_set_error_is_explained() {
    let place = Place::new();
    let error = "An error occurred (ValidationError) when calling the CreateStackSet operation: You must enable organizations access to operate a service managed stack set";
    let remedy = place.ok(&["connections", "explain", error]);
    assert!(remedy.contains("activate-organizations-access"), "{remedy}");
    place.fails(&["connections", "explain", "no such thing"]);
}
