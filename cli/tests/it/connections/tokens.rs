//! How often roles are assumed, and with what.

use serde_json::Value;

use super::world::{
    Connected, ENGINE, EXTERNAL_ID, PAYER, ROLE, connected, connected_to, connection, may_assume,
    reads, trust,
};
use crate::harness::Place;

/// Temporary keys.
pub(super) struct Session {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) token: String,
}

/// Keys of a session of a role, got as anybody gets them.
pub(super) fn assume(connected: &Connected, role: &str, external_id: Option<&str>) -> Session {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let keys = aws_credential_types::Credentials::new(
            super::world::KEY,
            super::world::SECRET,
            None,
            None,
            "test",
        );
        let sdk = aws_config::defaults(aws_config::BehaviorVersion::latest())
            .endpoint_url(connected.aws.url())
            .region(aws_config::Region::new(super::world::REGION))
            .credentials_provider(keys)
            .load()
            .await;
        let client = aws_sdk_sts::Client::new(&sdk);
        let answer = client
            .assume_role()
            .role_arn(role)
            .role_session_name("somebody")
            .set_external_id(external_id.map(str::to_owned))
            .send()
            .await
            .unwrap();
        let keys = answer.credentials().unwrap();
        Session {
            id: keys.access_key_id().to_owned(),
            secret: keys.secret_access_key().to_owned(),
            token: keys.session_token().to_owned(),
        }
    })
}

/// Requests to assume a role that were granted.
fn assumed(connected: &Connected) -> Vec<curtail_testaws::Request> {
    let requests = connected.aws.requests().into_iter();
    requests
        .filter(|request| request.action == "sts:AssumeRole" && request.status == Some(200))
        .collect()
}

#[test]
fn a_role_is_assumed_once_for_a_whole_run() {
    let connected = connected();
    connected.deliver();
    connected.place.ok(&["ingest"]);
    let assumed = assumed(&connected);
    let [one] = &assumed[..] else {
        panic!("{} times: {assumed:#?}", assumed.len());
    };
    assert_eq!(one.external_id.as_deref(), Some(EXTERNAL_ID));
    let reading = connected
        .aws
        .requests()
        .into_iter()
        .filter(|request| request.action == "s3:GetObject");
    let names: std::collections::BTreeSet<_> =
        reading.map(|request| request.session_name).collect();
    let expected = Some("curtail-acme-payer".to_owned());
    assert_eq!(names.into_iter().collect::<Vec<_>>(), [expected]);
}

#[test]
fn sessions_are_narrowed_to_reading_the_report() {
    let generous = super::world::only(&["*"]);
    let connected =
        connected_to(|world, _| world.role(ROLE, &trust(ENGINE, Some(EXTERNAL_ID)), &generous));
    connected.deliver();
    connected.configure(&connection(
        "acme-payer",
        PAYER,
        "reports = [\"s3://acme-billing/billing\"]",
    ));
    connected.place.ok(&["ingest"]);
    let policy = assumed(&connected)[0].session_policy.clone().unwrap();
    assert!(
        policy.contains("arn:aws:s3:::acme-billing/billing*"),
        "{policy}"
    );
    let policy: Value = serde_json::from_str(&policy).unwrap();
    for statement in policy["Statement"].as_array().unwrap() {
        assert_eq!(statement["Effect"], "Allow");
        for action in statement["Action"].as_array().unwrap() {
            let action = action.as_str().unwrap();
            assert!(!action.contains('*'), "{action}");
        }
    }
}

#[test]
fn short_sessions_are_renewed() {
    let connected = connected();
    connected.deliver();
    // Shorter than one ingest of many small reads takes, so that each request could be the one that comes too late.
    connected.aws.session_lifetime(1);
    connected.place.ok(&["ingest"]);
    let refused = connected
        .aws
        .requests()
        .into_iter()
        .filter(|request| request.status == Some(403));
    assert_eq!(refused.count(), 0);
}

#[test]
fn a_revoked_role_is_refused() {
    let connected = connected();
    connected.deliver();
    connected.place.ok(&["ingest"]);
    connected
        .aws
        .change(|world| world.without_role(ROLE))
        .unwrap();
    let told = connected.place.fails(&["ingest"]);
    assert!(
        told.contains("connection acme-payer (011122000000): sts:AssumeRole"),
        "{told}"
    );
    assert!(told.contains("connections check"), "{told}");
}

#[test]
fn roles_are_chained() {
    let hub = "arn:aws:iam::444455556666:role/hub";
    let connected = connected_to(|world, _| {
        world
            .role(hub, &trust(ENGINE, None), &may_assume("*"))
            .role(
                ROLE,
                &trust(ENGINE, Some(EXTERNAL_ID)),
                &reads("acme-billing"),
            )
    });
    connected.deliver();
    connected.configure(&connection(
        "acme-payer",
        PAYER,
        &format!("via = [\"{hub}\"]"),
    ));
    connected.place.ok(&["ingest"]);
    let assumed = assumed(&connected);
    let steps: Vec<_> = assumed
        .iter()
        .map(|request| (request.resource.as_str(), request.external_id.as_deref()))
        .collect();
    assert_eq!(steps, [(hub, None), (ROLE, Some(EXTERNAL_ID))]);
    let caller = assumed[1].principal.as_deref().unwrap();
    assert!(
        caller.contains("assumed-role/hub/curtail-acme-payer"),
        "{caller}"
    );
}

#[test]
fn no_action_is_called_outside_the_published_list() {
    let connected = connected();
    connected.deliver();
    connected.place.run(&["connections", "check", "--paid"]);
    connected.place.ok(&["ingest"]);
    let other = Place::new();
    let listed = other.ok(&["connections", "permissions"]);
    let (_, rows) = crate::harness::csv(&listed);
    assert!(rows.iter().all(|row| row[1] == "read-only"), "{listed}");
    let listed: Vec<_> = rows.into_iter().map(|row| row[0].clone()).collect();
    let requests = connected.aws.requests();
    for request in &requests {
        assert!(listed.contains(&request.action), "{request:?}");
    }
    // Nothing is asked for without need either. S3 asks for kms:Decrypt itself; the rest needs an export.
    for action in &listed {
        let called = requests.iter().any(|request| request.action == *action);
        let elsewhere = [
            "kms:Decrypt",
            "bcm-data-exports:GetExport",
            "bcm-data-exports:ListExecutions",
        ];
        assert!(
            called || elsewhere.contains(&action.as_str()),
            "{action} is never called"
        );
    }
}
