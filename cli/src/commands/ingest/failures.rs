//! Failures of a run that goes on.

use std::cell::RefCell;

use super::note;
use crate::{config::Settings, error::CliError, exit::describe, hints};

/// What went wrong so far. One failure does not keep the other billing periods from being ingested.
#[derive(Debug, Default)]
pub(super) struct Failures(RefCell<Seen>);

#[derive(Debug, Default)]
struct Seen {
    all: usize,
    failed: Vec<(Option<String>, CliError)>,
}

impl Failures {
    /// One more thing is tried.
    pub(super) fn count(&self) {
        self.0.borrow_mut().all += 1;
    }

    /// Something that was tried failed; without a label, it was not counted yet.
    pub(super) fn push(&self, label: Option<String>, error: CliError) {
        let mut seen = self.0.borrow_mut();
        if label.is_none() {
            seen.all += 1;
        }
        seen.failed.push((label, error));
    }

    /// The error of the whole run: the only one as it is, or how many there were, after a note about each.
    pub(super) fn end(self, settings: &Settings) -> Result<(), CliError> {
        let Seen { all, mut failed } = self.0.into_inner();
        let told = |(label, error): &(Option<String>, CliError)| match label {
            Some(label) => format!("{label}: {}", describe(error)),
            None => describe(error),
        };
        match failed.len() {
            0 => Ok(()),
            1 => {
                let (label, error) = failed.remove(0);
                Err(match label {
                    Some(label) if all > 1 => CliError::Of {
                        label,
                        error: Box::new(error),
                    },
                    _ => error,
                })
            }
            several => {
                for failure in &failed {
                    note(settings, &format!("failed: {}", told(failure)));
                }
                let (first, hint) = (told(&failed[0]), hints::hint(&failed[0].1));
                Err(CliError::PartlyFailed {
                    failed: several,
                    all,
                    first,
                    hint,
                })
            }
        }
    }
}
