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
        let function = ScalarUDF::new_from_impl(NameOf {
            names: self.clone(),
            signature: Signature::any(1, Volatility::Immutable),
        });
        Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(function), vec![id]))
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
