//! The files of a cache.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use uuid::Uuid;

use super::{
    SETS,
    block::{Block, LARGEST},
};

/// The folder of this form of files.
const FORM: &str = "blocks-1";
/// The file that says which size the cache was last opened with.
const SIZE: &str = "size";
/// How names of files begin that are being written.
const UNFINISHED: &str = "tmp-";
/// What is being written for longer than this, nobody writes any more.
const ABANDONED: Duration = Duration::from_mins(10);
/// A use is noted only if the last one is longer ago.
const NOTED_EVERY: Duration = Duration::from_secs(10);

/// The blocks that are kept.
#[derive(Debug)]
pub(super) struct Blocks {
    folder: PathBuf,
    size: u64,
    opened: Once,
    /// Whether writing was given up.
    unwritable: AtomicBool,
}

/// A file of a set.
struct Kept {
    path: PathBuf,
    size: u64,
    used: SystemTime,
}

impl Blocks {
    pub(super) fn new(folder: &Path, size: u64) -> Self {
        Self {
            folder: folder.join(FORM),
            size,
            opened: Once::new(),
            unwritable: AtomicBool::new(false),
        }
    }

    /// The blocks of an object are spread evenly.
    fn set_of(&self, object: &str, number: u64) -> PathBuf {
        let first = object.get(..2).unwrap_or_default();
        let first = u64::from_str_radix(first, 16).unwrap_or_default();
        let set = first.wrapping_add(number) % SETS;
        self.folder.join(format!("{set:02x}"))
    }

    fn path_of(&self, object: &str, number: u64) -> PathBuf {
        self.set_of(object, number)
            .join(format!("{object}-{number}"))
    }

    /// The block of an object, if it is kept whole. Blocks the thread.
    pub(super) fn get(&self, object: &str, number: u64) -> Option<Block> {
        let path = self.path_of(object, number);
        let file = fs::read(&path).ok()?;
        let Some(block) = Block::read(file, number) else {
            tracing::debug!(path = %path.display(), "a damaged block of the read cache is fetched again");
            let _ = fs::remove_file(&path);
            return None;
        };
        note_use(&path);
        Some(block)
    }

    /// Keeps a block, if there is a place for it. Blocks the thread.
    pub(super) fn put(&self, object: &str, number: u64, block: &Block) {
        if self.unwritable.load(Ordering::Relaxed) {
            return;
        }
        let Some(file) = block.file(number) else {
            return;
        };
        let written = self.open().and_then(|()| self.write(object, number, &file));
        if let Err(error) = written
            && !self.unwritable.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                folder = %self.folder.display(), %error,
                "the read cache cannot be written: what is not in it is read from the store each time"
            );
        }
    }

    /// Makes the folder, for its owner alone: bills are nobody else's business. Makes room in all of it if it was larger before.
    fn open(&self) -> io::Result<()> {
        let mut opened = Ok(());
        self.opened.call_once(|| opened = self.make());
        opened
    }

    fn make(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)?;
        let noted = self.folder.join(SIZE);
        let before = fs::read_to_string(&noted).ok();
        let before = before.and_then(|text| text.trim().parse::<u64>().ok());
        if before != Some(self.size) {
            for set in fs::read_dir(&self.folder)? {
                let set = set?.path();
                if set.is_dir() {
                    self.make_room(&set, 0)?;
                }
            }
            replace(&noted, self.size.to_string().as_bytes())?;
        }
        Ok(())
    }

    fn write(&self, object: &str, number: u64, file: &[u8]) -> io::Result<()> {
        let set = self.set_of(object, number);
        fs::create_dir_all(&set)?;
        self.make_room(&set, file.len() as u64)?;
        replace(&self.path_of(object, number), file)
    }

    /// Deletes what was used longest ago, until so many bytes more have room in a set.
    fn make_room(&self, set: &Path, more: u64) -> io::Result<()> {
        let room = (self.size / SETS).max(LARGEST).saturating_sub(more);
        let now = SystemTime::now();
        let mut kept = Vec::new();
        for entry in fs::read_dir(set)? {
            let entry = entry?;
            // Another process may have deleted it just now.
            let Ok(meta) = entry.metadata() else { continue };
            let used = meta.modified()?;
            let age = now.duration_since(used).unwrap_or_default();
            let unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
            if unfinished && age > ABANDONED {
                let _ = fs::remove_file(entry.path());
                continue;
            }
            kept.push(Kept {
                path: entry.path(),
                size: meta.len(),
                used,
            });
        }
        let mut all: u64 = kept.iter().map(|file| file.size).sum();
        kept.sort_by_key(|file| file.used);
        for file in kept {
            if all <= room {
                break;
            }
            match fs::remove_file(&file.path) {
                Ok(()) => all -= file.size,
                Err(error) if error.kind() == io::ErrorKind::NotFound => all -= file.size,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Writes a file beside its place, and moves it there.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let unfinished = path.with_file_name(format!("{UNFINISHED}{}", Uuid::new_v4()));
    let written = File::create(&unfinished)
        .and_then(|mut file| file.write_all(content))
        .and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// Notes that a file was used now. Where that cannot be noted, it counts as used when it was written.
fn note_use(path: &Path) {
    let now = SystemTime::now();
    let Ok(file) = File::open(path) else { return };
    let used = file.metadata().and_then(|meta| meta.modified());
    let recent = used.is_ok_and(|used| now.duration_since(used).unwrap_or_default() < NOTED_EVERY);
    if !recent {
        let _ = file.set_modified(now);
    }
}
