use super::*;

fn command(text: &str) -> Result<Command, Failure> {
    if let Some(command) = unparsed(text)? {
        return Ok(command);
    }
    let mut parsed =
        crate::pg::catalog::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(parsed.len(), 1, "{text}");
    Command::of(parsed.remove(0))
}

#[test]
fn what_drivers_say_is_understood() {
    let set = |name: &str, value: &str| Command::Set {
        local: false,
        changes: vec![(name.to_owned(), Some(value.to_owned()))],
    };
    for (text, expected) in [
        ("BEGIN", Command::Begin),
        ("BEGIN READ ONLY", Command::Begin),
        (
            "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            Command::Begin,
        ),
        ("START TRANSACTION", Command::Begin),
        ("COMMIT", Command::Commit),
        ("END", Command::Commit),
        ("ROLLBACK", Command::Rollback),
        ("SAVEPOINT a", Command::Savepoint("a".to_owned())),
        ("RELEASE SAVEPOINT a", Command::Release("a".to_owned())),
        (
            "ROLLBACK TO SAVEPOINT a",
            Command::RollbackTo("a".to_owned()),
        ),
        ("SET extra_float_digits = 3", set("extra_float_digits", "3")),
        (
            "SET application_name = 'PostgreSQL JDBC Driver'",
            set("application_name", "PostgreSQL JDBC Driver"),
        ),
        (
            "SET search_path TO public, \"a b\"",
            set("search_path", "public, a b"),
        ),
        (
            "SET SESSION statement_timeout TO '5s'",
            set("statement_timeout", "5s"),
        ),
        (
            "SET client_encoding TO 'UTF8'",
            set("client_encoding", "UTF8"),
        ),
        ("SET NAMES 'utf8'", set("client_encoding", "utf8")),
        ("SET TIME ZONE 'UTC'", set("timezone", "UTC")),
        ("SET TimeZone = 'UTC'", set("timezone", "UTC")),
        ("SET DateStyle TO ISO", set("datestyle", "ISO")),
        (
            "SET curtail.dialect = 'trino'",
            set("curtail.dialect", "trino"),
        ),
        (
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            Command::Nothing("SET"),
        ),
        (
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            Command::Nothing("SET"),
        ),
        ("RESET ALL", Command::Reset(None)),
        (
            "RESET statement_timeout",
            Command::Reset(Some("statement_timeout".to_owned())),
        ),
        (
            "SHOW server_version",
            Command::Show("server_version".to_owned()),
        ),
        (
            "SHOW TRANSACTION ISOLATION LEVEL",
            Command::Show("transaction_isolation".to_owned()),
        ),
        ("SHOW TIME ZONE", Command::Show("timezone".to_owned())),
        ("SHOW ALL", Command::ShowAll),
        ("DISCARD ALL", Command::DiscardAll),
        ("DEALLOCATE ALL", Command::Deallocate(None)),
        (
            "DEALLOCATE \"_pg3_0\"",
            Command::Deallocate(Some("_pg3_0".to_owned())),
        ),
        (
            "FETCH FORWARD 100 FROM \"c\"",
            Command::Fetch {
                name: "c".to_owned(),
                most: Some(100),
            },
        ),
        (
            "/* a */ fetch -- b\n C",
            Command::Fetch {
                name: "c".to_owned(),
                most: Some(1),
            },
        ),
        (
            "MOVE FORWARD ALL IN next",
            Command::Move {
                name: "next".to_owned(),
                most: None,
            },
        ),
        ("SET SCHEMA 'meta'", set("search_path", "meta")),
        ("SET XML OPTION DOCUMENT", set("xmloption", "DOCUMENT")),
        (
            "SET CONSTRAINTS ALL DEFERRED",
            Command::Nothing("SET CONSTRAINTS"),
        ),
        ("SET ROLE bob", set("role", "bob")),
        ("SET ROLE NONE", set("role", "none")),
        (
            "SET SESSION AUTHORIZATION bob",
            set("session_authorization", "bob"),
        ),
        (
            "SHOW SESSION AUTHORIZATION",
            Command::Show("session_authorization".to_owned()),
        ),
        ("COPY costs FROM STDIN", Command::CopyIn),
        (
            "FETCH ALL FROM c",
            Command::Fetch {
                name: "c".to_owned(),
                most: None,
            },
        ),
        ("CLOSE \"c\"", Command::CloseCursor(Some("c".to_owned()))),
        ("CLOSE ALL", Command::CloseCursor(None)),
        ("UNLISTEN *", Command::Nothing("UNLISTEN")),
    ] {
        assert_eq!(command(text), Ok(expected), "{text}");
    }
    let local = command("SET LOCAL statement_timeout = 100").unwrap();
    assert!(matches!(local, Command::Set { local: true, .. }));
    let default = command("SET statement_timeout TO DEFAULT").unwrap();
    assert!(matches!(default, Command::Set { changes, .. } if changes[0].1.is_none()));
}

#[test]
fn cursors_and_copies_have_queries() {
    let declared = command("DECLARE \"c\" NO SCROLL CURSOR WITHOUT HOLD FOR SELECT 1").unwrap();
    assert!(matches!(&declared, Command::Declare { name, hold: false, .. } if name == "c"));
    assert!(declared.planned().is_some());
    let copied = command("COPY (SELECT 1) TO STDOUT (FORMAT binary)").unwrap();
    assert!(copied.planned().is_some());
    let named = command("COPY (SELECT * FROM stdin) TO STDOUT").unwrap();
    assert!(named.planned().is_some());
    let table = command("COPY costs (service, region) TO STDOUT WITH CSV HEADER").unwrap();
    assert_eq!(
        table.planned().unwrap().to_string(),
        "SELECT service, region FROM costs"
    );
    assert_eq!(command("COPY costs TO '/tmp/a'").unwrap_err().code, "42501");
    for (text, code) in [
        ("FETCH PRIOR FROM c", "55000"),
        ("MOVE -1 IN c", "55000"),
        ("FETCH 1 FROM", "42601"),
        ("FETCH", "42601"),
        ("DO $$ begin end $$", "25006"),
        ("reindex table costs", "25006"),
    ] {
        assert_eq!(command(text).unwrap_err().code, code, "{text}");
    }
}
