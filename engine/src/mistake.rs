//! Where in a text a mistake is, and how it is shown.

mod excerpt;
mod place;

pub(crate) use excerpt::{excerpt, renumbered};
pub(crate) use place::{Place, of_syntax, place, syntax};
