//! Unicode's normal forms.

use arrow::array::ArrayRef;
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};
use unicode_normalization::UnicodeNormalization;

use super::plain::{Kind::Text, Plain, Texts, text_rows};
use crate::functions::support::TEXT;

/// The function of this module.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        Plain::new("normalize", &[Text], TEXT, normalize)
            .optional(&[Text])
            .into(),
    ]
}

fn normalize(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    let forms = (arguments.get(1).map(|form| Texts::of(form, rows))).transpose()?;
    text_rows(rows, |row, made| {
        let form = match &forms {
            Some(forms) => forms.get(row),
            None => Some("NFC"),
        };
        let (Some(text), Some(form)) = (texts.get(row), form) else {
            return Ok(false);
        };
        match form.to_ascii_uppercase().as_str() {
            "NFC" => made.extend(text.nfc()),
            "NFD" => made.extend(text.nfd()),
            "NFKC" => made.extend(text.nfkc()),
            "NFKD" => made.extend(text.nfkd()),
            _ => return exec_err!("normalize: the form is NFC, NFD, NFKC or NFKD, not {form}"),
        }
        Ok(true)
    })
}
