//! What clients ask about the server and its tables.

use std::collections::HashSet;

use arrow::{
    array::{AsArray, RecordBatch},
    datatypes::{Schema, SchemaRef},
};
use arrow_flight::sql::{Any, Command, CommandGetTables};
use prost::Message;
use tonic::Status;

use super::{
    columns, info,
    metadata::{self, Listed},
    status,
};
use crate::Client;

/// What a client wants.
pub(super) fn read(bytes: &[u8]) -> Result<Command, Status> {
    let any =
        Any::decode(bytes).map_err(|_| status::invalid("this is no command of Flight SQL"))?;
    Command::try_from(any).map_err(status::invalid)
}

/// The columns of the answer to a question about the server; none if it is something else.
pub(super) fn schema(command: &Command) -> Option<SchemaRef> {
    Some(match command.clone() {
        Command::CommandGetCatalogs(asked) => asked.into_builder().schema(),
        Command::CommandGetDbSchemas(asked) => asked.into_builder().schema(),
        Command::CommandGetTables(asked) => asked.into_builder().schema(),
        Command::CommandGetTableTypes(asked) => asked.into_builder().schema(),
        Command::CommandGetSqlInfo(asked) => asked.into_builder(&info::SERVER).schema(),
        Command::CommandGetXdbcTypeInfo(asked) => asked.into_builder(&info::TYPES).schema(),
        Command::CommandGetPrimaryKeys(_) => metadata::primary_keys().schema(),
        Command::CommandGetExportedKeys(_)
        | Command::CommandGetImportedKeys(_)
        | Command::CommandGetCrossReference(_) => metadata::foreign_keys().schema(),
        _ => return None,
    })
}

/// The answer to a question about the server; none if it is something else.
pub(super) async fn answer(
    client: &Client,
    command: Command,
) -> Result<Option<RecordBatch>, Status> {
    let rows = match command {
        Command::CommandGetCatalogs(asked) => metadata::catalogs(asked),
        Command::CommandGetDbSchemas(asked) => metadata::schemas(asked),
        Command::CommandGetTables(asked) => {
            let listed = listed(client, &asked).await?;
            metadata::tables(asked, &listed)
        }
        Command::CommandGetTableTypes(asked) => metadata::table_types(asked),
        Command::CommandGetSqlInfo(asked) => asked.into_builder(&info::SERVER).build(),
        Command::CommandGetXdbcTypeInfo(asked) => asked.into_builder(&info::TYPES).build(),
        Command::CommandGetPrimaryKeys(_) => Ok(metadata::primary_keys()),
        Command::CommandGetExportedKeys(_)
        | Command::CommandGetImportedKeys(_)
        | Command::CommandGetCrossReference(_) => Ok(metadata::foreign_keys()),
        _ => return Ok(None),
    };
    rows.map(Some).map_err(status::defect)
}

/// The tables that a client sees. Columns are looked up of those only that it asks about: a view has to be planned for them.
async fn listed(client: &Client, asked: &CommandGetTables) -> Result<Vec<Listed>, Status> {
    let engine = client.engine().await.map_err(|error| status::of(&error))?;
    let relations = engine.relations();
    let found = relations.list().await;
    let found = found.map_err(|error| status::of(&error.into()))?;
    let mut listed: Vec<_> = found
        .iter()
        .map(|relation| Listed {
            schema: relation.schema.to_owned(),
            name: relation.name.clone(),
            kind: match relation.definition {
                Some(_) => metadata::VIEW,
                None => metadata::TABLE,
            },
            columns: SchemaRef::new(Schema::empty()),
        })
        .collect();
    if !asked.include_schema {
        return Ok(listed);
    }
    let names_only = CommandGetTables {
        include_schema: false,
        ..asked.clone()
    };
    let wanted = metadata::tables(names_only, &listed).map_err(status::defect)?;
    let (schemas, names) = (
        wanted.column(1).as_string::<i32>(),
        wanted.column(2).as_string::<i32>(),
    );
    let wanted: HashSet<_> = schemas
        .iter()
        .flatten()
        .zip(names.iter().flatten())
        .collect();
    for (table, relation) in listed.iter_mut().zip(&found) {
        if wanted.contains(&(relation.schema, relation.name.as_str()))
            && let Some(columns) = relations.columns(relation).await
        {
            table.columns = columns::sent(&columns);
        }
    }
    Ok(listed)
}
