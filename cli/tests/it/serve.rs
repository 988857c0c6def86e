//! `curtail serve`, as a process: addresses that are told, refusals, secrets, and its end.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, ChildStderr, Command},
    time::{Duration, Instant},
};

use crate::harness::Place;

/// More than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server that listens.
pub(crate) struct Server {
    child: Child,
    stderr: BufReader<ChildStderr>,
    /// The lines that it told its addresses in.
    told: Vec<String>,
}

impl Server {
    pub(crate) fn start(place: &Place, arguments: &[&str], listeners: usize) -> Self {
        let arguments = [&["serve"], arguments].concat();
        let mut child = place.start(&arguments);
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut told = Vec::new();
        while told.len() < listeners {
            let mut line = String::new();
            assert!(
                stderr.read_line(&mut line).unwrap() > 0,
                "it ended: {told:?}"
            );
            if line.starts_with("listening: ") {
                told.push(line.trim_end().to_owned());
            }
        }
        Self {
            child,
            stderr,
            told,
        }
    }

    /// The address of a protocol.
    pub(crate) fn address(&self, protocol: &str) -> String {
        let prefix = format!("listening: {protocol} ");
        let line = self.told.iter().find_map(|line| line.strip_prefix(&prefix));
        line.unwrap().split(',').next().unwrap().to_owned()
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Its exit status, and what it said at last.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).unwrap();
        (status.code(), rest)
    }
}

fn filled() -> Place {
    let place = Place::new();
    place.generate("legacy-csv");
    place.ok(&["ingest", "report"]);
    place
}

/// What a server of PostgreSQL's protocol answers to a session's first message and a query, as text.
pub(crate) fn asked(address: &str, sql: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut bytes = b"\0\0\0\x12\0\x03\0\0user\0ada\0\0".to_vec();
    bytes.push(b'Q');
    bytes.extend(u32::try_from(sql.len() + 5).unwrap().to_be_bytes());
    bytes.extend(sql.as_bytes());
    bytes.push(0);
    stream.write_all(&bytes).unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    // Ready once at the beginning, and once after the answer.
    let ready = |answer: &[u8]| {
        answer
            .windows(6)
            .filter(|window| *window == b"Z\0\0\0\x05I")
            .count()
    };
    while ready(&answer) < 2 {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend(&buffer[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn it_tells_its_addresses_and_ends_by_a_signal() {
    let place = filled();
    for signal in ["-INT", "-TERM"] {
        let arguments = [
            "--pg",
            "127.0.0.1:0",
            "--flight",
            "127.0.0.1:0",
            "--http",
            "127.0.0.1:0",
        ];
        let server = Server::start(&place, &arguments, 3);
        assert!(
            server.told[0].ends_with(", nobody has to log in"),
            "{:?}",
            server.told
        );
        let total = place.ok(&["sql", "select sum(unblended_cost) as total from costs"]);
        let total = total.lines().last().unwrap().to_owned();
        let answer = asked(
            &server.address("pg"),
            "SELECT sum(unblended_cost) FROM costs",
        );
        assert!(answer.contains(&total), "{total}: {answer}");
        let mut page = TcpStream::connect(server.address("http")).unwrap();
        page.write_all(b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut health = String::new();
        page.read_to_string(&mut health).unwrap();
        assert!(health.starts_with("HTTP/1.1 200 "), "{health}");
        server.signal(signal);
        let (status, said) = server.end();
        assert_eq!(status, Some(0), "{said}");
        assert!(said.contains("stopping"), "{said}");
    }
}

#[test]
fn other_machines_are_not_listened_to_without_protection() {
    let place = filled();
    let refused = |arguments: &[&str]| {
        let run = place.run(&[&["serve"], arguments].concat());
        assert_eq!(run.status, Some(1), "{}", run.stderr);
        run.stderr
    };
    for protocol in ["--pg", "--flight", "--http"] {
        let said = refused(&[protocol, "0.0.0.0:0"]);
        assert!(
            said.contains("neither users nor TLS") && said.contains("--insecure-without-auth"),
            "{said}"
        );
    }
    let named = place.run(&["serve", "--pg", "localhost:0"]);
    assert_eq!(named.status, Some(2), "{}", named.stderr);
    assert!(
        named.stderr.contains("such as 127.0.0.1:5432"),
        "{}",
        named.stderr
    );
    let said = refused(&["--pg", "0.0.0.0:0", "--insecure-without-tls"]);
    assert!(said.contains("no users are configured"), "{said}");
    let both = [
        "--pg",
        "0.0.0.0:0",
        "--insecure-without-tls",
        "--insecure-without-auth",
    ];
    let server = Server::start(&place, &both, 1);
    server.signal("-TERM");
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn secrets_are_made_and_never_shown() {
    let place = filled();
    let made = place.run_with_input(&["serve", "password"], "correct horse\n");
    assert_eq!(made.status, Some(0), "{}", made.stderr);
    let verifier = made.stdout.trim();
    assert!(verifier.starts_with("SCRAM-SHA-256$4096:"), "{verifier}");
    assert_eq!(
        place
            .run_with_input(&["serve", "password"], "short\n")
            .status,
        Some(2)
    );
    let token = place.ok(&["serve", "token"]);
    let hash = token
        .lines()
        .find_map(|line| line.strip_prefix("hash: "))
        .unwrap();
    let config = format!(
        "[serve]\npg = \"127.0.0.1:0\"\nmax_rows = 1000\n\n[serve.users.ada]\npassword = \"{verifier}\"\ntokens = [\"{hash}\"]\nallow = \"service <> 'x'\"\n"
    );
    fs::create_dir_all(place.path(".config/curtail")).unwrap();
    let file = place.path(".config/curtail/config.toml");
    fs::write(&file, &config).unwrap();
    let shown = place.ok(&["config", "show"]);
    assert!(
        shown.contains("[serve.users.ada]") && shown.contains("max_rows = 1000"),
        "{shown}"
    );
    assert!(!shown.contains("SCRAM") && !shown.contains(hash), "{shown}");
    let server = Server::start(&place, &[], 1);
    assert!(server.told[0].ends_with(", 1 user"), "{:?}", server.told);
    server.signal("-TERM");
    assert_eq!(server.end().0, Some(0));
    for (wrong, key) in [
        (
            config.replace(verifier, "correct horse"),
            "serve.users.ada.password",
        ),
        (config.replace(hash, "sha256:12"), "serve.users.ada.tokens"),
        (config.replace("127.0.0.1:0", "localhost"), "serve.pg"),
        (
            config.replace("service <> 'x'", "no_such_column = 1"),
            "user `ada`",
        ),
        (
            config.replace("max_rows", "max_row"),
            "unknown field `max_row`",
        ),
    ] {
        fs::write(&file, wrong).unwrap();
        let run = place.run(&["serve"]);
        assert_eq!(run.status, Some(1), "{}", run.stderr);
        assert!(run.stderr.contains(key), "{key}: {}", run.stderr);
        assert!(!run.stderr.contains("correct horse"), "{}", run.stderr);
    }
}
