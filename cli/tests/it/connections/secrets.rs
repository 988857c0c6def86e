//! No secret appears anywhere.

use super::world::{Connected, EXTERNAL_ID, PAYER, SECRET, connected, connection};

const INLINE: &str = "planted-secret-in-the-file";

/// All that a run prints, at every level of the log.
fn printed(connected: &Connected, arguments: &[&str]) -> String {
    let mut all = String::new();
    for level in [
        &["-vv"][..],
        &["-vvv"],
        &["--log-format", "json", "-vv"],
        &[],
    ] {
        let run = connected.place.run(&[arguments, level].concat());
        all.push_str(&run.stdout);
        all.push_str(&run.stderr);
    }
    let output = connected
        .place
        .command(arguments)
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "1")
        .output()
        .unwrap();
    all.push_str(&String::from_utf8_lossy(&output.stdout));
    all.push_str(&String::from_utf8_lossy(&output.stderr));
    all
}

#[test]
fn no_secret_is_printed() {
    let connected = connected();
    connected.deliver();
    let inline = format!(
        "{}[[connection]]\nname = \"inline\"\naccount_id = \"{PAYER}\"\naccess_key_id = \"AKIAEXAMPLEENGINE\"\nsecret_access_key = \"{INLINE}\"\n",
        connection("acme-payer", PAYER, "")
    );
    connected.configure(&inline);
    let mut all = String::new();
    for arguments in [
        &["connections", "list"][..],
        &["connections", "show", "inline"],
        &["connections", "check", "--retries", "0"],
        &["config", "show"],
        &["ingest", "--force"],
        &["connections", "check", "nobody"],
    ] {
        all.push_str(&printed(&connected, arguments));
    }
    connected.configure(&inline.replace("secret_access_key =", "secret_access_key = x"));
    all.push_str(&printed(&connected, &["connections", "list"]));
    connected.configure(&inline.replace("access_key_id =", "acces_key_id ="));
    all.push_str(&printed(&connected, &["connections", "list"]));

    // What the server handed out is secret too.
    let session = super::tokens::assume(&connected, super::world::ROLE, Some(EXTERNAL_ID));
    assert!(all.len() > 10_000, "something was logged");
    for secret in [SECRET, INLINE] {
        assert!(!all.contains(secret), "`{secret}` is printed");
    }
    // Tokens of the small AWS all begin alike.
    let beginning: String = session.token.chars().take(12).collect();
    for (line, text) in all.lines().enumerate() {
        assert!(
            !text.contains(&beginning),
            "a session token in line {line}: {text}"
        );
    }
}
