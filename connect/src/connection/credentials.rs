//! The keys of an IAM user, for those who cannot do without.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use super::Connection;

/// Text that is never shown: neither by `Debug` nor by an error about it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)
            .map(Self)
            .map_err(|_| de::Error::custom("a secret is text in quotes"))
    }
}

impl schemars::JsonSchema for Secret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "deprecated": true })
    }
}

/// Access keys of an IAM user, or temporary ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The access key id.
    pub id: String,
    /// The secret access key.
    pub secret: Secret,
    /// The session token, of temporary ones.
    pub token: Option<Secret>,
}

/// What is missing of a connection's keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// One half of the pair is configured, the other is not.
    #[error(
        "`{has}` is set, but the other half of the pair is missing: `{wants}` or `{wants}_env`"
    )]
    Half {
        /// The key of the configuration that is there.
        has: &'static str,
        /// The one that is not.
        wants: &'static str,
    },
    /// The same thing is configured twice.
    #[error("`{key}` and `{key}_env` contradict each other: keep one")]
    Twice {
        /// The key of the configuration.
        key: &'static str,
    },
    /// An environment variable that the configuration names is not set. Its name is not told: it may be the secret itself.
    #[error("the environment variable that `{key}` names is not set")]
    Variable {
        /// The key of the configuration.
        key: &'static str,
    },
    /// What should be the name of an environment variable looks like a key.
    #[error("`{key}` takes the name of an environment variable, not the key itself")]
    NoName {
        /// The key of the configuration.
        key: &'static str,
    },
}

impl Connection {
    /// Whether keys stand in the configuration file itself.
    pub fn has_inline_keys(&self) -> bool {
        self.access_key_id.is_some() || self.secret_access_key.is_some()
    }

    /// Whether it brings its own keys, instead of taking the credentials that the SDK finds.
    pub fn has_keys(&self) -> bool {
        self.has_inline_keys() || self.access_key_id_env.is_some()
    }

    /// Whether the parts of its keys fit together, without looking for their values.
    pub fn check_keys(&self) -> Result<(), Missing> {
        for (key, name) in [
            ("access_key_id_env", &self.access_key_id_env),
            ("secret_access_key_env", &self.secret_access_key_env),
            ("session_token_env", &self.session_token_env),
        ] {
            if name.as_deref().is_some_and(|name| !is_variable(name)) {
                return Err(Missing::NoName { key });
            }
        }
        let id = (
            self.access_key_id.is_some(),
            self.access_key_id_env.is_some(),
        );
        let secret = (
            self.secret_access_key.is_some(),
            self.secret_access_key_env.is_some(),
        );
        let half = |has, wants| Err(Missing::Half { has, wants });
        match (id, secret) {
            ((true, true), _) => Err(Missing::Twice {
                key: "access_key_id",
            }),
            (_, (true, true)) => Err(Missing::Twice {
                key: "secret_access_key",
            }),
            ((false, false), (false, false)) if self.session_token_env.is_some() => {
                half("session_token_env", "access_key_id")
            }
            ((true, _), (false, false)) => half("access_key_id", "secret_access_key"),
            ((_, true), (false, false)) => half("access_key_id_env", "secret_access_key"),
            ((false, false), (true, _)) => half("secret_access_key", "access_key_id"),
            ((false, false), (_, true)) => half("secret_access_key_env", "access_key_id"),
            _ => Ok(()),
        }
    }

    /// Its keys, if it brings some; `environment` reads a variable.
    pub fn keys(
        &self,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Keys>, Missing> {
        self.check_keys()?;
        if !self.has_keys() {
            return Ok(None);
        }
        let read = |key, variable: &Option<String>| {
            let Some(variable) = variable else {
                return Ok(None);
            };
            let value = environment(variable).filter(|value| !value.is_empty());
            value.map(Some).ok_or(Missing::Variable { key })
        };
        let inline = self.secret_access_key.as_ref().map(|key| key.0.clone());
        let id = read("access_key_id_env", &self.access_key_id_env)?.or(self.access_key_id.clone());
        let secret = read("secret_access_key_env", &self.secret_access_key_env)?.or(inline);
        let token = read("session_token_env", &self.session_token_env)?;
        Ok(id.zip(secret).map(|(id, secret)| Keys {
            id,
            secret: Secret(secret),
            token: token.map(Secret),
        }))
    }
}

/// No variable's name is as long as a session token.
const LONGEST_NAME: usize = 100;

/// Whether this may be the name of an environment variable: plain, and not of the form of an access key id, a secret or a token.
fn is_variable(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_id = name.len() == 20 && (name.starts_with("AKIA") || name.starts_with("ASIA"));
    let is_secret = name.len() == 40 && !name.contains('_');
    name.len() <= LONGEST_NAME
        && name.bytes().all(plain)
        && name
            .bytes()
            .next()
            .is_some_and(|first| !first.is_ascii_digit())
        && !is_id
        && !is_secret
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> Connection {
        Connection::new("a".parse().unwrap(), "111122223333".parse().unwrap())
    }

    fn nothing(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn half_a_pair_is_refused_by_the_name_of_the_missing_half() {
        let mut half = connection();
        half.access_key_id_env = Some("ID".to_owned());
        let told = half.keys(nothing).unwrap_err().to_string();
        assert!(told.contains("secret_access_key"), "{told}");
        let mut half = connection();
        half.secret_access_key = Some(Secret("hunter2".to_owned()));
        let told = half.keys(nothing).unwrap_err().to_string();
        assert!(told.contains("`access_key_id`"), "{told}");
        assert!(!format!("{told}{half:?}").contains("hunter2"));
    }

    #[test]
    fn a_key_in_place_of_a_name_is_not_repeated() {
        for key in [
            "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00",
            "wJalr/XUtn+FEMI",
            "AKIAIOSFODNN7EXAMPLE",
            &"IQoJb3JpZ2luX2VjE".repeat(20),
        ] {
            let mut wrong = connection();
            wrong.access_key_id_env = Some("ID".to_owned());
            wrong.secret_access_key_env = Some(key.to_owned());
            let told = wrong.keys(nothing).unwrap_err().to_string();
            assert!(
                told.contains("not the key itself") && !told.contains(key),
                "{told}"
            );
        }
    }

    #[test]
    fn keys_come_from_variables() {
        let mut pair = connection();
        assert_eq!(pair.keys(nothing).unwrap(), None);
        pair.access_key_id_env = Some("ID".to_owned());
        pair.secret_access_key_env = Some("SECRET".to_owned());
        assert_eq!(
            pair.keys(nothing).unwrap_err(),
            Missing::Variable {
                key: "access_key_id_env",
            }
        );
        let keys = pair
            .keys(|name| Some(name.to_lowercase()))
            .unwrap()
            .unwrap();
        assert_eq!((keys.id.as_str(), keys.secret.reveal()), ("id", "secret"));
    }
}
