//! Services that fail.

use std::time::Duration;

use curtail_testaws::{Aws, Failure, Service};
use object_store::{ObjectStoreExt as _, path::Path};

use crate::harness::{
    ALL, ENGINE, KEY, SECRET, bucket, client, refusal, refused, sts, user, with_bucket, world,
};

#[tokio::test]
async fn a_few_requests_are_throttled() {
    let aws = Aws::start(world().user(KEY, SECRET, ENGINE, "engine", ALL)).unwrap();
    aws.throttle(Service::Organizations, 2);
    let client = client!(aws_sdk_organizations, aws, user(), "us-east-1");
    for code in [
        "ThrottlingException",
        "ThrottlingException",
        "AWSOrganizationsNotInUseException",
    ] {
        let answer = client.list_accounts().send().await;
        assert_eq!(refusal(answer), refused(400, code));
    }
    // Other services are not.
    sts(&aws, &user())
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    aws.throttle(Service::Sts, 1);
    let answer = sts(&aws, &user()).get_caller_identity().send().await;
    assert_eq!(refusal(answer), refused(400, "Throttling"));
}

#[tokio::test]
async fn a_service_fails_until_it_is_healed() {
    let aws = Aws::start(world()).unwrap();
    let ask = async || sts(&aws, &user()).get_caller_identity().send().await;
    aws.fail(Service::Sts, Failure::Internal);
    assert_eq!(refusal(ask().await), refused(500, "InternalFailure"));
    aws.fail(Service::Sts, Failure::Denied);
    for _ in 0..3 {
        assert_eq!(refusal(ask().await), refused(403, "AccessDenied"));
    }
    aws.heal(Service::Sts);
    ask().await.unwrap();
}

#[tokio::test]
async fn s3_slows_down() {
    let (aws, _folder) = with_bucket();
    let billing = bucket(&aws, &user(), "eu-central-1");
    aws.throttle(Service::S3, 1);
    let _ = billing.head(&Path::from("cur/a/report.csv")).await;
    aws.fail_next(Service::S3, Failure::Internal, 1);
    let _ = billing.head(&Path::from("cur/a/report.csv")).await;
    let told: Vec<_> = aws
        .requests()
        .into_iter()
        .map(|one| (one.status, one.code))
        .collect();
    let of = |status, code: &str| (Some(status), Some(code.to_owned()));
    assert_eq!(told, [of(503, "SlowDown"), of(500, "InternalError")]);

    aws.fail(Service::S3, Failure::Denied);
    let error = billing
        .get(&Path::from("cur/a/report.csv"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, object_store::Error::PermissionDenied { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_silent_service_never_answers() {
    let aws = Aws::start(world()).unwrap();
    aws.fail(Service::Sts, Failure::Silent);
    let client = sts(&aws, &user());
    let mut ask = Box::pin(client.get_caller_identity().send());
    let heard = async {
        while aws.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        _ = &mut ask => panic!("it answered"),
        () = heard => {}
    }
    let answer = tokio::time::timeout(Duration::from_millis(100), ask).await;
    assert!(answer.is_err());
    assert_eq!(aws.requests()[0].status, None);
}
