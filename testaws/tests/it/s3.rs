//! Buckets: regions, sessions, policies, keys.

use curtail_testaws::{Aws, Member, Service};
use futures::TryStreamExt as _;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, aws::AmazonS3, path::Path};

use crate::harness::{
    ALL, ENGINE, KEY, Keys, PAYER, READ, ROLE, SECRET, assuming, bucket, policy, put, session,
    trust, user, with_bucket,
};

const REPORT: &str = "cur/a/report.csv";
const REGION: &str = "eu-central-1";

async fn get(bucket: &AmazonS3, key: &str) -> Result<Vec<u8>, Error> {
    let bytes = bucket.get(&Path::from(key)).await?.bytes().await?;
    Ok(bytes.to_vec())
}

async fn list(bucket: &AmazonS3, prefix: &str) -> Result<Vec<String>, Error> {
    let prefix = Path::from(prefix);
    let objects = bucket.list(Some(&prefix));
    objects
        .map_ok(|object| object.location.to_string())
        .try_collect()
        .await
}

/// The code that the server gave last, and its status.
fn last(aws: &Aws) -> (u16, String) {
    let request = aws.requests().pop().unwrap();
    (request.status.unwrap(), request.code.unwrap_or_default())
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn a_session_reads_what_its_role_may() {
    let (aws, _folder) = with_bucket();
    let keys = session(assuming(&aws, &user())).await;
    let billing = bucket(&aws, &keys, REGION);
    assert_eq!(get(&billing, REPORT).await.unwrap(), b"0123456789");
    let range = billing.get_range(&Path::from(REPORT), 2..5).await.unwrap();
    assert_eq!(&range[..], b"234");
    assert_eq!(billing.head(&Path::from(REPORT)).await.unwrap().size, 10);
    let listed = list(&billing, "cur").await.unwrap();
    assert_eq!(listed, ["cur/a/report.csv", "cur/b/report.csv"]);

    let error = get(&billing, "other/k").await.unwrap_err();
    assert!(matches!(error, Error::PermissionDenied { .. }), "{error}");
    let error = billing
        .put(&Path::from("cur/new"), "x".into())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::PermissionDenied { .. }), "{error}");

    let requests = aws.requests();
    let seen: Vec<_> = requests
        .iter()
        .skip(1)
        .map(|one| (one.action.as_str(), one.resource.as_str(), one.allowed))
        .collect();
    assert_eq!(
        seen,
        [
            (
                "s3:GetObject",
                "arn:aws:s3:::billing/cur/a/report.csv",
                true
            ),
            (
                "s3:GetObject",
                "arn:aws:s3:::billing/cur/a/report.csv",
                true
            ),
            (
                "s3:GetObject",
                "arn:aws:s3:::billing/cur/a/report.csv",
                true
            ),
            ("s3:ListBucket", "arn:aws:s3:::billing", true),
            ("s3:GetObject", "arn:aws:s3:::billing/other/k", false),
            ("s3:PutObject", "arn:aws:s3:::billing/cur/new", false),
        ]
    );
    assert!(requests.iter().skip(1).all(|one| {
        one.account.as_deref() == Some(PAYER) && one.session_name.as_deref() == Some("test")
    }));
}

#[tokio::test]
async fn keys_and_tokens_are_checked() {
    let (aws, _folder) = with_bucket();
    let Keys(key, secret, token) = session(assuming(&aws, &user())).await;
    for (keys, expected) in [
        (
            Keys("AKIAOTHER".to_owned(), SECRET.to_owned(), None),
            is(403, "InvalidAccessKeyId"),
        ),
        (
            Keys(key.clone(), "wrong".to_owned(), token.clone()),
            is(403, "SignatureDoesNotMatch"),
        ),
        (
            Keys(key.clone(), secret.clone(), Some("wrong".to_owned())),
            is(400, "InvalidToken"),
        ),
        (
            Keys(key.clone(), secret.clone(), None),
            is(403, "InvalidAccessKeyId"),
        ),
    ] {
        assert!(get(&bucket(&aws, &keys, REGION), REPORT).await.is_err());
        assert_eq!(last(&aws), expected);
        assert!(!aws.requests().last().unwrap().allowed);
    }
    aws.expire_sessions();
    let keys = Keys(key, secret, token);
    assert!(get(&bucket(&aws, &keys, REGION), REPORT).await.is_err());
    assert_eq!(last(&aws), is(400, "ExpiredToken"));
}

