//! What a role may do: the statements that the list of actions comes to, on this connection's buckets alone.

use std::collections::BTreeMap;

use super::{
    place::{Place, bucket_arn},
    policy::{Policy, Statement},
    principal::KmsKeyArn,
    text::Text,
};
use crate::{Kind, PERMISSIONS, Permission, Source};

/// What the actions are to be allowed on.
#[derive(Debug)]
pub(super) struct Grounds<'a> {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub(super) partition: &'static str,
    /// The account that the role is in.
    pub(super) account: &'a str,
    /// Where reports lie.
    pub(super) places: &'a [Place],
    /// Keys that they are encrypted with.
    pub(super) keys: &'a [KmsKeyArn],
}

/// How far an action reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Lists of keys below the prefixes.
    Lists,
    /// The buckets themselves.
    Buckets,
    /// Objects below the prefixes.
    Objects,
    /// Named keys.
    Keys,
    /// It has nothing that it could be confined to.
    Everything,
    /// The account's data exports.
    Exports,
}

const NO_RESOURCES: &str =
    "There is nothing to confine these actions to: they are about the account as a whole.";

/// The statements for a role of this kind. A statement with nothing to allow it on is left out.
pub(super) fn grants(scope: Kind, grounds: &Grounds<'_>) -> Policy {
    let granted = PERMISSIONS
        .iter()
        .filter(|found| found.is_granted_to(scope));
    let mut reaching: Vec<_> = granted
        .filter_map(|permission| Some((reach(permission)?, permission)))
        .collect();
    reaching.sort_by_key(|(reach, permission)| (permission.source, *reach));
    let statements = reaching
        .chunk_by(|(one, this), (other, next)| one == other && this.source == next.source)
        .flat_map(|together| {
            let (reach, first) = together[0];
            let actions = together
                .iter()
                .map(|(_, found)| (found.action, Some(found.why)));
            let actions: Vec<_> = actions.collect();
            grounds
                .statements(reach, first.source)
                .into_iter()
                .map(move |statement| Statement {
                    actions: actions.clone(),
                    ..statement
                })
        });
    Policy {
        statements: statements.collect(),
    }
}

/// None for an action on reports that nobody has thought about: it is not granted at all rather than on everything.
fn reach(permission: &Permission) -> Option<Reach> {
    Some(match permission.action {
        "s3:ListBucket" => Reach::Lists,
        "s3:GetBucketLocation" => Reach::Buckets,
        "s3:GetObject" => Reach::Objects,
        "kms:Decrypt" => Reach::Keys,
        "bcm-data-exports:GetExport" | "bcm-data-exports:ListExecutions" => Reach::Exports,
        _ if permission.source == Source::Reports => return None,
        _ => Reach::Everything,
    })
}

impl Grounds<'_> {
    /// Statements without their actions.
    fn statements(&self, reach: Reach, source: Source) -> Vec<Statement> {
        let on = |sid: &str, comment, resources: Vec<Text>| {
            let statement = Statement {
                comment: Some(comment),
                resources,
                ..Statement::allow(sid, &[])
            };
            if statement.resources.is_empty() {
                Vec::new()
            } else {
                vec![statement]
            }
        };
        match reach {
            Reach::Lists => self.lists(),
            Reach::Buckets => on(
                "LocateReports",
                "Where the buckets are.",
                self.by_bucket()
                    .keys()
                    .map(|bucket| self.bucket(bucket))
                    .collect(),
            ),
            Reach::Objects => on(
                "ReadReports",
                "The reports themselves, and nothing beside them.",
                self.places
                    .iter()
                    .map(|place| self.objects(place))
                    .collect(),
            ),
            Reach::Keys => on(
                "DecryptReports",
                "Keys that reports are encrypted with, used through S3 only.",
                self.keys.iter().map(|key| key.as_str().into()).collect(),
            )
            .into_iter()
            .map(|statement| statement.when("StringEquals", "kms:ViaService", self.via()))
            .collect(),
            Reach::Exports => {
                let (partition, account) = (self.partition, self.account);
                let exports = format!("arn:{partition}:bcm-data-exports:*:{account}:export/*");
                on(
                    "DescribeExports",
                    "The account's data exports.",
                    vec![exports.into()],
                )
            }
            Reach::Everything => {
                let sid = match source {
                    Source::Access => "Access",
                    Source::Definitions => "FindReports",
                    Source::Reports => "Reports",
                    Source::CostExplorer => "CostExplorer",
                    Source::Organizations => "Organizations",
                };
                on(sid, NO_RESOURCES, vec!["*".into()])
            }
        }
    }

    /// One statement per bucket: their prefixes differ.
    fn lists(&self) -> Vec<Statement> {
        let buckets = self.by_bucket();
        let several = buckets.len() > 1;
        let numbered = buckets
            .into_iter()
            .zip(1..)
            .map(|((bucket, prefixes), number)| {
                let sid = if several {
                    format!("ListReports{number}")
                } else {
                    "ListReports".to_owned()
                };
                let whole = prefixes.iter().any(|prefix| prefix.is_empty());
                let statement = Statement {
                    comment: Some(if whole {
                        "What lies in the bucket: its reports have no prefix."
                    } else {
                        "What lies below the prefixes of the reports."
                    }),
                    resources: vec![self.bucket(bucket)],
                    ..Statement::allow(sid, &[])
                };
                if whole {
                    return statement;
                }
                let allowed = prefixes
                    .into_iter()
                    .flat_map(|prefix| [prefix.clone(), prefix.clone().then("/*")]);
                statement.when("StringLike", "s3:prefix", allowed)
            });
        numbered.collect()
    }

    fn by_bucket(&self) -> BTreeMap<&Text, Vec<&Text>> {
        let mut buckets = BTreeMap::<_, Vec<_>>::new();
        for place in self.places {
            buckets
                .entry(&place.bucket)
                .or_default()
                .push(&place.prefix);
        }
        buckets
    }

    fn bucket(&self, bucket: &Text) -> Text {
        bucket_arn(self.partition, bucket)
    }

    fn objects(&self, place: &Place) -> Text {
        let bucket = self.bucket(&place.bucket).then("/");
        if place.prefix.is_empty() {
            bucket.then("*")
        } else {
            bucket.then(place.prefix.clone()).then("/*")
        }
    }

    /// S3 in the regions of the keys: it uses keys of the bucket's own region only.
    fn via(&self) -> Vec<Text> {
        let domain = if self.partition == "aws-cn" {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        let mut regions: Vec<_> = self.keys.iter().map(KmsKeyArn::region).collect();
        regions.sort_unstable();
        regions.dedup();
        let service = |region| format!("s3.{region}.{domain}").into();
        regions.into_iter().map(service).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_its_reach() {
        for permission in PERMISSIONS {
            assert!(
                reach(permission).is_some(),
                "{}: not granted",
                permission.action
            );
        }
    }
}
