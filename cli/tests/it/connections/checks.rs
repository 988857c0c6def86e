//! Every reason why a link is not green, as a server makes it happen.

use curtail_testaws::{Failure, Member, Service};
use serde_json::{Value, json};

use super::world::{
    Checked, Connected, ENGINE, EXTERNAL_ID, KEY, MEMBER, PAYER, REGION, ROLE, SECRET, connected,
    connected_to, connection, definition, may_assume, only, policy, reads, trust, with_report,
    without_report,
};

fn expect(checked: &Checked, expected: &[(&str, &str, &str)]) {
    for (link, state, reason) in expected {
        checked.expect(link, state, reason);
    }
}

#[test]
fn a_delivered_report_is_green_throughout() {
    let connected = connected();
    connected.deliver();
    let checked = connected.check(&["acme-payer"]);
    let wrong = checked
        .findings
        .iter()
        .filter(|finding| !["green", "skipped"].contains(&finding[1].as_str()));
    assert_eq!(wrong.count(), 0, "{checked:#?}");
    for link in [
        "credentials",
        "role",
        "external-id",
        "account",
        "report",
        "objects",
        "manifest",
        "freshness",
        "tags",
    ] {
        assert_eq!(checked.link(link), [("green", "")], "{link}: {checked:#?}");
    }
    let manifest = &checked
        .findings
        .iter()
        .find(|finding| finding[0] == "manifest")
        .unwrap()[3];
    assert!(
        manifest.contains("the earliest is 2026-09") && manifest.contains("backfill"),
        "{manifest}"
    );
}

#[test]
fn json_is_for_programs() {
    let connected = connected();
    connected.deliver();
    let json = connected.place.ok(&["connections", "check", "-f", "json"]);
    let rows: Vec<Value> = serde_json::from_str(&json).unwrap();
    assert!(
        rows.iter()
            .all(|row| row["connection"] == "acme-payer" && row["account_id"] == PAYER)
    );
    assert_eq!(rows[0]["state"], "green");
}

#[test]
fn credentials_that_do_not_work() {
    let connected = connected();
    let with = |key: &str, secret: &str| {
        let place = crate::harness::Place::new()
            .with("AWS_ENDPOINT_URL", &connected.aws.url())
            .with("AWS_REGION", REGION)
            .with("AWS_ACCESS_KEY_ID", key)
            .with("AWS_SECRET_ACCESS_KEY", secret);
        let config = connected.place.path(".config/curtail/config.toml");
        let config = config.to_str().unwrap();
        let run = place.run(&["connections", "check", "--retries", "1", "--config", config]);
        assert_eq!(run.status, Some(3), "{run:?}");
        run.stdout
    };
    assert!(with("", "").contains("credentials,red,no-credentials"));
    assert!(with("AKIAUNKNOWN", SECRET).contains("sts,red,key-unknown"));
    assert!(with(KEY, "wrong").contains("sts,red,signature-mismatch"));
    connected.aws.clock_ahead(3600);
    connected.check(&[]).expect("sts", "red", "clock-skew");
    connected.aws.clock_ahead(0);
    connected.reconfigure(
        "role = \"curtail-read\"",
        "role = \"curtail-read\"\naccess_key_id_env = \"UNSET\"\nsecret_access_key_env = \"UNSET\"",
    );
    connected
        .check(&[])
        .expect("credentials", "red", "keys-incomplete");
}

#[test]
fn expired_and_garbled_sessions() {
    let connected = connected();
    // Temporary keys of the role itself, from a session of somebody else.
    let sts = super::tokens::assume(&connected, ROLE, Some(EXTERNAL_ID));
    connected.configure(&format!(
        "[[connection]]\nname = \"own\"\naccount_id = \"{PAYER}\"\naccess_key_id_env = \"ID\"\nsecret_access_key_env = \"KEY\"\nsession_token_env = \"TOKEN\"\n"
    ));
    let check = |token: &str| {
        let run = connected
            .place
            .command(&["connections", "check", "--retries", "1"])
            .env("ID", &sts.id)
            .env("KEY", &sts.secret)
            .env("TOKEN", token)
            .output()
            .unwrap();
        String::from_utf8(run.stdout).unwrap()
    };
    let told = check(&sts.token);
    assert!(
        told.contains("account,green") && told.contains("role,skipped"),
        "{told}"
    );
    let told = check("garbled");
    assert!(
        told.contains("sts,red,token-invalid") || told.contains("sts,red,key-unknown"),
        "{told}"
    );
    connected.aws.expire_sessions();
    let told = check(&sts.token);
    assert!(told.contains("sts,red,credentials-expired"), "{told}");
}

