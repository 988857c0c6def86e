//! The configuration file, as the commands make and show it.

use std::{fs, os::unix::fs::PermissionsExt};

use crate::harness::{Place, csv};

const ADD: [&str; 5] = [
    "connections",
    "add",
    "acme-payer",
    "--account-id",
    "001122223333",
];

fn file(place: &Place) -> String {
    fs::read_to_string(place.path(".config/curtail/config.toml")).unwrap()
}

#[test]
fn a_new_connection_has_a_role_and_an_external_id_of_its_own() {
    let place = Place::new();
    let run = place.run(&ADD).success();
    assert!(
        run.stderr
            .contains("curtail connections template acme-payer"),
        "{}",
        run.stderr
    );
    place.ok(&[
        "connections",
        "add",
        "other",
        "--account-id",
        "444455556666",
        "--kind",
        "resource",
    ]);
    let (header, rows) = csv(&place.ok(&["connections", "list"]));
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let kinds: Vec<_> = rows
        .iter()
        .map(|row| (row[0].as_str(), row[1].as_str(), row[at("kind")].as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            ("acme-payer", "001122223333", "billing"),
            ("other", "444455556666", "resource")
        ]
    );
    let ids: Vec<_> = rows.iter().map(|row| &row[at("external_id")]).collect();
    assert!(
        ids[0] != ids[1]
            && ids
                .iter()
                .all(|id| id.starts_with("curtail-") && id.len() > 40),
        "{ids:?}"
    );
    let mode = fs::metadata(place.path(".config/curtail/config.toml"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn places_of_reports_are_set() {
    let place = Place::new();
    place.ok(&ADD);
    place.ok(&[
        "connections",
        "set",
        "acme-payer",
        "--report",
        "s3://acme-billing/cur",
    ]);
    assert!(
        file(&place).contains("reports = [\"s3://acme-billing/cur\"]"),
        "{}",
        file(&place)
    );
    place.ok(&["connections", "set", "acme-payer", "--look-up"]);
    assert!(!file(&place).contains("reports"), "{}", file(&place));
    place.fails(&["connections", "set", "nobody", "--look-up"]);
}

#[test]
fn a_member_account_first_is_warned_about() {
    let place = Place::new();
    let run = place
        .run(&[
            "connections",
            "add",
            "web",
            "--account-id",
            "222233334444",
            "--kind",
            "resource",
        ])
        .success();
    for consequence in [
        "only its own costs",
        "sibling accounts",
        "tags are incomplete",
        "Reserved Instances",
    ] {
        assert!(run.stderr.contains(consequence), "{}", run.stderr);
    }
}

#[test]
fn comments_survive_adding_and_removing() {
    let place = Place::new();
    let before =
        "# ours\n\n[[connection]] # the payer\nname = \"acme\"\naccount_id = \"111122223333\"\n";
    fs::create_dir_all(place.path(".config/curtail")).unwrap();
    fs::write(place.path(".config/curtail/config.toml"), before).unwrap();
    place.ok(&ADD);
    assert!(file(&place).starts_with(before), "{}", file(&place));
    let run = place
        .run(&["connections", "remove", "acme-payer"])
        .success();
    assert!(
        run.stderr.contains("acme-payer (001122223333)")
            && run.stderr.contains("stays in the store")
    );
    assert_eq!(file(&place), before);
}

#[test]
fn wrong_answers_are_usage_errors() {
    let place = Place::new();
    for (arguments, why) in [
        (
            &["connections", "add", "Acme", "--account-id", "111122223333"][..],
            "lower-case",
        ),
        (
            &[
                "connections",
                "add",
                "acme",
                "--account-id",
                "1111-2222-333",
            ],
            "12 digits",
        ),
        (&["connections", "add", "acme"], "--account-id"),
        (
            &[
                "connections",
                "add",
                "acme",
                "--account-id",
                "111122223333",
                "--role",
                "arn:aws:s3:::x",
            ],
            "role/NAME",
        ),
        (
            &[
                "connections",
                "add",
                "acme",
                "--account-id",
                "111122223333",
                "--access-key-id-env",
                "ID",
            ],
            "secret-access-key-env",
        ),
    ] {
        let run = place.run(arguments);
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(run.stderr.contains(why), "{}", run.stderr);
    }
    assert!(!place.path(".config/curtail/config.toml").exists());
    place.ok(&ADD);
    let twice = place.run(&ADD);
    assert_eq!(twice.status, Some(2), "{twice:?}");
    assert!(twice.stderr.contains("already"), "{twice:?}");
    let hint = "hint: `curtail connections set acme-payer --report";
    assert!(twice.stderr.contains(hint), "{twice:?}");
}

#[test]
fn without_a_connection_one_instruction_is_given() {
    let place = Place::new();
    for arguments in [
        &["connections", "list"][..],
        &["connections", "check"],
        &["ingest"],
    ] {
        let told = place.fails(arguments);
        assert!(told.contains("curtail connections add"), "{told}");
    }
}

#[test]
fn infrawallet_is_taken_over() {
    let place = Place::new();
    let yaml = "backend:\n  infraWallet:\n    integrations:\n      aws:\n        - name: Payer\n          accountId: '111122223333'\n          assumedRoleName: InfraWallet\n          accessKeyId: ${KEY_ID}\n          accessKeySecret: ${KEY_SECRET}\n";
    fs::write(place.path("app-config.yaml"), yaml).unwrap();
    place.ok(&["connections", "import", "app-config.yaml", "--dry-run"]);
    assert!(!place.path(".config/curtail/config.toml").exists());
    let run = place
        .run(&["connections", "import", "app-config.yaml"])
        .success();
    assert!(run.stderr.contains("old name"), "{}", run.stderr);
    assert_eq!(
        file(&place).trim(),
        "[[connection]]\nname = \"payer\"\naccount_id = \"111122223333\"\nrole = \"InfraWallet\"\naccess_key_id_env = \"KEY_ID\"\nsecret_access_key_env = \"KEY_SECRET\""
    );
    fs::write(
        place.path("app-config.yaml"),
        yaml.replace("'111122223333'", "011122223333"),
    )
    .unwrap();
    let told = place.fails(&["connections", "import", "app-config.yaml"]);
    assert!(told.contains("put it in quotes"), "{told}");
}

#[test]
fn the_configuration_is_shown_without_secrets() {
    let place = Place::new();
    fs::create_dir_all(place.path(".config/curtail")).unwrap();
    let text = "[[connection]]\nname = \"acme\"\naccount_id = \"111122223333\"\naccess_key_id = \"AKIAX\"\nsecret_access_key = \"hunter2\" # hunter2\n";
    fs::write(place.path(".config/curtail/config.toml"), text).unwrap();
    let run = place.run(&["config", "show"]).success();
    assert!(
        !run.stdout.contains("hunter2")
            && run.stdout.contains("secret_access_key = \"(not shown)\"")
    );
    let warned = place.run(&["connections", "list"]).success();
    assert!(
        warned.stderr.contains("long-lived keys"),
        "{}",
        warned.stderr
    );
    let schema: serde_json::Value = serde_json::from_str(&place.ok(&["config", "schema"])).unwrap();
    assert!(schema["properties"]["connection"].is_object(), "{schema}");
}

#[test]
fn sql_sees_connections_without_secrets() {
    let place = Place::new();
    place.ok(&ADD);
    place.ok(&[
        "generate",
        "--out",
        "report",
        "--rows",
        "500",
        "--profile",
        "tiny",
    ]);
    place.ok(&["ingest", "report"]);
    let rows = place.ok(&[
        "sql",
        "SELECT name, account_id, kind, role FROM meta.connections",
    ]);
    assert_eq!(
        rows,
        "name,account_id,kind,role\r\nacme-payer,001122223333,billing,arn:aws:iam::001122223333:role/curtail-read\r\n"
    );
    let columns = place.ok(&["sql", "DESCRIBE meta.connections"]);
    assert!(
        !columns.contains("secret") && !columns.contains("external"),
        "{columns}"
    );
}

#[test]
fn mistakes_in_the_file_are_found_by_line() {
    let place = Place::new();
    fs::create_dir_all(place.path(".config/curtail")).unwrap();
    fs::write(
        place.path(".config/curtail/config.toml"),
        "[[connection]]\nname = \"acme\"\naccount_id = 11122223333\n",
    )
    .unwrap();
    let told = place.fails(&["connections", "list"]);
    assert!(
        told.contains("line 3, column 14") && told.contains("put it in quotes"),
        "{told}"
    );
}
