//! The configuration file: TOML with one `[[connection]]` table per account, and what ingest keeps beside line items.

mod edit;
mod import;
mod serve;

use std::collections::HashSet;

use serde::Deserialize;

use crate::{Connection, Missing};

pub use import::{ImportError, Imported, infrawallet};
pub use serve::{ServeConfig, ServeUser};

/// What the configuration file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The connections, in the file's order.
    #[serde(default, rename = "connection")]
    pub connections: Vec<Connection>,
    /// What of a store on S3 is kept on this machine.
    #[serde(default)]
    pub cache: CacheConfig,
    /// Files of SQL, each of which defines a rollup of its name; relative to the configuration file.
    #[serde(default)]
    pub rollups: Vec<String>,
    /// How the store is served.
    #[serde(default)]
    pub serve: ServeConfig,
}

/// What of a store on S3 is kept on this machine, to be read again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CacheConfig {
    /// How much at most, such as `20GiB`; `0` for nothing.
    pub size: Option<String>,
    /// In which folder; relative to the configuration file.
    pub folder: Option<String>,
}

/// What is wrong with a configuration file. Holds no secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{why}", position.map(|(line, column)| format!("line {line}, column {column}: ")).unwrap_or_default())]
pub struct ConfigError {
    /// Line and column, both from 1, if one place is to blame.
    pub position: Option<(usize, usize)>,
    /// What is wrong there.
    pub why: String,
}

impl ConfigError {
    fn new(why: impl Into<String>) -> Self {
        Self {
            position: None,
            why: why.into(),
        }
    }

    fn at(text: &str, span: Option<std::ops::Range<usize>>, why: impl Into<String>) -> Self {
        let position = span.and_then(|span| {
            let before = text.get(..span.start)?;
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next()?.chars().count() + 1;
            Some((line, column))
        });
        Self {
            position,
            why: why.into(),
        }
    }
}

impl Config {
    /// Reads the text of a configuration file.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml_edit::de::from_str(text).map_err(|error| {
            // Not the error's own text: it quotes the line, and with it what should stay secret.
            let why = error.message().trim();
            let hint = if why.contains("unexpected leading zero") {
                " (an account id is text: put it in quotes)"
            } else {
                ""
            };
            ConfigError::at(text, error.span(), format!("{why}{hint}"))
        })?;
        let mut names = HashSet::new();
        for connection in &config.connections {
            let name = &connection.name;
            let wrong = |why: String| ConfigError::new(format!("connection `{name}`: {why}"));
            if !names.insert(name.clone()) {
                return Err(ConfigError::new(format!(
                    "there are two connections named `{name}`"
                )));
            }
            check(connection).map_err(wrong)?;
        }
        Ok(config)
    }

    /// What works, but should not stay as it is.
    pub fn warnings(&self) -> Vec<String> {
        let inline = self
            .connections
            .iter()
            .filter(|found| found.has_inline_keys());
        let inline = inline.map(|connection| {
            format!(
                "connection `{}` has long-lived keys in the file: use a role, a profile, or name environment variables with access_key_id_env and secret_access_key_env",
                connection.name
            )
        });
        let open = self
            .connections
            .iter()
            .filter(|connection| connection.role.is_some() && connection.external_id.is_none());
        let open = open.map(|connection| {
            format!(
                "connection `{}` assumes its role without an external id: `curtail connections template {} --kind trust` shows a trust policy with one",
                connection.name, connection.name
            )
        });
        inline.chain(open).collect()
    }

    /// The connection with this name.
    pub fn find(&self, name: &str) -> Option<&Connection> {
        self.connections
            .iter()
            .find(|connection| connection.name.as_str() == name)
    }

    /// The JSON Schema of configuration files, for editors.
    pub fn json_schema() -> String {
        let mut schema = schemars::schema_for!(Self);
        schema.insert("title".to_owned(), "Configuration of curtail".into());
        serde_json::to_string_pretty(&schema).expect("a JSON Schema is JSON")
    }
}

