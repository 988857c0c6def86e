//! Functions whose value in a row depends on their arguments in that row alone, described by a table.

use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringViewArray, StringViewBuilder,
    },
    compute::cast,
    datatypes::{DataType, Int64Type},
};
use datafusion::{
    common::{ScalarValue, exec_err, plan_err},
    error::Result,
    logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};

use crate::functions::support::{
    TEXT, constant_text, equal_by_name, is_text, per_distinct_value, texts,
};

/// What a parameter takes; anything else is cast to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::functions) enum Kind {
    /// Text, dictionaries of it included.
    Text,
    /// `bigint`.
    Integer,
    /// `varbinary`; text is taken for its bytes.
    Bytes,
    /// Any type, as it is.
    Any,
}

/// How a function computes its values from its arguments, for a number of rows.
pub(in crate::functions) type Run = fn(&[ColumnarValue], usize) -> Result<ArrayRef>;

/// A function of this kind.
#[derive(Debug)]
pub(in crate::functions) struct Plain {
    name: &'static str,
    aliases: Vec<String>,
    signature: Signature,
    required: &'static [Kind],
    optional: &'static [Kind],
    rest: Option<Kind>,
    returns: DataType,
    run: Run,
}

impl Plain {
    /// A function that takes `required` parameters.
    pub(in crate::functions) fn new(
        name: &'static str,
        required: &'static [Kind],
        returns: DataType,
        run: Run,
    ) -> Self {
        Self {
            name,
            aliases: Vec::new(),
            signature: Signature::user_defined(Volatility::Immutable),
            required,
            optional: &[],
            rest: None,
            returns,
            run,
        }
    }

    /// Parameters that may be left out, from the last.
    pub(in crate::functions) fn optional(mut self, optional: &'static [Kind]) -> Self {
        self.optional = optional;
        self
    }

    /// Any number of parameters after the others.
    pub(in crate::functions) fn rest(mut self, rest: Kind) -> Self {
        self.rest = Some(rest);
        self
    }

    /// Other names of the function.
    pub(in crate::functions) fn aliases(mut self, names: &[&str]) -> Self {
        self.aliases = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    fn takes(&self) -> String {
        let least = self.required.len();
        let most = least + self.optional.len();
        if self.rest.is_some() {
            format!("at least {least}")
        } else if least == most {
            least.to_string()
        } else {
            format!("{least} to {most}")
        }
    }
}

equal_by_name!(Plain);

impl ScalarUDFImpl for Plain {
    fn name(&self) -> &str {
        self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let known = self.required.len() + self.optional.len();
        if given.len() < self.required.len() || (given.len() > known && self.rest.is_none()) {
            return plan_err!(
                "{} takes {} arguments, not {}",
                self.name,
                self.takes(),
                given.len()
            );
        }
        let kinds = self
            .required
            .iter()
            .chain(self.optional)
            .copied()
            .chain(self.rest.into_iter().cycle());
        given
            .iter()
            .zip(kinds)
            .enumerate()
            .map(|(place, (given, kind))| {
                coerced(given, kind).map_or_else(
                    || {
                        let place = place + 1;
                        plan_err!("{} cannot take {given} as argument {place}", self.name)
                    },
                    Ok,
                )
            })
            .collect()
    }

    fn return_type(&self, _given: &[DataType]) -> Result<DataType> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        per_distinct_value(&arguments, self.run)
    }
}

/// The type that an argument is cast to; `None` if there is no sense in it.
fn coerced(given: &DataType, kind: Kind) -> Option<DataType> {
    if kind == Kind::Any {
        return Some(given.clone());
    }
    if given.is_nested() {
        return None;
    }
    Some(match kind {
        Kind::Text | Kind::Bytes if is_text(given) => given.clone(),
        Kind::Text | Kind::Any => TEXT,
        Kind::Integer => DataType::Int64,
        Kind::Bytes => DataType::Binary,
    })
}

/// A text argument, read row by row.
pub(in crate::functions) enum Texts<'a> {
    /// The same in every row.
    One(Option<&'a str>),
    /// One for each row.
    Each(StringViewArray),
}

impl<'a> Texts<'a> {
    pub(in crate::functions) fn of(argument: &'a ColumnarValue, rows: usize) -> Result<Self> {
        Ok(match constant_text(argument) {
            Some(text) => Self::One(text),
            None => Self::Each(texts(argument, rows)?),
        })
    }

