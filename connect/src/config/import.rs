//! Connections out of an InfraWallet configuration (`app-config.yaml` of Backstage).

use saphyr::{LoadableYamlNode, Scalar, Yaml};

use crate::{Connection, Invalid, Secret};

/// What an import found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The connections, in the file's order.
    pub connections: Vec<Connection>,
    /// What works, but should not stay as it is.
    pub warnings: Vec<String>,
}

/// Why nothing was imported. Holds no secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The text is no YAML.
    #[error("it is no YAML: line {line}, column {column}: {why}")]
    Yaml {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there.
        why: String,
    },
    /// It has no AWS integration.
    #[error("it has no `backend.infraWallet.integrations.aws`")]
    NoIntegration,
    /// An integration cannot be taken over.
    #[error("integration {number} (`{name}`): {why}")]
    Integration {
        /// Its number, from 1.
        number: usize,
        /// Its name, if it has one.
        name: String,
        /// What is wrong with it.
        why: String,
    },
}

/// Reads `backend.infraWallet.integrations.aws` out of `text`. Values of the form `${NAME}` are environment variables, and
/// stay references to them.
pub fn infrawallet(text: &str) -> Result<Imported, ImportError> {
    let documents = Yaml::load_from_str(text).map_err(|error| ImportError::Yaml {
        line: error.marker().line(),
        column: error.marker().col() + 1,
        why: error.info().to_owned(),
    })?;
    let path = ["backend", "infraWallet", "integrations", "aws"];
    let find = |document| {
        path.iter()
            .try_fold(document, |node: &Yaml<'_>, key| node.as_mapping_get(key))
    };
    let integrations = documents.iter().find_map(find);
    let integrations = integrations.and_then(Yaml::as_sequence);
    let integrations = integrations.ok_or(ImportError::NoIntegration)?;
    let mut imported = Imported {
        connections: Vec::new(),
        warnings: Vec::new(),
    };
    for (index, node) in integrations.iter().enumerate() {
        let name = match node.as_mapping_get("name") {
            Some(name) => name.as_str().unwrap_or("?").to_owned(),
            None => format!("aws-{}", index + 1),
        };
        let wrong = |why: String| ImportError::Integration {
            number: index + 1,
            name: name.clone(),
            why,
        };
        let connection = integration(node, &name, &mut imported.warnings).map_err(wrong)?;
        let taken = |other: &Connection| other.name == connection.name;
        if imported.connections.iter().any(taken) {
            return Err(wrong("the name occurs twice".to_owned()));
        }
        imported.connections.push(connection);
    }
    Ok(imported)
}

fn integration(
    node: &Yaml<'_>,
    name: &str,
    warnings: &mut Vec<String>,
) -> Result<Connection, String> {
    let plain = plain_name(name);
    if plain != name {
        warnings.push(format!(
            "`{name}` became `{plain}`: names take lower-case letters, digits and dashes"
        ));
    }
    let told = |error: Invalid| error.to_string();
    let account = text(node, "accountId")?.ok_or("`accountId` is missing")?;
    let mut connection =
        Connection::new(plain.parse().map_err(told)?, account.parse().map_err(told)?);
    let role = text(node, "assumedRoleName")?.filter(|role| !role.is_empty());
    connection.role = role.map(|role| role.parse().map_err(told)).transpose()?;
    let id = text(node, "accessKeyId")?.filter(|id| !id.is_empty());
    let new = text(node, "secretAccessKey")?.filter(|secret| !secret.is_empty());
    let old = text(node, "accessKeySecret")?.filter(|secret| !secret.is_empty());
    if old.is_some() {
        warnings.push(format!(
            "`{name}`: `accessKeySecret` is the old name of `secretAccessKey`"
        ));
    }
    if old.is_some() && new.is_some() {
        return Err(
            "`accessKeySecret` and `secretAccessKey` are the same thing: keep one".to_owned(),
        );
    }
    match (id, new.or(old)) {
        (None, None) => {}
        (Some(_), None) => {
            return Err("`accessKeyId` is there, but `secretAccessKey` is missing".to_owned());
        }
        (None, Some(_)) => {
            return Err("`secretAccessKey` is there, but `accessKeyId` is missing".to_owned());
        }
        (Some(id), Some(secret)) => {
            match variable(&id) {
                Some(variable) => connection.access_key_id_env = Some(variable),
                None => connection.access_key_id = Some(id),
            }
            match variable(&secret) {
                Some(variable) => connection.secret_access_key_env = Some(variable),
                None => connection.secret_access_key = Some(Secret::from(secret)),
            }
        }
    }
    Ok(connection)
}

/// A value that has to be text.
fn text(node: &Yaml<'_>, key: &str) -> Result<Option<String>, String> {
    match node.as_mapping_get(key) {
        None | Some(Yaml::Value(Scalar::Null)) => Ok(None),
        Some(Yaml::Value(Scalar::String(text))) => Ok(Some(text.trim().to_owned())),
        Some(Yaml::Value(Scalar::Integer(_) | Scalar::FloatingPoint(_))) => Err(format!(
            "`{key}` is a number, which loses leading zeros: put it in quotes"
        )),
        Some(_) => Err(format!("`{key}` is no text")),
    }
}

/// The variable of `${NAME}`.
fn variable(text: &str) -> Option<String> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// A name out of any text.
fn plain_name(text: &str) -> String {
    let plain = |character: char| match character {
        'A'..='Z' => character.to_ascii_lowercase(),
        'a'..='z' | '0'..='9' => character,
        _ => '-',
    };
    let plain: String = text.chars().map(plain).take(48).collect();
    plain.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(integrations: &str) -> String {
        let integrations = integrations.replace('\n', "\n        ");
        format!("backend:\n  infraWallet:\n    integrations:\n      aws:\n        {integrations}\n")
    }

    #[test]
    fn integrations_become_connections() {
        let text = file(
            "- name: Acme Payer\n  accountId: '001122223333'\n  assumedRoleName: InfraWallet\n  accessKeyId: ${AWS_KEY}\n  accessKeySecret: ${AWS_SECRET}\n\
             - name: plain\n  accountId: \"444455556666\"\n  accessKeyId: AKIAX\n  secretAccessKey: hunter2",
        );
        let imported = infrawallet(&text).unwrap();
        let [payer, plain] = &imported.connections[..] else {
            panic!("two: {imported:?}");
        };
        assert_eq!(payer.label(), "acme-payer (001122223333)");
        assert_eq!(payer.role.as_ref().unwrap().to_string(), "InfraWallet");
        assert_eq!(payer.secret_access_key_env.as_deref(), Some("AWS_SECRET"));
        assert_eq!(
            plain.secret_access_key.as_ref().unwrap().reveal(),
            "hunter2"
        );
        assert_eq!(imported.warnings.len(), 2, "{:?}", imported.warnings);
        assert!(!format!("{imported:?}").contains("hunter2"));
    }

    #[test]
    fn what_cannot_be_taken_over_is_refused() {
        for (integrations, why) in [
            ("- name: a\n  accountId: 001122223333", "put it in quotes"),
            ("- name: a\n  accountId: 111122223333", "put it in quotes"),
            ("- name: a", "`accountId` is missing"),
            (
                "- name: a\n  accountId: '111122223333'\n  accessKeyId: A",
                "`secretAccessKey` is missing",
            ),
            (
                "- name: a\n  accountId: '111122223333'\n  accessKeySecret: hunter2",
                "`accessKeyId` is missing",
            ),
            (
                "- name: a\n  accountId: '111122223333'\n- name: a\n  accountId: '111122223334'",
                "twice",
            ),
        ] {
            let told = infrawallet(&file(integrations)).unwrap_err().to_string();
            assert!(told.contains(why) && !told.contains("hunter2"), "{told}");
        }
        assert_eq!(infrawallet("a: 1").unwrap_err(), ImportError::NoIntegration);
        assert!(infrawallet("a: [").is_err());
    }
}
