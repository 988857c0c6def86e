//! Who may ask.

use arrow_flight::{Action, sql::client::FlightSqlServiceClient};
use futures::TryStreamExt;
use tonic::Code;

use super::world::{Client, PASSWORD, TOKEN, World, ask, fetch, status, user};

async fn refused(client: &mut Client) -> tonic::Status {
    status(
        client
            .execute("SELECT 1".to_owned(), None)
            .await
            .unwrap_err(),
    )
}

#[tokio::test]
async fn a_token_is_needed_where_there_are_users() {
    let world = World::of(vec![user("ana")]).await;
    let nobody = refused(&mut world.client().await).await;
    assert_eq!(nobody.code(), Code::Unauthenticated);
    assert!(nobody.message().contains("a token is needed"), "{nobody}");
    let stranger = refused(&mut world.with_token("guessed").await).await;
    assert_eq!(stranger.code(), Code::Unauthenticated);
    assert_eq!(stranger.message(), "the token is not known");
    let mut ana = world.with_token(TOKEN).await;
    assert_eq!(ask(&mut ana, "SELECT 1 AS one").await.unwrap(), [["1"]]);

    let refused = world.service.metrics().snapshot().refused_logins;
    assert_eq!(refused.iter().map(|(_, count)| count).sum::<u64>(), 1);
}

#[tokio::test]
async fn every_call_asks_for_the_token() {
    let world = World::of(vec![user("ana")]).await;
    let mut client = world.client().await;
    let codes = [
        status(client.get_catalogs().await.unwrap_err()).code(),
        status(
            client
                .prepare("SELECT 1".to_owned(), None)
                .await
                .unwrap_err(),
        )
        .code(),
        status(
            client
                .execute_update("SELECT 1".to_owned(), None)
                .await
                .unwrap_err(),
        )
        .code(),
        status(
            client
                .do_get(arrow_flight::Ticket::new("x"))
                .await
                .unwrap_err(),
        )
        .code(),
        client
            .inner_mut()
            .list_actions(arrow_flight::Empty {})
            .await
            .unwrap_err()
            .code(),
        client
            .inner_mut()
            .get_schema(arrow_flight::FlightDescriptor::new_cmd("x"))
            .await
            .unwrap_err()
            .code(),
    ];
    assert_eq!(codes, [Code::Unauthenticated; 6]);
}

#[tokio::test]
async fn a_password_is_exchanged_for_a_token() {
    let world = World::of(vec![user("ana")]).await;
    let mut client = world.client().await;
    let wrong = client
        .handshake("ana", "guessed")
        .await
        .unwrap_err()
        .to_string();
    assert!(wrong.contains("login failed for user `ana`"), "{wrong}");
    assert!(!wrong.contains("guessed"), "{wrong}");
    client.handshake("ana", PASSWORD).await.unwrap();
    assert!(client.token().is_some_and(|token| token != TOKEN));
    assert_eq!(ask(&mut client, "SELECT 1 AS one").await.unwrap(), [["1"]]);

    // Another connection with the same token is the same session, until it ends.
    let mut other = world.with_token(client.token().unwrap()).await;
    assert_eq!(ask(&mut other, "SELECT 2 AS two").await.unwrap(), [["2"]]);
    let close = Action {
        r#type: "CloseSession".to_owned(),
        body: Vec::new().into(),
    };
    let closed = client.do_action(close).await.unwrap();
    let closed: Vec<_> = closed.try_collect().await.unwrap();
    // status = CLOSED, in protobuf.
    assert_eq!(closed[0].body.as_ref(), [0x08, 1]);
    assert_eq!(refused(&mut other).await.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn views_of_a_session_are_its_own() {
    let world = World::of(vec![user("ana"), user("bo")]).await;
    let mut ana = world.client().await;
    ana.handshake("ana", PASSWORD).await.unwrap();
    let view = "CREATE VIEW mine AS SELECT 42 AS n".to_owned();
    assert_eq!(ana.execute_update(view, None).await.unwrap(), 0);
    assert_eq!(ask(&mut ana, "SELECT n FROM mine").await.unwrap(), [["42"]]);
    let mut bo = world.client().await;
    bo.handshake("bo", PASSWORD).await.unwrap();
    let missing = status(
        bo.execute("SELECT n FROM mine".to_owned(), None)
            .await
            .unwrap_err(),
    );
    assert_eq!(missing.code(), Code::NotFound);
}

#[tokio::test]
async fn a_ticket_is_of_no_use_to_others() {
    let mut bo = user("bo");
    bo.tokens.clear();
    let world = World::of(vec![user("ana"), bo]).await;
    let mut ana = world.with_token(TOKEN).await;
    let info = ana
        .execute("SELECT 1 AS one".to_owned(), None)
        .await
        .unwrap();
    let mut bo = world.client().await;
    bo.handshake("bo", PASSWORD).await.unwrap();
    let stolen = fetch(&mut bo, &info).await.unwrap_err();
    assert!(stolen.contains("another user's"), "{stolen}");
    assert!(fetch(&mut ana, &info).await.is_ok());
}

#[tokio::test]
async fn connections_are_encrypted_with_the_servers_certificate() {
    let world = World::encrypted(vec![user("ana")]).await;
    let mut client = world.with_token(TOKEN).await;
    assert_eq!(ask(&mut client, "SELECT 1 AS one").await.unwrap(), [["1"]]);
    let plain =
        tonic::transport::Endpoint::from_shared(format!("http://{}", world.flight)).unwrap();
    let answered = match plain.connect().await {
        Ok(channel) => {
            let mut client = FlightSqlServiceClient::new(channel);
            client.set_token(TOKEN.to_owned());
            client.execute("SELECT 1".to_owned(), None).await.is_ok()
        }
        Err(_) => false,
    };
    assert!(!answered, "nothing is said in the clear");
}
