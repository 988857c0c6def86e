//! What is wrong with a statement, told to those who wrote it: in the words of SQL, with the place in the text, and with what to write instead.

mod excerpt;
mod functions;
mod meant;
mod place;
mod planned;
mod queries;
mod values;
mod words;
mod written;

pub(crate) use excerpt::{at, renumbered};
pub(crate) use meant::{meant, value};
pub(crate) use place::{Place, of_syntax, place, syntax};
pub(crate) use planned::{planned, planned_within};
pub(crate) use values::of_value;
