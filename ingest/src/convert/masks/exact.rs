//! Separators found byte by byte: right for any text, and what the fast versions are compared with.

use super::{Mask, WIDTH};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A field begins.
    Start,
    /// Within a field that is not quoted, or behind the closing quote.
    Text,
    /// Within quotes.
    Quoted,
    /// Behind a quote that closes, unless another one follows.
    Closing,
}

/// As [`super::find`], but `masks` must be empty.
pub(super) fn find(text: &[u8], masks: &mut Vec<Mask>) -> bool {
    let mut state = State::Start;
    for chunk in text.chunks(WIDTH) {
        let mut mask = Mask::default();
        for (at, &byte) in chunk.iter().enumerate() {
            state = match (state, byte) {
                (State::Quoted, b'"') => State::Closing,
                (State::Quoted, _) | (State::Start | State::Closing, b'"') => State::Quoted,
                (_, b',' | b'\n' | b'\r') => {
                    mask.ends |= 1 << at;
                    mask.lines |= u64::from(byte != b',') << at;
                    State::Start
                }
                _ => State::Text,
            };
        }
        masks.push(mask);
    }
    state == State::Quoted
}
