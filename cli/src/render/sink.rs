//! Where rows go: standard output, or a file that appears under its name only when it is whole.

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal, Stdout, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::{config::Terminal, error::CliError};

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

/// A buffered writer to standard output or to a file.
pub(crate) struct Sink(Target);

enum Target {
    Stdout {
        writer: BufWriter<Stdout>,
        terminal: Option<Terminal>,
    },
    File {
        writer: BufWriter<NamedTempFile>,
        path: PathBuf,
    },
}

impl Sink {
    /// Standard output; `terminal` says how wide and colourful it is, if it is one.
    pub(crate) fn stdout(terminal: Terminal) -> Self {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal().then_some(terminal);
        Self(Target::Stdout {
            writer: BufWriter::with_capacity(BUFFER, stdout),
            terminal,
        })
    }

    /// The file `path`, written beside it under another name until [`Sink::finish`].
    pub(crate) fn file(path: &Path) -> Result<Self, CliError> {
        // Without the name of the temporary file, which would only distract.
        let failed = |error: io::Error| CliError::Output {
            path: path.to_owned(),
            source: error.kind().into(),
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".curtail-").suffix(".tmp");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As any new file gets, less the umask; temporary files are otherwise for their owner only.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder).map_err(failed)?;
        let writer = BufWriter::with_capacity(BUFFER, file);
        Ok(Self(Target::File {
            writer,
            path: path.to_owned(),
        }))
    }

    /// How wide and colourful the terminal is that this goes to, if it goes to one.
    pub(crate) fn terminal(&self) -> Option<Terminal> {
        match &self.0 {
            Target::Stdout { terminal, .. } => *terminal,
            Target::File { .. } => None,
        }
    }

    /// Whether this goes to a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal().is_some()
    }

    /// Whether this goes to a file of its own.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.0, Target::File { .. })
    }

    /// Writes all that is buffered and gives a file its name.
    pub(crate) fn finish(self) -> Result<(), CliError> {
        match self.0 {
            Target::Stdout { mut writer, .. } => writer.flush().map_err(CliError::Render),
            Target::File { writer, path } => {
                let failed = |source| CliError::Output {
                    path: path.clone(),
                    source,
                };
                let file = writer
                    .into_inner()
                    .map_err(|error| failed(error.into_error()))?;
                file.persist(&path)
                    .map(|_: File| ())
                    .map_err(|error| failed(error.error))
            }
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Target::Stdout { writer, .. } => writer.write(bytes),
            Target::File { writer, .. } => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Target::Stdout { writer, .. } => writer.flush(),
            Target::File { writer, .. } => writer.flush(),
        }
    }
}
