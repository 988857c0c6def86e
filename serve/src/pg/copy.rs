//! `COPY … TO STDOUT`: rows for a file of the client.

use sqlparser::ast::{CopyLegacyCsvOption, CopyLegacyOption, CopyOption};

use super::{
    encode::{Column, Format, Values},
    fail::Failure,
    reply::count,
};

/// What stands at the beginning of rows in binary: a signature, flags, and no extension.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// The form of the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Copy {
    kind: Kind,
    delimiter: u8,
    null: String,
    header: bool,
    quote: u8,
    escape: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Csv,
    Binary,
}

impl Copy {
    pub(super) fn of(options: &[CopyOption], legacy: &[CopyLegacyOption]) -> Result<Self, Failure> {
        let mut kind = Kind::Text;
        let (mut delimiter, mut quote, mut escape) = (None, '"', None);
        let (mut null, mut header) = (None, false);
        let unsupported = |what: &dyn std::fmt::Display| {
            Failure::unsupported(format!("COPY does not know the option `{what}`"))
        };
        for option in options {
            match option {
                CopyOption::Format(name) => {
                    kind = match name.value.to_lowercase().as_str() {
                        "text" => Kind::Text,
                        "csv" => Kind::Csv,
                        "binary" => Kind::Binary,
                        other => {
                            let what = format!("COPY format \"{other}\" not recognized");
                            return Err(Failure::new("22023", what));
                        }
                    }
                }
                CopyOption::Delimiter(found) => delimiter = Some(*found),
                CopyOption::Null(text) => null = Some(text.clone()),
                CopyOption::Header(wanted) => header = *wanted,
                CopyOption::Quote(found) => quote = *found,
                CopyOption::Escape(found) => escape = Some(*found),
                CopyOption::Encoding(name)
                    if name.eq_ignore_ascii_case("utf8") || name.eq_ignore_ascii_case("utf-8") => {}
                CopyOption::Freeze(_) => {}
                other => return Err(unsupported(other)),
            }
        }
        for option in legacy {
            match option {
                CopyLegacyOption::Binary => kind = Kind::Binary,
                CopyLegacyOption::Delimiter(found) => delimiter = Some(*found),
                CopyLegacyOption::Null(text) => null = Some(text.clone()),
                CopyLegacyOption::Header => header = true,
                CopyLegacyOption::Csv(options) => {
                    kind = Kind::Csv;
                    for option in options {
                        match option {
                            CopyLegacyCsvOption::Header => header = true,
                            CopyLegacyCsvOption::Quote(found) => quote = *found,
                            CopyLegacyCsvOption::Escape(found) => escape = Some(*found),
                            other => return Err(unsupported(other)),
                        }
                    }
                }
                other => return Err(unsupported(other)),
            }
        }
        let byte = |character: char| {
            let byte = u8::try_from(character).ok();
            let byte = byte.filter(|byte| byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0));
            byte.ok_or_else(|| {
                Failure::unsupported(
                    "COPY takes single one-byte characters as delimiter, quote and escape",
                )
            })
        };
        let csv = kind == Kind::Csv;
        Ok(Self {
            kind,
            delimiter: byte(delimiter.unwrap_or(if csv { ',' } else { '\t' }))?,
            null: null.unwrap_or_else(|| (if csv { "" } else { "\\N" }).to_owned()),
            header,
            quote: byte(quote)?,
            escape: byte(escape.unwrap_or(quote))?,
        })
    }

    /// Whether rows go in binary.
    pub(super) fn format(&self) -> Format {
        match self.kind {
            Kind::Binary => Format::Binary,
            Kind::Text | Kind::Csv => Format::Text,
        }
    }

    /// What stands before the first row.
    pub(super) fn begin(&self, columns: &[Column], out: &mut Vec<u8>) {
        match self.kind {
            Kind::Binary => out.extend(SIGNATURE),
            Kind::Text | Kind::Csv if self.header => {
                for (place, column) in columns.iter().enumerate() {
                    self.separate(place, out);
                    self.field(column.name.as_bytes(), out);
                }
                out.push(b'\n');
            }
            Kind::Text | Kind::Csv => {}
        }
    }

    pub(super) fn row(&self, columns: &[Values], row: usize, out: &mut Vec<u8>) {
        if self.kind == Kind::Binary {
            count(columns.len(), out);
            for values in columns {
                values.put(row, Format::Binary, out);
            }
            return;
        }
        let mut text = Vec::new();
        for (place, values) in columns.iter().enumerate() {
            self.separate(place, out);
            if values.is_null(row) {
                out.extend(self.null.as_bytes());
                continue;
            }
            text.clear();
            values.text(row, &mut text);
            self.field(&text, out);
        }
        out.push(b'\n');
    }

    /// What stands after the last row.
    pub(super) fn end(&self, out: &mut Vec<u8>) {
        if self.kind == Kind::Binary {
            out.extend((-1_i16).to_be_bytes());
        }
    }

    fn separate(&self, place: usize, out: &mut Vec<u8>) {
        if place > 0 {
            out.push(self.delimiter);
        }
    }

    fn field(&self, text: &[u8], out: &mut Vec<u8>) {
        if self.kind == Kind::Csv {
            let special = |byte: &u8| {
                *byte == self.delimiter || *byte == self.quote || matches!(byte, b'\n' | b'\r')
            };
            if !text.iter().any(special) && text != self.null.as_bytes() && text != b"\\." {
                out.extend(text);
                return;
            }
            out.push(self.quote);
            for byte in text {
                if *byte == self.quote || *byte == self.escape {
                    out.push(self.escape);
                }
                out.push(*byte);
            }
            out.push(self.quote);
            return;
        }
        for byte in text {
            match byte {
                b'\\' => out.extend(b"\\\\"),
                b'\n' => out.extend(b"\\n"),
                b'\r' => out.extend(b"\\r"),
                b'\t' => out.extend(b"\\t"),
                byte if *byte == self.delimiter => out.extend([b'\\', *byte]),
                byte => out.push(*byte),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int32Array, StringArray};

    use super::*;

    fn rows(copy: &Copy) -> Vec<u8> {
        let texts: ArrayRef =
            Arc::new(StringArray::from(vec![Some("a,\"b\"\t\\"), None, Some("")]));
        let numbers: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3]));
        let columns = [
            Values::new(&texts, "text").unwrap(),
            Values::new(&numbers, "int4").unwrap(),
        ];
        let mut out = Vec::new();
        for row in 0..3 {
            copy.row(&columns, row, &mut out);
        }
        copy.end(&mut out);
        out
    }

    #[test]
    fn text_csv_and_binary() {
        let text = Copy::of(&[], &[]).unwrap();
        assert_eq!(rows(&text), b"a,\"b\"\\t\\\\\t1\n\\N\t2\n\t3\n");
        let csv = Copy::of(&[CopyOption::Format("csv".into())], &[]).unwrap();
        assert_eq!(rows(&csv), b"\"a,\"\"b\"\"\t\\\",1\n,2\n\"\",3\n");
        let binary = Copy::of(&[CopyOption::Format("binary".into())], &[]).unwrap();
        assert!(
            rows(&binary).starts_with(
                b"\0\x02\0\0\0\x07a,\"b\"\t\\\0\0\0\x04\0\0\0\x01\0\x02\xff\xff\xff\xff"
            )
        );
        assert!(rows(&binary).ends_with(b"\xff\xff"));
        let other = Copy::of(&[CopyOption::Format("parquet".into())], &[]);
        assert_eq!(other.unwrap_err().code, "22023");
    }
}
