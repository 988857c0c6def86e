//! From an error to the next thing to do.

use curtail_connect::ConnectError;
use curtail_engine::EngineError;
use curtail_ingest::IngestError;
use curtail_queries::UnknownQuery;
use curtail_serve::ServeError;
use curtail_store::StoreError;
use curtail_testdata::GenerateError;

use crate::error::CliError;

/// What S3 answers when it does not take the credentials at all, whatever they would allow.
const CREDENTIALS: [&str; 6] = [
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidToken",
    "NotSignedUp",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
];

const REFUSED: &str = "the credentials themselves were refused: check AWS_PROFILE or the keys, log in again if they expired, and see that the clock is right";

/// What to do about `error`, if anything can be said.
pub(crate) fn hint(error: &CliError) -> Option<String> {
    let text = match error {
        CliError::Ingest(error) => return ingest(error),
        CliError::Store(error) => return store(error),
        CliError::Connect(error) => return connect(error),
        CliError::Generate(error) => return generate(error),
        CliError::Engine(error) => return engine(error),
        CliError::Of { error, .. } => return hint(error),
        CliError::PartlyFailed { hint, .. } => return hint.clone(),
        CliError::Location { .. } => "give a folder, or s3://bucket/prefix",
        CliError::Usage(_) => "`curtail --help` lists what is possible",
        CliError::NoHome(flag) => return Some(format!("say where with {flag}")),
        CliError::NotText(variable) => {
            return Some(format!("set {variable} to a plain path, or unset it"));
        }
        CliError::NoSource { .. } => {
            "set one up with `curtail connections add`, or name a SOURCE: `curtail ingest FOLDER` or `curtail ingest s3://bucket/prefix`; to see it work without AWS: `curtail demo`"
        }
        CliError::CostExplorer { .. } => {
            "what was stored before is kept; `curtail connections check --paid` tells more, and cost_explorer = { enabled = false } in the configuration switches it off"
        }
        CliError::NoAmount { .. } => {
            "AWS tells decimal numbers: see that no proxy or other endpoint answers in its place; what was stored before is kept, and cost_explorer = { enabled = false } in the configuration switches it off"
        }
        CliError::Template(_) => "`curtail connections template --help` lists what is possible",
        CliError::Unexplained => {
            "`curtail connections check` finds out what a role lacks; the events of the stack (`aws cloudformation describe-stack-events`) say more"
        }
        CliError::NoConnections { .. } => "set one up with `curtail connections add`",
        CliError::NameTaken(name) => {
            return Some(format!(
                "`curtail connections set {name} --report s3://BUCKET/PREFIX` changes where its reports lie; to make it anew, `curtail connections remove {name}` first"
            ));
        }
        CliError::NoConnection { known, .. } => {
            return Some(match known.as_slice() {
                [] => "set one up with `curtail connections add`".to_owned(),
                known => format!("there are: {}", known.join(", ")),
            });
        }
        CliError::Config { .. } => {
            "correct the file; `curtail config schema` prints its JSON Schema, which editors can check it with"
        }
        CliError::Serve(error) => return serve(error),
        #[cfg(feature = "cluster")]
        CliError::Cluster(error) => return error.hint(),
        #[cfg(not(feature = "cluster"))]
        CliError::NoCluster => {
            "build it with them: `cargo build --release -p curtail --features cluster`; without --cluster it is computed here"
        }
        CliError::Tls(_) => {
            "--tls-cert takes the certificate with its chain, --tls-key its private key, both as PEM and readable by this user"
        }
        CliError::Serving { .. } => {
            "correct the file; docs/serve.md explains `[serve]` and `[serve.users.NAME]`"
        }
        CliError::Rollup { .. } => {
            "`rollups` in the configuration lists files of SQL, relative to it, each named as its rollup is to be: team-daily.sql"
        }
        CliError::Definition { error, .. } => {
            return Some(meant(
                &error.similar,
                "a rollup is `SELECT columns, date_trunc('day', line_item_usage_start_date), sum(amount), count(*) FROM cur GROUP BY …`, and nothing else",
            ));
        }
        CliError::NoRollup { known, .. } => {
            return Some(match known.as_slice() {
                [] => "there are none: `curtail rollup build` makes them".to_owned(),
                known => format!("there are: {}", known.join(", ")),
            });
        }
        CliError::Import { .. } => "nothing was changed: correct the file, and import it again",
        CliError::Unhealthy { .. } => {
            "each red link says what to do; what depends on it is checked when it is green"
        }
        CliError::NoSuchPeriod { .. } => {
            "leave out --period to ingest every billing period that is there"
        }
        CliError::Unverified { .. } => {
            "ingest it again with `curtail ingest --force`; earlier versions are listed by `curtail history` and asked with --as-of"
        }
        CliError::NoRollupToVerify => "`curtail rollup list` lists the rollups that there are",
        CliError::NothingToVerify | CliError::NeverIngested(_) => {
            "`curtail status` lists the billing periods that there are"
        }
        CliError::Untrue { .. } => {
            "this is a defect of curtail: please report it with the command line and its version"
        }
        CliError::Output { .. } => {
            "check that the folder exists, may be written to, and has space left"
        }
        CliError::Input { .. } => "check the path and that the file may be read",
        CliError::Render(_) => "check that there is space left where the output goes",
        CliError::BinaryOnTerminal(format) => {
            return Some(format!(
                "write it to a file with `-o result.{format}`, or redirect the output"
            ));
        }
        CliError::NoQuery(UnknownQuery {
            nearest: Some(name),
            ..
        }) => {
            return Some(format!(
                "did you mean `{name}`? `curtail queries list` shows all"
            ));
        }
        CliError::NoQuery(_) => "`curtail queries list` shows those that there are",
        CliError::Runtime(_) => "try fewer with --threads",
        CliError::Prompt(_) => "pass the query as an argument, or in a file with -F",
        CliError::Internal(_) => {
            "this is a defect of curtail: please report it, with the log of `-vv`"
        }
        CliError::Interrupted => return None,
    };
    Some(text.to_owned())
}

