//! Parameters of queries, as their header comments declare them.

use std::fmt;

/// A parameter of a query, written `$name` in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name, without the `$`.
    pub name: &'static str,
    /// What values it takes.
    pub kind: ParamType,
    /// What it is if nobody says.
    pub default: ParamDefault,
    /// What it means.
    pub description: &'static str,
}

/// The types of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParamType {
    /// Any text.
    Text,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A whole number.
    Integer,
    /// A decimal number.
    Decimal,
    /// A part of one: from 0 up to 1, but not 1.
    Share,
    /// A billing period: `YYYY-MM`, `latest` or `previous`.
    Period,
    /// One of these words, separated by `|`.
    Choice(&'static str),
}

/// What a parameter is if nobody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParamDefault {
    /// It must be given.
    Required,
    /// NULL: the condition it stands in does not apply.
    Optional,
    /// This value, in the form in which one would give it.
    Value(&'static str),
}

impl ParamType {
    /// The type as headers and listings write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Date => "date",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Share => "share",
            Self::Period => "period",
            Self::Choice(words) => words,
        }
    }

    fn parse(text: &'static str) -> Option<Self> {
        if text.contains('|') {
            return Some(Self::Choice(text));
        }
        [
            Self::Text,
            Self::Date,
            Self::Integer,
            Self::Decimal,
            Self::Share,
            Self::Period,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for ParamType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Param {
    /// Reads `NAME TYPE DEFAULT  Description`, where the default may be `required` or `optional`.
    pub(crate) fn parse(header: &'static str) -> Option<Self> {
        let (words, description) = header.split_once("  ")?;
        let mut words = words.split(' ');
        let (name, kind, default) = (
            words.next()?,
            ParamType::parse(words.next()?)?,
            words.next()?,
        );
        let default = match default {
            "required" => ParamDefault::Required,
            "optional" => ParamDefault::Optional,
            value => ParamDefault::Value(value),
        };
        words.next().is_none().then(|| Self {
            name,
            kind,
            default,
            description: description.trim(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_whole_or_not_at_all() {
        let top = Param::parse("top integer 50  How many rows").unwrap();
        assert_eq!(
            (top.name, top.kind, top.default),
            ("top", ParamType::Integer, ParamDefault::Value("50"))
        );
        assert_eq!(top.description, "How many rows");
        let by = Param::parse("by total|account total  What rows are of").unwrap();
        assert_eq!(
            (by.kind, by.kind.as_str()),
            (ParamType::Choice("total|account"), "total|account")
        );
        for wrong in [
            "top integer 50",
            "top number 50  How many",
            "top integer 50 60  How many",
            "",
        ] {
            assert_eq!(Param::parse(wrong), None, "{wrong}");
        }
    }
}