#[test]
fn a_token_service_that_cannot_be_used() {
    let connected = connected();
    connected.aws.fail(Service::Sts, Failure::Throttled);
    connected.check(&[]).expect("sts", "red", "throttled");
    connected.aws.fail(Service::Sts, Failure::Internal);
    connected.check(&[]).expect("sts", "red", "service-failed");
    connected.aws.fail(Service::Sts, Failure::Silent);
    connected
        .check(&["--timeout", "1s"])
        .expect("sts", "red", "unreachable");
    connected.aws.heal(Service::Sts);
    let nobody = connection(
        "acme-payer",
        PAYER,
        "endpoint = \"http://127.0.0.1:1\"\nallow_http = true",
    );
    connected.configure(&nobody);
    connected.check(&[]).expect("sts", "red", "unreachable");
}

#[test]
fn a_region_without_token_service_is_a_warning() {
    let connected = connected_to(|world, _| world.disabled_region(REGION));
    connected.deliver();
    let checked = connected.check(&[]);
    checked.expect("region", "yellow", "region-disabled");
    checked.expect("role", "green", "");
    connected.place.ok(&["ingest"]);
}

#[test]
fn roles_that_may_not_be_assumed() {
    let connected = connected();
    connected.reconfigure(EXTERNAL_ID, "another-external-id");
    let checked = connected.check(&[]);
    checked.expect("role", "red", "role-refused");
    let remedy = &checked.findings.last().unwrap()[4];
    for part in [
        ROLE,
        "arn:aws:iam::444455556666:user/engine",
        "connections template acme-payer --kind trust",
    ] {
        assert!(remedy.contains(part), "{part}: {remedy}");
    }
    connected.reconfigure("external_id = \"another-external-id\"\n", "");
    let checked = connected.check(&[]);
    checked.expect("role", "red", "role-refused");
    assert!(checked.findings.last().unwrap()[3].contains("no external id"));
    connected
        .configure(&connection("acme-payer", PAYER, "").replace("curtail-read", "no-such-role"));
    connected.check(&[]).expect("role", "red", "role-refused");

    connected.configure(&connection("acme-payer", PAYER, ""));
    let change = |trust: &str| {
        let world = |world: curtail_testaws::World| world.role(ROLE, trust, &reads("acme-billing"));
        connected.aws.change(world).unwrap();
    };
    change(&trust("999988887777", Some(EXTERNAL_ID)));
    connected.check(&[]).expect("role", "red", "role-refused");
    change(&trust(ENGINE, None));
    connected
        .check(&[])
        .expect("external-id", "yellow", "external-id-not-required");
    connected.reconfigure(&format!("external_id = \"{EXTERNAL_ID}\"\n"), "");
    connected
        .check(&[])
        .expect("external-id", "yellow", "no-external-id");
}

#[test]
fn what_the_caller_may_not_do() {
    // Only callers of the role's own account are told more than that it is refused.
    let connected = connected_to(|world, _| {
        world
            .role(
                ROLE,
                &trust(PAYER, Some(EXTERNAL_ID)),
                &reads("acme-billing"),
            )
            .user(
                KEY,
                SECRET,
                PAYER,
                "finops",
                &may_assume("arn:aws:iam::011122000000:role/other"),
            )
    });
    let checked = connected.check(&[]);
    checked.expect("role", "red", "caller-not-allowed");
    assert!(checked.findings.last().unwrap()[4].contains(&format!("\"Resource\": \"{ROLE}\"")));
    let deny = policy(&json!([
        { "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*" },
        { "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": ROLE },
    ]));
    let change = |world: curtail_testaws::World| world.user(KEY, SECRET, PAYER, "finops", &deny);
    connected.aws.change(change).unwrap();
    connected.check(&[]).expect("role", "red", "explicit-deny");
}

