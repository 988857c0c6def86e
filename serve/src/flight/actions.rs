//! What clients do beside asking: prepare, cancel, end their session.

use std::sync::Arc;

use arrow::{datatypes::Schema, ipc::writer::IpcWriteOptions};
use arrow_flight::{
    Action, ActionType, CancelFlightInfoRequest, CancelFlightInfoResult, CancelStatus, FlightInfo,
    IpcMessage, SchemaAsIpc,
    sql::{
        ActionCancelQueryRequest, ActionCancelQueryResult, ActionCreatePreparedStatementRequest,
        ActionCreatePreparedStatementResult, Any, ProstMessageExt,
    },
};
use bytes::Bytes;
use prost::Message;
use tonic::{Status, metadata::MetadataMap};

use super::{Flight, columns, handle::Handle, statements, status, values};
use crate::Client;

/// What there is to do, with what is sent and what is answered.
const ACTIONS: [(&str, &str); 5] = [
    (
        "CreatePreparedStatement",
        "Plans a statement to be run later: ActionCreatePreparedStatementRequest, ActionCreatePreparedStatementResult.",
    ),
    (
        "ClosePreparedStatement",
        "Says that a statement is not needed any more: ActionClosePreparedStatementRequest, nothing.",
    ),
    (
        "CancelFlightInfo",
        "Stops a statement: CancelFlightInfoRequest, CancelFlightInfoResult.",
    ),
    (
        "CancelQuery",
        "Stops a statement, as older clients ask for it: ActionCancelQueryRequest, ActionCancelQueryResult.",
    ),
    (
        "CloseSession",
        "Ends the token that a password was exchanged for: CloseSessionRequest, CloseSessionResult.",
    ),
];
/// What is refused with the reason, as clients may hope for it.
const REFUSED: [(&str, &str); 5] = [
    ("BeginTransaction", NO_TRANSACTIONS),
    ("EndTransaction", NO_TRANSACTIONS),
    ("BeginSavepoint", NO_TRANSACTIONS),
    ("EndSavepoint", NO_TRANSACTIONS),
    (
        "CreatePreparedSubstraitPlan",
        "plans of Substrait are not supported: send SQL",
    ),
];
/// Why there are none.
pub(super) const NO_TRANSACTIONS: &str = "there are no transactions: nothing is written, and each statement reads one version of the store";

/// The answer to `CloseSession`, which `arrow-flight` does not have yet.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
struct CloseSessionResult {
    #[prost(int32, tag = "1")]
    status: i32,
}

/// The token has ended.
const CLOSED: i32 = 1;
/// A token of the configuration does not end.
const NOT_CLOSEABLE: i32 = 3;
/// `CANCEL_RESULT_CANCELLED`.
const CANCELLED: i32 = 1;

/// All that there is to do.
pub(super) fn list() -> Vec<ActionType> {
    let all = ACTIONS.iter().map(|(name, description)| ActionType {
        r#type: (*name).to_owned(),
        description: (*description).to_owned(),
    });
    all.collect()
}

impl Flight {
    /// Does it; what is answered, if anything is.
    pub(super) async fn act(
        &self,
        client: &Arc<Client>,
        headers: &MetadataMap,
        action: &Action,
    ) -> Result<Option<Vec<u8>>, Status> {
        match action.r#type.as_str() {
            "CreatePreparedStatement" => {
                let asked: ActionCreatePreparedStatementRequest = packed(&action.body)?;
                not_in_transaction(asked.transaction_id.as_ref())?;
                let result = create(client, asked.query).await?;
                Ok(Some(result.as_any().encode_to_vec()))
            }
            // There is nothing to let go of.
            "ClosePreparedStatement" => Ok(None),
            "CancelFlightInfo" => {
                let asked = CancelFlightInfoRequest::decode(&*action.body);
                let info = asked.map_err(status::invalid)?.info.unwrap_or_default();
                self.cancelled(client, &info)?;
                let result = CancelFlightInfoResult::new(CancelStatus::Cancelled);
                Ok(Some(result.encode_to_vec()))
            }
            "CancelQuery" => {
                let asked: ActionCancelQueryRequest = packed(&action.body)?;
                let info = FlightInfo::decode(&*asked.info).map_err(status::invalid)?;
                self.cancelled(client, &info)?;
                let result = ActionCancelQueryResult { result: CANCELLED };
                Ok(Some(result.as_any().encode_to_vec()))
            }
            "CloseSession" => {
                let closed = self.log_out(headers);
                let status = if closed { CLOSED } else { NOT_CLOSEABLE };
                Ok(Some(CloseSessionResult { status }.encode_to_vec()))
            }
            name => {
                let known = REFUSED.iter().find(|(refused, _)| *refused == name);
                let why = known.map_or_else(
                    || format!("there is no action `{name}`"),
                    |(_, why)| (*why).to_owned(),
                );
                Err(Status::unimplemented(why))
            }
        }
    }

    fn cancelled(&self, client: &Client, info: &FlightInfo) -> Result<(), Status> {
        if self.cancel(client, info) {
            return Ok(());
        }
        Err(Status::not_found(
            "there is nothing to cancel: the statement has ended, or it is another user's",
        ))
    }
}

/// An error if a statement is to be part of a transaction.
pub(super) fn not_in_transaction(id: Option<&Bytes>) -> Result<(), Status> {
    match id {
        Some(id) if !id.is_empty() => Err(status::invalid(NO_TRANSACTIONS)),
        _ => Ok(()),
    }
}

/// Plans a statement: its handle, its columns and its parameters.
async fn create(
    client: &Client,
    sql: String,
) -> Result<ActionCreatePreparedStatementResult, Status> {
    let statement = statements::prepare(client, &sql).await?;
    let dataset = columns::sent(statement.schema());
    let parameters = values::schema(&statement.parameters());
    let handle = Handle::new(sql).bytes().map_err(status::invalid)?;
    Ok(ActionCreatePreparedStatementResult {
        prepared_statement_handle: handle.into(),
        dataset_schema: encoded(&dataset)?,
        parameter_schema: encoded(&parameters)?,
    })
}

/// A schema as messages hold it; nothing if it has no columns.
pub(super) fn encoded(schema: &Schema) -> Result<Bytes, Status> {
    if schema.fields().is_empty() {
        return Ok(Bytes::new());
    }
    let options = IpcWriteOptions::default();
    let message: Result<IpcMessage, _> = SchemaAsIpc::new(schema, &options).try_into();
    let IpcMessage(bytes) = message.map_err(status::defect)?;
    Ok(bytes)
}

/// What an action's body holds.
fn packed<M: ProstMessageExt>(body: &Bytes) -> Result<M, Status> {
    let any = Any::decode(&**body).map_err(status::invalid)?;
    let found = any.unpack().map_err(status::invalid)?;
    found.ok_or_else(|| status::invalid(format!("the action takes a `{}`", M::type_url())))
}
