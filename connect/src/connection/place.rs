//! Where a report lies.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, de};

/// A bucket and a prefix, `s3://bucket/prefix`. What lies below is searched for manifests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportPlace {
    /// The bucket.
    pub bucket: String,
    /// The prefix, without slashes at its ends; may be empty.
    pub prefix: String,
}

/// Text that is no place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no place of reports: write s3://bucket/prefix")]
pub struct InvalidPlace(String);

impl InvalidPlace {
    /// About this text, which is not repeated if it may hold credentials.
    fn new(text: &str) -> Self {
        Self(if text.contains('@') {
            "s3://…@…".to_owned()
        } else {
            text.to_owned()
        })
    }
}

impl ReportPlace {
    /// Checks and keeps both parts.
    fn new(bucket: &str, prefix: &str) -> Option<Self> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        let good = (3..=255).contains(&bucket.len()) && bucket.bytes().all(known);
        good.then(|| Self {
            bucket: bucket.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
        })
    }
}

impl FromStr for ReportPlace {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        let rest = text.strip_prefix("s3://");
        let rest = rest.or_else(|| text.strip_prefix("s3a://"));
        let (bucket, prefix) = rest
            .map(|rest| rest.split_once('/').unwrap_or((rest, "")))
            .ok_or_else(|| InvalidPlace::new(text))?;
        Self::new(bucket, prefix).ok_or_else(|| InvalidPlace::new(text))
    }
}

impl fmt::Display for ReportPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bucket, prefix } = self;
        if prefix.is_empty() {
            write!(f, "s3://{bucket}")
        } else {
            write!(f, "s3://{bucket}/{prefix}")
        }
    }
}

/// As the configuration may write it.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
enum Written {
    /// `"s3://bucket/prefix"`.
    Url(String),
    /// `{ bucket = "…", prefix = "…" }`.
    Parts {
        /// The bucket.
        bucket: String,
        /// The prefix of the report's keys.
        #[serde(default)]
        prefix: String,
    },
}

impl<'de> Deserialize<'de> for ReportPlace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer).map_err(|_| {
            de::Error::custom(
                "a report is \"s3://bucket/prefix\", or { bucket = \"…\", prefix = \"…\" }",
            )
        })?;
        match written {
            Written::Url(url) => url.parse().map_err(de::Error::custom),
            Written::Parts { bucket, prefix } => Self::new(&bucket, &prefix)
                .ok_or_else(|| de::Error::custom(InvalidPlace::new(&bucket))),
        }
    }
}

/// A list of places, or one without brackets.
pub(super) fn one_or_several<'de, D>(deserializer: D) -> Result<Vec<ReportPlace>, D::Error>
where
    D: Deserializer<'de>,
{
    struct Places;

    impl<'de> de::Visitor<'de> for Places {
        type Value = Vec<ReportPlace>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of places such as [\"s3://bucket/prefix\"]")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            text.parse().map(|place| vec![place]).map_err(E::custom)
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut places: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some(place) = places.next_element()? {
                all.push(place);
            }
            Ok(all)
        }
    }

    deserializer.deserialize_any(Places)
}

impl schemars::JsonSchema for ReportPlace {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ReportPlace".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Written::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_urls() {
        for (text, shown) in [
            ("s3://acme-billing", "s3://acme-billing"),
            ("s3://acme-billing/a/b/", "s3://acme-billing/a/b"),
        ] {
            assert_eq!(text.parse::<ReportPlace>().unwrap().to_string(), shown);
        }
        for bad in ["acme-billing", "s3://", "s3://a:b@acme/x", "https://acme"] {
            assert!(bad.parse::<ReportPlace>().is_err(), "{bad}");
        }
    }
}
