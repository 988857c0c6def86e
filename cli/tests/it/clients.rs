//! Real clients of `curtail serve`, each of which gets the digits that `curtail sql` gives.

use std::{
    ffi::OsString,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::json;

use crate::harness::Place;

/// What every client asks, and `curtail sql` too.
const QUESTIONS: [&str; 6] = [
    "SELECT service, sum(unblended_cost) AS cost, count(*) AS n FROM costs GROUP BY service ORDER BY service",
    "SELECT sum(unblended_cost) AS a, sum(amortized_cost) AS b, min(unblended_cost) AS c, max(unblended_cost) AS d, count(DISTINCT account_id) AS e FROM costs",
    "SELECT usage_date, account_id, sum(unblended_cost) AS cost FROM costs GROUP BY usage_date, account_id ORDER BY usage_date, account_id",
    "SELECT usage_start, usage_date, service, resource_id, provisional, usage_amount, unblended_cost, list_cost FROM costs ORDER BY 1, 2, 3, 4, 5, 6, 7, 8 LIMIT 300",
    "SELECT date_trunc('month', usage_start) AS month, charge_type, sum(net_unblended_cost) AS cost FROM costs GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT service, count(*) AS n FROM mine WHERE unblended_cost > 0.000001 GROUP BY service ORDER BY n DESC, service LIMIT 5",
];

/// The user who logs in.
const USER: &str = "anna";
const PASSWORD: &str = "correct-horse-battery";

/// A server over a small store, and what there is to compare with it.
struct Served {
    place: Place,
    server: Child,
    addresses: Vec<(String, String)>,
    token: String,
}

impl Served {
    /// `None` where `CURTAIL_TEST_PYTHON` names no Python to run clients with.
    fn new(more: &[&str]) -> Option<(Self, OsString)> {
        let Some(python) = std::env::var_os("CURTAIL_TEST_PYTHON") else {
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: set CURTAIL_TEST_PYTHON to a Python with serve/tests/clients/requirements.txt"
            );
            return None;
        };
        let place = Place::new();
        for format in ["legacy-csv", "focus"] {
            place.ok(&[
                "generate", "--out", "reports", "--rows", "3000", "--format", format,
            ]);
        }
        place.ok(&["ingest", "reports"]);
        place.ok(&[
            "sql",
            "--save",
            "CREATE VIEW mine AS SELECT service, unblended_cost FROM costs",
        ]);
        let verifier = place.run_with_input(&["serve", "password"], &format!("{PASSWORD}\n"));
        let verifier = verifier.success().stdout;
        let made = place.ok(&["serve", "token"]);
        let (token, hash) = told(&made);
        let config = format!(
            "[serve.users.{USER}]\npassword = \"{}\"\ntokens = [\"{hash}\"]\n",
            verifier.trim()
        );
        let folder = place.path(".config/curtail");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), config).unwrap();
        let mut arguments = vec![
            "--memory-limit",
            "256MiB",
            "serve",
            "--pg",
            "127.0.0.1:0",
            "--flight",
            "127.0.0.1:0",
        ];
        arguments.extend(more);
        let mut server = place
            .command(&arguments)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
        let mut addresses = Vec::new();
        while addresses.len() < 2 {
            let line = lines
                .next()
                .expect("the server tells its addresses")
                .unwrap();
            let rest = line.strip_prefix("listening: ");
            let (protocol, rest) = rest.and_then(|rest| rest.split_once(' ')).expect(&line);
            let address = rest.split(',').next().unwrap_or_default();
            addresses.push((protocol.to_owned(), address.to_owned()));
        }
        // A full pipe would hold the server up.
        std::thread::spawn(move || lines.for_each(drop));
        let served = Self {
            place,
            server,
            addresses,
            token,
        };
        Some((served, python))
    }

    fn address(&self, protocol: &str) -> &str {
        let mut addresses = self.addresses.iter();
        let found = addresses.find(|(known, _)| known == protocol);
        &found.unwrap().1
    }

    /// Writes down what scripts read.
    fn described(&self) -> PathBuf {
        let answers = QUESTIONS.map(|sql| {
            let rows = (self.place).ok(&["sql", "--dialect", "generic", "-f", "json", sql]);
            // As it is written: a number must keep all its digits.
            format!("{{\"sql\": {}, \"rows\": {rows}}}", json!(sql))
        });
        let (host, port) = self.address("pg").rsplit_once(':').unwrap();
        let described = json!({
            "host": host,
            "port": port.parse::<u16>().unwrap(),
            "user": USER,
            "password": PASSWORD,
            "database": "curtail",
            "flight": self.address("flight"),
            "token": self.token,
        });
        let path = self.place.path("clients.json");
        let answers = answers.join(",\n");
        let text = format!("{{\"server\": {described},\n\"answers\": [{answers}]}}");
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Runs a script, which must succeed.
    fn run(&self, python: &OsString, script: &str) {
        let mut command = Command::new(python);
        command.arg(folder().join(script)).arg(self.described());
        succeeds(script, &mut command);
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Where the scripts are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../serve/tests/clients")
}

fn succeeds(what: &str, command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {told}");
}

/// The token and its hash in what `curtail serve token` prints.
fn told(made: &str) -> (String, String) {
    let value = |name: &str| {
        let mut lines = made.lines();
        let found = lines.find_map(|line| line.strip_prefix(name));
        found.unwrap().trim().to_owned()
    };
    (value("token: "), value("hash: "))
}

#[test]
fn psql_shows_what_there_is() {
    if let Some((served, python)) = Served::new(&[]) {
        served.run(&python, "with_psql.py");
    }
}

#[test]
fn drivers_get_the_same_digits() {
    if let Some((served, python)) = Served::new(&[]) {
        for script in ["with_psycopg.py", "with_psycopg2.py", "with_asyncpg.py"] {
            served.run(&python, script);
        }
    }
}

#[test]
fn sqlalchemy_and_pandas_reflect_and_read() {
    if let Some((served, python)) = Served::new(&[]) {
        served.run(&python, "with_sqlalchemy.py");
    }
}

#[test]
fn adbc_reads_arrow_tables() {
    if let Some((served, python)) = Served::new(&[]) {
        served.run(&python, "with_adbc.py");
        served.run(&python, "with_flight.py");
    }
}

#[test]
fn many_clients_at_once_are_all_answered() {
    if let Some((served, python)) = Served::new(&["--max-concurrent", "4"]) {
        served.run(&python, "with_many.py");
    }
}

/// Where Java or the driver is not there, this tests nothing; `CURTAIL_TEST_JDBC` names the driver's file.
#[test]
fn jdbc_reads_metadata_and_rows() {
    let Some(jar) = std::env::var_os("CURTAIL_TEST_JDBC") else {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: set CURTAIL_TEST_JDBC to PostgreSQL's JDBC driver, with java at hand"
        );
        return;
    };
    if let Some((served, _)) = Served::new(&[]) {
        let mut command = Command::new("java");
        command.arg("-cp").arg(jar).arg(folder().join("Jdbc.java"));
        command.arg(format!(
            "jdbc:postgresql://{}/curtail",
            served.address("pg")
        ));
        command.args([USER, PASSWORD]);
        succeeds("Jdbc.java", &mut command);
    }
}
