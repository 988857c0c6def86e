//! What a connection is: who it belongs to, and what is set in it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{
    catalog,
    settings::{Settings, VERSION},
};

/// A connection as its statements may ask for it.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) user: String,
    pub(super) database: String,
    pub(super) pid: i32,
    settings: Mutex<Settings>,
}

impl Context {
    pub(super) fn new(user: &str, database: &str, pid: i32, settings: Settings) -> Self {
        Self {
            user: user.to_owned(),
            database: database.to_owned(),
            pid,
            settings: Mutex::new(settings),
        }
    }

    /// Whether a name that stands alone is looked up in a schema.
    pub(super) fn searches(&self, schema: &str) -> bool {
        let settings = self.settings();
        let path = settings.get("search_path").unwrap_or_default();
        catalog::searched(path).contains(&schema)
    }

    /// Its settings.
    pub(super) fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl catalog::Connection for Context {
    fn user(&self) -> String {
        self.user.clone()
    }

    fn database(&self) -> String {
        self.database.clone()
    }

    fn pid(&self) -> i32 {
        self.pid
    }

    fn version(&self) -> String {
        format!(
            "PostgreSQL {VERSION} (curtail {})",
            env!("CARGO_PKG_VERSION")
        )
    }

    fn setting(&self, name: &str) -> Option<String> {
        self.settings().get(name).map(str::to_owned)
    }

    fn settings(&self) -> Vec<catalog::Setting> {
        Self::settings(self).listed()
    }

    fn set(&self, name: &str, value: &str) -> Result<(), String> {
        match self.settings().set(name, Some(value)) {
            Ok(_) => Ok(()),
            Err(failure) => Err(failure.message),
        }
    }
}
