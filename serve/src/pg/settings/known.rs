//! The settings that there are, and which values they take.

use std::sync::LazyLock;

use arrow::array::timezone::Tz;
use curtail_engine::Dialect;

use super::quantity::Unit;
use crate::pg::fail::Failure;

/// `name|kind|default`, by name: what `PostgreSQL` 16 lets a client set, and some that clients only ask for. Most do nothing here.
static TEXT: &str = include_str!("known.txt");

static ALL: LazyLock<Vec<Known>> = LazyLock::new(|| TEXT.lines().filter_map(Known::read).collect());

/// A setting.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) default: &'static str,
    pub(super) kind: Kind,
}

/// Which values a setting takes.
#[derive(Debug)]
pub(super) enum Kind {
    /// Any, which is kept and told.
    Text,
    Bool,
    Integer {
        least: i64,
        most: i64,
        unit: Unit,
    },
    Real {
        least: f64,
        most: f64,
    },
    OneOf(Vec<&'static str>),
    /// None: its value stays, and whoever changes it is told so.
    Fixed,
    /// None from clients: `PostgreSQL` lets superusers change it.
    Superuser,
    /// Any, but its value stays, and nobody is told.
    Ignored,
    /// One alone: another would change the form of answers.
    Only(&'static str),
    /// Who the client is: nobody becomes somebody else.
    Role,
    Encoding,
    DateStyle,
    Dialect,
    Zone,
}

/// A value that a setting takes: as it is kept, or `None` if what is kept stays, and what the client should know.
pub(super) type Accepted = (Option<String>, Option<String>);

/// All settings, by name.
pub(super) fn all() -> &'static [Known] {
    &ALL
}

/// The setting of this name, in lower case.
pub(super) fn named(name: &str) -> Option<&'static Known> {
    let place = ALL.binary_search_by(|known| known.name.cmp(name)).ok()?;
    ALL.get(place)
}

impl Known {
    fn read(line: &'static str) -> Option<Self> {
        let mut parts = line.split('|');
        let (name, kind, default) = (parts.next()?, parts.next()?, parts.next()?);
        let (kind, detail) = kind.split_once(' ').unwrap_or((kind, ""));
        let mut bounds = detail.split(' ');
        let mut bound = || bounds.next().unwrap_or_default();
        let kind = match kind {
            "text" => Kind::Text,
            "bool" => Kind::Bool,
            "integer" => Kind::Integer {
                least: bound().parse().ok()?,
                most: bound().parse().ok()?,
                unit: Unit::named(bound()),
            },
            "real" => Kind::Real {
                least: bound().parse().ok()?,
                most: bound().parse().ok()?,
            },
            "enum" => Kind::OneOf(detail.split(',').collect()),
            "fixed" => Kind::Fixed,
            "superuser" => Kind::Superuser,
            "ignored" => Kind::Ignored,
            "only" => Kind::Only(detail),
            "role" => Kind::Role,
            "encoding" => Kind::Encoding,
            "datestyle" => Kind::DateStyle,
            "dialect" => Kind::Dialect,
            "zone" => Kind::Zone,
            _ => return None,
        };
        Some(Self {
            name,
            default,
            kind,
        })
    }

    /// What it is counted in.
    pub(super) fn unit(&self) -> Unit {
        match self.kind {
            Kind::Integer { unit, .. } => unit,
            _ => Unit::One,
        }
    }

