//! What whoever asks says to those who compute, beside the plan.

use std::{any::Any, sync::Arc};

use ballista_core::{
    extension::SessionConfigExt, serde::protobuf::KeyValuePair, utils::default_session_builder,
};
use datafusion::{
    common::{
        config::{ConfigEntry, ConfigExtension, ExtensionOptions},
        exec_err,
    },
    error::Result,
    execution::{SessionState, object_store::ObjectStoreUrl},
    object_store::memory::InMemory,
    prelude::SessionConfig,
};

/// This program's version: plans and functions mean the same in processes of one version alone.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is said of a plan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// The version of the program that made it.
    version: String,
}

/// What goes before the names of settings here.
const PREFIX: &str = "curtail";
/// The setting of the version.
const OF_VERSION: &str = "version";

impl ConfigExtension for Said {
    const PREFIX: &'static str = PREFIX;
}

// By hand, for settings are handed on by whole names, which DataFusion's macro does not tell.
impl ExtensionOptions for Said {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        if key != OF_VERSION {
            return exec_err!("there is no setting {PREFIX}.{key}");
        }
        value.clone_into(&mut self.version);
        Ok(())
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        vec![ConfigEntry {
            key: format!("{PREFIX}.{OF_VERSION}"),
            value: Some(self.version.clone()),
            description: "The version of curtail that made the plan",
        }]
    }
}

/// What is assumed of plans of which nothing is said.
pub(crate) fn config() -> SessionConfig {
    SessionConfig::new_with_ballista().with_option_extension(Said::default())
}

/// The URL by which plans name the store's objects.
const STORE: &str = "curtail://store/";

/// A session in which plans can be read, but not run: there are no objects.
pub(crate) fn session(config: SessionConfig) -> Result<SessionState> {
    let state = default_session_builder(config)?;
    let url = ObjectStoreUrl::parse(STORE)?;
    let objects = Arc::new(InMemory::new());
    let runtime = state.runtime_env();
    runtime.register_object_store(url.as_ref(), objects);
    Ok(state)
}

/// What is said of a plan that was made within `config`.
pub(crate) fn settings(config: &SessionConfig) -> Vec<KeyValuePair> {
    let entries = config.options().entries().into_iter();
    let entries = entries
        .filter(|entry| entry.key.starts_with("datafusion."))
        .filter(|entry| !entry.key.starts_with("datafusion.runtime."))
        .filter_map(|entry| Some((entry.key, entry.value?)));
    let more = [
        ("curtail.version", VERSION),
        // Plans are sent as they are to run. A side of a join that fits into memory on one machine is given to all of them otherwise.
        ("ballista.optimizer.broadcast_join_threshold_bytes", "0"),
        ("ballista.optimizer.broadcast_join_threshold_rows", "0"),
        ("ballista.planner.adaptive.enabled", "false"),
        ("ballista.planner.coalesce.enabled", "false"),
    ];
    let more = more.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let all = entries.chain(more);
    all.map(|(key, value)| KeyValuePair {
        key,
        value: Some(value),
    })
    .collect()
}

/// An error unless the plan is of this version.
pub(crate) fn check(config: &SessionConfig) -> Result<()> {
    let said = config.options().extensions.get::<Said>();
    let theirs = said.map(|said| said.version.as_str()).unwrap_or_default();
    if theirs == VERSION {
        return Ok(());
    }
    exec_err!("the executor is of curtail {VERSION}, the plan of {theirs}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_has_the_url_that_the_engine_gives_it() {
        let url = ObjectStoreUrl::parse(STORE).unwrap();
        assert!(curtail_engine::is_of_store(&url));
        let state = session(config()).unwrap();
        assert!(state.runtime_env().object_store(&url).is_ok());
    }

    #[test]
    fn settings_reach_who_computes() {
        use ballista_core::extension::SessionConfigHelperExt as _;

        let told = settings(&SessionConfig::new().with_batch_size(1234));
        let there = config().update_from_key_value_pair(&told);
        assert!(check(&there).is_ok());
        assert_eq!(there.batch_size(), 1234);
        // They are handed on from there.
        let entries = there.options().entries();
        let mut entries = entries.iter();
        assert!(entries.any(|entry| entry.key == "curtail.version"));
        let error = check(&config()).unwrap_err().to_string();
        assert!(error.contains(VERSION), "{error}");
    }
}
