//! Java's syntax of patterns, told in that of the crates `regex` and `fancy-regex`.
//!
//! As Java has it, `\d`, `\w` and `\s` mean ASCII, unless the flag `U` is set. Ignoring case is aware of Unicode, and of line ends only
//! `\n` is one, both as Trino documents.

use datafusion::{common::exec_err, error::Result};

/// A pattern in the crates' syntax.
#[derive(Debug, Default)]
pub(super) struct Translation {
    pub(super) pattern: String,
    /// Whether it needs a matcher that looks around and refers back.
    pub(super) backtracks: bool,
    /// Whether it has a `$` or `\Z` that stands for the text's end.
    pub(super) has_end: bool,
}

const HORIZONTAL: &str = r"\t\x20\x{a0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}";
const VERTICAL: &str = r"\n\x0b\x0c\r\x{85}\x{2028}\x{2029}";

/// Tells a pattern in the crates' syntax; `before_newline` makes `$` match before a newline at the text's end, too.
pub(super) fn translate(text: &str, before_newline: bool) -> Result<Translation> {
    let mut translator = Translator {
        text,
        rest: text,
        flags: Flags::default(),
        outer: Vec::new(),
        before_newline,
        repeats: false,
        made: Translation::default(),
    };
    translator.run()?;
    Ok(translator.made)
}

#[derive(Clone, Copy, Default)]
struct Flags {
    multi_line: bool,
    verbose: bool,
    unicode: bool,
}

struct Translator<'a> {
    text: &'a str,
    rest: &'a str,
    flags: Flags,
    /// The flags around each open group.
    outer: Vec<Flags>,
    before_newline: bool,
    /// Whether a quantifier was just read, which `+` would make possessive.
    repeats: bool,
    made: Translation,
}

