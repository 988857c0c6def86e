//! A fresh folder, and the binary run in it with nothing of the environment but what a test gives.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
};

use tempfile::TempDir;

/// A fresh folder, which is also the home directory of the binary.
pub(crate) struct Place {
    folder: TempDir,
    variables: BTreeMap<String, String>,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            variables: BTreeMap::new(),
        }
    }

    /// Sets an environment variable for all that runs here.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the store is unless a test says otherwise.
    pub(crate) fn store(&self) -> PathBuf {
        self.path(".local/share/curtail/store")
    }

    /// The binary, ready to be started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_curtail"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("TMPDIR", self.folder.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(&self.variables)
            .stdin(Stdio::null());
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().unwrap();
        Run::new(arguments, &output, self.folder.path())
    }

    /// Runs the binary with `input` on standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Run {
        let mut child = self.start(arguments);
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        Run::new(
            arguments,
            &child.wait_with_output().unwrap(),
            self.folder.path(),
        )
    }

    /// Starts the binary with all its ends in our hands.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs the binary, which must succeed; gives its standard output.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        self.run(arguments).success().stdout
    }

    /// Runs the binary, which must fail with one error line and a hint; gives both.
    pub(crate) fn fails(&self, arguments: &[&str]) -> String {
        self.run(arguments).failure()
    }

    /// Every file below `name` with its content, to see that nothing changed.
    pub(crate) fn content(&self, name: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        content(&self.folder.path().join(name))
    }

    /// A small report in `report/`.
    pub(crate) fn generate(&self, format: &str) {
        self.ok(&[
            "generate",
            "--out",
            "report",
            "--rows",
            "3000",
            "--profile",
            "tiny",
            "--format",
            format,
        ]);
    }
}

/// A folder with all that is in it, copied.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(path, target).unwrap();
        }
    }
}

/// Every file below `folder` with its content.
pub(crate) fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    told: String,
}

impl Run {
    fn new(arguments: &[&str], output: &Output, folder: &Path) -> Self {
        let text = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).replace(&*folder.to_string_lossy(), "[DIR]")
        };
        let (status, stdout, stderr) = (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        );
        let mut told = String::new();
        let _ = write!(
            told,
            "curtail {}\n{:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}",
            arguments.join(" "),
            output.status
        );
        Self {
            status,
            stdout,
            stderr,
            told,
        }
    }

    pub(crate) fn success(self) -> Self {
        assert_eq!(self.status, Some(0), "{}", self.told);
        self
    }

    /// Exit status 1, exactly one `error:` line (below it the place in the query, indented) and then a hint. Gives both lines.
    pub(crate) fn failure(self) -> String {
        assert_eq!(self.status, Some(1), "{}", self.told);
        let lines: Vec<_> = self
            .stderr
            .lines()
            .filter(|line| !line.starts_with("note: ") && !line.starts_with("  "))
            .collect();
        assert_eq!(lines.len(), 2, "an error and a hint: {}", self.told);
        assert!(
            lines[0].starts_with("error: ") && lines[1].starts_with("hint: "),
            "{}",
            self.told
        );
        lines.join("\n")
    }
}

/// Records of CSV text, with the header.
pub(crate) fn csv(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let fields = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let header = fields(reader.headers().unwrap());
    (
        header,
        reader
            .records()
            .map(|record| fields(&record.unwrap()))
            .collect(),
    )
}

/// Snapshots with what differs from run to run taken out.
pub(crate) fn filtered(check: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", "[TIME]");
    settings.add_filter(
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "[UUID]",
    );
    settings.add_filter(r"\b\d+\.\d+ s\b", "[SECONDS]");
    settings.add_filter(r"\bin \d+(\.\d+)?[mµ]?s\b", "in [TIME]");
    settings.add_filter(r"/tmp/[^\s/]*curtail[^\s/]*", "[TMP]");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(check);
}

/// A place with a small legacy report ingested, shared by tests that only read.
pub(crate) fn shared() -> &'static Place {
    static PLACE: OnceLock<Place> = OnceLock::new();
    PLACE.get_or_init(|| {
        let place = Place::new();
        place.ok(&["generate", "--out", "report", "--rows", "5000"]);
        place.ok(&["ingest", "report"]);
        place
    })
}
