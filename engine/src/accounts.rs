//! Names of linked accounts, for rows that have none of their own.

use std::{collections::BTreeMap, sync::Arc};

use curtail_store::LinkedAccount;
use datafusion::{
    arrow::{
        array::{ArrayRef, AsArray, StringViewArray},
        compute::cast,
        datatypes::DataType,
    },
    error::Result,
    logical_expr::{
        ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
        expr::ScalarFunction,
    },
};

/// The names of accounts, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct AccountNames(Arc<BTreeMap<String, String>>);

impl AccountNames {
    /// Of an account in several organisations, the name under which it was last seen.
    pub(crate) fn of(accounts: &[(String, LinkedAccount)]) -> Self {
        let mut accounts: Vec<_> = accounts.iter().map(|(_, account)| account).collect();
        accounts.sort_by_key(|account| account.seen_at);
        let names = accounts.into_iter();
        let names =
            names.filter_map(|account| Some((account.account_id.clone(), account.name.clone()?)));
        Self(Arc::new(names.collect()))
    }

    /// Whether no name is known.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of an account, NULL if it is not known.
    pub(crate) fn name_of(&self, id: Expr) -> Expr {
        Expr::ScalarFunction(ScalarFunction::new_udf(self.function(), vec![id]))
    }

    /// The function from ids to these names.
    pub(crate) fn function(&self) -> Arc<ScalarUDF> {
        Arc::new(ScalarUDF::new_from_impl(NameOf {
            names: self.clone(),
            signature: Signature::any(1, Volatility::Immutable),
        }))
    }

    /// The names that a function finds, if it is one of names.
    pub(crate) fn found_by(function: &ScalarUDF) -> Option<&Self> {
        let function = function.inner().downcast_ref::<NameOf>();
        function.map(|function| &function.names)
    }

    /// Ids and names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(id, name)| (id.as_str(), name.as_str()))
    }
}

impl FromIterator<(String, String)> for AccountNames {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(names: T) -> Self {
        Self(Arc::new(names.into_iter().collect()))
    }
}

/// The function `account_name_of(id)`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct NameOf {
    names: AccountNames,
    signature: Signature,
}

impl ScalarUDFImpl for NameOf {
    fn name(&self) -> &'static str {
        "account_name_of"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let ids = arguments.args[0].to_array(arguments.number_rows)?;
        let ids = cast(&ids, &DataType::Utf8View)?;
        let names = &self.names.0;
        let names: StringViewArray = ids
            .as_string_view()
            .iter()
            .map(|id| names.get(id?).map(String::as_str))
            .collect();
        Ok(ColumnarValue::Array(Arc::new(names) as ArrayRef))
    }
}
