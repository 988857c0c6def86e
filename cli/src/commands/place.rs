//! Opening stores and sources: folders directly, buckets through `curtail-connect`.

use std::sync::Arc;

use curtail_connect::{S3Options, s3};
use curtail_ingest::Source;
use curtail_store::Store;
use object_store::ObjectStore;

use crate::{
    args::S3Args,
    config::{self, Location, Settings},
    error::CliError,
};

/// The store of this run.
pub(super) async fn store(settings: &Settings) -> Result<Store, CliError> {
    store_at(&settings.store, settings).await
}

/// The store at `location`.
pub(super) async fn store_at(location: &Location, settings: &Settings) -> Result<Store, CliError> {
    match location {
        Location::Folder(path) => Ok(Store::local(path)?),
        Location::Bucket { url, bucket, .. } => {
            let objects = bucket_at(bucket, &S3Args::default(), settings).await?;
            let store = Store::remote(url.clone(), objects)?;
            let configured = config::load(&settings.config)?.cache;
            Ok(match settings.read_cache(&configured)? {
                Some(cache) => store.with_cache(&cache),
                None => store,
            })
        }
    }
}

/// A source of reports.
pub(super) async fn source(
    location: &Location,
    args: &S3Args,
    settings: &Settings,
) -> Result<Source, CliError> {
    match location {
        Location::Folder(path) => Ok(Source::folder(path)?),
        Location::Bucket { bucket, prefix, .. } => {
            let objects = bucket_at(bucket, args, settings).await?;
            Ok(Source::bucket(objects, bucket, prefix)?)
        }
    }
}

/// The objects of a bucket.
pub(super) async fn bucket_at(
    bucket: &str,
    args: &S3Args,
    settings: &Settings,
) -> Result<Arc<dyn ObjectStore>, CliError> {
    Ok(s3(bucket, &options(args, settings)).await?)
}

/// How S3 is reached. An endpoint in the environment (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`) counts as asked for, TLS
/// or not.
pub(super) fn options(args: &S3Args, settings: &Settings) -> S3Options {
    let inherited = settings
        .endpoint
        .as_ref()
        .filter(|_| args.endpoint.is_none());
    let defaults = S3Options::default();
    S3Options {
        endpoint: args.endpoint.clone().or_else(|| inherited.cloned()),
        region: args.region.clone(),
        allow_http: args.allow_http || inherited.is_some(),
        anonymous: args.anonymous,
        timeout: settings.timeout.unwrap_or(defaults.timeout),
        retries: settings.retries.unwrap_or(defaults.retries),
    }
}
