//! A world of two accounts and the clients to look at it.

use std::path::Path;

use aws_sdk_sts::{
    config::{Credentials, SharedCredentialsProvider},
    error::{ProvideErrorMetadata, SdkError},
    operation::assume_role::builders::AssumeRoleFluentBuilder,
};
use curtail_testaws::{Aws, World};
use object_store::{
    RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
};
use tempfile::TempDir;

/// The account that asks, and the one that is asked.
pub(crate) const ENGINE: &str = "444455556666";
pub(crate) const PAYER: &str = "111122223333";

pub(crate) const KEY: &str = "AKIAENGINE";
pub(crate) const SECRET: &str = "engine-secret";
pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/curtail";
pub(crate) const ASSUME: &str = r#"{"Version": "2012-10-17", "Statement":
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}"#;
pub(crate) const ALL: &str = r#"{"Version": "2012-10-17", "Statement":
    {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
pub(crate) const READ: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": "arn:aws:s3:::billing"},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::billing/cur/*"}]}"#;

/// Trust in the account that asks, if it knows the external id.
pub(crate) fn trust(external_id: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
        "Principal": {{"AWS": "arn:aws:iam::{ENGINE}:root"}}, "Action": "sts:AssumeRole",
        "Condition": {{"StringEquals": {{"sts:ExternalId": "{external_id}"}}}}}}]}}"#
    )
}

/// A policy document of one statement.
pub(crate) fn policy(statement: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": {{{statement}}}}}"#)
}

/// A user who may assume roles, and a role that reads reports.
pub(crate) fn world() -> World {
    World::new()
        .user(KEY, SECRET, ENGINE, "engine", ASSUME)
        .role(ROLE, &trust("secret-id"), READ)
}

/// That world, with a bucket in eu-central-1 that has one report.
pub(crate) fn with_bucket() -> (Aws, TempDir) {
    let folder = TempDir::new().unwrap();
    put(folder.path(), "cur/a/report.csv", b"0123456789");
    put(folder.path(), "cur/b/report.csv", b"abc");
    put(folder.path(), "other/k", b"xyz");
    let world = world().bucket("billing", "eu-central-1", PAYER, folder.path());
    (Aws::start(world).unwrap(), folder)
}

pub(crate) fn put(folder: &Path, key: &str, body: &[u8]) {
    let path = folder.join(key);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, body).unwrap();
}

/// An access key, its secret and perhaps a session token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Keys(
    pub(crate) String,
    pub(crate) String,
    pub(crate) Option<String>,
);

/// The keys of the user.
pub(crate) fn user() -> Keys {
    Keys(KEY.to_owned(), SECRET.to_owned(), None)
}

impl Keys {
    pub(crate) fn provider(&self) -> SharedCredentialsProvider {
        let Self(key, secret, token) = self.clone();
        SharedCredentialsProvider::new(Credentials::new(key, secret, token, None, "test"))
    }
}

/// The configuration of a client of the SDK, which never tries twice.
macro_rules! client {
    ($sdk:ident, $aws:expr, $keys:expr, $region:expr) => {
        $sdk::Client::from_conf(
            $sdk::Config::builder()
                .behavior_version_latest()
                .endpoint_url($aws.url())
                .region($sdk::config::Region::new($region))
                .credentials_provider($keys.provider())
                .retry_config($sdk::config::retry::RetryConfig::disabled())
                .build(),
        )
    };
}
pub(crate) use client;

pub(crate) fn sts(aws: &Aws, keys: &Keys) -> aws_sdk_sts::Client {
    client!(aws_sdk_sts, aws, keys, "eu-central-1")
}

/// A request for a session of the role, with the right external id.
pub(crate) fn assuming(aws: &Aws, keys: &Keys) -> AssumeRoleFluentBuilder {
    let request = sts(aws, keys).assume_role().role_arn(ROLE);
    request.role_session_name("test").external_id("secret-id")
}

/// The keys of a new session.
pub(crate) async fn session(request: AssumeRoleFluentBuilder) -> Keys {
    let answer = request.send().await.unwrap();
    let given = answer.credentials().unwrap();
    Keys(
        given.access_key_id().to_owned(),
        given.secret_access_key().to_owned(),
        Some(given.session_token().to_owned()),
    )
}

/// Status and code of the refusal that the SDK saw.
pub(crate) fn refusal<T, E>(
    answer: Result<T, SdkError<E, aws_sdk_sts::config::http::HttpResponse>>,
) -> (u16, String)
where
    E: ProvideErrorMetadata,
{
    let Err(error) = answer else {
        panic!("it was let");
    };
    let status = error.raw_response().unwrap().status().as_u16();
    let code = error.code().unwrap_or_default();
    (status, code.to_owned())
}

/// What `refusal` is compared with.
pub(crate) fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// The bucket, as `keys` see it from `region`.
pub(crate) fn bucket(aws: &Aws, keys: &Keys, region: &str) -> AmazonS3 {
    let Keys(key, secret, token) = keys;
    let retries = RetryConfig {
        max_retries: 0,
        ..RetryConfig::default()
    };
    let mut builder = AmazonS3Builder::new()
        .with_endpoint(aws.url())
        .with_allow_http(true)
        .with_bucket_name("billing")
        .with_region(region)
        .with_access_key_id(key)
        .with_secret_access_key(secret)
        .with_retry(retries);
    if let Some(token) = token {
        builder = builder.with_token(token);
    }
    builder.build().unwrap()
}
