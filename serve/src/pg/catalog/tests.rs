//! The catalog over a small store: what tools send is planned and answered.

use std::{collections::HashMap, path::Path, sync::Arc};

use arrow::{
    array::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};
use curtail_engine::{Engine, EngineOptions};
use curtail_ingest::{Silent, Source, discover, ingest};
use curtail_store::Store;
use curtail_testdata::{Folder, Format, Options, Profile, generate};
use datafusion::{scalar::ScalarValue, sql::parser::Statement as Parsed};
use tempfile::TempDir;

use super::{Connection, PgCatalog, Setting, parse, rewrite, shown_name};

/// A connection that nobody is at the other end of.
#[derive(Debug)]
struct Nobody;

impl Connection for Nobody {
    fn user(&self) -> String {
        "anna".to_owned()
    }

    fn database(&self) -> String {
        "curtail".to_owned()
    }

    fn pid(&self) -> i32 {
        7
    }

    fn version(&self) -> String {
        "PostgreSQL 16.6 (curtail)".to_owned()
    }

    fn setting(&self, name: &str) -> Option<String> {
        let settings = self.settings();
        let found = settings.into_iter().find(|known| known.name == name);
        found.map(|known| known.value)
    }

    fn settings(&self) -> Vec<Setting> {
        let known = [
            ("jit", "off"),
            ("search_path", "\"$user\", public"),
            ("server_version_num", "160006"),
            ("standard_conforming_strings", "on"),
            ("timezone", "UTC"),
            ("default_table_access_method", "heap"),
        ];
        let known = known.map(|(name, value)| Setting {
            name: name.to_owned(),
            value: value.to_owned(),
            unit: None,
            kind: "string",
            context: "user",
        });
        known.into()
    }

    fn set(&self, name: &str, _: &str) -> Result<(), String> {
        match self.setting(name) {
            Some(_) => Ok(()),
            None => Err(format!("unrecognized configuration parameter \"{name}\"")),
        }
    }
}

struct Asked {
    _folder: TempDir,
    engine: Engine,
}

impl Asked {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::local(&folder.path().join("store")).unwrap();
        for format in [Format::LegacyCsv, Format::Focus] {
            let options = Options {
                rows: 400,
                format,
                profile: Profile::Tiny,
                ..Options::default()
            };
            let reports = folder.path().join(format!("{format:?}"));
            generate(&options, &Folder::new(&reports), &|_| ()).unwrap();
            let source = Source::folder(&reports).unwrap();
            for delivery in discover(&source).await.unwrap() {
                let options = curtail_ingest::Options::default();
                let done = ingest(&delivery, &source, &store, &options, Arc::new(Silent));
                done.await.unwrap();
            }
        }
        let view =
            "-- dialect: trino\nCREATE VIEW mine AS SELECT service, unblended_cost FROM costs;\n";
        assert!(store.save_view("mine", view, false).await.unwrap());
        let options = EngineOptions {
            memory_limit: 1 << 28,
            allocated: None,
            threads: 2,
            rollups: true,
            merging: true,
            kept: 64 << 20,
        };
        let engine = Engine::open(&store, &options).await.unwrap().session();
        let catalog = PgCatalog::open(&engine, Arc::new(Nobody)).await.unwrap();
        Self {
            _folder: folder,
            engine: engine.extended(catalog),
        }
    }

    /// The columns and rows of the one statement in `text`.
    async fn ask(&self, text: &str) -> Result<(Vec<String>, Vec<Vec<String>>), String> {
        let mut parsed = parse(text).map_err(|error| error.to_string())?;
        assert_eq!(parsed.len(), 1, "{text}");
        let mut statement = parsed.remove(0);
        rewrite(&mut statement);
        let written = statement.to_string();
        let told = |error: &dyn std::fmt::Display| format!("{error}\nmade of it: {written}");
        let statement = Parsed::Statement(Box::new(statement));
        let prepared = self.engine.prepare_parsed(statement, text);
        let prepared = prepared.await.map_err(|error| told(&error))?;
        let values = prepared.parameters().into_iter();
        let values = values.map(|parameter| (parameter.name, ScalarValue::Utf8(None)));
        let values: HashMap<_, _> = values.collect();
        let answer = self.engine.run(&prepared, &values);
        let answer = answer.await.map_err(|error| told(&error))?;
        let schema = answer.schema();
        let columns = schema.fields().iter();
        let columns = columns.map(|field| shown_name(field.name()).to_owned());
        let batches = answer.collect().await.map_err(|error| told(&error))?;
        Ok((columns.collect(), batches.iter().flat_map(rows).collect()))
    }

    /// The rows of a statement that works.
    async fn rows(&self, text: &str) -> Vec<Vec<String>> {
        let asked = self.ask(text).await;
        asked.unwrap_or_else(|error| panic!("{text}: {error}")).1
    }
}

