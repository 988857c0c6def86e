//! Functions as bytes, for plans that are sent elsewhere.
//!
//! A name is not enough: a statement of a user's and a view that it reads may mean different functions by one name, and what rules put
//! into plans has no name that is registered. Functions are therefore told by where they are known, and only if what is known there is
//! the very same.

use std::{collections::BTreeMap, fmt, sync::Arc};

use datafusion::{
    arrow::{
        array::{ArrayRef, AsArray, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema},
        ipc::{reader::StreamReader, writer::StreamWriter},
    },
    common::not_impl_err,
    error::{DataFusionError, Result},
    execution::{SessionState, runtime_env::RuntimeEnv},
    logical_expr::{AggregateUDF, ScalarUDF, WindowUDF},
};

use crate::{
    Dialect, EngineOptions,
    accounts::AccountNames,
    money,
    session::{of_dialect, session},
};

/// Our own statements' functions know it by its name.
const OURS: u8 = b'o';
/// Users' statements in Trino's dialect do.
const TRINO: u8 = b't';
/// Rules put it into plans.
const UNNAMED: u8 = b'u';
/// The same; it makes values of a type, which follows.
const CONVERTING: u8 = b'c';
/// It finds names of accounts, which follow.
const NAMES: u8 = b'n';

/// Every function that plans of an engine may call.
pub struct Functions {
    ours: SessionState,
    trino: SessionState,
    unnamed: BTreeMap<String, Arc<ScalarUDF>>,
}

impl Functions {
    /// All of them.
    pub fn new() -> Self {
        let options = EngineOptions {
            memory_limit: 0,
            allocated: None,
            threads: 1,
            rollups: false,
            merging: false,
            kept: 0,
        };
        let ours = session(&Arc::new(RuntimeEnv::default()), &options);
        let unnamed = curtail_athena::unnamed().into_iter();
        let unnamed = unnamed.chain([Arc::new(money::quotient())]);
        let unnamed = unnamed.map(|function| (function.name().to_owned(), function));
        Self {
            trino: of_dialect(&ours, Dialect::Trino),
            ours,
            unnamed: unnamed.collect(),
        }
    }

    /// What tells this function, if it can be told.
    pub fn scalar_as_bytes(&self, function: &ScalarUDF) -> Result<Vec<u8>> {
        let name = function.name();
        let is_same = |known: Option<&Arc<ScalarUDF>>| known.map(AsRef::as_ref) == Some(function);
        if is_same(self.ours.scalar_functions().get(name)) {
            return Ok(tagged(OURS, name));
        }
        if is_same(self.trino.scalar_functions().get(name)) {
            return Ok(tagged(TRINO, name));
        }
        if is_same(self.unnamed.get(name)) {
            return Ok(tagged(UNNAMED, name));
        }
        if let Some(names) = AccountNames::found_by(function) {
            return names_as_bytes(names);
        }
        // Those that make values of a type take text alone.
        if let Ok(to) = function.inner().return_type(&[DataType::Utf8View])
            && curtail_athena::converting(name, &to).as_ref() == Some(function)
        {
            let mut bytes = vec![CONVERTING];
            let field = Field::new(name, to, true);
            StreamWriter::try_new(&mut bytes, &Schema::new(vec![field]))?.finish()?;
            return Ok(bytes);
        }
        not_impl_err!("the function {name} cannot be sent")
    }

    /// The function that is told by these bytes.
    pub fn scalar(&self, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        let (tag, rest) = untagged(bytes)?;
        let found = match tag {
            OURS => self.ours.scalar_functions().get(name_in(rest)?).cloned(),
            TRINO => self.trino.scalar_functions().get(name_in(rest)?).cloned(),
            UNNAMED => self.unnamed.get(name_in(rest)?).cloned(),
            CONVERTING => {
                let reader = StreamReader::try_new(rest, None)?;
                let schema = reader.schema();
                let field = schema.fields().first();
                field
                    .and_then(|field| curtail_athena::converting(field.name(), field.data_type()))
                    .map(Arc::new)
            }
            NAMES => Some(names_from(rest)?.function()),
            _ => None,
        };
        found.ok_or_else(unknown)
    }

    /// What tells this aggregate function, if it can be told.
    pub fn aggregate_as_bytes(&self, function: &AggregateUDF) -> Result<Vec<u8>> {
        let name = function.name();
        for (tag, state) in self.states() {
            let known = state.aggregate_functions().get(name);
            if known.map(AsRef::as_ref) == Some(function) {
                return Ok(tagged(tag, name));
            }
        }
        not_impl_err!("the aggregate function {name} cannot be sent")
    }

    /// The aggregate function that is told by these bytes.
    pub fn aggregate(&self, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
        let (tag, rest) = untagged(bytes)?;
        let functions = self.known_by(tag)?.aggregate_functions();
        functions.get(name_in(rest)?).cloned().ok_or_else(unknown)
    }

    /// What tells this window function, if it can be told.
    pub fn window_as_bytes(&self, function: &WindowUDF) -> Result<Vec<u8>> {
        let name = function.name();
        for (tag, state) in self.states() {
            let known = state.window_functions().get(name);
            if known.map(AsRef::as_ref) == Some(function) {
                return Ok(tagged(tag, name));
            }
        }
        not_impl_err!("the window function {name} cannot be sent")
    }

