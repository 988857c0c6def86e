//! No secret appears anywhere.

use curtail_connect::{Config, Reach, S3Options, Session};
use curtail_testaws::CostRow;

use super::world::{Connected, KEY, PAYER, REGION, SECRET, connected, connected_to, connection};

/// In the configuration file itself.
const INLINE: &str = "planted-secret-in-the-file";
/// In a URL, before the bucket.
const IN_URL: &str = "planted+secret+in+a+url";
/// The same with slashes, as AWS's secrets may have them: it looks like a bucket and a prefix.
const SLASHED: &str = "planted/secret/in/a+url";
/// In a file that is imported.
const IMPORTED: &str = "planted-secret-of-infrawallet";
/// Of the form that AWS gives them, in place of the name of a variable.
const IN_NAME: &str = "wJalrXUtnFEMIK7MDENGbPxRfiCYPLANTEDKEY01";
/// A token, in the same place.
const TOKEN: &str = "IQoJb3JpZ2luX2VjEPlantedTokenPlantedTokenPlantedTokenPlantedTokenPlantedTokenPlantedTokenPlantedTokenPlantedToken";

const PLANTED: [&str; 7] = [SECRET, INLINE, IN_URL, SLASHED, IMPORTED, IN_NAME, TOKEN];

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

/// Looks for what was planted, and for what the server handed out.
fn search(connected: &Connected, all: &str) {
    let handed_out = connected.aws.handed_out();
    let planted = PLANTED.into_iter().map(str::to_owned);
    for secret in planted.chain(handed_out) {
        let line = all.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "`{secret}` is printed");
    }
}

/// A connection with keys of its own.
fn inline(keys: &str) -> String {
    format!("[[connection]]\nname = \"inline\"\naccount_id = \"{PAYER}\"\n{keys}\n")
}

#[test]
fn no_secret_is_printed() {
    let day = chrono::Utc::now().date_naive().to_string();
    let costs = [CostRow::new(&day, PAYER, "Amazon Simple Storage Service").cost("1")];
    let connected = connected_to(|world, _| world.costs(costs));
    connected.deliver();
    let keys = format!("access_key_id = \"{KEY}\"\nsecret_access_key = \"{INLINE}\"");
    let inline = format!("{}{}", connection("acme-payer", PAYER, ""), inline(&keys));
    connected.configure(&inline);
    let mut all = String::new();
    for arguments in [
        &["connections", "list"][..],
        &["connections", "show", "inline"],
        &["connections", "check", "--retries", "0", "--paid"],
        &["config", "show"],
        &["ingest", "--force"],
        &["connections", "check", "nobody"],
        &["sql", "SELECT * FROM meta.connections"],
    ] {
        all.push_str(&printed(&connected, arguments));
    }
    connected.configure(&inline.replace("secret_access_key =", "secret_access_key = x"));
    all.push_str(&printed(&connected, &["connections", "list"]));
    connected.configure(&inline.replace("access_key_id =", "acces_key_id ="));
    all.push_str(&printed(&connected, &["connections", "list"]));
    assert!(all.len() > 10_000, "something was logged");
    // A role per run, and its sessions are what is looked for.
    assert!(connected.aws.handed_out().len() >= 20);
    search(&connected, &all);
}

#[test]
fn what_is_wrong_with_a_place_is_said_without_its_secret() {
    let connected = connected();
    let mut all = String::new();
    for secret in [IN_URL, SLASHED] {
        let keys = format!("{KEY}:{secret}");
        let place = format!("s3://{keys}@acme-billing/billing");
        for wrong in [
            format!("reports = \"{place}\""),
            format!("reports = [\"{place}\"]"),
            format!("reports = [{{ bucket = \"{keys}@acme-billing\", prefix = \"x\" }}]"),
            format!("reports = [{{ url = \"{place}\" }}]"),
            format!("endpoint = \"https://{keys}@example.com\""),
        ] {
            connected.configure(&connection("acme-payer", PAYER, &wrong));
            for arguments in [
                &["connections", "list"][..],
                &["config", "show"],
                &["ingest"],
            ] {
                let run = connected.place.run(arguments);
                assert_eq!(run.status, Some(1), "{run:?}");
                all.push_str(&printed(&connected, arguments));
            }
        }
        connected.configure(&connection("acme-payer", PAYER, ""));
        let add = ["connections", "add", "new", "--account-id", PAYER];
        let server = format!("https://{keys}@example.com");
        for arguments in [
            &[&add[..], &["--report", &place]].concat()[..],
            &[&add[..], &["--endpoint", &server]].concat(),
            &["connections", "set", "acme-payer", "--report", &place],
            &["ingest", &place],
            &["ingest", &server],
            &["status", "--store", &place],
        ] {
            let run = connected.place.run(arguments);
            assert_ne!(run.status, Some(0), "{run:?}");
            all.push_str(&printed(&connected, arguments));
        }
    }
    search(&connected, &all);
}

