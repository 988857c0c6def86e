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
    /// An environment variable that the configuration names is not set.
    #[error("the environment variable {variable}, named by `{key}`, is not set")]
    Variable {
        /// The key of the configuration.
        key: &'static str,
        /// The variable.
        variable: String,
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
            value.map(Some).ok_or_else(|| Missing::Variable {
                key,
                variable: variable.clone(),
            })
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
    fn keys_come_from_variables() {
        let mut pair = connection();
        assert_eq!(pair.keys(nothing).unwrap(), None);
        pair.access_key_id_env = Some("ID".to_owned());
        pair.secret_access_key_env = Some("SECRET".to_owned());
        assert_eq!(
            pair.keys(nothing).unwrap_err(),
            Missing::Variable {
                key: "access_key_id_env",
                variable: "ID".to_owned()
            }
        );
        let keys = pair
            .keys(|name| Some(name.to_lowercase()))
            .unwrap()
            .unwrap();
        assert_eq!((keys.id.as_str(), keys.secret.reveal()), ("id", "secret"));
    }
}