/// What the parts of a connection ask of each other.
fn check(connection: &Connection) -> Result<(), String> {
    connection
        .check_keys()
        .map_err(|error: Missing| error.to_string())?;
    if connection.has_keys() && connection.profile.is_some() {
        return Err("`profile` and keys contradict each other: keep one".to_owned());
    }
    if connection.role.is_none() && !connection.via.is_empty() {
        return Err("`via` leads to a role, but `role` is missing".to_owned());
    }
    if connection.role.is_none() && connection.external_id.is_some() {
        return Err("`external_id` is for assuming a role, but `role` is missing".to_owned());
    }
    if let Some(role) = connection
        .role_arn()
        .filter(|role| role.account_id() != connection.account_id)
    {
        return Err(format!(
            "`role` is in account {}, and `account_id` says {}",
            role.account_id(),
            connection.account_id
        ));
    }
    if let Some(endpoint) = &connection.endpoint {
        let (scheme, rest) = endpoint.split_once("://").unwrap_or_default();
        if !["http", "https"].contains(&scheme) || rest.is_empty() {
            return Err("`endpoint` is a URL such as https://localhost:9000".to_owned());
        }
        if rest.contains('@') {
            return Err("`endpoint` must not hold credentials".to_owned());
        }
        if scheme == "http" && !connection.allow_http {
            return Err(
                "`endpoint` is not encrypted: use https, or set allow_http = true".to_owned(),
            );
        }
    }
    let asked = &connection.cost_explorer;
    if !(1..=13).contains(&asked.months) {
        return Err("cost_explorer.months is a number from 1 to 13".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[connection]]
name = "acme-payer"
account_id = "001122223333"
role = "curtail"
external_id = "curtail-0f8b"
reports = ["s3://acme-billing/cur", { bucket = "acme-focus", prefix = "f" }]
region = "eu-central-1"
"#;

    fn refused(text: &str) -> String {
        Config::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_connection_is_read() {
        let config = Config::parse(GOOD).unwrap();
        let [connection] = &config.connections[..] else {
            panic!("one connection: {config:?}");
        };
        assert_eq!(connection.label(), "acme-payer (001122223333)");
        assert_eq!(
            connection.role_arn().unwrap().as_str(),
            "arn:aws:iam::001122223333:role/curtail"
        );
        let places: Vec<_> = connection.reports.iter().map(ToString::to_string).collect();
        assert_eq!(places, ["s3://acme-billing/cur", "s3://acme-focus/f"]);
        assert_eq!(config.warnings(), [""; 0]);
        let one = GOOD.replace(
            "[\"s3://acme-billing/cur\", { bucket = \"acme-focus\", prefix = \"f\" }]",
            "\"s3://acme-billing/cur\"",
        );
        assert_eq!(Config::parse(&one).unwrap().connections[0].reports.len(), 1);
    }

    #[test]
    fn rollups_are_one_line() {
        let config = Config::parse(&format!("rollups = [\"team-daily.sql\"]\n{GOOD}")).unwrap();
        assert_eq!(config.rollups, ["team-daily.sql"]);
        let shown = config.without_secrets();
        assert_eq!(Config::parse(&shown).unwrap().rollups, config.rollups);
        assert!(
            !Config::parse(GOOD)
                .unwrap()
                .without_secrets()
                .contains("rollups")
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let number = GOOD.replace("\"001122223333\"", "1122223333");
        assert_eq!(
            refused(&number),
            "line 4, column 14: 1122223333 is a number, and an AWS account id: 12 digits in quotes is text: put it in quotes (leading zeros are lost in a number)"
        );
        let zero = GOOD.replace("\"001122223333\"", "001122223333");
        assert!(
            refused(&zero).contains("put it in quotes"),
            "{}",
            refused(&zero)
        );
        let unknown = GOOD.replace("region", "regoin");
        assert!(
            refused(&unknown).starts_with("line 8, column 1: unknown field `regoin`"),
            "{}",
            refused(&unknown)
        );
        let twice = format!("{GOOD}{GOOD}");
        assert_eq!(
            refused(&twice),
            "there are two connections named `acme-payer`"
        );
        assert!(refused("[[connection]\n").starts_with("line 1"));
    }

    #[test]
    fn parts_that_contradict_each_other_are_refused() {
        for (line, why) in [
            ("access_key_id = \"A\"", "secret_access_key"),
            ("via = [\"x\"]", "arn:aws:iam"),
            ("session_token_env = \"A\"", "access_key_id"),
            ("endpoint = \"http://localhost\"", "not encrypted"),
            ("endpoint = \"https://a:b@host\"", "credentials"),
            ("cost_explorer = { months = 14 }", "1 to 13"),
            ("cost_explorer = { by = \"tag:\" }", "tag:KEY"),
        ] {
            let told = refused(&format!("{GOOD}{line}\n"));
            assert!(told.contains(why), "{line}: {told}");
        }
        let lonely = GOOD.replace("role = \"curtail\"\n", "");
        assert!(refused(&lonely).contains("`role` is missing"));
    }

    #[test]
    fn secrets_stay_out_of_errors() {
        for text in [
            format!("{GOOD}secret_access_key = \"hunter2\"\n"),
            format!("{GOOD}secret_access_key = hunter2\n"),
            format!("{GOOD}secret_access_key = [\"hunter2\"]\n"),
            format!("{GOOD}secret_acess_key = \"hunter2\"\n"),
        ] {
            let told = refused(&text);
            assert!(!told.contains("hunter2"), "{told}");
        }
    }

    #[test]
    fn inline_keys_are_warned_about() {
        let text = format!("{GOOD}access_key_id = \"A\"\nsecret_access_key = \"hunter2\"\n");
        let config = Config::parse(&text).unwrap();
        assert!(config.warnings()[0].contains("long-lived keys"));
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn the_schema_names_every_key() {
        let schema = Config::json_schema();
        for key in [
            "account_id",
            "external_id",
            "secret_access_key_env",
            "cost_explorer",
        ] {
            assert!(schema.contains(key), "{key}");
        }
    }
}
