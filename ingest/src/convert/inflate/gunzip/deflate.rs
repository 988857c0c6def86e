//! The blocks of one DEFLATE stream (RFC 1951).

use std::io::{self, Read};

use super::{
    bits::{Bits, truncated},
    fast::{self, Cursor, INPUT_MARGIN, Stop, TEXT_MARGIN},
    invalid,
    tables::{END, Entry, LITERAL, RARE, SUBTABLE, Tables, build, byte, value},
};

/// Where in the stream decoding has come to.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// A block begins.
    Block,
    /// In a block that is not compressed.
    Stored { left: usize },
    /// In a block of codes.
    Codes,
    /// In a match that did not fit.
    Match { distance: usize, left: usize },
    /// After the last block.
    End,
}

/// A stream being decoded.
#[derive(Debug)]
pub(super) struct Inflate {
    stage: Stage,
    /// Does no block follow this one?
    last: bool,
    tables: Box<Tables>,
}

impl Inflate {
    pub(super) fn new() -> Self {
        Self {
            stage: Stage::Block,
            last: false,
            tables: Tables::new(),
        }
    }

    /// Begins another stream.
    pub(super) fn restart(&mut self) {
        (self.stage, self.last) = (Stage::Block, false);
    }

    /// Has the stream been decoded completely?
    pub(super) fn is_finished(&self) -> bool {
        matches!(self.stage, Stage::End)
    }

    /// Decodes into `text[at..]` and says where that ends: before the end of `text` only at the end of the stream.
    /// No match may reach before `beginning`.
    pub(super) fn run<R: Read>(
        &mut self,
        input: &mut Bits<R>,
        text: &mut [u8],
        mut at: usize,
        beginning: usize,
    ) -> io::Result<usize> {
        loop {
            match self.stage {
                Stage::End => return Ok(at),
                Stage::Block => self.begin_block(input)?,
                Stage::Stored { left: 0 } => self.end_block(),
                Stage::Stored { left } => {
                    let room = left.min(text.len() - at);
                    if room == 0 {
                        return Ok(at);
                    }
                    let count = input.copy_to(&mut text[at..at + room])?;
                    if count == 0 {
                        return Err(truncated());
                    }
                    at += count;
                    self.stage = Stage::Stored { left: left - count };
                }
                Stage::Match { distance, left } => {
                    let count = left.min(text.len() - at);
                    for to in at..at + count {
                        text[to] = text[to - distance];
                    }
                    at += count;
                    if count < left {
                        self.stage = Stage::Match {
                            distance,
                            left: left - count,
                        };
                        return Ok(at);
                    }
                    self.stage = Stage::Codes;
                }
                Stage::Codes => {
                    let stop = if text.len() - at >= TEXT_MARGIN && input.wait_for(INPUT_MARGIN)? {
                        let Bits {
                            next,
                            upcoming: bits,
                            count,
                            ..
                        } = *input;
                        let mut cursor = Cursor {
                            next,
                            bits,
                            count,
                            at,
                        };
                        let stop = fast::decode(
                            input.arrived(),
                            text,
                            beginning,
                            &self.tables,
                            &mut cursor,
                        );
                        (input.next, input.upcoming, input.count, at) =
                            (cursor.next, cursor.bits, cursor.count, cursor.at);
                        stop
                    } else {
                        match self.decode_one(input, text, &mut at, beginning)? {
                            Some(stop) => stop,
                            None => return Ok(at),
                        }
                    };
                    match stop {
                        Stop::Margin => {}
                        Stop::EndOfBlock => self.end_block(),
                        Stop::InvalidLiteral => {
                            return Err(invalid("a literal or length is invalid"));
                        }
                        Stop::InvalidDistance => return Err(invalid("a distance is invalid")),
                        Stop::TooFarBack => {
                            return Err(invalid("a match reaches back before the beginning"));
                        }
                    }
                }
            }
        }
    }

