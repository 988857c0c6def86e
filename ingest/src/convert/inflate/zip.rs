//! The one member of a ZIP archive, read from front to back: reports come as streams, and a central directory stands at
//! the end.

use std::{
    fmt,
    io::{self, BufRead, Read},
};

use flate2::{Crc, bufread::DeflateDecoder};

const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const CENTRAL_HEADER: &[u8] = b"PK\x01\x02";
const DIRECTORY_END: &[u8] = b"PK\x05\x06";
const ZIP64_DIRECTORY_END: &[u8] = b"PK\x06\x06";
const ZIP64_LOCATOR: &[u8] = b"PK\x06\x07";

/// The central directory of one member is far smaller.
const MAX_TAIL: u64 = 1 << 20;

/// An archive that holds another number of members than one.
#[derive(Debug)]
pub(in crate::convert) struct MemberCount {
    /// How many there are, or at least there are.
    pub(in crate::convert) members: usize,
}

impl fmt::Display for MemberCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} members", self.members)
    }
}

impl std::error::Error for MemberCount {}

/// The text of the only member; reading it to the end checks its length, its checksum and that it is the only one.
pub(super) struct Member<R> {
    state: State<R>,
    crc: Crc,
    /// Bytes read so far.
    length: u64,
}

enum State<R> {
    Deflated(DeflateDecoder<R>),
    Stored(io::Take<R>),
    Done,
}

impl<R: BufRead> Member<R> {
    /// Reads as far as the member's content.
    pub(super) fn open(mut input: R) -> io::Result<Self> {
        let mut signature = [0; 4];
        input.read_exact(&mut signature)?;
        if signature == DIRECTORY_END {
            return Err(members(0));
        }
        if signature != LOCAL_HEADER {
            return Err(invalid("it is no ZIP archive"));
        }
        let mut header = [0; 26];
        input.read_exact(&mut header)?;
        let short = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let (flags, method) = (short(2), short(4));
        let stored_size = u32::from_le_bytes([header[14], header[15], header[16], header[17]]);
        let rest = u64::from(short(22)) + u64::from(short(24));
        if io::copy(&mut input.by_ref().take(rest), &mut io::sink())? < rest {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if flags & 1 != 0 {
            return Err(invalid("the archive is encrypted"));
        }
        let sized_later = flags & 8 != 0;
        let state = match method {
            8 => State::Deflated(DeflateDecoder::new(input)),
            0 if !sized_later && stored_size < u32::MAX => {
                State::Stored(input.take(u64::from(stored_size)))
            }
            _ => return Err(invalid("its member is neither deflated nor plainly stored")),
        };
        Ok(Self {
            state,
            crc: Crc::new(),
            length: 0,
        })
    }

    /// Compares what was read with what the archive's directory says of it.
    fn check(&self, mut input: R) -> io::Result<()> {
        let mut tail = Vec::new();
        input.by_ref().take(MAX_TAIL).read_to_end(&mut tail)?;
        // Behind the content stands an optional descriptor of 12 to 24 bytes.
        let begins = |signature: &[u8], at: usize| {
            tail.get(at..)
                .is_some_and(|rest| rest.starts_with(signature))
        };
        let at = (0..=24).find(|&at| begins(CENTRAL_HEADER, at) || begins(LOCAL_HEADER, at));
        let at = at.ok_or(io::ErrorKind::UnexpectedEof)?;
        if begins(LOCAL_HEADER, at) {
            return Err(members(2));
        }
        let header = tail.get(at..at + 46).ok_or(io::ErrorKind::UnexpectedEof)?;
        let long = |at: usize| {
            u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        let short = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
        let next = at + 46 + short(28) + short(30) + short(32);
        if begins(CENTRAL_HEADER, next) {
            return Err(members(2));
        }
        check_end(tail.get(next..).unwrap_or_default())?;
        let size = long(24);
        // From 4 GiB on the size stands elsewhere; the checksum covers it.
        let same_size = size == u32::MAX || u64::from(size) == self.length;
        if long(16) != self.crc.sum() || !same_size {
            return Err(invalid("the checksum of its member is wrong"));
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Member<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &mut self.state {
            State::Deflated(member) => member.read(buffer)?,
            State::Stored(member) => member.read(buffer)?,
            State::Done => 0,
        };
        self.crc.update(&buffer[..count]);
        self.length += count as u64;
        if count == 0 && !buffer.is_empty() {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Deflated(member) => self.check(member.into_inner())?,
                State::Stored(member) => self.check(member.into_inner())?,
                State::Done => {}
            }
        }
        Ok(count)
    }
}

/// Checks that what follows the directory ends the archive and the file: tools that begin at the end of a file would find
/// another archive there, and other text.
fn check_end(mut end: &[u8]) -> io::Result<()> {
    let cut_off = || io::Error::from(io::ErrorKind::UnexpectedEof);
    if end.starts_with(ZIP64_DIRECTORY_END) {
        let (size, rest) = end[4..].split_first_chunk().ok_or_else(cut_off)?;
        let size = usize::try_from(u64::from_le_bytes(*size)).unwrap_or(usize::MAX);
        end = rest.get(size..).ok_or_else(cut_off)?;
    }
    if end.starts_with(ZIP64_LOCATOR) {
        end = end.get(20..).ok_or_else(cut_off)?;
    }
    let (record, comment) = end.split_first_chunk::<22>().ok_or_else(cut_off)?;
    let length = usize::from(u16::from_le_bytes([record[20], record[21]]));
    if record.starts_with(DIRECTORY_END) && comment.len() < length {
        return Err(cut_off());
    }
    let hides_another = comment.windows(4).any(|bytes| bytes == DIRECTORY_END);
    if !record.starts_with(DIRECTORY_END) || comment.len() > length || hides_another {
        return Err(invalid("something else stands behind the archive"));
    }
    Ok(())
}

fn members(members: usize) -> io::Error {
    io::Error::other(MemberCount { members })
}

fn invalid(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
