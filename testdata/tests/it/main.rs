//! Reports are read back with other people's readers and summed again.
#![expect(clippy::unwrap_used, reason = "helpers of tests are not seen as tests")]

mod appendix;
mod formats;
mod layout;
mod resum;
mod support;
