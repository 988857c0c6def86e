//! JSON read into a tree, and printed: numbers keep the digits that they were written with.

use std::{borrow::Cow, cmp::Ordering};

use crate::functions::text::plain::push_hex;

/// Values may be nested so deep; what is deeper would fill the stack.
const DEEPEST: usize = 200;

/// A JSON value.
#[derive(Debug)]
pub(super) enum Json<'a> {
    Null,
    Truth(bool),
    /// As it was written.
    Number(&'a str),
    Text(Cow<'a, str>),
    Array(Vec<Self>),
    /// In the order in which it was written.
    Object(Vec<(Cow<'a, str>, Self)>),
}

impl<'a> Json<'a> {
    /// The only value in a text; `None` if it is not well-formed.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut parser = Parser { text, at: 0 };
        let value = parser.value(0)?;
        parser.skip_space();
        (parser.at == text.len()).then_some(value)
    }

    /// The text of a scalar; `None` for arrays, objects and null.
    pub(super) fn scalar(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Truth(true) => Some(Cow::Borrowed("true")),
            Self::Truth(false) => Some(Cow::Borrowed("false")),
            Self::Number(digits) => Some(Cow::Borrowed(digits)),
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Null | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// Sorts the keys of all objects; of equal keys the last one stays.
    pub(super) fn sort(&mut self) {
        match self {
            Self::Array(values) => values.iter_mut().for_each(Self::sort),
            Self::Object(members) => {
                // Sorting keeps the order of equal keys, and removing keeps the first of them.
                members.reverse();
                members.sort_by(|(left, _), (right, _)| compare_keys(left, right));
                members.dedup_by(|(next, _), (kept, _)| next == kept);
                for (_, value) in members {
                    value.sort();
                }
            }
            _ => {}
        }
    }

    /// Appends it without spaces.
    pub(super) fn print(&self, made: &mut String) {
        match self {
            Self::Null => made.push_str("null"),
            Self::Truth(truth) => made.push_str(if *truth { "true" } else { "false" }),
            Self::Number(digits) => made.push_str(digits),
            Self::Text(text) => quote(text, made),
            Self::Array(values) => print_array(values, made),
            Self::Object(members) => {
                made.push('{');
                for (place, (key, value)) in members.iter().enumerate() {
                    if place > 0 {
                        made.push(',');
                    }
                    quote(key, made);
                    made.push(':');
                    value.print(made);
                }
                made.push('}');
            }
        }
    }
}

/// Appends values as an array.
pub(super) fn print_array<'j, 'a: 'j>(
    values: impl IntoIterator<Item = &'j Json<'a>>,
    made: &mut String,
) {
    made.push('[');
    for (place, value) in values.into_iter().enumerate() {
        if place > 0 {
            made.push(',');
        }
        value.print(made);
    }
    made.push(']');
}

/// The order of Java's strings: by units of UTF-16.
pub(super) fn compare_keys(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

/// Appends text as a JSON string.
pub(super) fn quote(text: &str, made: &mut String) {
    made.push('"');
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => r#"\""#,
            b'\\' => r"\\",
            b'\n' => r"\n",
            b'\r' => r"\r",
            b'\t' => r"\t",
            8 => r"\b",
            12 => r"\f",
            0..32 => "",
            _ => continue,
        };
        made.push_str(&text[done..at]);
        if escape.is_empty() {
            made.push_str("\\u00");
            push_hex(byte, made);
        } else {
            made.push_str(escape);
        }
        done = at + 1;
    }
    made.push_str(&text[done..]);
    made.push('"');
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn word(&mut self, word: &str, value: Json<'a>) -> Option<Json<'a>> {
        self.text.get(self.at..)?.starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn value(&mut self, depth: usize) -> Option<Json<'a>> {
        if depth > DEEPEST {
            return None;
        }
        self.skip_space();
        match self.peek()? {
            b'n' => self.word("null", Json::Null),
            b't' => self.word("true", Json::Truth(true)),
            b'f' => self.word("false", Json::Truth(false)),
            b'"' => self.string().map(Json::Text),
            b'[' => {
                self.at += 1;
                let mut values = Vec::new();
                self.skip_space();
                if self.take(b']').is_some() {
                    return Some(Json::Array(values));
                }
                loop {
                    values.push(self.value(depth + 1)?);
                    self.skip_space();
                    if self.take(b',').is_none() {
                        self.take(b']')?;
                        return Some(Json::Array(values));
                    }
                }
            }
            b'{' => {
                self.at += 1;
                let mut members = Vec::new();
                self.skip_space();
                if self.take(b'}').is_some() {
                    return Some(Json::Object(members));
                }
                loop {
                    self.skip_space();
                    let key = self.string()?;
                    self.skip_space();
                    self.take(b':')?;
                    members.push((key, self.value(depth + 1)?));
                    self.skip_space();
                    if self.take(b',').is_none() {
                        self.take(b'}')?;
                        return Some(Json::Object(members));
                    }
                }
            }
            _ => self.number().map(Json::Number),
        }
    }

    fn digits(&mut self) -> Option<()> {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > from).then_some(())
    }

    fn number(&mut self) -> Option<&'a str> {
        let from = self.at;
        let _ = self.take(b'-');
        if self.take(b'0').is_none() {
            self.digits()?;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        self.text.get(from..self.at)
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.take(b'"')?;
        let from = self.at;
        let mut unescaped: Option<String> = None;
        let mut done = from;
        loop {
            match self.peek()? {
                b'"' => {
                    let rest = self.text.get(done..self.at)?;
                    self.at += 1;
                    return Some(match unescaped {
                        Some(mut text) => {
                            text.push_str(rest);
                            Cow::Owned(text)
                        }
                        None => Cow::Borrowed(rest),
                    });
                }
                b'\\' => {
                    let text = unescaped.get_or_insert_default();
                    text.push_str(self.text.get(done..self.at)?);
                    self.at += 1;
                    let escaped = self.peek()?;
                    self.at += 1;
                    text.push(match escaped {
                        b'"' | b'\\' | b'/' => char::from(escaped),
                        b'b' => '\u{8}',
                        b'f' => '\u{c}',
                        b'n' => '\n',
                        b'r' => '\r',
                        b't' => '\t',
                        b'u' => self.unicode()?,
                        _ => return None,
                    });
                    done = self.at;
                }
                0..32 => return None,
                _ => self.at += 1,
            }
        }
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u16::from_str_radix(digits, 16).ok()
    }

    /// The character of one or two units; half a pair is no character.
    fn unicode(&mut self) -> Option<char> {
        let first = self.unit()?;
        let mut units = vec![first];
        if (0xd800..0xdc00).contains(&first)
            && self
                .text
                .get(self.at..)
                .is_some_and(|rest| rest.starts_with(r"\u"))
        {
            let before = self.at;
            self.at += 2;
            let second = self.unit()?;
            if (0xdc00..0xe000).contains(&second) {
                units.push(second);
            } else {
                self.at = before;
            }
        }
        char::decode_utf16(units)
            .next()
            .map(|found| found.unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}
