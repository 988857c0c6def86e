//! Parts of URLs, and their encoding.

use arrow::{array::ArrayRef, datatypes::DataType};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};

use super::plain::{Kind::Text, Plain, Texts, integer_rows, push_hex, text_rows};
use crate::functions::support::{TEXT, map_texts, texts};

/// The functions of this module. What is no URL has NULL parts; parts that a URL lacks are empty.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        part("url_extract_protocol", |arguments, rows| {
            extract(arguments, rows, |url| Some(url.protocol.to_owned()))
        }),
        part("url_extract_host", |arguments, rows| {
            extract(arguments, rows, |url| Some(url.host.to_owned()))
        }),
        part("url_extract_path", |arguments, rows| {
            extract(arguments, rows, |url| unescape(url.path, false))
        }),
        part("url_extract_query", |arguments, rows| {
            extract(arguments, rows, |url| unescape(url.query, false))
        }),
        part("url_extract_fragment", |arguments, rows| {
            extract(arguments, rows, |url| unescape(url.fragment, false))
        }),
        Plain::new(
            "url_extract_port",
            &[Text],
            DataType::Int64,
            |arguments, rows| {
                let texts = Texts::of(&arguments[0], rows)?;
                integer_rows(rows, |row| {
                    Ok(texts.get(row).and_then(Url::parse).and_then(|url| url.port))
                })
            },
        )
        .into(),
        Plain::new("url_extract_parameter", &[Text, Text], TEXT, parameter).into(),
        part("url_encode", |arguments, rows| {
            map_texts(&texts(&arguments[0], rows)?, |text, made| {
                escape(text, made);
                Ok(true)
            })
        }),
        part("url_decode", |arguments, rows| {
            map_texts(&texts(&arguments[0], rows)?, |text, made| {
                match unescape(text, true) {
                    Some(text) => made.push_str(&text),
                    None => return exec_err!("url_decode: {text:?} has a broken escape"),
                }
                Ok(true)
            })
        }),
    ]
}

fn part(name: &'static str, run: super::plain::Run) -> ScalarUDF {
    Plain::new(name, &[Text], TEXT, run).into()
}

/// A URL's parts as they are written, those that it lacks empty.
struct Url<'a> {
    protocol: &'a str,
    host: &'a str,
    port: Option<i64>,
    path: &'a str,
    query: &'a str,
    fragment: &'a str,
}

impl<'a> Url<'a> {
    /// The parts of a URL or a relative reference as RFC 2396 has them; `None` if it has characters that no URL has.
    fn parse(text: &'a str) -> Option<Self> {
        let is_excluded = |found: char| {
            found <= ' ' || "\"<>\\^`{|}\u{7f}".contains(found) || found.is_whitespace()
        };
        if text.contains(is_excluded) || unescape(text, false).is_none() {
            return None;
        }
        let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
        if fragment.contains('#') {
            return None;
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (protocol, rest) = match rest.split_once(':') {
            Some((protocol, rest)) if !protocol.contains('/') => {
                let mut letters = protocol.chars();
                let is_named = letters
                    .next()
                    .is_some_and(|first| first.is_ascii_alphabetic())
                    && letters.all(|next| next.is_ascii_alphanumeric() || "+-.".contains(next));
                if !is_named || rest.is_empty() {
                    return None;
                }
                (protocol, rest)
            }
            _ => ("", rest),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
            // `mailto:somebody` has neither a host nor a path.
            None if !protocol.is_empty() && !rest.starts_with('/') => ("", ""),
            None => ("", rest),
        };
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let after_address = host.find(']').map_or(0, |end| end + 1);
        let (host, port) = match host[after_address..].split_once(':') {
            Some((name, port)) => (
                &host[..after_address + name.len()],
                (!port.is_empty()).then(|| port.parse()).transpose().ok()?,
            ),
            None => (host, None),
        };
        Some(Self {
            protocol,
            host,
            port,
            path,
            query,
            fragment,
        })
    }
}

fn extract(
    arguments: &[ColumnarValue],
    rows: usize,
    part: impl Fn(&Url<'_>) -> Option<String>,
) -> Result<ArrayRef> {
    map_texts(&texts(&arguments[0], rows)?, |text, made| {
        let found = Url::parse(text).and_then(|url| part(&url));
        made.push_str(found.as_deref().unwrap_or_default());
        Ok(found.is_some())
    })
}

/// The value of the first parameter of a name.
fn parameter(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let urls = Texts::of(&arguments[0], rows)?;
    let names = Texts::of(&arguments[1], rows)?;
    text_rows(rows, |row, made| {
        let (Some(url), Some(name)) = (urls.get(row).and_then(Url::parse), names.get(row)) else {
            return Ok(false);
        };
        let found = url.query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (unescape(key, true)? == name).then(|| unescape(value, true))?
        });
        made.push_str(found.as_deref().unwrap_or_default());
        Ok(found.is_some())
    })
}

/// As forms are encoded: spaces become `+`.
fn escape(text: &str, made: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => {
                made.push(char::from(byte));
            }
            b' ' => made.push('+'),
            _ => {
                made.push('%');
                push_hex(byte, made);
            }
        }
    }
}

/// `None` if an escape is broken.
fn unescape(text: &str, is_form: bool) -> Option<String> {
    let mut bytes = text.bytes();
    let mut made = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        made.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? << 4 | digit()?).ok()?
            }
            b'+' if is_form => b' ',
            other => other,
        });
    }
    Some(String::from_utf8_lossy(&made).into_owned())
}
