//! Definition levels: which rows have a value.

use super::hybrid::{self, GROUP};

/// Bytes of equal rows from which on a run is smaller than what it interrupts.
const SHORTEST_RUN: usize = 4;

/// Appends the definition levels of some rows, of which `nulls` are `null`, with their length in front.
pub(super) fn encode<T: Copy + PartialEq>(
    values: &[T],
    null: T,
    nulls: usize,
    bitmap: &mut Vec<u8>,
    out: &mut Vec<u8>,
) {
    if nulls == 0 || nulls == values.len() {
        return uniform(nulls == 0, values.len(), out);
    }
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    let present = |group: &[T]| {
        group
            .iter()
            .enumerate()
            .fold(0, |bits, (at, &value)| bits | u8::from(value != null) << at)
    };
    bitmap.clear();
    bitmap.extend(values.chunks(GROUP).map(present));
    mixed(bitmap, values.len() / GROUP, out);
    let length = u32::try_from(out.len() - start - 4).expect("a page is small");
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

/// Appends the definition levels of so many rows that all have a value, or all have none.
pub(super) fn uniform(present: bool, rows: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    hybrid::repeated(u32::from(present), rows, 1, out);
    // A header of at most 10 bytes, and the level.
    out[start] = (out.len() - start - 4).to_le_bytes()[0];
}

/// Encodes a bitmap that is its own bit-packed form. Runs stretch over whole bytes, the first `whole` ones.
fn mixed(bitmap: &[u8], whole: usize, out: &mut Vec<u8>) {
    // Up to here everything is encoded.
    let mut done = 0;
    let mut at = 0;
    while at < whole {
        let byte = bitmap[at];
        if byte != 0 && byte != u8::MAX {
            at += 1;
            continue;
        }
        let run = bitmap[at..whole]
            .iter()
            .take_while(|&&other| other == byte)
            .count();
        if run >= SHORTEST_RUN {
            packed(&bitmap[done..at], out);
            hybrid::repeated(u32::from(byte & 1), run * GROUP, 1, out);
            done = at + run;
        }
        at += run;
    }
    packed(&bitmap[done..], out);
}

fn packed(bitmap: &[u8], out: &mut Vec<u8>) {
    if !bitmap.is_empty() {
        hybrid::packed_header(bitmap.len(), out);
        out.extend_from_slice(bitmap);
    }
}
