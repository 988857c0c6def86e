//! Statements from their text to their rows.

use std::{collections::HashMap, sync::Arc};

use arrow::datatypes::SchemaRef;
use arrow_flight::{
    FlightDescriptor, FlightEndpoint, FlightInfo, Ticket,
    sql::{ProstMessageExt, TicketStatementQuery},
};
use datafusion::scalar::ScalarValue;
use futures::{FutureExt, future::BoxFuture};
use prost::Message;
use tonic::Status;

use super::{
    Flight, columns,
    handle::Handle,
    status,
    stream::{self, Data},
    tickets::TicketId,
    values,
};
use crate::{Client, ServeError, Statement};

/// A statement that waits to be fetched.
pub(super) struct Planned {
    client: Arc<Client>,
    statement: Statement,
    values: HashMap<String, ScalarValue>,
    schema: SchemaRef,
}

impl Planned {
    /// The columns as they are sent.
    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }
}

/// A statement, planned. Behind a pointer, so that compilers need not look through it again and again.
pub(super) fn prepare<'a>(
    client: &'a Client,
    sql: &'a str,
) -> BoxFuture<'a, Result<Statement, Status>> {
    let planned = client.prepare(sql);
    planned
        .map(|planned| planned.map_err(|error| status::of(&error)))
        .boxed()
}

/// A statement with its values, planned.
pub(super) async fn plan(client: &Arc<Client>, handle: &Handle) -> Result<Planned, Status> {
    let bound = handle.values().map_err(status::invalid)?;
    let statement = prepare(client, &handle.sql).await?;
    let values = values::of(&statement.parameters(), bound.as_ref())?;
    Ok(Planned {
        client: Arc::clone(client),
        schema: columns::sent(statement.schema()),
        statement,
        values,
    })
}

impl Flight {
    /// Keeps a statement until it is fetched, and tells how.
    pub(super) fn offer(
        &self,
        planned: Planned,
        descriptor: FlightDescriptor,
    ) -> Result<FlightInfo, Status> {
        let schema = Arc::clone(planned.schema());
        let user = planned.client.user().name.clone();
        let now = std::time::Instant::now();
        let kept = self.tickets.keep(&user, planned, now);
        let id = kept.map_err(|why| Status::resource_exhausted(why.to_string()))?;
        let ticket = TicketStatementQuery {
            statement_handle: id.bytes().into(),
        };
        info(&schema, ticket.as_any().encode_to_vec(), descriptor)
    }

    /// The rows of what a ticket stands for.
    pub(super) async fn redeem(
        &self,
        client: &Client,
        ticket: &TicketStatementQuery,
    ) -> Result<Data, Status> {
        let id = TicketId::read(&ticket.statement_handle);
        let now = std::time::Instant::now();
        let taken = id.and_then(|id| Some((id, self.tickets.take(id, &client.user().name, now)?)));
        let Some((id, planned)) = taken else {
            return Err(Status::not_found(
                "the ticket is not known: it was fetched already, it has expired, or it is another user's; ask for the statement again",
            ));
        };
        self.fetch(planned, id).await
    }

    /// The rows of a statement.
    pub(super) async fn fetch(&self, planned: Planned, id: TicketId) -> Result<Data, Status> {
        let Planned {
            client,
            statement,
            values,
            schema,
        } = planned;
        let fetching = self.running.begin(id, &client.user().name);
        let begin: BoxFuture<'_, _> = client.execute(&statement, &values).boxed();
        let rows = tokio::select! {
            biased;
            () = fetching.stopped() => Err(ServeError::Cancelled),
            rows = begin => rows,
        };
        let rows = rows.map_err(|error| status::of(&error))?;
        Ok(stream::rows(rows, &schema, client, fetching))
    }

    /// Stops what a ticket stands for, or forgets it. Says whether there was anything to stop.
    pub(super) fn cancel(&self, client: &Client, info: &FlightInfo) -> bool {
        let tickets = info.endpoint.iter().filter_map(|at| at.ticket.as_ref());
        let ids = tickets.filter_map(|ticket| {
            let any = arrow_flight::sql::Any::decode(&*ticket.ticket).ok()?;
            let ticket: TicketStatementQuery = any.unpack().ok()??;
            TicketId::read(&ticket.statement_handle)
        });
        let user = &client.user().name;
        let now = std::time::Instant::now();
        ids.fold(false, |any, id| {
            let forgotten = self.tickets.take(id, user, now).is_some();
            any | forgotten | self.running.cancel(id, user)
        })
    }
}

/// Where rows with these columns are fetched: here, with this ticket.
pub(super) fn info(
    schema: &SchemaRef,
    ticket: Vec<u8>,
    descriptor: FlightDescriptor,
) -> Result<FlightInfo, Status> {
    let endpoint = FlightEndpoint::new().with_ticket(Ticket::new(ticket));
    let info = FlightInfo::new()
        .try_with_schema(schema)
        .map_err(status::defect)?;
    Ok(info.with_endpoint(endpoint).with_descriptor(descriptor))
}
