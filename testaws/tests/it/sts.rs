//! Sessions and who gets them.

use aws_sdk_sts::error::ProvideErrorMetadata as _;
use curtail_testaws::{Aws, Service};

use crate::harness::{
    ALL, ENGINE, KEY, Keys, PAYER, ROLE, SECRET, assuming, client, policy, refusal, refused,
    session, sts, trust, user, world,
};

#[tokio::test]
async fn a_session_says_who_it_is() {
    let aws = Aws::start(world()).unwrap();
    let me = sts(&aws, &user())
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(me.account(), Some(ENGINE));
    assert_eq!(me.arn(), Some("arn:aws:iam::444455556666:user/engine"));

    let answer = assuming(&aws, &user()).send().await.unwrap();
    let arn = "arn:aws:sts::111122223333:assumed-role/curtail/test";
    assert_eq!(answer.assumed_role_user().unwrap().arn(), arn);
    let expires = answer.credentials().unwrap().expiration().secs();
    let hour = chrono::Utc::now().timestamp() + 3600;
    assert!(
        (hour - 60..=hour).contains(&expires),
        "{expires} and {hour}"
    );

    let keys = session(assuming(&aws, &user())).await;
    let me = sts(&aws, &keys).get_caller_identity().send().await.unwrap();
    assert_eq!(me.account(), Some(PAYER));
    assert_eq!(me.arn(), Some(arn));
    assert!(me.user_id().unwrap().ends_with(":test"));
    let told = answer.credentials().unwrap();
    let handed_out = aws.handed_out();
    assert_eq!(handed_out.len(), 4, "two sessions");
    for secret in [told.secret_access_key(), told.session_token()] {
        assert!(handed_out.iter().any(|known| known == secret));
    }
}

