//! Where the separators of CSV are, as bit masks: one bit per byte, quotes understood.
//!
//! As the `csv` crate reads it, a field that begins with a quote ends at the closing one (doubled quotes are text, and so is
//! what follows the closing quote up to the separator); quotes elsewhere are text. A comma ends a field; `\n` and `\r` end
//! fields and lines.

mod exact;
#[cfg(target_arch = "x86_64")]
mod x86;

/// Bytes per mask.
pub(super) const WIDTH: usize = 64;

/// The separators among 64 bytes of text; bit `n` stands for byte `n`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mask {
    /// Ends of fields, by a comma or the end of a line.
    pub(super) ends: u64,
    /// Those of them that end lines.
    pub(super) lines: u64,
}

/// What stands where among 64 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bytes {
    quotes: u64,
    commas: u64,
    lines: u64,
}

/// Finds the separators of `text`, which begins at the beginning of a record, and says whether it ends within quotes.
pub(super) fn find(text: &[u8], masks: &mut Vec<Mask>) -> bool {
    masks.clear();
    masks.reserve(text.len().div_ceil(WIDTH));
    let mut quoting = Quoting::default();
    if classify(text, masks, &mut quoting).is_some() {
        return quoting.is_open();
    }
    masks.clear();
    exact::find(text, masks)
}

/// What looking at each byte finds, and then what every version does that this processor can run, if it can tell.
pub(super) fn find_by_each_version(text: &[u8]) -> Vec<Option<(Vec<Mask>, bool)>> {
    let mut masks = Vec::new();
    let open = exact::find(text, &mut masks);
    let mut found = vec![Some((masks, open))];
    for version in std::iter::once(anywhere as Version).chain(versions()) {
        let (mut masks, mut quoting) = (Vec::new(), Quoting::default());
        let judged = version(text, &mut masks, &mut quoting);
        found.push(judged.map(|()| (masks, quoting.is_open())));
    }
    found
}

/// Has the fastest version that this processor knows do it; nothing if there are quotes that it cannot judge.
fn classify(text: &[u8], masks: &mut Vec<Mask>, quoting: &mut Quoting) -> Option<()> {
    let version = versions().next().unwrap_or(anywhere);
    version(text, masks, quoting)
}

/// A way to find separators; it gives up at quotes that it cannot judge.
type Version = fn(&[u8], &mut Vec<Mask>, &mut Quoting) -> Option<()>;

/// The versions made for this processor, the fastest first.
fn versions() -> impl Iterator<Item = Version> {
    #[cfg(target_arch = "x86_64")]
    return x86::versions();
    #[cfg(not(target_arch = "x86_64"))]
    return std::iter::empty();
}

/// The version that every processor can run.
fn anywhere(text: &[u8], masks: &mut Vec<Mask>, quoting: &mut Quoting) -> Option<()> {
    walk(text, masks, quoting, portable)
}

/// Looks at `text` 64 bytes at a time. Inlined into versions compiled for more capable processors.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "compiled anew for each set of instructions"
)]
fn walk(
    text: &[u8],
    masks: &mut Vec<Mask>,
    quoting: &mut Quoting,
    look: impl Fn(&[u8; WIDTH]) -> Bytes,
) -> Option<()> {
    let (chunks, rest) = text.as_chunks::<WIDTH>();
    for chunk in chunks {
        masks.push(quoting.mask(look(chunk))?);
    }
    if !rest.is_empty() {
        // What follows the text is as good as a separator to a quote that closes at its very end.
        let mut last = [b'\n'; WIDTH];
        last[..rest.len()].copy_from_slice(rest);
        let mask = quoting.mask(look(&last))?;
        let present = !(u64::MAX << rest.len());
        masks.push(Mask {
            ends: mask.ends & present,
            lines: mask.lines & present,
        });
    }
    Some(())
}

/// What is known of quotes from one mask to the next.
#[derive(Debug)]
struct Quoting {
    /// All ones within quotes.
    inside: u64,
    /// Bit 0: may a quote open here, since a field begins, or a quote has just closed?
    may_open: u64,
    /// Bit 0: has a quote just closed, so that only a separator or a quote may follow?
    closed: u64,
}

impl Default for Quoting {
    fn default() -> Self {
        Self {
            inside: 0,
            may_open: 1,
            closed: 0,
        }
    }
}

impl Quoting {
    fn is_open(&self) -> bool {
        self.inside != 0
    }

    /// The separators outside quotes; nothing if a quote stands where it neither opens nor closes a field.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "compiled anew for each set of instructions"
    )]
    fn mask(&mut self, found: Bytes) -> Option<Mask> {
        let Bytes {
            quotes,
            commas,
            lines,
        } = found;
        if quotes == 0 {
            let outside = !self.inside;
            let mask = Mask {
                ends: (commas | lines) & outside,
                lines: lines & outside,
            };
            if self.closed & !mask.ends & 1 != 0 {
                return None;
            }
            self.closed = 0;
            self.may_open = mask.ends >> 63;
            return Some(mask);
        }
        // From each opening quote up to the byte before the closing one.
        let inside = parity(quotes) ^ self.inside;
        let mask = Mask {
            ends: (commas | lines) & !inside,
            lines: lines & !inside,
        };
        let (opening, closing) = (quotes & inside, quotes & !inside);
        let may_open = (mask.ends | closing) << 1 | self.may_open;
        let closed = closing << 1 | self.closed;
        if opening & !may_open != 0 || closed & !(mask.ends | opening) != 0 {
            return None;
        }
        self.inside = (inside.cast_signed() >> 63).cast_unsigned();
        self.may_open = (mask.ends | closing) >> 63;
        self.closed = closing >> 63;
        Some(mask)
    }
}

/// Bit `n` is set if an odd number of the bits up to and including `n` are.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "compiled anew for each set of instructions"
)]
fn parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// What stands where, on any processor.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "compiled anew for each set of instructions"
)]
fn portable(bytes: &[u8; WIDTH]) -> Bytes {
    Bytes {
        quotes: gather(bytes.map(|byte| u8::from(byte == b'"'))),
        commas: gather(bytes.map(|byte| u8::from(byte == b','))),
        lines: gather(bytes.map(|byte| u8::from(byte == b'\n') | u8::from(byte == b'\r'))),
    }
}

/// The lowest bits of all bytes.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "compiled anew for each set of instructions"
)]
fn gather(flags: [u8; WIDTH]) -> u64 {
    let (eights, _) = flags.as_chunks::<8>();
    let mut mask = 0;
    for (at, &eight) in eights.iter().enumerate() {
        // Gathers the lowest bits of eight bytes in the highest byte.
        let bits = u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (at * 8);
    }
    mask
}

#[cfg(test)]
mod tests;
