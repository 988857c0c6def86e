//! Paths into JSON: those of `json_extract`, and those of SQL, which begin with `lax` or `strict`.

use datafusion::{
    common::{exec_datafusion_err, exec_err},
    error::Result,
};

use super::value::Json;

/// A parsed path.
#[derive(Debug)]
pub(super) struct Path {
    text: String,
    is_strict: bool,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Key(String),
    Index(usize),
    Last,
    /// `[*]`
    Elements,
    /// `.*`
    Members,
}

impl Path {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let trimmed = text.trim();
        let (is_strict, path) = match trimmed.split_once(char::is_whitespace) {
            Some(("strict", path)) => (true, path.trim_start()),
            Some(("lax", path)) => (false, path.trim_start()),
            _ => (false, trimmed),
        };
        let invalid = |why: &str| exec_datafusion_err!("invalid JSON path {text:?}: {why}");
        let Some(mut rest) = path.strip_prefix('$') else {
            return Err(invalid("it does not begin with $"));
        };
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let step;
            if rest.starts_with("..") {
                return Err(invalid("recursive descent (..) is not supported"));
            } else if let Some(after) = rest.strip_prefix(".\"") {
                let (key, after) = quoted(after, '"').ok_or_else(|| invalid("a quote is open"))?;
                step = Step::Key(key);
                rest = after;
            } else if let Some(after) = rest.strip_prefix(".*") {
                step = Step::Members;
                rest = after;
            } else if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[', ' ', '?', '(']).unwrap_or(after.len());
                let (key, after) = after.split_at(end);
                if key.is_empty() {
                    return Err(invalid("a key is missing"));
                }
                if after.starts_with('(') {
                    return Err(invalid("methods are not supported"));
                }
                step = Step::Key(key.to_owned());
                rest = after;
            } else if let Some(after) = rest.strip_prefix('[') {
                (step, rest) = subscript(after).ok_or_else(|| {
                    invalid("in brackets only a number, *, last or a quoted key is supported")
                })?;
            } else if rest.trim_start().starts_with('?') {
                return Err(invalid("filters are not supported"));
            } else {
                return Err(invalid(&format!("{rest:?} is not understood")));
            }
            steps.push(step);
        }
        Ok(Self {
            text: text.to_owned(),
            is_strict,
            steps,
        })
    }

    /// Whether it was parsed from this text.
    pub(super) fn is(&self, text: &str) -> bool {
        self.text == text
    }

    /// Whether it may lead to several values.
    pub(super) fn is_plural(&self) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step, Step::Elements | Step::Members))
    }

    /// What `json_extract` finds: a key may number an element, and a number may be a key.
    pub(super) fn find<'j, 'a>(&self, json: &'j Json<'a>) -> Vec<&'j Json<'a>> {
        let mut found = vec![json];
        for step in &self.steps {
            let mut next = Vec::with_capacity(found.len());
            for value in found {
                match (step, value) {
                    (Step::Key(key), Json::Object(_)) => next.extend(member(value, key)),
                    (Step::Key(key), Json::Array(values)) => {
                        next.extend(key.parse().ok().and_then(|at: usize| values.get(at)));
                    }
                    (Step::Index(at), Json::Object(_)) => {
                        next.extend(member(value, &at.to_string()));
                    }
                    (Step::Index(at), Json::Array(values)) => next.extend(values.get(*at)),
                    (Step::Last, Json::Array(values)) => next.extend(values.last()),
                    (Step::Elements | Step::Members, Json::Array(values)) => next.extend(values),
                    (Step::Elements | Step::Members, Json::Object(members)) => {
                        next.extend(members.iter().map(|(_, value)| value));
                    }
                    _ => {}
                }
            }
            found = next;
        }
        found
    }

    /// What SQL's path finds. Lax, arrays are unwrapped and scalars wrapped where a step asks for it, and what is missing is left
    /// out; strict, that is an error.
    pub(super) fn query<'j, 'a>(&self, json: &'j Json<'a>) -> Result<Vec<&'j Json<'a>>> {
        let mut found = vec![json];
        for step in &self.steps {
            let mut next = Vec::with_capacity(found.len());
            for value in found {
                self.take(step, value, &mut next, true)?;
            }
            found = next;
        }
        Ok(found)
    }

    fn take<'j, 'a>(
        &self,
        step: &Step,
        value: &'j Json<'a>,
        next: &mut Vec<&'j Json<'a>>,
        may_unwrap: bool,
    ) -> Result<()> {
        let before = next.len();
        match (step, value) {
            (Step::Key(_) | Step::Members, Json::Array(values))
                if !self.is_strict && may_unwrap =>
            {
                for value in values {
                    self.take(step, value, next, false)?;
                }
                return Ok(());
            }
            (Step::Key(key), Json::Object(_)) => next.extend(member(value, key)),
            (Step::Members, Json::Object(members)) => {
                next.extend(members.iter().map(|(_, value)| value));
                return Ok(());
            }
            (Step::Index(at), Json::Array(values)) => next.extend(values.get(*at)),
            (Step::Last, Json::Array(values)) => next.extend(values.last()),
            (Step::Elements, Json::Array(values)) => {
                next.extend(values);
                return Ok(());
            }
            (Step::Index(0) | Step::Last | Step::Elements, _) if !self.is_strict => {
                next.push(value);
            }
            _ => {}
        }
        if self.is_strict && next.len() == before {
            return exec_err!("the strict JSON path {:?} leads nowhere", self.text);
        }
        Ok(())
    }
}

fn member<'j, 'a>(object: &'j Json<'a>, sought: &str) -> Option<&'j Json<'a>> {
    let Json::Object(members) = object else {
        return None;
    };
    members
        .iter()
        .find(|(key, _)| key == sought)
        .map(|(_, value)| value)
}

/// The step behind an opening bracket, and what follows the closing one.
fn subscript(text: &str) -> Option<(Step, &str)> {
    let text = text.trim_start();
    for quote in ['"', '\''] {
        if let Some(after) = text.strip_prefix(quote) {
            let (key, rest) = quoted(after, quote)?;
            return Some((Step::Key(key), rest.trim_start().strip_prefix(']')?));
        }
    }
    let (inside, rest) = text.split_once(']')?;
    let step = match inside.trim() {
        "*" => Step::Elements,
        "last" => Step::Last,
        number if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            Step::Index(number.parse().ok()?)
        }
        key if !key.is_empty()
            && key
                .chars()
                .all(|next| next.is_alphanumeric() || "_-:".contains(next))
            && !key.starts_with('-') =>
        {
            Step::Key(key.to_owned())
        }
        _ => return None,
    };
    Some((step, rest))
}

/// The text up to a quote, in which a backslash takes the next character as it is.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut made = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '\\' => made.push(characters.next()?),
            end if end == quote => return Some((made, characters.as_str())),
            other => made.push(other),
        }
    }
}