#[test]
fn a_secret_in_place_of_a_variables_name_is_not_repeated() {
    let connected = connected();
    let mut all = String::new();
    for (id, secret, more) in [
        (KEY, IN_NAME, String::new()),
        ("ID", IN_NAME, String::new()),
        ("ID", INLINE, String::new()),
        ("ID", "KEY", format!("session_token_env = \"{TOKEN}\"")),
    ] {
        connected.configure(&inline(&format!(
            "access_key_id_env = \"{id}\"\nsecret_access_key_env = \"{secret}\"\n{more}"
        )));
        for arguments in [
            &["connections", "list"][..],
            &["config", "show"],
            &["connections", "check"],
            &["ingest"],
        ] {
            let run = connected.place.run(arguments);
            assert_eq!(run.status, Some(1), "{run:?}");
            all.push_str(&printed(&connected, arguments));
        }
    }
    connected.configure("");
    let add = ["connections", "add", "new", "--account-id", PAYER];
    let keys = ["--access-key-id-env", "ID", "--secret-access-key-env"];
    for arguments in [
        [&add[..], &keys, &[IN_NAME]].concat(),
        [&add[..], &keys, &["KEY", "--session-token-env", TOKEN]].concat(),
    ] {
        let run = connected.place.run(&arguments);
        assert_ne!(run.status, Some(0), "{run:?}");
        all.push_str(&printed(&connected, &arguments));
    }
    search(&connected, &all);
}

#[test]
fn what_is_imported_is_not_printed() {
    let connected = connected();
    let file = connected.place.path("app-config.yaml");
    let mut all = String::new();
    let id = format!("accessKeyId: {KEY}");
    for keys in [
        format!("{id}\n          secretAccessKey: {IMPORTED}"),
        format!("{id}\n          accessKeySecret: {IMPORTED}"),
        format!("accessKeySecret: {IMPORTED}"),
        format!(
            "{id}\n          accessKeySecret: {IMPORTED}\n          secretAccessKey: {IMPORTED}"
        ),
        format!("{id}\n          secretAccessKey: ${{{IN_NAME}}}"),
        format!("{id}\n          secretAccessKey: [{IMPORTED}]"),
        format!("{id}\n          secretAccessKey: \"{IMPORTED}"),
    ] {
        let text = format!(
            "backend:\n  infraWallet:\n    integrations:\n      aws:\n        - name: imported\n          accountId: '{PAYER}'\n          {keys}\n"
        );
        std::fs::write(&file, text).unwrap();
        for arguments in [
            &["connections", "import", "app-config.yaml", "--dry-run"][..],
            &["connections", "import", "app-config.yaml"],
            &["connections", "show", "imported"],
            &["config", "show"],
        ] {
            connected.configure("");
            all.push_str(&printed(&connected, arguments));
        }
    }
    assert!(all.contains("imported"), "{all}");
    search(&connected, &all);
}

#[test]
fn a_session_is_shown_without_its_secrets() {
    let connected = connected();
    let text = format!(
        "{}endpoint = \"{}\"\nallow_http = true\nregion = \"{REGION}\"\naccess_key_id = \"{KEY}\"\nsecret_access_key = \"{SECRET}\"\n",
        connection("acme-payer", PAYER, ""),
        connected.aws.url()
    );
    let config = Config::parse(&text).unwrap();
    let connection = &config.connections[0];
    let reach = Reach {
        s3: S3Options::default(),
        environment: |_| None,
    };
    let keys = connection.keys(reach.environment).unwrap().unwrap();
    assert_eq!(keys.secret.reveal(), SECRET);
    let mut all = format!("{config:?} {config:#?} {keys:?} {keys:#?}");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let session = Session::open(connection, &reach).await.unwrap();
        all.push_str(&format!("{session:?} {session:#?}"));
        let bucket = session.bucket("acme-billing", None).await.unwrap();
        all.push_str(&format!("{bucket:?} {bucket:#?}"));
    });
    assert!(all.contains("acme-payer") && all.contains(KEY), "{all}");
    assert_eq!(connected.aws.handed_out().len(), 2, "one session");
    search(&connected, &all);
}
