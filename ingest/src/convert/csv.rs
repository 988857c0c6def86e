//! CSV files to runs.

mod rows;

use std::{
    borrow::Cow,
    io::Read,
    panic,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use curtail_store::Anomaly;

use self::rows::Rows;
use super::{
    Compression, Conversion, FileTally, ObjectName,
    blocks::{Block, Blocks, Broken, lines_in},
    file::FileState,
    records::Records,
    registry::{Binding, MAX_COLUMNS, Source},
};
use crate::IngestError;

/// The number of a block that does not come.
const NO_BLOCK: usize = usize::MAX;

/// A file whose header has been read, as its parsers share it.
struct File<'a> {
    conversion: &'a Conversion,
    object: &'a ObjectName,
    names: Vec<String>,
    binding: Binding,
    blocks: Blocks,
    /// The block that the header stands in, and where its rows begin.
    first: Mutex<Option<(Block, usize)>>,
    /// The first block known to be bad, and what is bad about it.
    failure: Mutex<Option<(usize, IngestError)>>,
    /// Blocks behind this one are of no interest any more.
    bad: AtomicUsize,
}

/// Decodes a whole file into runs of `conversion`, with so many parsers at a time.
pub(super) fn decode(
    conversion: &Conversion,
    object: &ObjectName,
    compression: Compression,
    input: Box<dyn Read + Send>,
    parsers: usize,
) -> Result<FileTally, IngestError> {
    let blocks = Blocks::read(compression, input, conversion.longest_record);
    let blocks = blocks.map_err(|error| IngestError::from_read(object, error))?;
    let mut state = FileState::new(object);
    if let Some(file) = File::open(conversion, object, blocks, &mut state)? {
        file.parse(parsers, &mut state)?;
    }
    if state.rows == 0 {
        state.note(Anomaly::EmptyFile, 1);
    }
    conversion.close_file(object, state)
}

impl<'a> File<'a> {
    /// Reads the header; `None` if the file has none, and nothing else.
    fn open(
        conversion: &'a Conversion,
        object: &'a ObjectName,
        blocks: Blocks,
        state: &mut FileState,
    ) -> Result<Option<Self>, IngestError> {
        let (block, fields, at) = loop {
            let Some(block) = blocks.next() else {
                return Ok(None);
            };
            let block = block.map_err(|broken| broken.of(object))?;
            state.decoded += block.text().len() as u64;
            let mut records = Records::new(&block.masks, 0);
            if records.find(block.text().len()) {
                // Even the places of fields may be far more than the text itself.
                if records.clone().width() > MAX_COLUMNS {
                    return Err(IngestError::too_many_columns(object));
                }
                let fields = records.fields();
                let at = records.position();
                break (block, fields, at);
            }
            blocks.reuse(block);
        };
        let mut scratch = Vec::new();
        let mut names: Vec<String> = Vec::with_capacity(fields.len());
        for span in &fields {
            let name = String::from_utf8_lossy(span.text(block.text(), &mut scratch));
            let repaired = matches!(name, Cow::Owned(_));
            state.note(Anomaly::InvalidUtf8, u64::from(repaired));
            names.push(name.into_owned());
        }
        let source = |name: &String| Source {
            name: name.clone(),
            map: false,
        };
        let sources: Vec<Source> = names.iter().map(source).collect();
        let binding = conversion.bind(object, &sources)?;
        state.note(Anomaly::DuplicateColumn, binding.duplicates);
        Ok(Some(Self {
            conversion,
            object,
            names,
            binding,
            blocks,
            first: Mutex::new(Some((block, at))),
            failure: Mutex::new(None),
            bad: AtomicUsize::new(NO_BLOCK),
        }))
    }

    /// Takes all rows in.
    fn parse(self, parsers: usize, state: &mut FileState) -> Result<(), IngestError> {
        let parts: Vec<_> = thread::scope(|scope| {
            let others: Vec<_> = (1..parsers.max(1))
                .map(|_| scope.spawn(|| self.parser()))
                .collect();
            let own = self.parser();
            let others = others.into_iter().map(|parser| {
                parser
                    .join()
                    .unwrap_or_else(|panicked| panic::resume_unwind(panicked))
            });
            std::iter::once(own).chain(others).collect()
        });
        if let Some((_, error)) = self
            .failure
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
        {
            return Err(error);
        }
        for part in parts {
            state
                .merge(part?)
                .map_err(|(column, _)| IngestError::SumOverflow {
                    object: self.object.to_string(),
                    column: self.conversion.registry.column(column).name,
                })?;
        }
        Ok(())
    }

    /// Takes in the rows of one block after another.
    fn parser(&self) -> Result<FileState, IngestError> {
        let mut rows = Rows::new(self);
        while let Some((block, at)) = self.next() {
            rows.state.decoded += if at == 0 {
                block.text().len() as u64
            } else {
                0
            };
            let done = rows.take_block(&block, at);
            if let Err(error) = done {
                self.fail(block.index, error);
                break;
            }
            self.blocks.reuse(block);
        }
        rows.finish()
    }

    /// The next block, unless the file has turned out to be bad.
    fn next(&self) -> Option<(Block, usize)> {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(first) = first.take() {
            return Some(first);
        }
        drop(first);
        match self.blocks.next()? {
            Ok(block) if block.index < self.bad.load(Ordering::Relaxed) => Some((block, 0)),
            Ok(_) => None,
            Err(broken) => {
                self.fail(NO_BLOCK, broken.of(self.object));
                None
            }
        }
    }

    /// Notes what is bad about a block. The error of the first bad block is the file's, whatever other parsers find later on.
    fn fail(&self, index: usize, error: IngestError) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if failure.as_ref().is_none_or(|(before, _)| index < *before) {
            *failure = Some((index, error));
            self.bad.fetch_min(index, Ordering::Relaxed);
        }
    }

    /// The line of what stands at `at` in a block.
    fn line(block: &Block, at: usize) -> u64 {
        block.line + lines_in(&block.text()[..at])
    }
}

impl Broken {
    fn of(self, object: &ObjectName) -> IngestError {
        let (line, why) = match self {
            Self::Read(error) => return IngestError::from_read(object, error),
            Self::OpenQuote(line) => (line, "a quote is never closed".to_owned()),
            Self::TooLong(line, longest) => {
                let longest = longest >> 20;
                let why = "a quote may not be closed";
                (
                    line,
                    format!("a record goes on for more than {longest} MiB: {why}"),
                )
            }
        };
        IngestError::Malformed {
            object: object.to_string(),
            line,
            why,
        }
    }
}