#[tokio::test]
async fn requests_are_kept() {
    let aws = Aws::start(world()).unwrap();
    let within = policy(r#""Effect": "Allow", "Action": "s3:*", "Resource": "*""#);
    let keys = session(assuming(&aws, &user()).policy(&within)).await;
    sts(&aws, &keys).get_caller_identity().send().await.unwrap();
    let _ = assuming(&aws, &user()).external_id("wrong").send().await;

    let requests = aws.requests();
    assert_eq!(requests.len(), 3);
    let [assumed, asked, refused] = &requests[..] else {
        panic!("three requests");
    };
    assert_eq!(assumed.service, Service::Sts);
    assert_eq!(assumed.action, "sts:AssumeRole");
    assert_eq!(assumed.region.as_deref(), Some("eu-central-1"));
    assert_eq!(assumed.access_key_id.as_deref(), Some(KEY));
    assert_eq!(assumed.account.as_deref(), Some(ENGINE));
    assert_eq!(
        assumed.principal.as_deref(),
        Some("arn:aws:iam::444455556666:user/engine")
    );
    assert_eq!(assumed.session_name, None);
    assert_eq!(assumed.resource, ROLE);
    assert_eq!(assumed.external_id.as_deref(), Some("secret-id"));
    assert_eq!(assumed.session_policy, Some(within));
    assert!(assumed.allowed);
    assert_eq!((assumed.status, &assumed.code), (Some(200), &None));

    assert_eq!(asked.action, "sts:GetCallerIdentity");
    assert_eq!(asked.session_name.as_deref(), Some("test"));
    assert_eq!(asked.account.as_deref(), Some(PAYER));

    assert!(!refused.allowed);
    assert_eq!(refused.external_id.as_deref(), Some("wrong"));
    assert_eq!(
        (refused.status, refused.code.as_deref()),
        (Some(403), Some("AccessDenied"))
    );
}

#[tokio::test]
async fn trust_is_checked() {
    let aws = Aws::start(world()).unwrap();
    let denied = refused(403, "AccessDenied");
    let wrong = assuming(&aws, &user()).external_id("wrong").send().await;
    assert_eq!(refusal(wrong), denied);
    let missing = assuming(&aws, &user()).set_external_id(None).send().await;
    assert_eq!(refusal(missing), denied);
    let unknown = assuming(&aws, &user()).role_arn("arn:aws:iam::111122223333:role/none");
    assert_eq!(refusal(unknown.send().await), denied);

    // Nobody learns from the refusal which roles there are.
    let message = async |role: &str| {
        let answer = assuming(&aws, &user())
            .role_arn(role)
            .external_id("wrong")
            .send()
            .await;
        answer.unwrap_err().message().unwrap().to_owned()
    };
    let none = "arn:aws:iam::111122223333:role/none";
    assert_eq!(message(ROLE).await.replace(ROLE, none), message(none).await);

    let other = "arn:aws:iam::444455556666:role/other";
    let trusting = policy(&format!(
        r#""Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"AWS": "{other}"}}"#
    ));
    aws.change(|world| world.role(ROLE, &trusting, ALL))
        .unwrap();
    assert_eq!(refusal(assuming(&aws, &user()).send().await), denied);
}

#[tokio::test]
async fn callers_need_a_permission_of_their_own() {
    let none = policy(r#""Effect": "Allow", "Action": "s3:*", "Resource": "*""#);
    let aws = Aws::start(world().user(KEY, SECRET, ENGINE, "engine", &none)).unwrap();
    let answer = assuming(&aws, &user()).send().await;
    assert_eq!(refusal(answer), refused(403, "AccessDenied"));

    let one = policy(&format!(
        r#""Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "{ROLE}""#
    ));
    aws.change(|world| world.user(KEY, SECRET, ENGINE, "engine", &one))
        .unwrap();
    session(assuming(&aws, &user())).await;
}

#[tokio::test]
async fn a_trust_without_external_id_takes_any() {
    let open = policy(
        r#""Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "444455556666"}"#,
    );
    let aws = Aws::start(world().role(ROLE, &open, ALL)).unwrap();
    session(assuming(&aws, &user())).await;
    session(assuming(&aws, &user()).set_external_id(None)).await;
}

#[tokio::test]
async fn keys_and_signatures_are_checked() {
    let aws = Aws::start(world()).unwrap();
    let of = async |keys: &Keys| refusal(sts(&aws, keys).get_caller_identity().send().await);
    let unknown = Keys("AKIAOTHER".to_owned(), SECRET.to_owned(), None);
    assert_eq!(of(&unknown).await, refused(403, "InvalidClientTokenId"));
    let wrong = Keys(KEY.to_owned(), "wrong".to_owned(), None);
    assert_eq!(of(&wrong).await, refused(403, "SignatureDoesNotMatch"));
    let Keys(key, secret, token) = session(assuming(&aws, &user())).await;
    let without = Keys(key.clone(), secret.clone(), None);
    assert_eq!(of(&without).await, refused(403, "InvalidClientTokenId"));
    let other = Keys(key, secret, token.map(|token| token + "x"));
    assert_eq!(of(&other).await, refused(403, "InvalidClientTokenId"));
    aws.change(|world| world.without_user(KEY)).unwrap();
    assert_eq!(of(&user()).await, refused(403, "InvalidClientTokenId"));
}

#[tokio::test]
async fn clocks_may_differ_by_a_quarter_of_an_hour() {
    let aws = Aws::start(world()).unwrap();
    let ask = async || sts(&aws, &user()).get_caller_identity().send().await;
    for seconds in [14 * 60, -14 * 60] {
        aws.clock_ahead(seconds);
        ask().await.unwrap();
    }
    for (seconds, text) in [
        (16 * 60, "Signature expired"),
        (-16 * 60, "Signature not yet current"),
    ] {
        aws.clock_ahead(seconds);
        let answer = ask().await;
        let message = answer.as_ref().unwrap_err().to_string();
        let told = format!("{:?} {message}", answer.as_ref().unwrap_err());
        assert!(told.contains(text), "{told}");
        assert_eq!(refusal(answer), refused(403, "SignatureDoesNotMatch"));
    }
}

#[tokio::test]
async fn a_region_may_be_disabled() {
    let aws = Aws::start(world().disabled_region("ap-east-1")).unwrap();
    let asking = |region| client!(aws_sdk_sts, aws, user(), region).get_caller_identity();
    let answer = asking("ap-east-1").send().await;
    assert_eq!(refusal(answer), refused(403, "RegionDisabledException"));
    asking("eu-central-1").send().await.unwrap();
    let request = &aws.requests()[0];
    assert_eq!(request.region.as_deref(), Some("ap-east-1"));
}

#[tokio::test]
async fn parameters_are_validated() {
    let aws = Aws::start(world()).unwrap();
    let ask = || assuming(&aws, &user());
    let invalid = refused(400, "ValidationError");
    for request in [
        ask().role_arn("arn:aws:iam::1111:role/curtail"),
        ask().role_arn("arn:aws:iam::111122223333:user/curtail"),
        ask().role_arn("short"),
        ask().external_id("x"),
        ask().external_id("no spaces"),
        ask().external_id("x".repeat(1225)),
        ask().role_session_name("no/slash"),
        ask().duration_seconds(899),
        ask().duration_seconds(43201),
        ask().duration_seconds(3601),
        ask().policy(format!("{{\"Version\": \"{}\"}}", "x".repeat(2048))),
        ask().source_identity("someone"),
    ] {
        let told = format!("{request:?}");
        assert_eq!(refusal(request.send().await), invalid, "{told}");
    }
    for json in [
        "{",
        r#"{"Version": "2012-10-17", "Statement": [], "More": 1}"#,
    ] {
        let answer = ask().policy(json).send().await;
        assert_eq!(refusal(answer), refused(400, "MalformedPolicyDocument"));
    }
    aws.change(|world| world.longest_session(ROLE, 43200))
        .unwrap();
    session(ask().duration_seconds(43200)).await;
}

#[tokio::test]
async fn a_session_may_assume_a_role_for_an_hour() {
    let second = "arn:aws:iam::777788889999:role/second";
    let trusting = policy(&format!(
        r#""Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"AWS": "{ROLE}"}}"#
    ));
    let world = world()
        .role(ROLE, &trust("secret-id"), ALL)
        .role(second, &trusting, ALL)
        .longest_session(second, 7200);
    let aws = Aws::start(world).unwrap();
    let first = session(assuming(&aws, &user())).await;
    let ask = |seconds| {
        assuming(&aws, &first)
            .role_arn(second)
            .duration_seconds(seconds)
    };
    assert_eq!(
        refusal(ask(3601).send().await),
        refused(400, "ValidationError")
    );
    let keys = session(ask(3600)).await;
    let me = sts(&aws, &keys).get_caller_identity().send().await.unwrap();
    assert_eq!(
        me.arn(),
        Some("arn:aws:sts::777788889999:assumed-role/second/test")
    );
    // The user itself is not trusted.
    let direct = assuming(&aws, &user()).role_arn(second).send().await;
    assert_eq!(refusal(direct), refused(403, "AccessDenied"));
}

#[tokio::test]
async fn sessions_end() {
    let aws = Aws::start(world()).unwrap();
    let keys = session(assuming(&aws, &user())).await;
    aws.expire_sessions();
    let answer = sts(&aws, &keys).get_caller_identity().send().await;
    assert_eq!(refusal(answer), refused(403, "ExpiredToken"));
    let keys = session(assuming(&aws, &user())).await;
    sts(&aws, &keys).get_caller_identity().send().await.unwrap();

    aws.session_lifetime(0);
    let keys = session(assuming(&aws, &user())).await;
    let answer = sts(&aws, &keys).get_caller_identity().send().await;
    assert_eq!(refusal(answer), refused(403, "ExpiredToken"));
}
