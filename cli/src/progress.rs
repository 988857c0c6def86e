//! Progress bars on standard error: files, bytes, rows, rate, time left. Only on a terminal.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use curtail_ingest::Progress;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{config::Settings, render::amounts::grouped};

/// How often a bar is drawn anew.
const TICK: Duration = Duration::from_millis(120);

/// The bars of one run.
#[derive(Clone, Debug)]
pub(crate) struct Bars(MultiProgress);

impl Bars {
    /// Bars on standard error, if they are wanted there.
    pub(crate) fn new(settings: &Settings) -> Self {
        let target = if settings.progress {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self(MultiProgress::with_draw_target(target))
    }

    /// A bar for the ingest of one billing period.
    pub(crate) fn period(&self, name: impl Into<Cow<'static, str>>) -> PeriodBar {
        let bar = self.add(
            "{prefix} {bar:24} {bytes}/{total_bytes} {bytes_per_sec} {msg} {eta} left",
            name,
        );
        PeriodBar {
            bar,
            files: AtomicU64::new(0),
            done: AtomicU64::new(0),
            rows: AtomicU64::new(0),
        }
    }

    /// A bar that counts rows up to `rows`.
    pub(crate) fn rows(&self, name: impl Into<Cow<'static, str>>, rows: u64) -> ProgressBar {
        let bar = self.add(
            "{prefix} {bar:24} {human_pos}/{human_len} rows {per_sec} {eta} left",
            name,
        );
        bar.set_length(rows);
        bar
    }

    /// Something that takes a while and cannot say how long.
    pub(crate) fn spinner(&self, what: impl Into<Cow<'static, str>>) -> ProgressBar {
        self.add("{spinner} {prefix} {elapsed}", what)
    }

    /// Runs `print` while no bar is on the screen.
    pub(crate) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }

    fn add(&self, template: &str, name: impl Into<Cow<'static, str>>) -> ProgressBar {
        let style = ProgressStyle::with_template(template).expect("templates here are constants");
        let bar = self
            .0
            .add(ProgressBar::new(0).with_style(style).with_prefix(name));
        bar.enable_steady_tick(TICK);
        bar
    }
}

/// The bar of one billing period.
#[derive(Debug)]
pub(crate) struct PeriodBar {
    bar: ProgressBar,
    files: AtomicU64,
    done: AtomicU64,
    rows: AtomicU64,
}

impl PeriodBar {
    fn tell(&self) {
        let (done, files, rows) = (
            self.done.load(Relaxed),
            self.files.load(Relaxed),
            self.rows.load(Relaxed),
        );
        self.bar
            .set_message(format!("{done}/{files} files {} rows", grouped(rows)));
    }
}

impl Progress for PeriodBar {
    fn start(&self, files: u64, bytes: u64) {
        self.files.store(files, Relaxed);
        self.bar.set_length(bytes);
        self.tell();
    }

    fn bytes(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Relaxed);
        self.tell();
    }

    fn file_done(&self) {
        self.done.fetch_add(1, Relaxed);
        self.tell();
    }

    fn committing(&self) {
        self.bar.set_message("committing");
    }
}

impl Drop for PeriodBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
