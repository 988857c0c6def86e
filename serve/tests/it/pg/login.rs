//! Who gets in.

use super::world::{PASSWORD, Served, World, db_error, text, user};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_log_in_with_their_passwords() {
    let served = Served {
        users: vec![user("ada"), user("bob")],
        ..Served::default()
    };
    let world = World::served(served).await;
    let mut config = world.config("ada");
    config.password(PASSWORD);
    let client = world.connected(&config).await.unwrap();
    assert_eq!(text(&client, "SELECT current_user").await, "ada");
    assert_eq!(text(&client, "SHOW session_authorization").await, "ada");
    let mut messages = Vec::new();
    for (name, password) in [("ada", "wrong horse"), ("eve", PASSWORD), ("eve", "x")] {
        let mut config = world.config(name);
        config.password(password);
        let error = db_error(&world.connected(&config).await.err().unwrap());
        assert_eq!(error.code().code(), "28P01");
        messages.push(error.message().replace(name, "NAME"));
    }
    // Nobody hears which names there are.
    messages.dedup();
    assert_eq!(messages.len(), 1, "{messages:?}");
    let refused = world.service.metrics().snapshot().refused_logins;
    assert_eq!(refused[0].1, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_without_a_password_cannot_log_in_with_one() {
    let mut only_tokens = user("ada");
    only_tokens.password = None;
    let served = Served {
        users: vec![only_tokens],
        ..Served::default()
    };
    let world = World::served(served).await;
    let mut config = world.config("ada");
    config.password("");
    assert!(world.connected(&config).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn startup_options_that_make_no_sense_are_refused() {
    let world = World::new().await;
    let mut config = world.config("ada");
    config.options("-c client_encoding=LATIN1");
    let error = db_error(&world.connected(&config).await.err().unwrap());
    assert_eq!(error.code().code(), "22023");
}
