//! Rows about connections.

use curtail_connect::{Connection, PERMISSIONS};

use super::{Cell, Kind, find, load, print_rows};
use crate::{args::OutputArgs, config::Settings, error::CliError};

const COLUMNS: &[(&str, Kind)] = &[
    ("name", Kind::Text),
    ("account_id", Kind::Text),
    ("kind", Kind::Text),
    ("role", Kind::Text),
    ("external_id", Kind::Text),
    ("credentials", Kind::Text),
    ("region", Kind::Text),
    ("reports", Kind::Text),
];

/// Accounts that pay first.
pub(super) fn list(output: &OutputArgs, settings: &Settings) -> Result<(), CliError> {
    let mut connections = load(settings)?.connections;
    if connections.is_empty() {
        return Err(CliError::NoConnections {
            config: settings.config.clone(),
        });
    }
    connections.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    print(&connections, output, settings)
}

pub(super) fn print(
    connections: &[Connection],
    output: &OutputArgs,
    settings: &Settings,
) -> Result<(), CliError> {
    let rows: Vec<_> = connections.iter().map(row).collect();
    print_rows(output, settings, COLUMNS, &rows)
}

fn row(connection: &Connection) -> Vec<Cell> {
    vec![
        connection.name.as_str().into(),
        connection.account_id.as_str().into(),
        connection.kind.as_str().into(),
        connection.role.as_ref().map(ToString::to_string).into(),
        connection
            .external_id
            .as_ref()
            .map(ToString::to_string)
            .into(),
        credentials(connection).into(),
        connection.region.clone().into(),
        places(connection),
    ]
}

/// Where credentials come from; never what they are.
fn credentials(connection: &Connection) -> String {
    match (&connection.profile, &connection.access_key_id_env) {
        (Some(profile), _) => format!("profile {profile}"),
        (None, Some(variable)) => format!("variable {variable}"),
        (None, None) if connection.has_keys() => "in the configuration file".to_owned(),
        (None, None) => "default chain".to_owned(),
    }
}

fn places(connection: &Connection) -> Cell {
    let places: Vec<_> = connection.reports.iter().map(ToString::to_string).collect();
    Cell::listed(&places, " ")
}

/// One connection, a row for each of its properties.
pub(super) fn one(name: &str, output: &OutputArgs, settings: &Settings) -> Result<(), CliError> {
    let connection = find(&load(settings)?, name)?;
    let via: Vec<_> = connection.via.iter().map(ToString::to_string).collect();
    let explorer = &connection.cost_explorer;
    let explorer = match (explorer.enabled, &explorer.by) {
        (false, _) => "off".to_owned(),
        (true, None) => format!("{} months", explorer.months),
        (true, Some(by)) => format!("{} months, by {by}", explorer.months),
    };
    let properties: Vec<(&str, Cell)> = vec![
        ("name", connection.name.as_str().into()),
        ("account_id", connection.account_id.as_str().into()),
        ("kind", connection.kind.as_str().into()),
        (
            "role_arn",
            connection.role_arn().map(|arn| arn.to_string()).into(),
        ),
        (
            "external_id",
            connection
                .external_id
                .as_ref()
                .map(ToString::to_string)
                .into(),
        ),
        ("via", Cell::listed(&via, " ")),
        ("session_name", connection.session_name().into()),
        ("credentials", credentials(&connection).into()),
        ("region", connection.region.clone().into()),
        ("endpoint", connection.endpoint.clone().into()),
        ("reports", places(&connection)),
        ("cost_explorer", explorer.into()),
    ];
    let rows: Vec<Vec<Cell>> = properties
        .into_iter()
        .map(|(property, value)| vec![property.into(), value])
        .collect();
    let columns = [("property", Kind::Text), ("value", Kind::Text)];
    print_rows(output, settings, &columns, &rows)
}

/// Every AWS action that may be called.
pub(super) fn permissions(output: &OutputArgs, settings: &Settings) -> Result<(), CliError> {
    let columns = [
        ("action", Kind::Text),
        ("access", Kind::Text),
        ("source", Kind::Text),
        ("why", Kind::Text),
        ("without", Kind::Text),
    ];
    let rows: Vec<Vec<Cell>> = PERMISSIONS
        .iter()
        .map(|permission| {
            vec![
                permission.action.into(),
                if permission.writes {
                    "write"
                } else {
                    "read-only"
                }
                .into(),
                permission.source.as_str().into(),
                permission.why.into(),
                permission.without.into(),
            ]
        })
        .collect();
    print_rows(output, settings, &columns, &rows)
}
