//! Text in large blocks of whole records, decompressed on a thread of its own ahead of whoever parses it.

use std::{
    io::{self, Read},
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    },
    thread,
};

use memchr::memchr_iter;

use super::{
    Compression,
    inflate::{REACH, Text},
    masks::{self, Mask, WIDTH},
};

/// Bytes of text decompressed per block.
const BLOCK: usize = 512 * 1024;

/// Room before them: for the record that the block before broke off, and for the text that compressed data refers back to.
const HEADROOM: usize = 64 * 1024;

const _: () = assert!(HEADROOM >= REACH);

/// Blocks decompressed ahead of the parser.
const AHEAD: usize = 3;

/// Bytes of the longest record if there is memory; only text with an unclosed quote has longer ones.
const MAX_RECORD: u64 = 32 << 20;

/// Bytes of a record that is read however little memory there is.
const MIN_RECORD: u64 = 2 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Bytes that the blocks of one file take in memory while `parsers` take them.
pub(super) fn footprint(parsers: usize) -> u64 {
    let masks = (BLOCK + HEADROOM) / WIDTH * size_of::<Mask>();
    ((AHEAD + 1 + parsers) * (BLOCK + HEADROOM + masks)) as u64
}

/// Bytes of the longest record, if blocks of one file must not take more than `memory`, and each of them may hold one.
pub(super) fn longest_record(memory: u64, parsers: usize) -> usize {
    let each = memory / (AHEAD + 1 + parsers) as u64;
    let whole = each >> 20 << 20;
    usize::try_from(whole.clamp(MIN_RECORD, MAX_RECORD)).unwrap_or(usize::MAX)
}

/// A stretch of text that begins and ends with a record.
#[derive(Debug, Default)]
pub(super) struct Block {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Its separators; some of text behind it may follow.
    pub(super) masks: Vec<Mask>,
    /// How many blocks come before it.
    pub(super) index: usize,
    /// The line on which it begins.
    pub(super) line: u64,
}

/// Why there is no further block.
#[derive(Debug)]
pub(super) enum Broken {
    /// The text cannot be read.
    Read(io::Error),
    /// The text ends within the quotes of a record that begins on this line.
    OpenQuote(u64),
    /// The record on this line does not end within so many bytes.
    TooLong(u64, usize),
}

impl Block {
    /// The text; its last byte ends a line.
    pub(super) fn text(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }
}

/// The blocks of one file, in order, for any number of parsers.
#[derive(Debug)]
pub(super) struct Blocks {
    full: Mutex<Receiver<Result<Block, Broken>>>,
    empty: Sender<Block>,
}

impl Blocks {
    /// Starts to decompress `input`. Dropping the blocks ends the thread once its current read returns.
    pub(super) fn read(
        compression: Compression,
        input: Box<dyn Read + Send>,
        longest_record: usize,
    ) -> io::Result<Self> {
        let (full_sender, full) = sync_channel(AHEAD);
        let (empty, empty_receiver) = channel();
        thread::Builder::new()
            .name("inflate".to_owned())
            .spawn(move || {
                let cutter = Cutter {
                    full: &full_sender,
                    empty: &empty_receiver,
                    longest_record,
                };
                if let Err(broken) = cutter.run(compression, input) {
                    // Nobody listens if the parsers gave up, and then nobody needs to know.
                    let _ = full_sender.send(Err(broken));
                }
            })?;
        Ok(Self {
            full: Mutex::new(full),
            empty,
        })
    }

    /// The next block, or nothing after the last.
    pub(super) fn next(&self) -> Option<Result<Block, Broken>> {
        let full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        full.recv().ok()
    }

    /// Hands a block back whose text is no longer needed.
    pub(super) fn reuse(&self, block: Block) {
        // The thread may have ended: then the block is simply dropped.
        let _ = self.empty.send(block);
    }
}

/// Cuts text into blocks.
struct Cutter<'a> {
    full: &'a SyncSender<Result<Block, Broken>>,
    empty: &'a Receiver<Block>,
    longest_record: usize,
}

