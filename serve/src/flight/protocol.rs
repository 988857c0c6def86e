//! The calls of Arrow Flight.

use arrow::ipc::writer::IpcWriteOptions;
use arrow_flight::{
    Action, ActionType, Criteria, Empty, FlightData, FlightDescriptor, FlightInfo,
    HandshakeRequest, PollInfo, PutResult, SchemaAsIpc, SchemaResult, Ticket,
    flight_service_server::FlightService, sql::Command,
};
use futures::{StreamExt, stream, stream::BoxStream};
use tonic::{Request, Response, Status, Streaming};

use super::{
    Flight, actions,
    auth::Handshakes,
    bind, columns, commands,
    handle::Handle,
    statements, status,
    stream::{self as rows, Data},
    tickets::TicketId,
};

type Results<T> = BoxStream<'static, Result<T, Status>>;

#[tonic::async_trait]
impl FlightService for Flight {
    type HandshakeStream = Handshakes;
    type ListFlightsStream = Results<FlightInfo>;
    type DoGetStream = Data;
    type DoPutStream = Results<PutResult>;
    type DoExchangeStream = Results<FlightData>;
    type DoActionStream = Results<arrow_flight::Result>;
    type ListActionsStream = Results<ActionType>;

    async fn handshake(
        &self,
        request: Request<Streaming<HandshakeRequest>>,
    ) -> Result<Response<Handshakes>, Status> {
        let (headers, _, requests) = request.into_parts();
        self.log_in(&headers, requests).await
    }

    async fn get_flight_info(
        &self,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let (headers, _, descriptor) = request.into_parts();
        let client = self.client(&headers)?;
        let command = commands::read(&descriptor.cmd)?;
        let info = if let Some(handle) = handle(&command)? {
            let planned = statements::plan(&client, &handle).await?;
            self.offer(planned, descriptor)?
        } else {
            let schema = commands::schema(&command).ok_or_else(|| unknown(&command))?;
            let ticket = descriptor.cmd.to_vec();
            statements::info(&schema, ticket, descriptor)?
        };
        Ok(Response::new(info))
    }

    async fn get_schema(
        &self,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<SchemaResult>, Status> {
        let (headers, _, descriptor) = request.into_parts();
        let client = self.client(&headers)?;
        let command = commands::read(&descriptor.cmd)?;
        let schema = if let Some(handle) = handle(&command)? {
            // Values do not matter, so there need not be any.
            columns::sent(statements::prepare(&client, &handle.sql).await?.schema())
        } else {
            commands::schema(&command).ok_or_else(|| unknown(&command))?
        };
        let options = IpcWriteOptions::default();
        let result: Result<SchemaResult, _> = SchemaAsIpc::new(&schema, &options).try_into();
        Ok(Response::new(result.map_err(status::defect)?))
    }

    async fn do_get(&self, request: Request<Ticket>) -> Result<Response<Data>, Status> {
        let (headers, _, ticket) = request.into_parts();
        let client = self.client(&headers)?;
        let command = commands::read(&ticket.ticket)?;
        let data = match command {
            Command::TicketStatementQuery(ticket) => self.redeem(&client, &ticket).await?,
            Command::CommandPreparedStatementQuery(asked) => {
                let handle = Handle::read(&asked.prepared_statement_handle);
                let handle = handle.map_err(status::invalid)?;
                let planned = statements::plan(&client, &handle).await?;
                self.fetch(planned, TicketId::new()).await?
            }
            command => {
                let why = unknown(&command);
                let answer = commands::answer(&client, command).await?;
                rows::batch(answer.ok_or(why)?)
            }
        };
        Ok(Response::new(data))
    }

    async fn do_put(
        &self,
        request: Request<Streaming<FlightData>>,
    ) -> Result<Response<Self::DoPutStream>, Status> {
        let (headers, _, messages) = request.into_parts();
        let client = self.client(&headers)?;
        let result = bind::put(&client, messages).await?;
        Ok(Response::new(stream::iter([Ok(result)]).boxed()))
    }

    async fn do_action(
        &self,
        request: Request<Action>,
    ) -> Result<Response<Self::DoActionStream>, Status> {
        let (headers, _, action) = request.into_parts();
        let client = self.client(&headers)?;
        let result = self.act(&client, &headers, &action).await?;
        let result = result.map(|body| Ok(arrow_flight::Result::new(body)));
        Ok(Response::new(stream::iter(result).boxed()))
    }

    async fn list_actions(
        &self,
        request: Request<Empty>,
    ) -> Result<Response<Self::ListActionsStream>, Status> {
        self.client(request.metadata())?;
        let all = actions::list().into_iter().map(Ok);
        Ok(Response::new(stream::iter(all).boxed()))
    }

    async fn list_flights(
        &self,
        _request: Request<Criteria>,
    ) -> Result<Response<Self::ListFlightsStream>, Status> {
        Err(Status::unimplemented(
            "there is no list of flights: ask with the commands of Flight SQL",
        ))
    }

    async fn poll_flight_info(
        &self,
        _request: Request<FlightDescriptor>,
    ) -> Result<Response<PollInfo>, Status> {
        Err(Status::unimplemented(
            "there is nothing to poll: rows are computed while they are fetched",
        ))
    }

    async fn do_exchange(
        &self,
        _request: Request<Streaming<FlightData>>,
    ) -> Result<Response<Self::DoExchangeStream>, Status> {
        Err(Status::unimplemented("there is nothing to exchange"))
    }
}

/// The statement that a command asks for, if it asks for one.
fn handle(command: &Command) -> Result<Option<Handle>, Status> {
    match command {
        Command::CommandStatementQuery(asked) => {
            actions::not_in_transaction(asked.transaction_id.as_ref())?;
            Ok(Some(Handle::new(asked.query.clone())))
        }
        Command::CommandPreparedStatementQuery(asked) => {
            let handle = Handle::read(&asked.prepared_statement_handle);
            handle.map(Some).map_err(status::invalid)
        }
        Command::CommandStatementSubstraitPlan(_) => Err(Status::unimplemented(
            "plans of Substrait are not supported: send SQL",
        )),
        _ => Ok(None),
    }
}

fn unknown(command: &Command) -> Status {
    status::invalid(format!("`{}` cannot be asked here", command.type_url()))
}