#[tokio::test]
async fn clocks_may_differ_by_a_quarter_of_an_hour() {
    let (aws, _folder) = with_bucket();
    let keys = session(assuming(&aws, &user())).await;
    aws.clock_ahead(16 * 60);
    assert!(get(&bucket(&aws, &keys, REGION), REPORT).await.is_err());
    assert_eq!(last(&aws), is(403, "RequestTimeTooSkewed"));
}

#[tokio::test]
async fn another_region_is_told() {
    let (aws, _folder) = with_bucket();
    let keys = session(assuming(&aws, &user())).await;
    let error = get(&bucket(&aws, &keys, "us-east-1"), REPORT)
        .await
        .unwrap_err();
    assert_eq!(last(&aws), is(400, "AuthorizationHeaderMalformed"));
    assert!(
        error.to_string().contains("<Region>eu-central-1</Region>"),
        "{error}"
    );
    assert!(
        get(&bucket(&aws, &keys, "eu-west-1"), REPORT)
            .await
            .is_err()
    );
    assert_eq!(last(&aws), is(301, "PermanentRedirect"));
}

#[tokio::test]
async fn what_is_missing_is_told_only_to_those_who_may_list() {
    let (aws, _folder) = with_bucket();
    let keys = session(assuming(&aws, &user())).await;
    let billing = bucket(&aws, &keys, REGION);
    let error = get(&billing, "cur/none").await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    assert_eq!(last(&aws), is(404, "NoSuchKey"));
    assert!(get(&billing, "cur/a").await.is_err());
    assert_eq!(last(&aws), is(404, "NoSuchKey"));
    assert!(aws.requests().last().unwrap().allowed);

    let only = policy(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::billing/*""#,
    );
    aws.change(|world| world.role(ROLE, &trust("secret-id"), &only))
        .unwrap();
    let error = get(&billing, "cur/none").await.unwrap_err();
    assert!(matches!(error, Error::PermissionDenied { .. }), "{error}");
    assert_eq!(last(&aws), is(403, "AccessDenied"));
    get(&billing, REPORT).await.unwrap();
}

#[tokio::test]
async fn lists_may_be_limited_to_a_prefix() {
    let (aws, _folder) = with_bucket();
    let limited = policy(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::billing",
        "Condition": {"StringLike": {"s3:prefix": ["cur", "cur/*"]}}"#,
    );
    aws.change(|world| world.role(ROLE, &trust("secret-id"), &limited))
        .unwrap();
    let keys = session(assuming(&aws, &user())).await;
    let billing = bucket(&aws, &keys, REGION);
    assert_eq!(list(&billing, "cur/a").await.unwrap(), [REPORT]);
    for prefix in ["other", ""] {
        assert!(list(&billing, prefix).await.is_err());
        assert_eq!(last(&aws), is(403, "AccessDenied"));
    }
}

#[tokio::test]
async fn a_session_policy_takes_away() {
    let (aws, _folder) = with_bucket();
    let within = policy(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::billing/cur/a/*""#,
    );
    let keys = session(assuming(&aws, &user()).policy(within)).await;
    let billing = bucket(&aws, &keys, REGION);
    get(&billing, REPORT).await.unwrap();
    assert!(get(&billing, "cur/b/report.csv").await.is_err());
    assert_eq!(last(&aws), is(403, "AccessDenied"));
    assert!(list(&billing, "cur").await.is_err());
}

#[tokio::test]
async fn other_accounts_need_the_bucket_policy_and_their_own() {
    let (aws, _folder) = with_bucket();
    let billing = bucket(&aws, &user(), REGION);
    let let_in = policy(&format!(
        r#""Effect": "Allow", "Action": "s3:*", "Principal": {{"AWS": "{ENGINE}"}},
        "Resource": ["arn:aws:s3:::billing", "arn:aws:s3:::billing/*"]"#
    ));
    aws.change(|world| world.user(KEY, SECRET, ENGINE, "engine", READ))
        .unwrap();
    assert!(get(&billing, REPORT).await.is_err());
    assert_eq!(last(&aws), is(403, "AccessDenied"));
    aws.change(|world| world.bucket_policy("billing", &let_in))
        .unwrap();
    get(&billing, REPORT).await.unwrap();
    assert!(get(&billing, "other/k").await.is_err());
}

#[tokio::test]
async fn a_bucket_may_be_open_to_an_organisation() {
    let (aws, _folder) = with_bucket();
    let open = policy(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Principal": "*", "Resource": "arn:aws:s3:::billing/*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-4444555566"}}"#,
    );
    aws.change(|world| {
        world
            .user(KEY, SECRET, ENGINE, "engine", ALL)
            .bucket_policy("billing", &open)
    })
    .unwrap();
    let billing = bucket(&aws, &user(), REGION);
    assert!(get(&billing, REPORT).await.is_err());
    aws.change(|world| world.organisation(ENGINE, &[Member::active(ENGINE, "engine")]))
        .unwrap();
    get(&billing, REPORT).await.unwrap();
}

#[tokio::test]
async fn a_bucket_policy_may_deny_its_own_account() {
    let (aws, _folder) = with_bucket();
    let keys = session(assuming(&aws, &user())).await;
    let billing = bucket(&aws, &keys, REGION);
    let tls = policy(
        r#""Effect": "Deny", "Action": "s3:*", "Principal": "*", "Resource": "arn:aws:s3:::billing/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#,
    );
    aws.change(|world| world.bucket_policy("billing", &tls))
        .unwrap();
    get(&billing, REPORT).await.unwrap();
    aws.change(curtail_testaws::World::plain_http).unwrap();
    let error = get(&billing, REPORT).await.unwrap_err().to_string();
    assert!(
        error.contains("explicit deny in a resource-based policy"),
        "{error}"
    );
}

#[tokio::test]
async fn unsigned_requests_get_what_is_public() {
    let (aws, _folder) = with_bucket();
    let public = object_store::aws::AmazonS3Builder::new()
        .with_endpoint(aws.url())
        .with_allow_http(true)
        .with_bucket_name("billing")
        .with_region(REGION)
        .with_skip_signature(true)
        .build()
        .unwrap();
    assert!(get(&public, REPORT).await.is_err());
    assert_eq!(last(&aws), is(403, "AccessDenied"));
    let open = policy(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Principal": "*", "Resource": "arn:aws:s3:::billing/cur/*""#,
    );
    aws.change(|world| world.bucket_policy("billing", &open))
        .unwrap();
    get(&public, REPORT).await.unwrap();
    assert_eq!(aws.requests().last().unwrap().access_key_id, None);
}

#[tokio::test]
async fn encrypted_objects_need_their_key() {
    const CMK: &str = "arn:aws:kms:eu-central-1:111122223333:key/abc";
    let (aws, _folder) = with_bucket();
    aws.change(|world| world.kms("billing", CMK)).unwrap();
    let keys = session(assuming(&aws, &user())).await;
    let billing = bucket(&aws, &keys, REGION);
    let error = get(&billing, REPORT).await.unwrap_err();
    assert!(matches!(error, Error::PermissionDenied { .. }), "{error}");
    let told = "is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-central-1:111122223333:key/abc";
    assert!(error.to_string().contains(told), "{error}");
    // What is not decrypted needs no key.
    billing.head(&Path::from(REPORT)).await.unwrap();
    let more = format!(
        r#"{}, {{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "{CMK}"}}]}}"#,
        READ.strip_suffix("]}").unwrap()
    );
    aws.change(|world| world.role(ROLE, &trust("secret-id"), &more))
        .unwrap();
    get(&billing, REPORT).await.unwrap();
}

#[tokio::test]
async fn a_key_of_another_account_needs_its_policy_and_writing_another_action() {
    const CMK: &str = "arn:aws:kms:eu-central-1:777788889999:key/abc";
    let (aws, _folder) = with_bucket();
    let lets = |action: &str| {
        policy(&format!(
            r#""Effect": "Allow", "Action": "{action}", "Resource": "*", "Principal": {{"AWS": "{PAYER}"}}"#
        ))
    };
    aws.change(|world| {
        world
            .kms("billing", CMK)
            .role(ROLE, &trust("secret-id"), ALL)
    })
    .unwrap();
    let keys = session(assuming(&aws, &user())).await;
    let billing = bucket(&aws, &keys, REGION);
    assert!(get(&billing, REPORT).await.is_err());
    aws.change(|world| world.key_policy(CMK, &lets("kms:Decrypt")))
        .unwrap();
    get(&billing, REPORT).await.unwrap();
    let new = Path::from("cur/new");
    let error = billing.put(&new, "x".into()).await.unwrap_err();
    assert!(error.to_string().contains("kms:GenerateDataKey"), "{error}");
    aws.change(|world| world.key_policy(CMK, &lets("kms:*")))
        .unwrap();
    billing.put(&new, "x".into()).await.unwrap();
}

#[tokio::test]
async fn archived_objects_cannot_be_read() {
    let (aws, _folder) = with_bucket();
    aws.change(|world| world.archived("billing", "cur/a/"))
        .unwrap();
    let keys = session(assuming(&aws, &user())).await;
    let billing = bucket(&aws, &keys, REGION);
    assert!(get(&billing, REPORT).await.is_err());
    assert_eq!(last(&aws), is(403, "InvalidObjectState"));
    get(&billing, "cur/b/report.csv").await.unwrap();
}

#[tokio::test]
async fn revoked_sessions_can_do_nothing_and_new_ones_can() {
    let (aws, _folder) = with_bucket();
    let keys = session(assuming(&aws, &user())).await;
    aws.revoke(ROLE);
    assert!(get(&bucket(&aws, &keys, REGION), REPORT).await.is_err());
    assert_eq!(last(&aws), is(403, "AccessDenied"));
    let keys = session(assuming(&aws, &user())).await;
    get(&bucket(&aws, &keys, REGION), REPORT).await.unwrap();
    aws.change(|world| world.without_role(ROLE)).unwrap();
    assert!(get(&bucket(&aws, &keys, REGION), REPORT).await.is_err());
    assert_eq!(last(&aws), is(403, "InvalidAccessKeyId"));
}

#[tokio::test]
async fn stores_can_be_written() {
    let (aws, folder) = with_bucket();
    let all = policy(&format!(
        r#""Effect": "Allow", "Action": "s3:*", "Principal": {{"AWS": "{ENGINE}"}},
        "Resource": ["arn:aws:s3:::billing", "arn:aws:s3:::billing/*"]"#
    ));
    aws.change(|world| {
        world
            .user(KEY, SECRET, ENGINE, "engine", ALL)
            .bucket_policy("billing", &all)
    })
    .unwrap();
    let billing = bucket(&aws, &user(), REGION);
    let key = Path::from("store/a b/part-0.parquet");
    billing.put(&key, "content".into()).await.unwrap();
    assert_eq!(get(&billing, key.as_ref()).await.unwrap(), b"content");
    assert_eq!(
        std::fs::read(folder.path().join(key.as_ref())).unwrap(),
        b"content"
    );

    let part = vec![7; 5 << 20];
    let mut upload = billing
        .put_multipart(&Path::from("store/large"))
        .await
        .unwrap();
    upload.put_part(part.clone().into()).await.unwrap();
    upload.put_part("end".into()).await.unwrap();
    upload.complete().await.unwrap();
    assert_eq!(
        billing.head(&Path::from("store/large")).await.unwrap().size,
        (5 << 20) + 3
    );

    billing.delete(&key).await.unwrap();
    assert!(get(&billing, key.as_ref()).await.is_err());
    let actions: Vec<_> = aws
        .requests()
        .into_iter()
        .map(|request| request.action)
        .collect();
    assert!(!actions.contains(&"s3:Unknown".to_owned()), "{actions:?}");
}

#[tokio::test]
async fn buckets_come_and_go() {
    let (aws, _folder) = with_bucket();
    let keys = session(assuming(&aws, &user())).await;
    let billing = bucket(&aws, &keys, REGION);
    let other = tempfile::TempDir::new().unwrap();
    put(other.path(), REPORT, b"other");
    aws.change(|world| world.bucket("billing", REGION, PAYER, other.path()))
        .unwrap();
    assert_eq!(get(&billing, REPORT).await.unwrap(), b"other");
    aws.change(|world| world.without_bucket("billing")).unwrap();
    assert!(get(&billing, REPORT).await.is_err());
    assert_eq!(last(&aws), is(404, "NoSuchBucket"));
    assert_eq!(aws.requests().last().unwrap().service, Service::S3);
}
