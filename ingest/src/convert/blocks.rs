//! Text in large blocks, decompressed on a thread of its own ahead of whoever parses it.

use std::{
    io::{self, Read},
    sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    thread,
};

use super::{Compression, inflate};

/// Bytes of text per block.
const BLOCK: usize = 512 * 1024;

/// Room before the text of a block, so that the record that the block before broke off can be put there.
const HEADROOM: usize = 64 * 1024;

/// Blocks decompressed ahead of the parser.
const AHEAD: usize = 3;

/// Bytes that one file's blocks take in memory.
pub(super) const FOOTPRINT: u64 = ((AHEAD + 2) * (BLOCK + HEADROOM)) as u64;

/// A stretch of text.
#[derive(Debug)]
pub(super) struct Block {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Does no text follow?
    pub(super) last: bool,
}

impl Block {
    /// The text.
    pub(super) fn text(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Puts `text` before this block's own, of which nothing may have been taken away.
    pub(super) fn prepend(&mut self, text: &[u8]) {
        if text.len() <= self.start {
            self.start -= text.len();
            self.buffer[self.start..self.start + text.len()].copy_from_slice(text);
        } else {
            let mut joined = Vec::with_capacity(text.len() + self.end - self.start);
            joined.extend_from_slice(text);
            joined.extend_from_slice(self.text());
            (self.start, self.end) = (0, joined.len());
            self.buffer = joined;
        }
    }
}

/// The blocks of one file, in order; the last one is marked as such.
#[derive(Debug)]
pub(super) struct Blocks {
    full: Receiver<io::Result<Block>>,
    empty: Sender<Vec<u8>>,
}

impl Blocks {
    /// Starts to decompress `input`. Dropping the blocks ends the thread once its current read returns.
    pub(super) fn read(compression: Compression, input: Box<dyn Read + Send>) -> io::Result<Self> {
        let (full_sender, full) = sync_channel(AHEAD);
        let (empty, empty_receiver) = channel();
        thread::Builder::new()
            .name("inflate".to_owned())
            .spawn(move || {
                let deliver = || deliver(compression, input, &full_sender, &empty_receiver);
                if let Err(error) = deliver() {
                    // Nobody listens if the parser gave up, and then nobody needs to know.
                    let _ = full_sender.send(Err(error));
                }
            })?;
        Ok(Self { full, empty })
    }

    /// The next block; nothing may be asked for after the last.
    pub(super) fn next(&self) -> io::Result<Block> {
        self.full
            .recv()
            .map_err(|_| io::Error::other("the decompressing thread ended early"))?
    }

    /// Hands a block back whose text is no longer needed.
    pub(super) fn reuse(&self, block: Block) {
        // The thread may have ended: then the block is simply dropped.
        let _ = self.empty.send(block.buffer);
    }
}

fn deliver(
    compression: Compression,
    input: Box<dyn Read + Send>,
    full: &SyncSender<io::Result<Block>>,
    empty: &Receiver<Vec<u8>>,
) -> io::Result<()> {
    let mut text = inflate::reader(compression, input)?;
    loop {
        // A buffer that had to grow for a giant record is not kept.
        let reused = empty
            .try_recv()
            .ok()
            .filter(|buffer| buffer.len() == HEADROOM + BLOCK);
        let mut buffer = reused.unwrap_or_else(|| vec![0; HEADROOM + BLOCK]);
        let mut end = HEADROOM;
        let last = loop {
            match text.read(&mut buffer[end..]) {
                Ok(0) => break true,
                Ok(count) => end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            if end == buffer.len() {
                break false;
            }
        };
        if full
            .send(Ok(Block {
                buffer,
                start: HEADROOM,
                end,
                last,
            }))
            .is_err()
            || last
        {
            return Ok(());
        }
    }
}
