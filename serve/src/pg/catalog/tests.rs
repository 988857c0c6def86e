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

use super::{Connection, PgCatalog, parse, rewrite, shown_name};

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
        let found = settings.into_iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    }

    fn settings(&self) -> Vec<(String, String)> {
        let known = [
            ("jit", "off"),
            ("search_path", "\"$user\", public"),
            ("server_version_num", "160006"),
            ("standard_conforming_strings", "on"),
            ("timezone", "UTC"),
            ("default_table_access_method", "heap"),
        ];
        let known = known.map(|(name, value)| (name.to_owned(), value.to_owned()));
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
