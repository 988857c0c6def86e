//! What no driver does: messages that are wrong, and TLS by hand.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::world::{Served, World, text, user};

/// More than anything here takes that ends.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a server says to these bytes until it closes the connection.
async fn said(world: &World, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is reset has said what it had to say.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .expect("it is closed");
    answer
}

fn startup(parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut body = 196_608_u32.to_be_bytes().to_vec();
    for (name, value) in parameters {
        body.extend([name.as_bytes(), &[0], value.as_bytes(), &[0]].concat());
    }
    body.push(0);
    let length = u32::try_from(body.len() + 4).unwrap();
    [&length.to_be_bytes()[..], &body].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_are_wrong_end_their_connection_only() {
    let world = World::new().await;
    let client = world.connect().await;
    let begin = startup(&[("user", "ada")]);
    for message in [
        &b"Q\0\0\0\x03"[..],
        b"Q\xff\xff\xff\xff",
        b"Q\0\0\0\x05a",
        b"P\0\0\0\x09\0a\0\xff\xff",
        b"B\0\0\0\x0c\0\0\0\0\xff\xff\0\0",
        b"D\0\0\0\x06Xa",
        b"~\0\0\0\x04",
        b"p\0\0\0\x08abcd",
    ] {
        let answer = said(&world, &[&begin, message].concat()).await;
        let text = String::from_utf8_lossy(&answer);
        assert!(
            text.contains("08P01") || text.contains("22021"),
            "{message:?}: {text}"
        );
    }
    for begin in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        b"\0\0\0\x04",
        b"\xff\xff\xff\xff",
    ] {
        said(&world, begin).await;
    }
    let answer = said(&world, &startup(&[("database", "a")])).await;
    assert!(String::from_utf8_lossy(&answer).contains("no PostgreSQL user name"));
    let answer = said(
        &world,
        &startup(&[("user", "ada"), ("replication", "database")]),
    )
    .await;
    assert!(String::from_utf8_lossy(&answer).contains("0A000"));
    assert_eq!(text(&client, "SELECT 1").await, "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_asks_before_they_have_logged_in() {
    let served = Served {
        users: vec![user("ada")],
        ..Served::default()
    };
    let world = World::served(served).await;
    let begin = startup(&[("user", "ada")]);
    for message in [
        &b"Q\0\0\0\x0dSELECT 1\0"[..],
        b"p\0\0\0\x08abcd",
        b"Q\0\x7f\0\0",
    ] {
        let answer = said(&world, &[&begin, message].concat()).await;
        let text = String::from_utf8_lossy(&answer);
        assert!(text.contains("08P01"), "{text}");
        assert!(!answer.contains(&b'Z'), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_agreed_on_or_not() {
    let world = World::new().await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream
        .write_all(b"\0\0\0\x08\x04\xd2\x16\x30")
        .await
        .unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), b'N');
    stream
        .write_all(b"\0\0\0\x08\x04\xd2\x16\x2f")
        .await
        .unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), b'N');
    stream
        .write_all(&startup(&[("user", "ada")]))
        .await
        .unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), b'R');
    let world = World::served(Served {
        tls: true,
        ..Served::default()
    })
    .await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    // What is sent along with the request, before TLS, must not count as sent within it.
    let request = [
        &b"\0\0\0\x08\x04\xd2\x16\x2f"[..],
        &startup(&[("user", "ada")]),
    ]
    .concat();
    stream.write_all(&request).await.unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), b'S');
    let mut rest = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut rest))
        .await
        .expect("it is closed");
    assert!(!rest.contains(&b'R'), "{rest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_for_a_table_are_read_over() {
    let world = World::new().await;
    let begin = startup(&[("user", "ada")]);
    let message = |kind: u8, body: &[u8]| {
        let length = u32::try_from(body.len() + 4).unwrap();
        [&[kind][..], &length.to_be_bytes(), body].concat()
    };
    let sent = [
        begin,
        message(
            b'Q',
            b"COPY costs FROM STDIN WITH (FORMAT csv, FORCE_NULL (service))\0",
        ),
        message(b'd', b"it's;\n"),
        message(b'c', b""),
        message(b'Q', b"SELECT 'after' || 'wards'\0"),
    ];
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(&sent.concat()).await.unwrap();
    let mut answer = Vec::new();
    let told = async {
        while !answer.windows(10).any(|part| part == b"afterwards") {
            assert!(stream.read_buf(&mut answer).await.unwrap() > 0);
        }
    };
    timeout(PATIENCE, told).await.expect("it is answered");
    let text = String::from_utf8_lossy(&answer);
    // The client is told to send, then that it was for nothing, and then what it asked next.
    let places = ["G\0\0\0\x07\0\0\0", "25006", "afterwards"].map(|part| text.find(part));
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{text}"
    );
}