#[test]
fn sessions_that_are_too_long() {
    let connected = connected_to(|world, _| world.longest_session(ROLE, 1800));
    connected.check(&[]).expect("role", "red", "role-invalid");
}

#[test]
fn another_account() {
    let connected = connected();
    connected.configure(&format!(
        "[[connection]]\nname = \"own\"\naccount_id = \"{MEMBER}\"\n"
    ));
    let checked = connected.check(&[]);
    checked.expect("account", "red", "wrong-account");
    assert!(checked.findings.last().unwrap()[3].contains(&format!("{ENGINE}, not {MEMBER}")));
    let told = connected.place.fails(&["ingest"]);
    assert!(
        told.contains("another account") && told.contains(ENGINE),
        "{told}"
    );
    assert!(!connected.place.store().join("cost_explorer").exists());
    connected.configure(
        &connection("own", MEMBER, "").replace("\"curtail-read\"", &format!("\"{ROLE}\"")),
    );
    let told = connected.place.fails(&["connections", "check"]);
    assert!(
        told.contains(&format!("`role` is in account {PAYER}")),
        "{told}"
    );
}

#[test]
fn a_profile_is_what_counts() {
    let connected = connected();
    connected.deliver();
    connected.reconfigure("[[connection]]", "[[connection]]\nprofile = \"finops\"");
    let folder = connected.place.path(".aws");
    std::fs::create_dir(&folder).unwrap();
    let write = |key: &str, secret: &str| {
        let text =
            format!("[finops]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n");
        std::fs::write(folder.join("credentials"), text).unwrap();
    };
    // There are good keys in the environment, which must not be taken instead.
    write("AKIAUNKNOWN", "wrong");
    connected.check(&[]).expect("sts", "red", "key-unknown");
    write(KEY, SECRET);
    connected.check(&[]).expect("role", "green", "");
    connected.reconfigure("\"finops\"", "\"nosuch\"");
    let checked = connected.check(&[]);
    assert_eq!(checked.link("credentials")[0].0, "red", "{checked:#?}");
}

#[test]
fn merged_tags_are_told_and_stay_told() {
    let mut parquet = definition();
    parquet["Format"] = "Parquet".into();
    parquet["Compression"] = "Parquet".into();
    let connected = with_report(&parquet, |world, _| world.allocation_tag("team", true));
    connected.deliver();
    let manifests = crate::harness::content(&connected.bucket).into_iter();
    for (path, text) in
        manifests.filter(|(path, _)| path.to_string_lossy().ends_with("Manifest.json"))
    {
        let mut manifest: Value = match serde_json::from_slice(&text) {
            Ok(manifest) => manifest,
            Err(_) => continue,
        };
        if let Some(columns) = manifest["columns"].as_array_mut() {
            columns.push(json!({ "category": "resourceTags", "name": "user:Cost-Center" }));
            columns.push(json!({ "category": "resourceTags", "name": "user:cost_center" }));
        }
        std::fs::write(path, manifest.to_string()).unwrap();
    }
    connected
        .check(&["--paid"])
        .expect("tags", "yellow", "tags-merged");
}

#[test]
fn empty_objects_that_stand_for_folders_do_not_matter() {
    let connected = connected();
    connected.deliver();
    std::fs::write(connected.bucket.join("billing/acme-legacy-csv/0"), "").unwrap();
    connected.check(&[]).expect("objects", "green", "");
}

