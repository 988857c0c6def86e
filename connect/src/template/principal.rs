//! Whom a role trusts, and the keys that it may decrypt with.

use std::{fmt, str::FromStr};

use crate::AccountId;

/// An account, IAM user or IAM role that may assume the role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Whoever that account lets assume it.
    Account(AccountId),
    /// The ARN of a user or role.
    Arn(String),
}

/// Text that is no principal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is nobody to trust: write an account id, or the ARN of an IAM user or role (not of a session)"
)]
pub struct InvalidPrincipal(String);

/// The ARN of a KMS key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KmsKeyArn(String);

/// Text that is no ARN of a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no ARN of a key (policies do not take aliases): it looks like arn:aws:kms:REGION:111122223333:key/ID"
)]
pub struct InvalidKey(String);

impl Principal {
    /// Its ARN; an account is in the partition of whatever trusts it.
    pub(super) fn arn(&self, partition: &str) -> String {
        match self {
            Self::Account(account) => format!("arn:{partition}:iam::{account}:root"),
            Self::Arn(arn) => arn.clone(),
        }
    }
}

impl FromStr for Principal {
    type Err = InvalidPrincipal;

    fn from_str(text: &str) -> Result<Self, InvalidPrincipal> {
        let wrong = || InvalidPrincipal(text.to_owned());
        if let Ok(account) = text.parse() {
            return Ok(Self::Account(account));
        }
        let ["iam", "", account, name] = parts(text).ok_or_else(wrong)? else {
            return Err(wrong());
        };
        account.parse::<AccountId>().map_err(|_| wrong())?;
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&byte);
        let named = ["user/", "role/"]
            .iter()
            .find_map(|kind| name.strip_prefix(kind))
            .is_some_and(|name| {
                name.bytes().all(known) && !name.is_empty() && !name.ends_with('/')
            });
        (named || name == "root")
            .then(|| Self::Arn(text.to_owned()))
            .ok_or_else(wrong)
    }
}

impl KmsKeyArn {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The region that it is used in.
    pub(super) fn region(&self) -> &str {
        self.0.split(':').nth(3).unwrap_or_default()
    }
}

impl FromStr for KmsKeyArn {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let wrong = || InvalidKey(text.to_owned());
        let ["kms", region, account, key] = parts(text).ok_or_else(wrong)? else {
            return Err(wrong());
        };
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let id = key.strip_prefix("key/").unwrap_or_default();
        let good = [region, id]
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(known));
        (good && account.parse::<AccountId>().is_ok())
            .then(|| Self(text.to_owned()))
            .ok_or_else(wrong)
    }
}

/// Service, region, account and resource of an ARN in a partition that there is.
fn parts(text: &str) -> Option<[&str; 4]> {
    let mut parts = text.splitn(6, ':');
    let ("arn", "aws" | "aws-cn" | "aws-us-gov") = (parts.next()?, parts.next()?) else {
        return None;
    };
    Some([parts.next()?, parts.next()?, parts.next()?, parts.next()?])
}

/// The partition that an ARN names.
pub(super) fn partition(arn: &str) -> &str {
    arn.split(':').nth(1).unwrap_or_default()
}

impl fmt::Display for KmsKeyArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_accounts_users_and_roles() {
        let account: Principal = "111122223333".parse().unwrap();
        assert_eq!(account.arn("aws-cn"), "arn:aws-cn:iam::111122223333:root");
        for good in [
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::111122223333:user/a/b",
            "arn:aws-us-gov:iam::111122223333:role/finops/curtail",
        ] {
            let principal: Principal = good.parse().unwrap();
            assert_eq!(principal.arn("aws"), good);
        }
        for bad in [
            "",
            "*",
            "1111-2222-3333",
            "arn:aws:iam::111122223333:*",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::111122223333:role/*",
            "arn:aws:iam::111122223333:group/a",
            "arn:aws:iam::1:root",
            "arn:aws:sts::111122223333:assumed-role/a/b",
            "arn:other:iam::111122223333:root",
        ] {
            assert!(bad.parse::<Principal>().is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_are_no_aliases() {
        let good = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd";
        let key: KmsKeyArn = good.parse().unwrap();
        assert_eq!((key.as_str(), key.region()), (good, "eu-west-1"));
        for bad in [
            "",
            "mrk-1234abcd",
            "arn:aws:kms:eu-west-1:111122223333:alias/a",
            "arn:aws:kms:eu-west-1:111122223333:key/*",
            "arn:aws:kms:*:111122223333:key/a",
            "arn:aws:kms:eu-west-1:*:key/a",
            "arn:aws:s3:::acme",
        ] {
            assert!(bad.parse::<KmsKeyArn>().is_err(), "{bad}");
        }
    }
}