fn rows(batch: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::new().with_null("NULL");
    let columns = batch.columns().iter();
    let columns = columns.map(|column| ArrayFormatter::try_new(column, &options).unwrap());
    let columns: Vec<_> = columns.collect();
    let row = |row| {
        columns
            .iter()
            .map(move |column| column.value(row).to_string())
    };
    (0..batch.num_rows())
        .map(|number| row(number).collect())
        .collect()
}

/// A statement of a trace with what the tool reads and finds.
struct Sent {
    text: String,
    reads: Vec<String>,
    finds: Option<bool>,
}

fn trace(text: &str) -> Vec<Sent> {
    let mut sent = Vec::new();
    let (mut reads, mut finds, mut statement) = (Vec::new(), None, String::new());
    for line in text.lines() {
        if let Some(names) = line.strip_prefix("-- reads: ") {
            reads = names.split(", ").map(str::to_owned).collect();
        } else if let Some(rows) = line.strip_prefix("-- finds: ") {
            finds = Some(rows == "some");
        } else if !line.starts_with("-- ") || !statement.is_empty() {
            statement.push_str(line);
            statement.push('\n');
        }
        if line.trim_end().ends_with(';') {
            sent.push(Sent {
                text: std::mem::take(&mut statement),
                reads: std::mem::take(&mut reads),
                finds: finds.take(),
            });
        }
    }
    assert!(statement.trim().is_empty(), "no end: {statement}");
    sent
}