#[test]
fn manifests_that_may_not_be_read_are_no_empty_place() {
    let connected = connected();
    connected.deliver();
    let deny = policy(&json!([
        { "Effect": "Allow", "Action": ["cur:*", "bcm-data-exports:*", "s3:*"], "Resource": "*" },
        { "Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-billing/*Manifest.json" },
    ]));
    let world =
        |world: curtail_testaws::World| world.role(ROLE, &trust(ENGINE, Some(EXTERNAL_ID)), &deny);
    connected.aws.change(world).unwrap();
    let checked = connected.check(&[]);
    assert_eq!(checked.link("manifest")[0].0, "red", "{checked:#?}");
    assert!(
        ["explicit-deny", "object-denied"].contains(&checked.link("manifest")[0].1),
        "{checked:#?}"
    );
}

#[test]
fn one_export_that_cannot_be_read_does_not_hide_the_report() {
    let export = json!({
        "Export": {
            "Name": "broken", "ExportArn": "arn:aws:bcm-data-exports:us-east-1:011122000000:export/broken-1",
            "DataQuery": { "QueryStatement": "SELECT a FROM COST_AND_USAGE_REPORT" },
            "DestinationConfigurations": { "S3Destination": {
                "S3Bucket": "acme-billing", "S3Prefix": "x", "S3Region": REGION,
                "S3OutputConfigurations": { "OutputType": "CUSTOM", "Format": "PARQUET", "Compression": "PARQUET", "Overwrite": "OVERWRITE_REPORT" },
            }},
            "RefreshCadence": { "Frequency": "SYNCHRONOUS" },
        },
        "ExportStatus": { "StatusCode": "HEALTHY" },
    });
    let may = only(&["cur:*", "bcm-data-exports:ListExports", "s3:*"]);
    let connected = connected_to(|world, _| {
        world
            .export(&export)
            .role(ROLE, &trust(ENGINE, Some(EXTERNAL_ID)), &may)
    });
    connected.deliver();
    let checked = connected.check(&[]);
    checked.expect("report", "yellow", "definitions-denied");
    checked.expect("manifest", "green", "");
    let run = connected.place.run(&["ingest"]).success();
    assert!(
        run.stderr.contains("not all reports can be looked up"),
        "{}",
        run.stderr
    );
}

#[test]
fn buckets_that_cannot_be_read() {
    let connected = connected();
    connected.deliver();
    let key = "arn:aws:kms:eu-central-1:011122000000:key/0f8b";
    let grant = |policy: &str| {
        let world = |world: curtail_testaws::World| {
            world.role(ROLE, &trust(ENGINE, Some(EXTERNAL_ID)), policy)
        };
        connected.aws.change(world).unwrap();
    };
    grant(&only(&["cur:*", "bcm-data-exports:*", "s3:GetObject"]));
    let checked = connected.check(&[]);
    checked.expect("bucket", "red", "bucket-denied");
    assert!(
        checked
            .findings
            .iter()
            .any(|finding| finding[4].contains("arn:aws:s3:::acme-billing"))
    );
    grant(&only(&["cur:*", "bcm-data-exports:*", "s3:ListBucket"]));
    connected
        .check(&[])
        .expect("objects", "red", "object-denied");
    grant(&reads("acme-billing"));
    connected
        .aws
        .change(|world| world.kms("acme-billing", key))
        .unwrap();
    connected.check(&[]).expect("objects", "red", "kms-denied");

    let connected = connected_to_delivered();
    connected
        .aws
        .change(|world| world.archived("acme-billing", "billing"))
        .unwrap();
    connected
        .check(&[])
        .expect("objects", "red", "object-archived");
    let connected = connected_to_delivered();
    connected.aws.throttle(Service::S3, 100);
    connected.check(&[]).expect("bucket", "red", "throttled");
    connected.aws.fail(Service::S3, Failure::Internal);
    connected
        .check(&[])
        .expect("bucket", "red", "service-failed");
    connected.aws.heal(Service::S3);
    connected
        .aws
        .change(|world| world.without_bucket("acme-billing"))
        .unwrap();
    connected
        .check(&[])
        .expect("bucket", "red", "no-such-bucket");
}

fn connected_to_delivered() -> Connected {
    let connected = connected();
    connected.deliver();
    connected
}