    /// What the catalog says that it is.
    pub(super) fn vartype(&self) -> &'static str {
        match self.kind {
            Kind::Bool => "bool",
            Kind::Integer { .. } => "integer",
            Kind::Real { .. } => "real",
            Kind::OneOf(_) => "enum",
            _ if matches!(self.default, "on" | "off") => "bool",
            _ if self.default.parse::<i64>().is_ok() => "integer",
            _ => "string",
        }
    }

    /// Who the catalog says may change it.
    pub(super) fn context(&self) -> &'static str {
        match self.kind {
            Kind::Fixed => "internal",
            Kind::Superuser => "superuser",
            _ => "user",
        }
    }

    /// What becomes of a value that a client gives; `current` is what it has.
    pub(super) fn accepts(&self, value: &str, current: &str) -> Result<Accepted, Failure> {
        let name = self.name;
        let wrong = |hint: &str| {
            let message = format!("invalid value for parameter \"{name}\": \"{value}\"");
            let failure = Failure::new("22023", message);
            Err(if hint.is_empty() {
                failure
            } else {
                failure.with_hint(hint)
            })
        };
        let outside = |least: &dyn std::fmt::Display, most: &dyn std::fmt::Display| {
            let message = format!(
                "{value} is outside the valid range for parameter \"{name}\" ({least} .. {most})"
            );
            Err(Failure::new("22023", message))
        };
        let lower = value.trim().to_lowercase();
        let kept = |value: &str| Ok((Some(value.to_owned()), None));
        let stays = Ok((None, None));
        match &self.kind {
            Kind::Text => kept(value),
            Kind::Bool => match truth(&lower) {
                Some(true) => kept("on"),
                Some(false) => kept("off"),
                None => {
                    let message = format!("parameter \"{name}\" requires a Boolean value");
                    Err(Failure::new("22023", message))
                }
            },
            Kind::Integer { least, most, unit } => match unit.read(value) {
                Some(number) if (*least..=*most).contains(&number) => kept(&unit.tell(number)),
                Some(_) => outside(least, most),
                None => wrong(unit.hint().unwrap_or_default()),
            },
            Kind::Real { least, most } => match lower.parse::<f64>() {
                Ok(number) if (*least..=*most).contains(&number) => kept(&lower),
                Ok(number) if number.is_finite() => outside(least, most),
                _ => wrong(""),
            },
            Kind::OneOf(values) => match values.iter().find(|known| **known == lower) {
                Some(known) => kept(known),
                None if values.contains(&"on") && truth(&lower).is_some() => {
                    kept(if truth(&lower) == Some(true) {
                        "on"
                    } else {
                        "off"
                    })
                }
                None => wrong(&format!("Available values: {}.", values.join(", "))),
            },
            Kind::Fixed => {
                let message = format!("parameter \"{name}\" cannot be changed");
                Err(Failure::new("55P02", message))
            }
            Kind::Superuser => {
                let message = format!("permission denied to set parameter \"{name}\"");
                Err(Failure::new("42501", message))
            }
            Kind::Ignored => stays,
            Kind::Only(only) => match lower.as_str() {
                same if same == *only => stays,
                same if *only == "on" && truth(same) == Some(true) => stays,
                _ => wrong(&format!("only {only} is possible")),
            },
            Kind::Role if value == current || lower == "none" => stays,
            Kind::Role => {
                let message = format!("permission denied to set {name} \"{value}\"");
                Err(Failure::new("42501", message).with_hint("connect as that user"))
            }
            // Written with any signs in between, and by asyncpg within quotes.
            Kind::Encoding => {
                let letters = lower.replace(|c: char| !c.is_ascii_alphanumeric(), "");
                match letters.as_str() {
                    "utf8" | "unicode" => stays,
                    _ => wrong("only UTF8 is possible"),
                }
            }
            Kind::DateStyle => {
                let mut words = lower.split([',', ' ']).filter(|word| !word.is_empty());
                let known = ["iso", "mdy", "dmy", "ymd", "us", "european"];
                if words.all(|word| known.contains(&word)) {
                    stays
                } else {
                    wrong("only ISO is possible")
                }
            }
            Kind::Dialect => match lower.parse::<Dialect>() {
                Ok(dialect) => kept(&dialect.to_string()),
                Err(_) => wrong("there are generic and trino"),
            },
            Kind::Zone => match lower.as_str() {
                "utc" | "etc/utc" | "gmt" | "z" | "zulu" | "0" | "+00:00" | "local" => stays,
                _ if is_zone(value.trim()) => {
                    let note = "times are told in UTC, whatever the time zone of the session";
                    Ok((None, Some(note.to_owned())))
                }
                _ => wrong("a time zone is written Europe/Berlin or +01:00"),
            },
        }
    }
}

/// As `PostgreSQL` reads it: the beginning of a word will do.
fn truth(lower: &str) -> Option<bool> {
    let begins = |word: &str| !lower.is_empty() && word.starts_with(lower);
    match lower {
        "1" | "on" => Some(true),
        "0" | "of" | "off" => Some(false),
        _ if begins("true") || begins("yes") => Some(true),
        _ if begins("false") || begins("no") => Some(false),
        _ => None,
    }
}

/// Whether it is the name of a time zone, or says how far it is from UTC.
fn is_zone(name: &str) -> bool {
    if name.contains(|c: char| c.is_ascii_digit()) {
        return true;
    }
    let mut begins = true;
    let capital = |c: char| {
        let first = begins;
        begins = matches!(c, '/' | '_' | '-');
        if first {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    let capitals: String = name.chars().map(capital).collect();
    let small = [("_Of_", "_of_"), ("_Es_", "_es_"), ("-Au-", "-au-")];
    let capitals = (small.iter()).fold(capitals, |name, (word, small)| name.replace(word, small));
    let known = |name: &str| name.parse::<Tz>().is_ok();
    known(name) || known(&capitals) || known(&name.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_setting_whose_default_it_takes() {
        assert_eq!(all().len(), TEXT.lines().count());
        assert!(all().is_sorted_by(|a, b| a.name < b.name));
        for known in all() {
            if matches!(known.kind, Kind::Fixed | Kind::Superuser) {
                continue;
            }
            let accepted = known.accepts(known.default, known.default);
            let (value, note) = accepted.unwrap_or_else(|error| panic!("{known:?}: {error:?}"));
            assert!(note.is_none(), "{known:?}");
            if let Some(value) = value {
                assert_eq!(value, known.default, "{known:?}");
            }
        }
    }

    #[test]
    fn zones_are_known_however_they_are_written() {
        for name in [
            "Europe/Berlin",
            "europe/berlin",
            "america/port_of_spain",
            "cet",
            "EST5EDT",
            "+05:30",
            "-8",
        ] {
            assert!(is_zone(name), "{name}");
        }
        for name in ["Nosuch/Zone", "", "somewhere"] {
            assert!(!is_zone(name), "{name}");
        }
    }
}
