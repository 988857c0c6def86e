//! The region that a bucket lives in.

use object_store::{ClientOptions, aws::resolve_bucket_region};

use crate::ConnectError;

/// The region for requests to `bucket`, on AWS itself.
///
/// S3 tells a bucket's region to anybody, also to those whom it refuses access. What it tells wins over what is
/// configured: a request signed for another region is refused, and following is what the user wants.
pub(crate) async fn of_bucket(
    bucket: &str,
    configured: Option<String>,
) -> Result<String, ConnectError> {
    if let Some(region) = configured.as_ref().filter(|region| is_apart(region)) {
        return Ok(region.clone());
    }
    match resolve_bucket_region(bucket, &ClientOptions::new()).await {
        Ok(region) => {
            if let Some(configured) = configured.filter(|configured| *configured != region) {
                tracing::info!(
                    "bucket `{bucket}` lives in {region}, not in {configured}: going there"
                );
            }
            Ok(region)
        }
        Err(error) if missing(&error) => Err(ConnectError::NoSuchBucket {
            bucket: bucket.to_owned(),
        }),
        Err(error) => configured.ok_or_else(|| ConnectError::UnknownRegion {
            bucket: bucket.to_owned(),
            why: std::error::Error::source(&error)
                .map_or_else(|| error.to_string(), ToString::to_string),
        }),
    }
}

/// Whether `region` belongs to a partition of its own (China, governments), of whose buckets the others know nothing.
fn is_apart(region: &str) -> bool {
    ["cn-", "us-gov-", "us-iso"]
        .iter()
        .any(|partition| region.starts_with(partition))
}

/// The region of a partition that has its global services, the reports' API among them.
pub(crate) fn home(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-northwest-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    }
}

/// The endpoint of `region`, where it is not at the usual place.
pub(crate) fn endpoint(region: &str) -> Option<String> {
    region
        .starts_with("cn-")
        .then(|| format!("https://s3.{region}.amazonaws.com.cn"))
}

/// Whether the answer was that there is no such bucket. The library's own error type for it is private.
fn missing(error: &object_store::Error) -> bool {
    error.to_string().ends_with("not found")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn partitions_apart_are_not_asked_for() {
        for region in ["cn-north-1", "us-gov-west-1"] {
            assert_eq!(
                of_bucket("bucket", Some(region.to_owned())).await.unwrap(),
                region
            );
        }
        assert_eq!(
            endpoint("cn-north-1").unwrap(),
            "https://s3.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(endpoint("eu-west-1"), None);
    }
}