#[test]
fn a_bucket_elsewhere() {
    let connected = connected_to(|world, folder| {
        world.bucket(
            "acme-billing",
            "us-west-2",
            PAYER,
            &folder.path().join("acme-billing"),
        )
    });
    connected.deliver();
    connected.reconfigure(
        "[[connection]]",
        "[[connection]]\nreports = [\"s3://acme-billing/billing\"]",
    );
    connected
        .check(&[])
        .expect("bucket", "red", "bucket-region");
}

#[test]
fn accounts_without_a_report() {
    let connected = connected();
    connected
        .check(&[])
        .expect("manifest", "yellow", "waiting-for-first-report");
    let denied = only(&["s3:*"]);
    let world = |world: curtail_testaws::World| {
        world.role(ROLE, &trust(ENGINE, Some(EXTERNAL_ID)), &denied)
    };
    connected.aws.change(world).unwrap();
    connected
        .check(&[])
        .expect("report", "red", "definitions-denied");

    let mut other = definition();
    other["ReportStatus"] = json!({ "lastDelivery": "20261120T061233Z", "lastStatus": "SUCCESS" });
    with_report(&other, |world, _| world)
        .check(&[])
        .expect("manifest", "red", "no-manifest");
    other["ReportStatus"]["lastStatus"] = "ERROR_NO_BUCKET".into();
    with_report(&other, |world, _| world)
        .check(&[])
        .expect("report", "red", "delivery-failed");
}

#[test]
fn an_account_with_no_definition() {
    let connected = without_report(|world, _| world);
    let checked = connected.check(&[]);
    checked.expect("report", "red", "no-report");
    assert!(
        checked
            .findings
            .iter()
            .any(|finding| finding[4].contains("--with-report"))
    );
}

#[test]
fn an_account_of_its_own_is_not_a_fault() {
    let alone = "999988887777";
    let role = format!("arn:aws:iam::{alone}:role/curtail-read");
    let connected = connected_to(|world, _| {
        world.role(
            &role,
            &trust(ENGINE, Some(EXTERNAL_ID)),
            &reads("acme-billing"),
        )
    });
    connected.configure(&connection("alone", alone, ""));
    connected
        .check(&[])
        .expect("organization", "skipped", "no-organization");
}

#[test]
fn manifests_that_make_no_sense_are_told() {
    let connected = connected();
    connected.deliver();
    let folder = connected
        .bucket
        .join("billing/acme-legacy-csv/20260901-20261001");
    std::fs::write(folder.join("acme-legacy-csv-Manifest.json"), "{").unwrap();
    connected
        .check(&[])
        .expect("manifest", "yellow", "manifest-unreadable");
}

#[test]
fn reports_that_stopped_are_told() {
    let connected = connected();
    connected.deliver();
    let old = std::time::SystemTime::now() - std::time::Duration::from_hours(24 * 10);
    for file in crate::harness::content(&connected.bucket).into_keys() {
        std::fs::File::options()
            .append(true)
            .open(file)
            .unwrap()
            .set_modified(old)
            .unwrap();
    }
    connected
        .check(&[])
        .expect("freshness", "yellow", "report-stale");
}

#[test]
fn settings_are_compared_with_what_is_required() {
    let mut poor = definition();
    poor["TimeUnit"] = "DAILY".into();
    poor["AdditionalSchemaElements"] = json!(["SPLIT_COST_ALLOCATION_DATA"]);
    poor["RefreshClosedReports"] = false.into();
    poor["Compression"] = "ZIP".into();
    let connected = with_report(&poor, |world, _| world);
    connected.deliver();
    let checked = connected.check(&[]);
    expect(
        &checked,
        &[
            ("granularity", "yellow", "not-hourly"),
            ("resource-ids", "yellow", "no-resource-ids"),
            ("refresh", "yellow", "no-refresh"),
            ("format", "yellow", "format-discouraged"),
            ("split-cost", "yellow", "split-cost-on"),
        ],
    );
    let granularity = checked
        .findings
        .iter()
        .find(|finding| finding[0] == "granularity")
        .unwrap();
    assert_eq!(granularity[3], "DAILY, required: HOURLY");
}

