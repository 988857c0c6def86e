//! What is not done, and how that is told.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use arrow_flight::{
    Action, Ticket,
    sql::{Any, CommandStatementIngest, ProstMessageExt},
};
use futures::stream;
use prost::Message;
use tonic::Code;

use super::world::{World, ask, status};

#[tokio::test]
async fn mistakes_are_told_with_their_place() {
    let world = World::open().await;
    let mut client = world.client().await;
    let cases = [
        (
            "SELECT * FROM cots",
            Code::NotFound,
            "did you mean `costs`?",
        ),
        (
            "SELECT servce FROM costs",
            Code::InvalidArgument,
            "did you mean `service`",
        ),
        ("SELEC 1", Code::InvalidArgument, "line 1, column 1"),
        ("SELECT 1; SELECT 2", Code::InvalidArgument, "2 statements"),
        ("", Code::InvalidArgument, "no statement"),
    ];
    for (sql, code, told) in cases {
        let status = status(client.execute(sql.to_owned(), None).await.unwrap_err());
        assert_eq!(status.code(), code, "{sql}: {status}");
        assert!(status.message().contains(told), "{sql}: {status}");
    }
}

#[tokio::test]
async fn nothing_is_written() {
    let world = World::open().await;
    let mut client = world.client().await;
    for sql in [
        "INSERT INTO costs SELECT * FROM costs",
        "DELETE FROM costs",
        "DROP TABLE costs",
    ] {
        let asked = status(client.execute(sql.to_owned(), None).await.unwrap_err());
        let updated = status(
            client
                .execute_update(sql.to_owned(), None)
                .await
                .unwrap_err(),
        );
        for status in [asked, updated] {
            assert_eq!(status.code(), Code::InvalidArgument, "{sql}: {status}");
            assert!(
                status.message().contains("only reading is possible"),
                "{sql}: {status}"
            );
        }
    }
    let ingest = CommandStatementIngest {
        table: "costs".to_owned(),
        ..Default::default()
    };
    let column: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let rows = RecordBatch::try_from_iter([("n", column)]).unwrap();
    let rows = stream::iter([Ok(rows)]);
    let status = status(client.execute_ingest(ingest, rows).await.unwrap_err());
    assert!(status.message().contains("curtail ingest"), "{status}");
    assert_eq!(ask(&mut client, "SELECT 1 AS one").await.unwrap(), [["1"]]);
}

#[tokio::test]
async fn there_are_no_transactions() {
    let world = World::open().await;
    let mut client = world.client().await;
    let begun = status(client.begin_transaction().await.unwrap_err());
    assert_eq!(begun.code(), Code::Unimplemented);
    assert!(begun.message().contains("no transactions"), "{begun}");
    let inside = client
        .execute("SELECT 1".to_owned(), Some("t1".into()))
        .await;
    assert_eq!(status(inside.unwrap_err()).code(), Code::InvalidArgument);
}

#[tokio::test]
async fn nonsense_is_refused_and_harms_nobody() {
    let world = World::open().await;
    let mut client = world.client().await;
    let tickets = [
        Vec::new(),
        b"nonsense".to_vec(),
        vec![0xff; 64],
        Any {
            type_url: "type.googleapis.com/none".to_owned(),
            value: vec![1].into(),
        }
        .encode_to_vec(),
        arrow_flight::sql::TicketStatementQuery {
            statement_handle: vec![7; 16].into(),
        }
        .as_any()
        .encode_to_vec(),
        arrow_flight::sql::CommandPreparedStatementQuery {
            prepared_statement_handle: vec![7; 16].into(),
        }
        .as_any()
        .encode_to_vec(),
    ];
    for ticket in tickets {
        let status = status(
            client
                .do_get(Ticket::new(ticket.clone()))
                .await
                .unwrap_err(),
        );
        let expected = [Code::InvalidArgument, Code::NotFound];
        assert!(expected.contains(&status.code()), "{ticket:?}: {status}");
    }
    for name in [
        "",
        "CreatePreparedStatement",
        "CancelFlightInfo",
        "CancelQuery",
        "Explode",
    ] {
        let action = Action {
            r#type: name.to_owned(),
            body: b"nonsense".to_vec().into(),
        };
        assert!(client.do_action(action).await.is_err(), "{name}");
    }
    assert_eq!(ask(&mut client, "SELECT 1 AS one").await.unwrap(), [["1"]]);
}