    /// The window function that is told by these bytes.
    pub fn window(&self, bytes: &[u8]) -> Result<Arc<WindowUDF>> {
        let (tag, rest) = untagged(bytes)?;
        let functions = self.known_by(tag)?.window_functions();
        functions.get(name_in(rest)?).cloned().ok_or_else(unknown)
    }

    fn states(&self) -> [(u8, &SessionState); 2] {
        [(OURS, &self.ours), (TRINO, &self.trino)]
    }

    fn known_by(&self, tag: u8) -> Result<&SessionState> {
        let states = self.states().into_iter();
        let mut states = states.filter(|(known, _)| *known == tag);
        states.next().map(|(_, state)| state).ok_or_else(unknown)
    }
}

impl Default for Functions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Functions").finish_non_exhaustive()
    }
}

fn tagged(tag: u8, name: &str) -> Vec<u8> {
    let mut bytes = vec![tag];
    bytes.extend_from_slice(name.as_bytes());
    bytes
}

fn untagged(bytes: &[u8]) -> Result<(u8, &[u8])> {
    let parts = bytes.split_first().map(|(tag, rest)| (*tag, rest));
    parts.ok_or_else(unknown)
}

fn name_in(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| unknown())
}

fn unknown() -> DataFusionError {
    DataFusionError::NotImplemented(
        "a plan calls a function that is not known here: another version of curtail has made it"
            .to_owned(),
    )
}

fn names_as_bytes(names: &AccountNames) -> Result<Vec<u8>> {
    let text = |name| Field::new(name, DataType::Utf8, false);
    let schema = Arc::new(Schema::new(vec![text("id"), text("name")]));
    let (ids, names): (Vec<_>, Vec<_>) = names.iter().unzip();
    let columns = [ids, names].map(|column| Arc::new(StringArray::from(column)) as ArrayRef);
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns.into())?;
    let mut bytes = vec![NAMES];
    let mut writer = StreamWriter::try_new(&mut bytes, &schema)?;
    writer.write(&batch)?;
    writer.finish()?;
    drop(writer);
    Ok(bytes)
}

fn names_from(bytes: &[u8]) -> Result<AccountNames> {
    let mut names = Vec::new();
    for batch in StreamReader::try_new(bytes, None)? {
        let batch = batch?;
        let column = |place: usize| {
            let column = batch.columns().get(place);
            column.and_then(|column| column.as_string_opt::<i32>().cloned())
        };
        let (Some(ids), Some(found)) = (column(0), column(1)) else {
            return Err(unknown());
        };
        let pairs = ids.iter().zip(found.iter());
        names.extend(pairs.filter_map(|(id, name)| Some((id?.to_owned(), name?.to_owned()))));
    }
    Ok(names.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::TimeUnit;

    use super::*;

    fn again(functions: &Functions, function: &ScalarUDF) -> Arc<ScalarUDF> {
        let bytes = functions.scalar_as_bytes(function).unwrap();
        functions.scalar(&bytes).unwrap()
    }

    #[test]
    fn functions_of_one_name_stay_apart() {
        let functions = Functions::new();
        let mut apart = 0;
        for (name, trino) in functions.trino.scalar_functions() {
            assert_eq!(&again(&functions, trino), trino, "{name}");
            if let Some(ours) = functions.ours.scalar_functions().get(name)
                && ours != trino
            {
                assert_eq!(&again(&functions, ours), ours, "{name}");
                apart += 1;
            }
        }
        assert!(apart > 10, "{apart}");
        for (tag, state) in functions.states() {
            for (name, aggregate) in state.aggregate_functions() {
                let bytes = functions.aggregate_as_bytes(aggregate).unwrap();
                assert_eq!(&functions.aggregate(&bytes).unwrap(), aggregate, "{name}");
            }
            for (name, window) in state.window_functions() {
                let bytes = functions.window_as_bytes(window).unwrap();
                let found = functions.window(&bytes).unwrap();
                assert_eq!(&found, window, "{name} {tag}");
            }
        }
    }

    #[test]
    fn what_rules_put_into_plans_is_told() {
        let functions = Functions::new();
        for function in functions.unnamed.values() {
            assert_eq!(&again(&functions, function), function);
        }
        let types = [
            DataType::Timestamp(TimeUnit::Microsecond, None),
            DataType::Decimal128(20, 3),
            DataType::new_list(DataType::Int64, true),
        ];
        for (name, to) in ["try_read_timestamp", "read_decimal", "from_json"]
            .into_iter()
            .zip(types)
        {
            let function = curtail_athena::converting(name, &to).unwrap();
            assert_eq!(*again(&functions, &function), function, "{name}");
        }
        let names = [("1".to_owned(), "acme".to_owned())];
        let names = names.into_iter().collect::<AccountNames>().function();
        assert_eq!(again(&functions, &names), names);
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        let functions = Functions::new();
        for bytes in [&b""[..], b"x", b"onone", b"c", b"n", b"t\xff"] {
            assert!(functions.scalar(bytes).is_err(), "{bytes:?}");
            assert!(functions.aggregate(bytes).is_err(), "{bytes:?}");
        }
    }
}