#[test]
fn what_works_without_the_rest_degrades() {
    let connected = connected();
    connected.deliver();
    let grant = |policy: &str| {
        let world = |world: curtail_testaws::World| {
            world.role(ROLE, &trust(ENGINE, Some(EXTERNAL_ID)), policy)
        };
        connected.aws.change(world).unwrap();
    };
    grant(&only(&["cur:*", "bcm-data-exports:*", "s3:*"]));
    let checked = connected.check(&["--paid"]);
    expect(
        &checked,
        &[
            ("organization", "yellow", "organizations-denied"),
            ("cost-explorer", "yellow", "cost-explorer-denied"),
            ("manifest", "green", ""),
        ],
    );
    assert!(
        checked
            .run
            .stderr
            .contains("2 requests to Cost Explorer, $0.02"),
        "{checked:#?}"
    );
    grant(&reads("acme-billing"));
    connected
        .aws
        .change(|world| world.without_cost_explorer(PAYER))
        .unwrap();
    connected
        .check(&["--paid"])
        .expect("cost-explorer", "yellow", "cost-explorer-off");
}

#[test]
fn a_member_account_is_told_what_it_misses() {
    let role = "arn:aws:iam::222233334444:role/curtail-read";
    let connected = connected_to(|world, folder| {
        world
            .role(
                role,
                &trust(ENGINE, Some(EXTERNAL_ID)),
                &reads("acme-member"),
            )
            .bucket("acme-member", REGION, MEMBER, folder.path())
    });
    connected.configure(&connection("web", MEMBER, ""));
    let checked = connected.check(&[]);
    checked.expect("organization", "yellow", "member-account");
    let text = &checked.run.stdout;
    for consequence in [
        "only its own costs",
        "sibling accounts",
        "tags are incomplete",
        "Reserved Instances",
    ] {
        assert!(text.contains(consequence), "{consequence}: {text}");
    }
}

#[test]
fn tags_that_are_not_active_show() {
    let connected = connected_to(|world, _| world.allocation_tag("team", false));
    let checked = connected.check(&["--paid"]);
    checked.expect("tags", "yellow", "tags-inactive");
    connected
        .aws
        .change(|world| world.allocation_tag("team", true))
        .unwrap();
    connected.check(&["--paid"]).expect("tags", "green", "");
}

#[test]
fn one_red_connection_is_enough() {
    let connected = connected();
    connected.deliver();
    let both = format!(
        "{}{}",
        connection("acme-payer", PAYER, ""),
        connection("broken", "555566667777", "")
    );
    connected.configure(&both);
    let run = connected.place.run(&["connections", "check"]);
    assert_eq!(run.status, Some(3));
    assert!(
        run.stderr
            .contains("error: 1 of 2 connections is red: broken (555566667777)"),
        "{}",
        run.stderr
    );
    connected.place.ok(&["connections", "check", "acme-payer"]);
    let unknown = connected.place.fails(&["connections", "check", "nobody"]);
    assert!(
        unknown.contains("there are: acme-payer, broken"),
        "{unknown}"
    );
}

#[test]
fn an_organisation_in_pages_is_read_whole() {
    let members: Vec<_> = (0..45)
        .map(|i| Member::active(&format!("9000000000{i:02}"), &format!("account {i}")))
        .collect();
    let connected =
        connected_to(|world, _| world.organisation(PAYER, &members).account_pages(7, true));
    connected.deliver();
    connected.place.ok(&["ingest"]);
    let count = connected
        .place
        .ok(&["sql", "SELECT count(*) AS n FROM accounts"]);
    assert_eq!(count, "n\r\n45\r\n");
}

#[test]
fn every_reason_is_in_the_documents() {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../docs/connecting.md"
    ))
    .unwrap();
    for reason in curtail_connect::Reason::ALL {
        let row = format!("| `{}` | {} |", reason.code(), reason.means());
        assert!(text.contains(&row), "{row}");
    }
}