fn serve(error: &ServeError) -> Option<String> {
    match error {
        ServeError::Listen { source, .. } => Some(match source.kind() {
            std::io::ErrorKind::AddrInUse => {
                "something else listens there: give another address, such as --pg 127.0.0.1:5433; port 0 takes any that is free".to_owned()
            }
            std::io::ErrorKind::PermissionDenied => {
                "ports below 1024 are for the system: give another one".to_owned()
            }
            _ => "give an address of this machine: 127.0.0.1 or 0.0.0.0, and a port".to_owned(),
        }),
        error => error.hint(),
    }
}

fn ingest(error: &IngestError) -> Option<String> {
    let text = match error {
        IngestError::Store(error) => return store(error),
        IngestError::Source { .. } => {
            "check the path: a folder or s3:// prefix that holds reports, or one manifest"
        }
        IngestError::NothingFound { .. } => {
            "point it at a folder or prefix that holds a report's manifest (…-Manifest.json); `curtail generate --out DIR` makes one to try"
        }
        IngestError::Manifest { .. } => {
            "fetch the manifest anew: an interrupted copy is the usual cause; if AWS delivered it like this, please report it"
        }
        IngestError::MissingFile { .. } => {
            "copy the report again with all the files that its manifest names; if AWS is delivering it right now, run it again later"
        }
        IngestError::Denied { why, .. } if CREDENTIALS.iter().any(|code| why.starts_with(code)) => {
            REFUSED
        }
        IngestError::Denied { .. } => {
            "these credentials need s3:ListBucket on the bucket and s3:GetObject on the report's objects (and kms:Decrypt, if it is encrypted with a key of yours)"
        }
        IngestError::Changed { .. } => {
            "run it again in a few minutes, when AWS has finished its delivery"
        }
        IngestError::NoSuchBucket { .. } => {
            "check the bucket's name, and --endpoint if it is not on AWS"
        }
        IngestError::WrongRegion { .. } => "name the bucket's region with --region",
        IngestError::Archived { .. } => {
            "restore the object from the archive first, or move reports to a storage class that can be read at once"
        }
        IngestError::Read { .. } => {
            "check the network, --endpoint and --region, then run it again: nothing is half-done; --timeout and --retries say how long it is tried"
        }
        IngestError::Key { .. } => {
            "copy the report under a prefix without empty parts (`//`), and ingest it from there"
        }
        IngestError::NameTaken { .. } => "give this one another name in the store with --name",
        IngestError::Conflict { .. } => {
            "run it again: what the other process wrote is taken into account then"
        }
        IngestError::Truncated { .. } | IngestError::UnreadableParquet { .. } => {
            "copy the file again: it is cut short or damaged"
        }
        IngestError::Malformed { .. } | IngestError::FieldCount { .. } => {
            "copy the file again: it was damaged or changed since AWS wrote it"
        }
        IngestError::BadAmount { .. }
        | IngestError::BadTimestamp { .. }
        | IngestError::AmountOverflow { .. } => {
            "AWS writes no such values: copy the file again, or undo what changed it (spreadsheets do)"
        }
        IngestError::SumOverflow { .. } => "look for an absurd amount in that column",
        IngestError::MissingColumn { .. } => {
            "AWS always delivers this column: copy the file again, or undo what changed its header"
        }
        IngestError::TooManyColumns { .. } => {
            "AWS writes no such reports: see what made the columns, or the keys of its maps"
        }
        IngestError::ZipMembers { .. } => "AWS packs one file into each archive: copy it again",
        IngestError::Spill { .. } => {
            "free some space for temporary files (TMPDIR says where), or raise --memory-limit"
        }
        IngestError::Internal(_) => {
            "this is a defect of curtail: please report it, with the log of `-vv`"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

fn store(error: &StoreError) -> Option<String> {
    let text = match error {
        StoreError::Absent(_) => {
            "ingest a report first: `curtail ingest SOURCE`; or name another store with --store; `curtail demo` shows all without one"
        }
        StoreError::Location { .. } => "name a folder or s3://bucket/prefix with --store",
        StoreError::Conflict { .. } | StoreError::PartConflict(_) => {
            "run it again: what the other writer did is taken into account then"
        }
        StoreError::Overdue { .. } | StoreError::PartOverdue(_) => {
            "run it again: nothing is half-done"
        }
        StoreError::NoVersion { .. } => {
            "`curtail history YYYY-MM` lists the versions of a month and when they were ingested"
        }
        StoreError::Damaged(_) => {
            "if something else wrote into the store, ingest the billing period again with --force"
        }
        StoreError::ViewName { .. } => "choose a shorter name",
        StoreError::Receipt(_) => {
            "nothing was committed; this is a defect of curtail: please report it"
        }
        StoreError::Log { .. } | StoreError::Object { .. } if refused(error) => REFUSED,
        StoreError::Log { .. } | StoreError::Object { .. } => {
            "check that the store may be read and written, and that there is space left"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

/// Whether the store's server does not take the credentials. Of the Delta log's errors only the text tells.
fn refused(error: &StoreError) -> bool {
    let text = error.to_string();
    let says = |code: &&str| text.contains(&format!(": {code}"));
    CREDENTIALS.iter().any(says)
}

fn connect(error: &ConnectError) -> Option<String> {
    let text = match error {
        ConnectError::NoCredentials { .. } => {
            "log in (`aws sso login`), set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or read a public bucket with --anonymous"
        }
        ConnectError::Credentials { .. } => {
            "log in again (`aws sso login`), or check the profile in AWS_PROFILE"
        }
        ConnectError::Refused { .. } => {
            "`curtail connections check` says which link fails, and what to do"
        }
        ConnectError::NoSuchBucket { .. } => {
            "check the bucket's name, and --endpoint if it is not on AWS"
        }
        ConnectError::UnknownRegion { .. } => "name it with --region",
        ConnectError::PlainHttp { .. } => "use https, or allow it with --allow-http",
        ConnectError::Options { .. } => "check --endpoint and --region",
        _ => return None,
    };
    Some(text.to_owned())
}

fn generate(error: &GenerateError) -> Option<String> {
    let text = match error {
        GenerateError::Option { .. } | GenerateError::Unknown { .. } => {
            "`curtail generate --help` lists what is possible"
        }
        GenerateError::Output { .. } => "check that the place may be written to and has space left",
        _ => return None,
    };
    Some(text.to_owned())
}

fn engine(error: &EngineError) -> Option<String> {
    let text = match error {
        EngineError::Store(error) => return store(error),
        EngineError::EmptyStore(location) => return store(&StoreError::Absent(location.clone())),
        EngineError::At { error, .. } => return engine(error),
        EngineError::Remote(error) => return error.hint.clone(),
        EngineError::Refused(what) => refused_statement(what),
        EngineError::NoStatement => {
            "give a query as an argument, in a file with -F, or on standard input"
        }
        EngineError::SeveralStatements(_) => "give one statement",
        EngineError::Syntax(_) => {
            "text stands in single quotes, names with unusual characters in double quotes"
        }
        EngineError::UnknownTable { similar, .. } => {
            return Some(meant(
                similar,
                "tables are cur, cur2, focus, costs and meta.periods, meta.files and so on; CREATE VIEW name AS SELECT * FROM cur gives one the name that it has in Athena",
            ));
        }
        EngineError::UnknownView { similar, .. } => {
            return Some(meant(similar, "`SHOW VIEWS` lists what there is"));
        }
        EngineError::UnknownColumn {
            similar, elsewhere, ..
        } => {
            let hint = meant(
                similar,
                "`DESCRIBE` and its name list the columns of a table; text stands in single quotes",
            );
            return Some(if elsewhere.is_empty() {
                hint
            } else {
                format!("a column of `{}`; {hint}", elsewhere.join("` and `"))
            });
        }
        EngineError::UnknownFunction { similar, .. } => {
            return Some(meant(similar, "`SHOW FUNCTIONS` lists what there is"));
        }
        EngineError::View { name, .. } => {
            return Some(format!(
                "`SHOW CREATE VIEW {name}` shows its text; `CREATE OR REPLACE VIEW` with --save writes it anew"
            ));
        }
        EngineError::UnknownKey { similar, .. } => {
            return Some(meant(
                similar,
                "`curtail queries run cost-by-tag` takes a key; `SELECT * FROM meta.columns` lists what reports have",
            ));
        }
        EngineError::UnknownReport { known, .. } => {
            return Some(format!("there are: {}", known.join(", ")));
        }
        EngineError::Condition { .. } => {
            "compare columns of `costs` with text: account_id in ('012345678901') and tags['team'] = 'web'; there are account_id, payer_account_id, report, billing_period, service, region, tags['…'] and cost_categories['…']"
        }
        EngineError::Unavailable(_) => {
            "until then costs come from Cost Explorer: ask by account, service, day or month (by region, tag or charge type if that was fetched)"
        }
        EngineError::Incomparable(_) => {
            "`curtail history YYYY-MM` lists the versions of a month; name them with --from and --to, and the report with --report"
        }
        EngineError::Parameter { .. } => {
            "parameters are given as --param NAME=VALUE; `curtail queries list` shows those of a query"
        }
        EngineError::Mistake { instead, .. }
        | EngineError::Value { instead, .. }
        | EngineError::Denied { instead, .. } => {
            return Some(instead.clone());
        }
        EngineError::Plan(what) if what.contains("not supported") => {
            "docs/sql.md lists what there is of Trino's SQL, what there is not, and what to write instead"
        }
        EngineError::Plan(_) => {
            "`DESCRIBE` and its name list a table's columns with their types, `SHOW FUNCTIONS` what can be done with them"
        }
        EngineError::Memory { .. } => {
            "raise --memory-limit, or ask for less at once (fewer columns, a shorter period)"
        }
        EngineError::Execution(_) => {
            "run it again with -v for more; if it persists, please report it with the query"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

/// What does what a statement would have done that only reads.
fn refused_statement(what: &str) -> &'static str {
    let words: Vec<_> = what.trim_matches('`').split(' ').collect();
    match words.as_slice() {
        ["CREATE", "TABLE", ..] => {
            "in the place of CREATE TABLE name AS SELECT …: CREATE VIEW name AS SELECT … names the query for the statements that follow (with --save for later ones, too), and `curtail sql -o name.parquet '…'` keeps its rows"
        }
        ["UNLOAD" | "COPY" | "INSERT" | "SELECT", ..] => {
            "to keep a result: `curtail sql -o result.parquet '…'` (or .csv, .json); to keep a query: CREATE VIEW with --save"
        }
        ["CREATE" | "DROP", ..] => {
            "tables come from reports alone; a view is what gives a query a name: CREATE VIEW name AS SELECT …"
        }
        ["ALTER" | "MSCK" | "ANALYZE", ..] => {
            "there is nothing to maintain: what `curtail ingest` has committed is known at once, partitions too"
        }
        ["VACUUM" | "OPTIMIZE", ..] => "`curtail vacuum` deletes what earlier versions alone need",
        ["SET" | "RESET", ..] => {
            "settings are options of the command: `curtail sql --help` lists them"
        }
        ["BEGIN" | "START" | "COMMIT" | "ROLLBACK", ..] => {
            "no transaction is needed: all statements of a run read one version of the store"
        }
        _ => {
            "a store is changed by `curtail ingest` only; to keep a result, use -o FILE, to keep a query, CREATE VIEW with --save"
        }
    }
}

/// The names that may have been meant, or else what helps to find the right one.
fn meant(similar: &[String], otherwise: &str) -> String {
    match similar {
        [] => otherwise.to_owned(),
        [one] => format!("did you mean `{one}`?"),
        several => format!("did you mean one of `{}`?", several.join("`, `")),
    }
}