#[tokio::test]
async fn what_tools_send_is_answered() {
    let asked = Asked::new().await;
    let mut numbers = Vec::new();
    for name in ["costs", "mine"] {
        let found = asked.rows(&format!("SELECT '{name}'::regclass::oid")).await;
        numbers.push((format!("@{name}@"), found[0][0].clone()));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 7, "{files:?}");
    let mut wrong = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        for sent in trace(&std::fs::read_to_string(&file).unwrap()) {
            let mut text = sent.text.clone();
            for (name, number) in &numbers {
                text = text.replace(name, number);
            }
            let mut failed = |why: String| wrong.push(format!("{name}: {text}\n  => {why}"));
            match asked.ask(&text).await {
                Err(error) => failed(error),
                Ok((columns, rows)) => {
                    let missing: Vec<_> = sent
                        .reads
                        .iter()
                        .filter(|name| !columns.contains(name))
                        .collect();
                    if !missing.is_empty() {
                        failed(format!("lacks {missing:?}: {columns:?}"));
                    } else if sent.finds.is_some_and(|some| some == rows.is_empty()) {
                        failed(format!("{} rows", rows.len()));
                    }
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} failed\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

#[tokio::test]
async fn the_catalog_tells_what_there_is() {
    let asked = Asked::new().await;
    for (text, expected) in [
        (
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a \
             WHERE a.attrelid = 'costs'::regclass AND attname IN ('service', 'unblended_cost', 'usage_start', 'tags') \
             ORDER BY 1",
            "service text, tags json, unblended_cost numeric(38,18), usage_start timestamp with time zone",
        ),
        // A statement's own tables are told before all others, and by name if they are found by it.
        (
            "SELECT 1259::regclass, 'PG_CLASS'::regclass::oid, 'meta.periods'::regclass, 'public.costs'::regclass::text",
            "pg_class 1259 meta.periods costs",
        ),
        (
            "SELECT 'int'::regtype, 1700::regtype::text, 'public'::regnamespace::oid, 26::pg_catalog.regtype",
            "integer numeric 2200 oid",
        ),
        (
            "SELECT to_regclass('nowhere') IS NULL, to_regtype('hstore') IS NULL",
            "true true",
        ),
        (
            "SELECT relname, pg_table_is_visible(oid) FROM pg_class WHERE relname IN ('periods', 'mine') ORDER BY 1",
            "mine true, periods false",
        ),
        (
            "SELECT relkind, count(*) > 5 FROM pg_class WHERE relnamespace IN (2200, 16384) GROUP BY 1 ORDER BY 1",
            "r true, v false",
        ),
        (
            "SELECT pg_get_viewdef('mine'::regclass), pg_get_viewdef('costs') IS NULL",
            "SELECT service, unblended_cost FROM costs true",
        ),
        (
            "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'costs'",
            "anna",
        ),
        (
            "SELECT table_type FROM information_schema.tables WHERE table_name IN ('costs', 'mine') ORDER BY 1",
            "BASE TABLE, VIEW",
        ),
        (
            "SELECT data_type, numeric_precision, numeric_scale, udt_name FROM information_schema.columns \
             WHERE table_name = 'costs' AND column_name = 'unblended_cost'",
            "numeric 38 18 numeric",
        ),
        // Nothing comes of tables without rows, however they are asked.
        ("SELECT count(*) FROM pg_index", "0"),
        (
            "SELECT EXISTS (SELECT 1 FROM pg_index), NOT EXISTS (SELECT FROM pg_trigger), 1 IN (SELECT conrelid FROM pg_constraint)",
            "false true false",
        ),
        (
            "SELECT ARRAY(SELECT indexrelid FROM pg_index), (SELECT indexrelid FROM pg_index)",
            "[] NULL",
        ),
        (
            "SELECT count(*) FROM pg_class c LEFT JOIN pg_index i ON i.indrelid = c.oid WHERE c.relname = 'costs'",
            "1",
        ),
        (
            "WITH i AS (SELECT unnest(indkey) AS k FROM pg_index) SELECT count(*) FROM pg_class, i",
            "0",
        ),
        // Sub-queries among values.
        (
            "SELECT relname, (SELECT nspname FROM pg_namespace n WHERE n.oid = c.relnamespace), \
             EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tags') \
             FROM pg_class c WHERE relname IN ('costs', 'periods') ORDER BY 1",
            "costs public true, periods meta false",
        ),
        (
            "SELECT ARRAY(SELECT nspname FROM pg_namespace WHERE nspname ~ '^p' ORDER BY 1 DESC)",
            "[public, pg_catalog]",
        ),
        // Arrays, patterns and operators as PostgreSQL writes them.
        (
            "SELECT count(*) FROM pg_namespace WHERE nspname = ANY('{public,meta,none}'::name[])",
            "2",
        ),
        (
            "SELECT count(*) FROM pg_namespace WHERE nspname = ANY(current_schemas(false))",
            "1",
        ),
        (
            "SELECT count(*) > 100 FROM pg_proc WHERE prorettype::regtype != 'trigger'::regtype",
            "true",
        ),
        (
            "SELECT count(*) FROM pg_namespace WHERE nspname <> ALL('{public}')",
            "3",
        ),
        (
            "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'pg/_%' ESCAPE '/'",
            "1",
        ),
        (
            "SELECT count(*) FROM pg_namespace WHERE nspname OPERATOR(pg_catalog.~) '^(meta)$' COLLATE pg_catalog.default",
            "1",
        ),
        (
            "SELECT count(*) FROM pg_type WHERE typreceive <> 0 AND typsend::oid = 2415 AND typinput = 'pg_catalog.textin'::regproc",
            "2",
        ),
        (
            "SELECT count(*) FROM pg_type WHERE oid = ANY('{25,26}') OR oid = ANY('{1700}'::oid[])",
            "3",
        ),
        // Digits of text are no number.
        (
            "SELECT '011' = ANY('{011,12}'), '11' = ANY('{011}')",
            "true false",
        ),
        // A cast must not cut an amount off.
        (
            "SELECT '12345678901234567890.123456789012345678'::numeric",
            "12345678901234567890.123456789012345678",
        ),
        (
            "SELECT to_char(TIMESTAMP '2026-09-05 07:08:09', 'YYYY-MM-DD\"T\"HH24:MI'), to_date('2026-09-05', 'YYYY-MM-DD')",
            "2026-09-05T07:08 2026-09-05",
        ),
        (
            "SELECT current_setting('jit'), set_config('jit', 'on', false), current_user, current_database()",
            "off on anna curtail",
        ),
    ] {
        let rows = asked.rows(text).await;
        let rows: Vec<_> = rows.iter().map(|row| row.join(" ")).collect();
        assert_eq!(rows.join(", "), expected, "{text}");
    }
    for (text, wrong) in [
        (
            "SELECT 'nowhere'::regclass",
            "relation \"nowhere\" does not exist",
        ),
        (
            "SELECT current_setting('nothing')",
            "unrecognized configuration parameter \"nothing\"",
        ),
        (
            "SELECT set_config('nothing', 'x', false)",
            "unrecognized configuration parameter \"nothing\"",
        ),
        ("SELECT '{a'::text[]", "malformed array literal"),
    ] {
        let error = asked.ask(text).await.unwrap_err();
        assert!(error.contains(wrong), "{text}: {error}");
    }
}

#[tokio::test]
async fn columns_are_named_as_postgresql_names_them() {
    let asked = Asked::new().await;
    for (text, names) in [
        (
            "SELECT count(*), sum(unblended_cost), sum(list_cost) FROM costs",
            "count sum sum",
        ),
        (
            "SELECT 1, 1, 'a'::text, NULL, now()::date, usage_date::timestamp FROM costs LIMIT 1",
            "?column? ?column? text ?column? now usage_date",
        ),
        (
            "SELECT CASE WHEN true THEN 1 END, coalesce(service, ''), (SELECT max(service) FROM costs), EXISTS (SELECT 1 FROM costs), ARRAY[1] FROM costs LIMIT 1",
            "case coalesce max exists array",
        ),
        (
            "SELECT n.oid, n.*, nspname AS x FROM pg_namespace n",
            "oid oid nspname nspowner nspacl x",
        ),
        (
            "SELECT c.oid, n.oid FROM pg_class c, pg_namespace n WHERE n.oid = c.relnamespace",
            "oid oid",
        ),
        (
            "SELECT trim(service), substring(service for 2), extract(year FROM usage_date), current_user FROM costs LIMIT 1",
            "btrim substring extract current_user",
        ),
        (
            "SELECT s.count FROM (SELECT count(*) FROM costs) s",
            "count",
        ),
        (
            "SELECT indexrelid, i.indrelid AS \"of\", 'x' FROM pg_index i",
            "indexrelid of ?column?",
        ),
    ] {
        let (columns, _) = asked.ask(text).await.unwrap();
        assert_eq!(columns.join(" "), names, "{text}");
    }
}

#[tokio::test]
async fn parameters_stay_even_where_nothing_is_read() {
    let asked = Asked::new().await;
    for text in [
        "SELECT indexrelid FROM pg_index WHERE indrelid = $1 AND indisprimary = $2",
        "WITH a AS (SELECT conname FROM pg_constraint WHERE conname = $1) SELECT conname, $2 FROM a UNION ALL SELECT conname, 'x' FROM a",
    ] {
        let mut statement = parse(text).unwrap().remove(0);
        rewrite(&mut statement);
        let statement = Parsed::Statement(Box::new(statement));
        let prepared = asked.engine.prepare_parsed(statement, text).await.unwrap();
        let names = prepared
            .parameters()
            .into_iter()
            .map(|parameter| parameter.name);
        assert_eq!(names.collect::<Vec<_>>(), ["1", "2"], "{text}");
    }
}

#[test]
fn what_is_about_the_server_is_told_from_what_is_about_costs() {
    for (text, concerned) in [
        ("SELECT * FROM pg_class", true),
        (
            "SELECT 1 FROM costs WHERE EXISTS (SELECT 1 FROM information_schema.tables)",
            true,
        ),
        ("SELECT version()", true),
        ("SELECT 'costs'::regclass", true),
        ("SELECT count(*) FROM costs", false),
        (
            "SELECT service FROM public.costs WHERE service LIKE 'pg_%'",
            false,
        ),
    ] {
        assert_eq!(
            super::concerns(&parse(text).unwrap()[0]),
            concerned,
            "{text}"
        );
    }
}
