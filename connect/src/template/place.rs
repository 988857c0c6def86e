//! Where reports lie, as policies speak of it.

use super::text::{Text, without_wildcards};
use crate::ReportPlace;

/// A bucket and a prefix, which may have to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The bucket.
    pub(super) bucket: Text,
    /// The prefix, with IAM's wildcards made text; empty for the whole bucket.
    pub(super) prefix: Text,
}

impl From<&ReportPlace> for Place {
    fn from(place: &ReportPlace) -> Self {
        Self {
            bucket: place.bucket.as_str().into(),
            prefix: without_wildcards(&place.prefix).into(),
        }
    }
}

/// The ARN of a bucket.
pub(super) fn bucket_arn(partition: &str, bucket: &Text) -> Text {
    Text::from(format!("arn:{partition}:s3:::")).then(bucket.clone())
}
