//! Changing the file, with everything else in it left as it is.

use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, value};

use super::{Config, ConfigError, ServeConfig};
use crate::{Connection, CostExplorerSettings, Kind, ReportPlace};

/// What stands for a secret.
const HIDDEN: &str = "(not shown)";

impl Config {
    /// The text with one more connection at its end. Comments and order stay.
    pub fn with(text: &str, connection: &Connection) -> Result<String, ConfigError> {
        let config = Self::parse(text)?;
        if config.find(connection.name.as_str()).is_some() {
            return Err(ConfigError::new(format!(
                "there is a connection named `{}` already",
                connection.name
            )));
        }
        let mut document = document(text)?;
        tables(&mut document)?.push(table(connection));
        let text = document.to_string().trim_start_matches('\n').to_owned();
        Self::parse(&text)?;
        Ok(text)
    }

    /// The text with other places of reports for the connection of this name; none if there is no such connection.
    pub fn with_reports(
        text: &str,
        name: &str,
        places: &[ReportPlace],
    ) -> Result<Option<String>, ConfigError> {
        let config = Self::parse(text)?;
        let mut connections = config.connections.iter();
        let Some(position) = connections.position(|found| found.name.as_str() == name) else {
            return Ok(None);
        };
        let mut document = document(text)?;
        if let Some(table) = tables(&mut document)?.get_mut(position) {
            if places.is_empty() {
                table.remove("reports");
            } else {
                let places = places.iter().map(ToString::to_string);
                table.insert("reports", value(places.collect::<Array>()));
            }
        }
        let text = document.to_string();
        Self::parse(&text)?;
        Ok(Some(text))
    }

    /// The configuration as text, without any secret and without comments.
    pub fn without_secrets(&self) -> String {
        let mut document = DocumentMut::new();
        let mut all = ArrayOfTables::new();
        for connection in &self.connections {
            let mut shown = connection.clone();
            shown.access_key_id = shown.access_key_id.map(|_| HIDDEN.to_owned());
            shown.secret_access_key = shown.secret_access_key.map(|_| HIDDEN.to_owned().into());
            all.push(table(&shown));
        }
        if !self.rollups.is_empty() {
            document.insert("rollups", value(self.rollups.iter().collect::<Array>()));
        }
        document.insert("connection", Item::ArrayOfTables(all));
        if self.serve != ServeConfig::default() {
            document.insert("serve", Item::Table(serve(&self.serve)));
        }
        document.to_string()
    }

    /// The text without the connection of this name; none if there is no such connection.
    pub fn without(text: &str, name: &str) -> Result<Option<String>, ConfigError> {
        let config = Self::parse(text)?;
        let position = config
            .connections
            .iter()
            .position(|connection| connection.name.as_str() == name);
        let Some(position) = position else {
            return Ok(None);
        };
        let mut document = document(text)?;
        tables(&mut document)?.remove(position);
        Ok(Some(document.to_string()))
    }
}

fn document(text: &str) -> Result<DocumentMut, ConfigError> {
    text.parse::<DocumentMut>()
        .map_err(|error| ConfigError::at(text, error.span(), error.message()))
}

fn tables(document: &mut DocumentMut) -> Result<&mut ArrayOfTables, ConfigError> {
    document
        .entry("connection")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or_else(|| {
            ConfigError::new("connections are written as [[connection]] tables to be changed here")
        })
}

/// How the store is served as a table, with hashes of secrets not shown.
fn serve(config: &ServeConfig) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    for (key, given) in [
        ("pg", &config.pg),
        ("flight", &config.flight),
        ("http", &config.http),
        ("tls_cert", &config.tls_cert),
        ("tls_key", &config.tls_key),
        ("dialect", &config.dialect),
        ("statement_timeout", &config.statement_timeout),
    ] {
        insert(&mut table, key, given.clone());
    }
    insert(&mut table, "max_rows", number(config.max_rows));
    insert(&mut table, "max_concurrent", number(config.max_concurrent));
    insert(
        &mut table,
        "max_connections",
        number(config.max_connections),
    );
    let mut users = Table::new();
    users.set_implicit(true);
    for (name, user) in &config.users {
        let mut shown = Table::new();
        let password = user.password.as_ref().map(|_| HIDDEN.to_owned());
        insert(&mut shown, "password", password);
        if !user.tokens.is_empty() {
            let tokens = user.tokens.iter().map(|_| HIDDEN);
            shown.insert("tokens", value(tokens.collect::<Array>()));
        }
        insert(&mut shown, "allow", user.allow.clone());
        insert(
            &mut shown,
            "statement_timeout",
            user.statement_timeout.clone(),
        );
        insert(&mut shown, "max_rows", number(user.max_rows));
        insert(&mut shown, "memory_limit", user.memory_limit.clone());
        insert(&mut shown, "max_concurrent", number(user.max_concurrent));
        users.insert(name, Item::Table(shown));
    }
    if !users.is_empty() {
        table.insert("users", Item::Table(users));
    }
    table
}