impl Translator<'_> {
    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let next = characters.next()?;
        self.rest = characters.as_str();
        Some(next)
    }

    fn push(&mut self, text: &str) {
        self.made.pattern.push_str(text);
    }

    fn skip(&mut self, prefix: &str) -> bool {
        let rest = self.rest.strip_prefix(prefix);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn run(&mut self) -> Result<()> {
        while let Some(next) = self.next() {
            let repeated = std::mem::take(&mut self.repeats);
            match next {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.group()?,
                ')' => {
                    self.flags = self.outer.pop().unwrap_or(self.flags);
                    self.made.pattern.push(')');
                }
                '$' if self.flags.multi_line => self.made.pattern.push('$'),
                '$' => self.end(),
                '+' if repeated => {
                    self.made.backtracks = true;
                    self.made.pattern.push('+');
                }
                '?' if repeated => self.made.pattern.push('?'),
                '*' | '+' | '?' => {
                    self.repeats = true;
                    self.made.pattern.push(next);
                }
                '{' => {
                    let Some((inside, rest)) = self.rest.split_once('}') else {
                        return self.rejected("a { is not closed");
                    };
                    self.rest = rest;
                    self.made.pattern.push('{');
                    self.push(inside);
                    self.made.pattern.push('}');
                    self.repeats = true;
                }
                '#' if self.flags.verbose => {
                    let comment = self.rest.find('\n').unwrap_or(self.rest.len());
                    self.rest = &self.rest[comment..];
                }
                other => self.made.pattern.push(other),
            }
        }
        Ok(())
    }

    fn rejected<T>(&self, why: &str) -> Result<T> {
        exec_err!(
            "the regular expression {:?} is not understood: {why}",
            self.text
        )
    }

    fn end(&mut self) {
        self.made.has_end = true;
        if self.before_newline {
            self.made.backtracks = true;
            self.push(r"(?=\n?\z)");
        } else {
            self.push(r"\z");
        }
    }

    fn group(&mut self) -> Result<()> {
        self.outer.push(self.flags);
        if !self.skip("?") {
            self.made.pattern.push('(');
            return Ok(());
        }
        for look in ["=", "!", "<=", "<!", ">"] {
            if self.skip(look) {
                self.made.backtracks = true;
                self.push("(?");
                self.push(look);
                return Ok(());
            }
        }
        if self.skip("<") || self.skip("P<") {
            self.push("(?<");
            return Ok(());
        }
        let Some(end) = self.rest.find([':', ')']) else {
            return self.rejected("a group is not closed");
        };
        let (flags, rest) = self.rest.split_at(end);
        self.rest = rest;
        let mut kept = String::new();
        let mut is_set = true;
        for flag in flags.chars() {
            match flag {
                '-' => is_set = false,
                'm' => self.flags.multi_line = is_set,
                'x' => self.flags.verbose = is_set,
                'U' => self.flags.unicode = is_set,
                'i' | 's' | 'u' | 'd' => {}
                _ => return self.rejected(&format!("unknown group (?{flags}")),
            }
            // Ignoring case is aware of Unicode anyway, and \n the only end of lines.
            if !matches!(flag, 'U' | 'u' | 'd') {
                kept.push(flag);
            }
        }
        let kept = kept.trim_end_matches('-');
        if self.skip(")") {
            // The flags are those of the group around.
            self.outer.pop();
            if !kept.is_empty() {
                self.push(&format!("(?{kept})"));
            }
        } else {
            self.rest = &self.rest[1..];
            self.push(&format!("(?{kept}:"));
        }
        Ok(())
    }

    /// What follows a backslash outside of classes.
    fn escape(&mut self) -> Result<()> {
        let Some(next) = self.next() else {
            return self.rejected("it ends with a backslash");
        };
        match next {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'h' | 'H' | 'v' | 'V' | 'p' | 'P' => {
                let set = self.set(next)?;
                self.push(&set);
            }
            'b' | 'B' | 'A' | 'z' => {
                self.made.pattern.push('\\');
                self.made.pattern.push(next);
            }
            'G' => {
                self.made.backtracks = true;
                self.push(r"\G");
            }
            'Z' => self.end(),
            'R' => self.push(&format!(r"(?:\r\n|[{VERTICAL}])")),
            'Q' => {
                let (quoted, rest) = self.rest.split_once(r"\E").unwrap_or((self.rest, ""));
                self.rest = rest;
                for next in quoted.chars() {
                    self.literal(next);
                }
            }
            'E' => {}
            '1'..='9' => {
                self.made.backtracks = true;
                self.push(&format!(r"(?:\{next})"));
            }
            'k' => {
                let Some((name, rest)) = self
                    .rest
                    .strip_prefix('<')
                    .and_then(|name| name.split_once('>'))
                else {
                    return self.rejected(r"\k names no group");
                };
                self.rest = rest;
                self.made.backtracks = true;
                self.push(&format!(r"\k<{name}>"));
            }
            other => {
                let character = self.character(other)?;
                self.literal(character);
            }
        }
        Ok(())
    }

    /// The one character that an escape stands for.
    fn character(&mut self, escaped: char) -> Result<char> {
        Ok(match escaped {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'f' => '\u{c}',
            'a' => '\u{7}',
            'e' => '\u{1b}',
            'c' => match self.next() {
                Some(letter) if letter.is_ascii() => {
                    char::from(u8::try_from(letter).unwrap_or(0) ^ 64)
                }
                _ => return self.rejected(r"\c lacks its letter"),
            },
            '0' => {
                let digits = self
                    .rest
                    .bytes()
                    .take(3)
                    .take_while(|digit| (b'0'..b'8').contains(digit))
                    .count();
                // Three digits only up to \0377.
                let digits = if self.rest.starts_with(['0', '1', '2', '3']) {
                    digits
                } else {
                    digits.min(2)
                };
                return self.code(digits, 8);
            }
            'x' if self.rest.starts_with('{') => {
                let Some((hex, rest)) = self.rest[1..].split_once('}') else {
                    return self.rejected(r"\x{ is not closed");
                };
                self.rest = rest;
                match u32::from_str_radix(hex, 16).ok().and_then(char::from_u32) {
                    Some(found) => found,
                    None => return self.rejected(&format!(r"\x{{{hex}}} is no character")),
                }
            }
            'x' => return self.code(2, 16),
            'u' => return self.code(4, 16),
            other if other.is_ascii_alphanumeric() => {
                return self.rejected(&format!(r"unknown escape \{other}"));
            }
            other => other,
        })
    }

    fn code(&mut self, digits: usize, radix: u32) -> Result<char> {
        let found = self
            .rest
            .split_at_checked(digits)
            .filter(|(digits, _)| digits.chars().all(|digit| digit.is_digit(radix)))
            .and_then(|(digits, rest)| Some((u32::from_str_radix(digits, radix).ok()?, rest)));
        match found {
            Some((code, rest)) => {
                self.rest = rest;
                match char::from_u32(code) {
                    Some(found) => Ok(found),
                    None => self.rejected("surrogates are written as one character, \\x{10000}"),
                }
            }
            None => self.rejected("the code of a character lacks digits"),
        }
    }

    fn literal(&mut self, character: char) {
        match character {
            // Spaces and # mean something to verbose patterns.
            ' ' | '#' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' => {
                self.push(&format!(r"\x{:02x}", u32::from(character)));
            }
            other => {
                let mut buffer = [0; 4];
                self.push(&regex::escape(other.encode_utf8(&mut buffer)));
            }
        }
    }

    /// The class that an escape stands for, with its brackets, which may stand in classes, too.
    fn set(&mut self, letter: char) -> Result<String> {
        let inside = match letter.to_ascii_lowercase() {
            'd' | 'w' | 's' if self.flags.unicode => return Ok(format!(r"\{letter}")),
            'd' => "0-9",
            'w' => "a-zA-Z0-9_",
            's' => r"\t-\r\x20",
            'h' => HORIZONTAL,
            'v' => VERTICAL,
            _ => return self.property(letter == 'P'),
        };
        let not = if letter.is_ascii_uppercase() { "^" } else { "" };
        Ok(format!("[{not}{inside}]"))
    }

    /// `\p{…}`, `\pL` and their opposites.
    fn property(&mut self, is_negated: bool) -> Result<String> {
        let name = if self.skip("{") {
            let Some((name, rest)) = self.rest.split_once('}') else {
                return self.rejected(r"\p{ is not closed");
            };
            self.rest = rest;
            name.to_owned()
        } else {
            let Some(letter) = self.next() else {
                return self.rejected(r"\p lacks its name");
            };
            letter.to_string()
        };
        let (is_negated, name) = match name.strip_prefix('^') {
            Some(name) => (!is_negated, name),
            None => (is_negated, name.as_str()),
        };
        let inside = match name {
            "Lower" => "a-z",
            "Upper" => "A-Z",
            "ASCII" => r"\x00-\x7f",
            "Alpha" => "a-zA-Z",
            "Digit" => "0-9",
            "Alnum" => "a-zA-Z0-9",
            "Punct" => r"!-/:-@\[-`\{-\x7e",
            "Graph" => r"!-\x7e",
            "Print" => r"\x20-\x7e",
            "Blank" => r"\x20\t",
            "Cntrl" => r"\x00-\x1f\x7f",
            "XDigit" => "0-9a-fA-F",
            "Space" => r"\t-\r\x20",
            "javaLowerCase" => r"\p{Lowercase}",
            "javaUpperCase" => r"\p{Uppercase}",
            "javaWhitespace" => r"\t-\r\x1c-\x20",
            "L1" => r"\x00-\x{ff}",
            _ => {
                let sign = if is_negated { 'P' } else { 'p' };
                let name = name.strip_prefix("Is").unwrap_or(name);
                return Ok(format!(r"\{sign}{{{name}}}"));
            }
        };
        let not = if is_negated { "^" } else { "" };
        Ok(format!("[{not}{inside}]"))
    }

    /// A class, from behind its bracket to its end.
    fn class(&mut self) -> Result<()> {
        let mut depth = 1;
        self.open_class();
        while let Some(next) = self.next() {
            match next {
                '\\' => {
                    let Some(escaped) = self.next() else {
                        break;
                    };
                    match escaped {
                        'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'h' | 'H' | 'v' | 'V' | 'p' | 'P' => {
                            let set = self.set(escaped)?;
                            self.push(&set);
                        }
                        'Q' => {
                            let (quoted, rest) =
                                self.rest.split_once(r"\E").unwrap_or((self.rest, ""));
                            self.rest = rest;
                            for next in quoted.chars() {
                                self.literal(next);
                            }
                        }
                        'E' => {}
                        other => {
                            let character = self.character(other)?;
                            self.literal(character);
                        }
                    }
                }
                '[' if self.rest.starts_with(':')
                    && let Some(end) = self.rest.find(":]") =>
                {
                    let (name, rest) = self.rest.split_at(end + 2);
                    self.made.pattern.push('[');
                    self.push(name);
                    self.rest = rest;
                }
                '[' => {
                    depth += 1;
                    self.open_class();
                }
                ']' => {
                    self.made.pattern.push(']');
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                // These mean something to the crates, and nothing to Java.
                '~' => self.push(r"\~"),
                '-' if self.made.pattern.ends_with('-') && !self.made.pattern.ends_with(r"\-") => {
                    self.push(r"\-");
                }
                other => self.made.pattern.push(other),
            }
        }
        self.rejected("a class is not closed")
    }

    fn open_class(&mut self) {
        self.made.pattern.push('[');
        if self.skip("^") {
            self.made.pattern.push('^');
        }
        if self.skip("]") {
            self.push(r"\]");
        }
    }
}
