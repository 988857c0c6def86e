//! Templates as they were reviewed.

use std::{collections::BTreeSet, fs, path::PathBuf};

use curtail_connect::{NewReport, TEMPLATE_VERSION, TemplateKind, TemplateOptions, template};

use crate::cases::{billing, cases};

/// How to have the files written anew.
const AGAIN: &str = "cargo run -p curtail-connect --example templates -- connect/tests/templates";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/templates")
}

#[test]
fn templates_are_as_reviewed() {
    for case in cases() {
        let reviewed = fs::read_to_string(folder().join(&case.file)).unwrap_or_default();
        let text = case.template().text;
        let differs = text
            .lines()
            .zip(reviewed.lines())
            .find(|(one, other)| one != other);
        assert!(
            text == reviewed,
            "{}: first difference {differs:?}; if it is meant, count TEMPLATE_VERSION up, write the files and review them: {AGAIN}",
            case.file
        );
    }
}

#[test]
fn every_reviewed_file_is_still_made() {
    let made: BTreeSet<_> = cases().into_iter().map(|case| case.file).collect();
    let kept: BTreeSet<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(made, kept);
    assert_eq!(made.len(), cases().len(), "two cases share a file");
}

#[test]
fn texts_depend_on_nothing_else() {
    for case in cases() {
        assert_eq!(case.template(), case.template(), "{}", case.file);
        let mut reversed = case.clone();
        reversed.options.kms_keys.reverse();
        if case.options.with_report.is_none() {
            reversed.connection.reports.reverse();
        }
        // Places and keys named twice are one.
        reversed
            .connection
            .reports
            .extend(case.connection.reports.clone());
        reversed
            .options
            .kms_keys
            .extend(case.options.kms_keys.clone());
        assert_eq!(reversed.template(), case.template(), "{}", case.file);
    }
}

#[test]
fn templates_with_comments_name_their_version_and_connection() {
    for case in cases() {
        let text = case.template().text;
        assert!(
            text.ends_with('\n') && !text.ends_with("\n\n"),
            "{}",
            case.file
        );
        assert!(
            text.lines().all(|line| line.trim_end() == line),
            "{}",
            case.file
        );
        if matches!(
            case.options.kind,
            TemplateKind::Policy | TemplateKind::Trust
        ) {
            continue;
        }
        let first = text.lines().next().unwrap();
        assert!(
            first.starts_with(&format!("# curtail template {TEMPLATE_VERSION}, ")),
            "{first}"
        );
        assert!(
            first.ends_with("for connection acme-payer (111122223333)"),
            "{first}"
        );
        // What the commands in it speak of.
        assert!(
            case.options.kind == TemplateKind::Terraform || text.contains(&case.template().file),
            "{}: does not name {}",
            case.file,
            case.template().file
        );
    }
}

#[test]
fn every_trust_policy_asks_for_the_external_id() {
    for case in cases() {
        if case.options.kind == TemplateKind::Policy {
            continue;
        }
        let text = case.template().text;
        let id = case.connection.external_id.unwrap();
        assert!(text.contains("sts:ExternalId"), "{}", case.file);
        assert!(text.contains(&format!("\"{id}")), "{}", case.file);
        assert_eq!(text.matches("sts:AssumeRole").count(), 1, "{}", case.file);
    }
}

#[test]
fn keys_stay_out_of_templates() {
    for case in cases() {
        let mut connection = case.connection.clone();
        connection.access_key_id = Some("AKIAEXAMPLE".to_owned());
        connection.secret_access_key = Some("hunter2".to_owned().into());
        let told = format!("{:?}", template(&connection, &case.options).unwrap());
        assert!(
            !told.contains("hunter2") && !told.contains("AKIAEXAMPLE"),
            "{}",
            case.file
        );
    }
}

#[test]
fn a_new_report_goes_where_reports_are_read() {
    let mut connection = billing();
    let mut options = TemplateOptions::new(TemplateKind::CloudFormation);
    options.with_report = Some(NewReport::Legacy);
    let first = template(&connection, &options).unwrap();
    assert!(
        first
            .text
            .contains("Value: \"s3://acme-billing/exports/cur2\""),
        "{}",
        first.text
    );
    assert!(
        !first.notes.iter().any(|note| note.contains("add reports")),
        "{:?}",
        first.notes
    );

    connection.reports.clear();
    let named = template(&connection, &options).unwrap();
    let place = "s3://curtail-reports-111122223333/cur";
    assert!(
        named.text.contains(&format!("Value: \"{place}\"")),
        "{}",
        named.text
    );
    assert!(
        named
            .notes
            .iter()
            .any(|note| note.contains(&format!("add reports = [\"{place}\"]"))),
        "{:?}",
        named.notes
    );
}

#[test]
fn what_is_left_open_is_said() {
    let mut connection = billing();
    connection.reports.clear();
    for (kind, said) in [
        (TemplateKind::Policy, "the policy lets none be read"),
        (TemplateKind::Trust, "Replace the principal"),
        (
            TemplateKind::Terraform,
            "the template asks for bucket and prefix",
        ),
    ] {
        let notes = template(&connection, &TemplateOptions::new(kind))
            .unwrap()
            .notes;
        assert!(
            notes.iter().any(|note| note.contains(said)),
            "{kind:?}: {notes:?}"
        );
    }
}