impl Cutter<'_> {
    fn run(&self, compression: Compression, input: Box<dyn Read + Send>) -> Result<(), Broken> {
        let mut text = Text::open(compression, input).map_err(Broken::Read)?;
        let mut block = self.fresh(HEADROOM);
        (block.start, block.end) = (HEADROOM, HEADROOM);
        (block.index, block.line) = (0, 1);
        let mut first = true;
        loop {
            block.end = text
                .read_into(&mut block.buffer, block.end)
                .map_err(Broken::Read)?;
            let last = block.end < block.buffer.len();
            if first && block.text().starts_with(BYTE_ORDER_MARK) {
                block.start += BYTE_ORDER_MARK.len();
            }
            first = false;
            let mut complete = 0;
            let open = masks::find(&block.buffer[block.start..block.end], &mut block.masks);
            if !last {
                complete = complete_records(&block.masks, block.text());
            } else if !open {
                // The last line need not be ended.
                if !matches!(block.text().last(), None | Some(b'\n' | b'\r')) {
                    end_line(&mut block);
                }
                complete = block.text().len();
            }
            let lines = lines_in(&block.text()[..complete]);
            let rest = block.text().len() - complete;
            if last && open {
                return Err(Broken::OpenQuote(block.line + lines_to_open(&block)));
            }
            if rest > self.longest_record {
                return Err(Broken::TooLong(block.line + lines, self.longest_record));
            }
            let mut next = Block::default();
            if !last {
                next = self.fresh(HEADROOM.max(rest));
                let headroom = next.buffer.len() - BLOCK;
                // Before the record that is broken off stands what compressed data may refer back to.
                let kept = headroom.min(block.end);
                next.buffer[headroom - kept..headroom]
                    .copy_from_slice(&block.buffer[block.end - kept..block.end]);
                (next.start, next.end) = (headroom - rest, headroom);
                (next.index, next.line) =
                    (block.index + usize::from(complete > 0), block.line + lines);
            }
            block.end -= rest;
            if complete > 0 && self.full.send(Ok(block)).is_err() || last {
                return Ok(());
            }
            block = next;
        }
    }

    /// A block with room for `headroom` bytes and those to be decompressed.
    fn fresh(&self, headroom: usize) -> Block {
        // A buffer that had to grow for a giant record is not kept.
        let reused = self
            .empty
            .try_recv()
            .ok()
            .filter(|block| block.buffer.len() == headroom + BLOCK);
        reused.unwrap_or_else(|| Block {
            buffer: vec![0; headroom + BLOCK],
            ..Block::default()
        })
    }
}

/// Puts the line end behind the text that it lacks. There is room, or this would not be the last block.
fn end_line(block: &mut Block) {
    let at = block.end - block.start;
    block.buffer[block.end] = b'\n';
    block.end += 1;
    if at.is_multiple_of(WIDTH) {
        block.masks.push(Mask::default());
    }
    let mask = &mut block.masks[at / WIDTH];
    mask.ends |= 1 << (at % WIDTH);
    mask.lines |= 1 << (at % WIDTH);
}

/// How many bytes of `text` are records whose end is there.
fn complete_records(masks: &[Mask], text: &[u8]) -> usize {
    // The second half of `\r\n` may be yet to come.
    let end = text.len() - usize::from(text.last() == Some(&b'\r'));
    for (at, mask) in masks.iter().enumerate().rev() {
        let lines = match end.saturating_sub(at * WIDTH) {
            present @ 0..WIDTH => mask.lines & !(u64::MAX << present),
            _ => mask.lines,
        };
        if lines != 0 {
            return at * WIDTH + WIDTH - lines.leading_zeros() as usize;
        }
    }
    0
}

/// Lines that end in `text`, by `\n` or, where there is none, by `\r`.
pub(super) fn lines_in(text: &[u8]) -> u64 {
    let count = |byte| memchr_iter(byte, text).count() as u64;
    match count(b'\n') {
        0 => count(b'\r'),
        lines => lines,
    }
}

/// Lines before the record whose quotes are open at the end of the block.
fn lines_to_open(block: &Block) -> u64 {
    let complete = complete_records(&block.masks, block.text());
    lines_in(&block.text()[..complete])
}
