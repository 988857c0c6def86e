//! Names and numbers that AWS gives meaning to, checked when they come in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, de};
use uuid::Uuid;

/// Text that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}: {why}")]
pub struct Invalid {
    text: String,
    what: &'static str,
    why: &'static str,
}

fn invalid(text: &str, what: &'static str, why: &'static str) -> Invalid {
    Invalid {
        text: text.to_owned(),
        what,
        why,
    }
}

/// The name of a connection: lower-case letters, digits and dashes, with a letter or digit at both ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionName(String);

/// An AWS account: twelve digits. Text, because of its leading zeros.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

/// An external id: 2 to 1224 characters out of those that the token service takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalId(String);

/// The ARN of an IAM role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleArn(String);

/// An IAM role, by its name in the connection's account or by ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The name, with the path before it if there is one.
    Name(String),
    /// The ARN.
    Arn(RoleArn),
}

impl FromStr for ConnectionName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !text.is_empty()
            && text.len() <= 48
            && text.bytes().all(known)
            && !text.starts_with('-')
            && !text.ends_with('-')
        {
            return Ok(Self(text.to_owned()));
        }
        let why = "it takes 1 to 48 lower-case letters, digits and dashes, with no dash at an end";
        Err(invalid(text, "name of a connection", why))
    }
}

impl FromStr for AccountId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        let why = "it takes exactly 12 digits, with no dashes";
        Err(invalid(text, "AWS account id", why))
    }
}

impl ExternalId {
    /// A new one that nobody can guess: `curtail-` and 122 random bits.
    pub fn random() -> Self {
        Self(format!("curtail-{}", Uuid::new_v4()))
    }
}

impl FromStr for ExternalId {
    type Err = Invalid;

    /// The characters are those of AWS's API reference (`AssumeRole`, `ExternalId`).
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&byte);
        if (2..=1224).contains(&text.len()) && text.bytes().all(known) {
            return Ok(Self(text.to_owned()));
        }
        let why = "it takes 2 to 1224 letters, digits and characters of _+=,.@:/-";
        Err(invalid(text, "external id", why))
    }
}

impl RoleArn {
    /// The partition: `aws`, `aws-cn` or `aws-us-gov`.
    pub fn partition(&self) -> &'static str {
        match self.0.split(':').nth(1) {
            Some("aws-cn") => "aws-cn",
            Some("aws-us-gov") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// The account that the role is in.
    pub fn account_id(&self) -> AccountId {
        AccountId(self.0.split(':').nth(4).unwrap_or_default().to_owned())
    }

    /// The role's name, without its path.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

impl FromStr for RoleArn {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let why = "it looks like arn:aws:iam::111122223333:role/NAME";
        let wrong = || invalid(text, "ARN of a role", why);
        let parts: Vec<_> = text.split(':').collect();
        let [
            "arn",
            "aws" | "aws-cn" | "aws-us-gov",
            "iam",
            "",
            account,
            role,
        ] = parts[..]
        else {
            return Err(wrong());
        };
        account.parse::<AccountId>().map_err(|_| wrong())?;
        let name = role.strip_prefix("role/").ok_or_else(wrong)?;
        is_role_name(name)
            .then(|| Self(text.to_owned()))
            .ok_or_else(wrong)
    }
}

impl Role {
    /// Its ARN, with what a name leaves open.
    pub(super) fn in_account(&self, account: &AccountId, partition: &str) -> RoleArn {
        match self {
            Self::Arn(arn) => arn.clone(),
            Self::Name(name) => RoleArn(format!("arn:{partition}:iam::{account}:role/{name}")),
        }
    }
}

impl FromStr for Role {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.starts_with("arn:") {
            return text.parse().map(Self::Arn);
        }
        let why = "it is a name of letters, digits and characters of _+=,.@-, or an ARN";
        is_role_name(text)
            .then(|| Self::Name(text.to_owned()))
            .ok_or_else(|| invalid(text, "role", why))
    }
}

/// A role's name, maybe with its path.
fn is_role_name(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&byte);
    let name = text.rsplit('/').next().unwrap_or_default();
    (1..=64).contains(&name.len())
        && text.len() <= 576
        && text.bytes().all(known)
        && !text.starts_with('/')
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.pad(name),
            Self::Arn(arn) => arn.fmt(f),
        }
    }
}

macro_rules! text {
    ($($name:ident),*) => {
        $(impl $name {
            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        })*
    };
}

text!(ConnectionName, AccountId, ExternalId, RoleArn);

macro_rules! deserialized {
    ($($name:ident, $what:literal, $pattern:literal;)*) => {
        $(impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Text {
                    what: $what,
                    parse: str::parse::<Self>,
                })
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "description": $what, "pattern": $pattern })
            }
        })*
    };
}

deserialized! {
    ConnectionName, "the name of a connection", "^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$";
    AccountId, "an AWS account id: 12 digits in quotes", "^[0-9]{12}$";
    ExternalId, "an external id", "^[A-Za-z0-9_+=,.@:/-]{2,1224}$";
    RoleArn, "the ARN of an IAM role", "^arn:(aws|aws-cn|aws-us-gov):iam::[0-9]{12}:role/.+$";
    Role, "the name or ARN of an IAM role", "^[A-Za-z0-9_+=,.@:/-]+$";
}

/// Takes text, and says what is wrong with a number: leading zeros are lost in one.
struct Text<T> {
    what: &'static str,
    parse: fn(&str) -> Result<T, Invalid>,
}

impl<T> de::Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        let what = self.what;
        Err(E::custom(format!(
            "{number} is a number, and {what} is text: put it in quotes (leading zeros are lost in a number)"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for good in ["a", "acme-payer", "2nd"] {
            assert_eq!(good.parse::<ConnectionName>().unwrap().as_str(), good);
        }
        for bad in ["", "Acme", "a b", "a.b", "-a", "a-", "ä", &"a".repeat(49)] {
            assert!(bad.parse::<ConnectionName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn account_ids_are_twelve_digits() {
        assert_eq!(
            "001122223333".parse::<AccountId>().unwrap().as_str(),
            "001122223333"
        );
        for bad in [
            "1122223333",
            "1111-2222-3333",
            "11112222333x",
            "١١١١٢٢٢٢٣٣٣٣",
        ] {
            assert!(bad.parse::<AccountId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn roles_are_names_or_arns() {
        let account: AccountId = "111122223333".parse().unwrap();
        let arn = |text: &str| {
            text.parse::<Role>()
                .map(|role| role.in_account(&account, "aws").to_string())
        };
        assert_eq!(
            arn("curtail").unwrap(),
            "arn:aws:iam::111122223333:role/curtail"
        );
        assert_eq!(
            arn("finops/curtail").unwrap(),
            "arn:aws:iam::111122223333:role/finops/curtail"
        );
        let other = "arn:aws-cn:iam::999999999999:role/x";
        assert_eq!(arn(other).unwrap(), other);
        for bad in [
            "",
            "/a",
            "a b",
            "arn:aws:iam::1:role/x",
            "arn:aws:iam::111122223333:user/x",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:s3:::bucket",
        ] {
            assert!(bad.parse::<Role>().is_err(), "{bad}");
        }
    }

    #[test]
    fn external_ids_are_random_and_valid() {
        let (one, other) = (ExternalId::random(), ExternalId::random());
        assert_ne!(one, other);
        assert_eq!(one.as_str().parse::<ExternalId>().unwrap(), one);
        for bad in ["", "a", "a b", "a\nb", "ä-ö", &"a".repeat(1225)] {
            assert!(bad.parse::<ExternalId>().is_err(), "{bad}");
        }
    }
}