    /// Decodes one literal or the beginning of one match; nothing if there is no room.
    fn decode_one<R: Read>(
        &mut self,
        input: &mut Bits<R>,
        text: &mut [u8],
        at: &mut usize,
        beginning: usize,
    ) -> io::Result<Option<Stop>> {
        input.refill()?;
        let mut entry = self.tables.literal(input.upcoming);
        if entry & (RARE | SUBTABLE) == RARE | SUBTABLE {
            entry = self.tables.longer_literal(entry, input.upcoming);
        }
        if entry & LITERAL != 0 {
            if *at == text.len() {
                return Ok(None);
            }
            take(input, entry)?;
            text[*at] = byte(entry);
            *at += 1;
            return Ok(Some(Stop::Margin));
        }
        let length = value(entry, input.upcoming);
        take(input, entry)?;
        if entry & RARE != 0 {
            return Ok(Some(if entry & END != 0 {
                Stop::EndOfBlock
            } else {
                Stop::InvalidLiteral
            }));
        }
        input.refill()?;
        let mut entry = self.tables.distance(input.upcoming);
        if entry & (RARE | SUBTABLE) == RARE | SUBTABLE {
            entry = self.tables.longer_distance(entry, input.upcoming);
        }
        let distance = value(entry, input.upcoming);
        take(input, entry)?;
        if entry & RARE != 0 {
            return Ok(Some(Stop::InvalidDistance));
        }
        if distance > *at - beginning {
            return Ok(Some(Stop::TooFarBack));
        }
        self.stage = Stage::Match {
            distance,
            left: length,
        };
        Ok(Some(Stop::Margin))
    }

    fn end_block(&mut self) {
        self.stage = if self.last { Stage::End } else { Stage::Block };
    }

    fn begin_block<R: Read>(&mut self, input: &mut Bits<R>) -> io::Result<()> {
        self.last = input.take(1)? == 1;
        self.stage = match input.take(2)? {
            0 => {
                input.align();
                let length = input.take(16)?;
                if input.take(16)? != !length & 0xffff {
                    return Err(invalid(
                        "the length of a stored block contradicts its complement",
                    ));
                }
                Stage::Stored {
                    left: length as usize,
                }
            }
            1 => {
                self.tables.set_fixed();
                Stage::Codes
            }
            2 => {
                self.read_codes(input)?;
                Stage::Codes
            }
            _ => return Err(invalid("a block has an invalid type")),
        };
        Ok(())
    }

    /// Reads the codes of a block (RFC 1951, 3.2.7).
    fn read_codes<R: Read>(&mut self, input: &mut Bits<R>) -> io::Result<()> {
        let literals = 257 + input.take(5)? as usize;
        let distances = 1 + input.take(5)? as usize;
        if literals > 286 || distances > 30 {
            return Err(invalid("a block has too many codes"));
        }
        let mut lengths = [0; 19];
        for &symbol in &LENGTH_ORDER[..4 + input.take(4)? as usize] {
            lengths[symbol] = byte(input.take(3)? << 16);
        }
        let mut table = [0; 128];
        if !build(&mut table, 7, &lengths, &LENGTH_MEANINGS) {
            return Err(invalid("the code of the code lengths is invalid"));
        }
        let mut lengths = [0_u8; 286 + 30];
        let lengths = &mut lengths[..literals + distances];
        let mut have = 0;
        while have < lengths.len() {
            input.refill()?;
            let entry = table[(input.upcoming & 127) as usize];
            let extra = value(entry & 0xffff, input.upcoming);
            take(input, entry)?;
            if entry & RARE != 0 {
                return Err(invalid("a code length is invalid"));
            }
            let (length, count) = match byte(entry) {
                16 if have == 0 => {
                    return Err(invalid("a repeated code length has none before it"));
                }
                16 => (lengths[have - 1], 3 + extra),
                17 => (0, 3 + extra),
                18 => (0, 11 + extra),
                length => (length, 1),
            };
            lengths
                .get_mut(have..have + count)
                .ok_or_else(|| invalid("a repeated code length goes too far"))?
                .fill(length);
            have += count;
        }
        if lengths[256] == 0 {
            return Err(invalid("a block has no code for its end"));
        }
        if !self.tables.set_literals(&lengths[..literals]) {
            return Err(invalid("the code of literals and lengths is invalid"));
        }
        if !self.tables.set_distances(&lengths[literals..]) {
            return Err(invalid("the code of distances is invalid"));
        }
        Ok(())
    }
}

/// Takes the bits of an entry, which must have arrived.
fn take<R: Read>(input: &mut Bits<R>, entry: Entry) -> io::Result<()> {
    let count = entry & 63;
    if count > input.count {
        return Err(truncated());
    }
    input.skip(count);
    Ok(())
}

/// The order in which the lengths of the code of code lengths come.
const LENGTH_ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// The symbols of that code: a length in the bits of the base, and how many bits of a count follow.
const LENGTH_MEANINGS: [Entry; 19] = {
    let mut meanings = [0; 19];
    let mut symbol = 0;
    while symbol < 19 {
        let extra = match symbol {
            16 => 2,
            17 => 3,
            18 => 7,
            _ => 0,
        };
        meanings[symbol as usize] = symbol << 16 | extra;
        symbol += 1;
    }
    meanings
};
