//! Rollups that the configuration asks for.

use std::{collections::BTreeMap, fs, path::Path};

use curtail_engine::define;
use curtail_ingest::{Options, lacking_rollups};
use curtail_store::{
    BillingPeriod, Definition, PeriodVersion, RollupName, Snapshot, Store, StoreError, Table,
    TableSchema,
};

use crate::{
    commands::note,
    config::{self, Settings},
    error::CliError,
};

/// The rollups that the configuration asks for, understood with the columns that `store` has.
pub(in crate::commands) async fn definitions(
    store: &Store,
    settings: &Settings,
) -> Result<Vec<Definition>, CliError> {
    let files = config::load(&settings.config)?.rollups;
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let snapshot = match store.snapshot().await {
        Ok(snapshot) => Some(snapshot),
        Err(StoreError::Absent(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let folder = settings.config.parent().unwrap_or(Path::new(""));
    let mut definitions: Vec<Definition> = Vec::new();
    for file in files {
        let path = folder.join(file);
        let definition = read(&path, snapshot.as_ref())?;
        if definitions
            .iter()
            .any(|known| known.name == definition.name)
        {
            let why = format!("there are two rollups named `{}`", definition.name);
            return Err(CliError::Rollup { path, why });
        }
        definitions.push(definition);
    }
    Ok(definitions)
}

fn read(path: &Path, snapshot: Option<&Snapshot>) -> Result<Definition, CliError> {
    let refused = |why: String| CliError::Rollup {
        path: path.to_owned(),
        why,
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = stem.parse::<RollupName>();
    let name = name.map_err(|error| refused(error.to_string()))?;
    if name.is_built_in() {
        return Err(refused(format!(
            "`{name}` is built in: give it another name"
        )));
    }
    let text = fs::read_to_string(path).map_err(|source| CliError::Input {
        path: path.to_owned(),
        source,
    })?;
    let schema = |table: Table| {
        let found = snapshot.and_then(|snapshot| snapshot.table(table));
        found.map_or_else(
            || TableSchema::documented(table),
            |table| table.schema.clone(),
        )
    };
    define(name, &text, schema).map_err(|error| CliError::Definition {
        path: path.to_owned(),
        error: Box::new(error),
    })
}

/// Says which rollups are missing in which billing periods, or are defined otherwise by now.
pub(in crate::commands) fn tell_lacking<'a>(
    versions: impl Iterator<Item = &'a PeriodVersion>,
    definitions: &[Definition],
    settings: &Settings,
) {
    let options = Options {
        rollups: definitions.to_vec(),
        ..Options::default()
    };
    let mut lacking: BTreeMap<RollupName, Vec<BillingPeriod>> = BTreeMap::new();
    for version in versions {
        for name in lacking_rollups(&version.receipt, &options) {
            let periods = lacking.entry(name).or_default();
            periods.push(version.receipt.billing_period);
        }
    }
    for (name, mut periods) in lacking {
        periods.sort_unstable();
        periods.dedup();
        let (first, last) = (periods[0], periods[periods.len() - 1]);
        let when = if first == last {
            first.to_string()
        } else {
            format!("{} billing periods, {first} to {last}", periods.len())
        };
        note(
            settings,
            &format!(
                "rollup {name} is missing, or is defined otherwise by now, in {when}: `curtail rollup build` makes it"
            ),
        );
    }
}
