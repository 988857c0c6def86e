//! Requests that no client of ours makes by itself, and answers as they come over the wire.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::SystemTime,
};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4::SigningParams,
};
use curtail_testaws::{Aws, Service};

use crate::harness::{ALL, KEY, Keys, PAYER, SECRET, user, with_bucket, world};

/// What the server sends back: a line, headers and a body.
fn send(aws: &Aws, request: &str) -> String {
    let mut socket = TcpStream::connect(aws.address()).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

fn unsigned(aws: &Aws, line: &str) -> String {
    let host = aws.address();
    send(
        aws,
        &format!("{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
    )
}

/// The answer of S3 to a request signed for `region`.
fn signed(aws: &Aws, method: &str, path: &str, keys: &Keys, region: &str) -> String {
    let Keys(key, secret, token) = keys.clone();
    let host = aws.address().to_string();
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let identity = Credentials::new(key, secret, token, None, "test").into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("s3")
        .time(SystemTime::now())
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let headers = [("host", host.as_str())];
    let url = format!("http://{host}{path}");
    let body = SignableBody::Bytes(b"");
    let request = SignableRequest::new(method, url, headers.into_iter(), body).unwrap();
    let (instructions, _) = sign(request, &params).unwrap().into_parts();
    let headers: String = instructions
        .headers()
        .fold(String::new(), |all, (name, value)| {
            all + &format!("{name}: {value}\r\n")
        });
    send(
        aws,
        &format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n"),
    )
}

/// A user of the bucket's own account who may do everything.
fn owner(aws: &Aws) -> Keys {
    aws.change(|world| world.user("AKIAOWNER", "owner-secret", PAYER, "owner", ALL))
        .unwrap();
    Keys("AKIAOWNER".to_owned(), "owner-secret".to_owned(), None)
}

#[test]
fn the_region_of_a_bucket_is_told_to_anybody() {
    let (aws, _folder) = with_bucket();
    let region = "x-amz-bucket-region: eu-central-1";
    let answer = unsigned(&aws, "HEAD /billing");
    assert!(
        answer.starts_with("HTTP/1.1 403") && answer.contains(region),
        "{answer}"
    );
    let owner = owner(&aws);
    for (signed_for, status) in [
        ("eu-central-1", "200"),
        ("us-east-1", "400"),
        ("eu-west-1", "301"),
    ] {
        let answer = signed(&aws, "HEAD", "/billing", &owner, signed_for);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
        assert!(answer.contains(region), "{answer}");
    }
    let answer = unsigned(&aws, "HEAD /nowhere");
    assert!(
        answer.starts_with("HTTP/1.1 404") && !answer.contains("x-amz-bucket-region"),
        "{answer}"
    );
}

#[test]
fn the_location_of_a_bucket_needs_a_permission() {
    let (aws, _folder) = with_bucket();
    let owner = owner(&aws);
    for region in ["eu-central-1", "us-east-1"] {
        let answer = signed(&aws, "GET", "/billing?location", &owner, region);
        assert!(
            answer.contains(">eu-central-1</LocationConstraint>"),
            "{answer}"
        );
    }
    let answer = signed(&aws, "GET", "/billing?location", &user(), "eu-central-1");
    assert!(answer.contains("<Code>AccessDenied</Code>"), "{answer}");
    let actions: Vec<_> = aws
        .requests()
        .into_iter()
        .map(|one| (one.action, one.allowed))
        .collect();
    let action = || "s3:GetBucketLocation".to_owned();
    assert_eq!(
        actions,
        [(action(), true), (action(), true), (action(), false)]
    );
}

#[test]
fn what_is_not_offered_is_told_so() {
    let (aws, _folder) = with_bucket();
    let owner = owner(&aws);
    for line in ["/", "/billing?acl", "/billing/cur/a/report.csv?versionId=1"] {
        let answer = signed(&aws, "GET", line, &owner, "eu-central-1");
        assert!(answer.starts_with("HTTP/1.1 501"), "{answer}");
        assert_eq!(aws.requests().last().unwrap().action, "s3:Unknown");
    }
}

#[test]
fn requests_to_sts_must_be_signed_for_it() {
    let aws = Aws::start(world()).unwrap();
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    let host = aws.address();
    let start = format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
        body.len()
    );
    let answer = send(&aws, &format!("{start}Connection: close\r\n\r\n{body}"));
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert!(
        answer.contains("<Type>Sender</Type><Code>MissingAuthenticationToken</Code>"),
        "{answer}"
    );
    let request = aws.requests().pop().unwrap();
    assert_eq!(
        (request.service, request.action.as_str()),
        (Service::Sts, "sts:GetCallerIdentity")
    );
    assert_eq!((request.access_key_id, request.allowed), (None, false));
}

#[test]
fn secrets_stand_in_no_answer_and_no_list() {
    let aws = Aws::start(world()).unwrap();
    let wrong = Keys(KEY.to_owned(), "wrong".to_owned(), None);
    let answer = signed(&aws, "GET", "/billing", &wrong, "eu-central-1");
    let list = format!("{:?}", aws.requests());
    assert!(
        answer.contains("SignatureDoesNotMatch") && !answer.contains(SECRET),
        "{answer}"
    );
    assert!(list.contains(KEY) && !list.contains(SECRET), "{list}");
    let told = format!("{aws:?} {:?}", world());
    assert!(told.contains(KEY) && !told.contains(SECRET), "{told}");
}

#[test]
fn signatures_are_for_one_service() {
    let aws = Aws::start(world()).unwrap();
    let now = chrono::Utc::now();
    let (day, time) = (now.format("%Y%m%d"), now.format("%Y%m%dT%H%M%SZ"));
    let host = aws.address();
    let answer = send(
        &aws,
        &format!(
            "POST / HTTP/1.1\r\nHost: {host}\r\nX-Amz-Target: AWSOrganizationsV20161128.ListAccounts\r\nX-Amz-Date: {time}\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={KEY}/{day}/us-east-1/s3/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature=0\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
        ),
    );
    assert!(
        answer.contains("should be scoped to correct service: 'organizations'"),
        "{answer}"
    );
    assert_eq!(
        aws.requests()[0].code.as_deref(),
        Some("InvalidSignatureException")
    );
}
