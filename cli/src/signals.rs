//! Ctrl-C (and, on Unix, SIGTERM): the work is dropped, so that what it holds cleans up, and the program ends.
//!
//! Signals are awaited on a thread of their own: a query may keep all worker threads busy for longer than a user waits.

use std::{
    future::{Future, pending},
    sync::OnceLock,
    thread,
};

use tokio::{runtime, sync::watch};

use crate::error::CliError;

/// Counts interruptions.
static INTERRUPTIONS: OnceLock<watch::Receiver<u64>> = OnceLock::new();

/// Notices interruptions from now on, instead of being ended by them.
pub(crate) fn start() -> Result<(), CliError> {
    let (count, interruptions) = watch::channel(0);
    let runtime = runtime::Builder::new_current_thread().enable_io().build();
    let runtime = runtime.map_err(CliError::Runtime)?;
    let listen = move || {
        runtime.block_on(async {
            loop {
                signal().await;
                count.send_modify(|count| *count += 1);
            }
        });
    };
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(listen)
        .map_err(CliError::Runtime)?;
    // Started twice, the first one stays: it does the same.
    let _ = INTERRUPTIONS.set(interruptions);
    Ok(())
}

/// Runs `work` until it is done or interrupted.
pub(crate) async fn cancellable<T>(
    work: impl Future<Output = Result<T, CliError>>,
) -> Result<T, CliError> {
    tokio::select! {
        biased;
        () = interrupted() => Err(CliError::Interrupted),
        result = work => result,
    }
}

/// Returns when the user interrupts the program from now on; never, if that is not noticed.
pub(crate) async fn interrupted() {
    Interruptions::from_now().next().await;
}

/// Interruptions from the moment on in which this was made.
pub(crate) struct Interruptions(Option<watch::Receiver<u64>>);

impl Interruptions {
    pub(crate) fn from_now() -> Self {
        let mut interruptions = INTERRUPTIONS.get().cloned();
        if let Some(interruptions) = &mut interruptions {
            interruptions.mark_unchanged();
        }
        Self(interruptions)
    }

    /// Returns when the user interrupts the program, or has done so since the one before; never, if that is not noticed.
    pub(crate) async fn next(&mut self) {
        let Some(interruptions) = &mut self.0 else {
            return pending().await;
        };
        if interruptions.changed().await.is_err() {
            pending::<()>().await;
        }
    }
}

async fn signal() {
    let ctrl_c = async {
        if tokio::signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = ctrl_c => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    ctrl_c.await;
}