    pub(in crate::functions) fn get(&self, row: usize) -> Option<&str> {
        match self {
            Self::One(text) => *text,
            Self::Each(texts) => texts.is_valid(row).then(|| texts.value(row)),
        }
    }
}

/// An integer argument, read row by row.
pub(in crate::functions) enum Integers {
    /// The same in every row.
    One(Option<i64>),
    /// One for each row.
    Each(Int64Array),
}

impl Integers {
    pub(in crate::functions) fn of(argument: &ColumnarValue, rows: usize) -> Result<Self> {
        Ok(match argument {
            ColumnarValue::Scalar(ScalarValue::Int64(number)) => Self::One(*number),
            other => {
                let array = cast(&other.to_array(rows)?, &DataType::Int64)?;
                Self::Each(array.as_primitive::<Int64Type>().clone())
            }
        })
    }

    pub(in crate::functions) fn get(&self, row: usize) -> Option<i64> {
        match self {
            Self::One(number) => *number,
            Self::Each(numbers) => numbers.is_valid(row).then(|| numbers.value(row)),
        }
    }
}

/// An optional argument, read by `of`, or `missing` where it was left out.
pub(in crate::functions) fn integer_or(
    arguments: &[ColumnarValue],
    place: usize,
    rows: usize,
    missing: i64,
) -> Result<Integers> {
    match arguments.get(place) {
        Some(argument) => Integers::of(argument, rows),
        None => Ok(Integers::One(Some(missing))),
    }
}

/// An optional text argument, or `missing` where it was left out.
pub(in crate::functions) fn text_or<'a>(
    arguments: &'a [ColumnarValue],
    place: usize,
    rows: usize,
    missing: &'a str,
) -> Result<Texts<'a>> {
    match arguments.get(place) {
        Some(argument) => Texts::of(argument, rows),
        None => Ok(Texts::One(Some(missing))),
    }
}

/// Text of every row, which `make` appends to the buffer that it is given; it says whether it made a value.
pub(in crate::functions) fn text_rows(
    rows: usize,
    mut make: impl FnMut(usize, &mut String) -> Result<bool>,
) -> Result<ArrayRef> {
    let mut made = StringViewBuilder::with_capacity(rows);
    let mut buffer = String::new();
    for row in 0..rows {
        buffer.clear();
        if make(row, &mut buffer)? {
            made.append_value(&buffer);
        } else {
            made.append_null();
        }
    }
    Ok(Arc::new(made.finish()))
}

/// Text of every row that is part of some text at hand.
pub(in crate::functions) fn slice_rows<'a>(
    rows: usize,
    mut find: impl FnMut(usize) -> Result<Option<&'a str>>,
) -> Result<ArrayRef> {
    let mut made = StringViewBuilder::with_capacity(rows);
    for row in 0..rows {
        made.append_option(find(row)?);
    }
    Ok(Arc::new(made.finish()))
}

/// Text longer than any that is meant is an error before it fills the memory.
pub(in crate::functions) fn check_size(function: &str, made: &str) -> Result<()> {
    const LONGEST: usize = 1 << 26;
    if made.len() > LONGEST {
        return exec_err!("{function}: the text would be longer than {LONGEST} bytes");
    }
    Ok(())
}

/// Appends a byte's two digits, in capitals.
pub(in crate::functions) fn push_hex(byte: u8, made: &mut String) {
    for digit in [byte >> 4, byte & 15] {
        let digit = char::from_digit(digit.into(), 16);
        made.extend(digit.map(|digit| digit.to_ascii_uppercase()));
    }
}

/// An integer of every row.
pub(in crate::functions) fn integer_rows(
    rows: usize,
    make: impl FnMut(usize) -> Result<Option<i64>>,
) -> Result<ArrayRef> {
    let made: Int64Array = (0..rows).map(make).collect::<Result<_>>()?;
    Ok(Arc::new(made))
}

/// A truth value of every row.
pub(in crate::functions) fn truth_rows(
    rows: usize,
    make: impl FnMut(usize) -> Result<Option<bool>>,
) -> Result<ArrayRef> {
    let made: BooleanArray = (0..rows).map(make).collect::<Result<_>>()?;
    Ok(Arc::new(made))
}