fn insert(table: &mut Table, key: &str, given: Option<impl Into<toml_edit::Value>>) {
    if let Some(given) = given {
        table.insert(key, value(given));
    }
}

/// A number as TOML has them.
fn number<T: TryInto<i64>>(given: Option<T>) -> Option<i64> {
    given.map(|number| number.try_into().unwrap_or(i64::MAX))
}

/// The connection as a table, without what is left at its default.
fn table(connection: &Connection) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    let mut text = |key: &str, text: &str| {
        table.insert(key, value(text));
    };
    text("name", connection.name.as_str());
    text("account_id", connection.account_id.as_str());
    if connection.kind != Kind::default() {
        text("kind", connection.kind.as_str());
    }
    let role = connection.role.as_ref().map(ToString::to_string);
    let external_id = connection.external_id.as_ref().map(ToString::to_string);
    let secret = connection.secret_access_key.as_ref();
    for (key, given) in [
        ("role", role.as_deref()),
        ("external_id", external_id.as_deref()),
        ("region", connection.region.as_deref()),
        ("profile", connection.profile.as_deref()),
        ("endpoint", connection.endpoint.as_deref()),
        ("access_key_id_env", connection.access_key_id_env.as_deref()),
        (
            "secret_access_key_env",
            connection.secret_access_key_env.as_deref(),
        ),
        ("session_token_env", connection.session_token_env.as_deref()),
        ("access_key_id", connection.access_key_id.as_deref()),
        ("secret_access_key", secret.map(crate::Secret::reveal)),
    ] {
        if let Some(given) = given {
            text(key, given);
        }
    }
    let asked = &connection.cost_explorer;
    if *asked != CostExplorerSettings::default() {
        let mut inline = InlineTable::new();
        inline.insert("enabled", asked.enabled.into());
        inline.insert("months", i64::from(asked.months).into());
        if let Some(by) = &asked.by {
            inline.insert("by", by.to_string().into());
        }
        inline.insert("most_requests", i64::from(asked.most_requests).into());
        table.insert("cost_explorer", value(inline));
    }
    if connection.allow_http {
        table.insert("allow_http", value(true));
    }
    for (key, list) in [
        (
            "via",
            connection
                .via
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
        ),
        (
            "reports",
            connection.reports.iter().map(ToString::to_string).collect(),
        ),
    ] {
        if !list.is_empty() {
            table.insert(key, value(Array::from_iter(list)));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# mine\n\n[[connection]] # first\nname = \"a\"\naccount_id = \"111122223333\"\n";

    #[test]
    fn comments_survive_and_nothing_else_moves() {
        let mut connection = Connection::new("b".parse().unwrap(), "444455556666".parse().unwrap());
        connection.role = Some("curtail".parse().unwrap());
        connection.reports = vec!["s3://acme-billing/cur".parse().unwrap()];
        let added = Config::with(TEXT, &connection).unwrap();
        assert_eq!(
            added,
            format!(
                "{TEXT}\n[[connection]]\nname = \"b\"\naccount_id = \"444455556666\"\nrole = \"curtail\"\nreports = [\"s3://acme-billing/cur\"]\n"
            )
        );
        assert_eq!(Config::parse(&added).unwrap().find("b"), Some(&connection));
        assert_eq!(Config::without(&added, "b").unwrap().unwrap(), TEXT);
        assert_eq!(Config::without(&added, "c").unwrap(), None);
    }

    #[test]
    fn places_of_reports_are_replaced() {
        let place: ReportPlace = "s3://acme-billing/cur".parse().unwrap();
        let set = Config::with_reports(TEXT, "a", &[place]).unwrap().unwrap();
        assert_eq!(
            set,
            format!("{TEXT}reports = [\"s3://acme-billing/cur\"]\n")
        );
        assert_eq!(Config::with_reports(&set, "a", &[]).unwrap().unwrap(), TEXT);
        assert_eq!(Config::with_reports(TEXT, "b", &[]).unwrap(), None);
    }

    #[test]
    fn a_name_is_taken_once() {
        let again = Connection::new("a".parse().unwrap(), "444455556666".parse().unwrap());
        let told = Config::with(TEXT, &again).unwrap_err().to_string();
        assert!(told.contains("already"), "{told}");
    }

    #[test]
    fn an_empty_file_will_do() {
        let first = Connection::new("a".parse().unwrap(), "111122223333".parse().unwrap());
        let text = Config::with("", &first).unwrap();
        assert_eq!(Config::parse(&text).unwrap().connections, [first]);
    }
}
