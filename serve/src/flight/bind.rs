//! What clients send: values of parameters, and updates, which are refused.

use std::{collections::HashMap, sync::Arc};

use arrow::datatypes::Schema;
use arrow_flight::{
    FlightData, PutResult,
    decode::FlightRecordBatchStream,
    error::FlightError,
    sql::{Command, DoPutPreparedStatementResult, DoPutUpdateResult},
};
use futures::{FutureExt, StreamExt, TryStreamExt, future::BoxFuture, stream};
use prost::Message;
use tonic::{Status, Streaming};

use super::{commands, handle::Handle, statements, status};
use crate::Client;

/// What is said to whoever wants to write.
const READ_ONLY: &str =
    "only reading is possible: curtail's tables are written by `curtail ingest`";

/// Does what the first message asks for.
pub(super) async fn put(
    client: &Arc<Client>,
    mut messages: Streaming<FlightData>,
) -> Result<PutResult, Status> {
    let none = || status::invalid("the first message has no command");
    let first = messages.message().await?.ok_or_else(none)?;
    let descriptor = first.flight_descriptor.as_ref().ok_or_else(none)?;
    let result = match commands::read(&descriptor.cmd)? {
        Command::CommandPreparedStatementQuery(asked) => {
            let handle = Handle::read(&asked.prepared_statement_handle).map_err(status::invalid)?;
            let bound = bound(&handle, first, messages).await?;
            let bytes = bound.bytes().map_err(status::invalid)?;
            let result = DoPutPreparedStatementResult {
                prepared_statement_handle: Some(bytes.into()),
            };
            result.encode_to_vec()
        }
        Command::CommandStatementUpdate(asked) => {
            update(client, &asked.query).await?.encode_to_vec()
        }
        Command::CommandPreparedStatementUpdate(asked) => {
            let handle = Handle::read(&asked.prepared_statement_handle).map_err(status::invalid)?;
            update(client, &handle.sql).await?.encode_to_vec()
        }
        Command::CommandStatementIngest(_) => return Err(status::invalid(READ_ONLY)),
        Command::CommandStatementSubstraitPlan(_) => {
            return Err(Status::unimplemented(
                "plans of Substrait are not supported: send SQL",
            ));
        }
        other => {
            let why = format!("`{}` takes no data", other.type_url());
            return Err(status::invalid(why));
        }
    };
    Ok(PutResult {
        app_metadata: result.into(),
    })
}

/// The statement with the values that are sent.
async fn bound(
    handle: &Handle,
    first: FlightData,
    messages: Streaming<FlightData>,
) -> Result<Handle, Status> {
    let rest = messages.map_err(|status| FlightError::Tonic(Box::new(status)));
    let all = stream::iter([Ok(first)]).chain(rest);
    let mut batches = FlightRecordBatchStream::new_from_flight_data(all);
    let mut values = Vec::new();
    let mut rows = 0;
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(|error| match error {
            FlightError::Tonic(status) => *status,
            other => status::invalid(other),
        })?;
        rows += batch.num_rows();
        values.push(batch);
        // The rest need not be read to refuse it.
        if rows > 1 {
            break;
        }
    }
    let schema = batches.schema().map(Arc::clone);
    let schema = schema.unwrap_or_else(|| Arc::new(Schema::empty()));
    handle.bind(&schema, &values).map_err(status::invalid)
}

/// Runs a statement that has no rows, such as one that defines a view in its own session; the engine refuses those that write.
async fn update(client: &Arc<Client>, sql: &str) -> Result<DoPutUpdateResult, Status> {
    let statement = statements::prepare(client, sql).await?;
    if !statement.schema().fields().is_empty() {
        let why = format!("the statement has rows: send it as a query. {READ_ONLY}");
        return Err(status::invalid(why));
    }
    let none = HashMap::new();
    let run: BoxFuture<'_, _> = client.execute(&statement, &none).boxed();
    let rows = run.await.map_err(|error| status::of(&error))?;
    let done: Result<Vec<_>, _> = rows.try_collect().await;
    done.map_err(|error| status::of(&error))?;
    Ok(DoPutUpdateResult { record_count: 0 })
}
