//! The settings of a session, as `SET` and `SHOW` know them.

use std::{collections::BTreeMap, time::Duration};

use curtail_engine::Dialect;

use super::fail::Failure;

/// The version of `PostgreSQL` that clients are told.
pub(super) const VERSION: &str = "16.6";
const VERSION_NUMBER: &str = "160006";

/// Settings with their defaults, and how they may be changed.
const KNOWN: [(&str, &str, Kind); 43] = [
    ("application_name", "", Kind::Free),
    ("bytea_output", "hex", Kind::Only("hex")),
    ("client_encoding", "UTF8", Kind::Encoding),
    ("client_min_messages", "notice", Kind::Free),
    ("curtail.dialect", "generic", Kind::Dialect),
    ("datestyle", "ISO, MDY", Kind::DateStyle),
    ("default_tablespace", "", Kind::Free),
    (
        "default_transaction_isolation",
        "read committed",
        Kind::Free,
    ),
    ("default_transaction_read_only", "on", Kind::Ignored),
    ("escape_string_warning", "on", Kind::Free),
    ("extra_float_digits", "1", Kind::Free),
    ("geqo", "on", Kind::Free),
    ("idle_in_transaction_session_timeout", "0", Kind::Free),
    ("idle_session_timeout", "0", Kind::Free),
    ("in_hot_standby", "off", Kind::Fixed),
    ("integer_datetimes", "on", Kind::Fixed),
    ("intervalstyle", "postgres", Kind::Only("postgres")),
    ("is_superuser", "off", Kind::Fixed),
    ("jit", "off", Kind::Free),
    ("lc_collate", "C", Kind::Fixed),
    ("lc_ctype", "C", Kind::Fixed),
    ("lc_messages", "C", Kind::Free),
    ("lc_monetary", "C", Kind::Free),
    ("lc_numeric", "C", Kind::Free),
    ("lc_time", "C", Kind::Free),
    ("lock_timeout", "0", Kind::Free),
    ("max_connections", "0", Kind::Fixed),
    ("max_identifier_length", "63", Kind::Fixed),
    ("max_index_keys", "32", Kind::Fixed),
    ("row_security", "on", Kind::Free),
    ("search_path", "\"$user\", public", Kind::Free),
    ("server_encoding", "UTF8", Kind::Fixed),
    ("server_version", VERSION, Kind::Fixed),
    ("server_version_num", VERSION_NUMBER, Kind::Fixed),
    ("session_authorization", "", Kind::Ignored),
    ("standard_conforming_strings", "on", Kind::Only("on")),
    ("statement_timeout", "0", Kind::Time),
    ("synchronize_seqscans", "on", Kind::Free),
    ("timezone", "UTC", Kind::Zone),
    ("transaction_isolation", "read committed", Kind::Free),
    ("transaction_read_only", "on", Kind::Ignored),
    ("work_mem", "4MB", Kind::Free),
    ("xmloption", "content", Kind::Free),
];

/// Settings whose changes clients are told of, with the names that they know them by.
const REPORTED: [(&str, &str); 13] = [
    ("application_name", "application_name"),
    ("client_encoding", "client_encoding"),
    ("datestyle", "DateStyle"),
    (
        "default_transaction_read_only",
        "default_transaction_read_only",
    ),
    ("in_hot_standby", "in_hot_standby"),
    ("integer_datetimes", "integer_datetimes"),
    ("intervalstyle", "IntervalStyle"),
    ("is_superuser", "is_superuser"),
    ("server_encoding", "server_encoding"),
    ("server_version", "server_version"),
    ("session_authorization", "session_authorization"),
    ("standard_conforming_strings", "standard_conforming_strings"),
    ("timezone", "TimeZone"),
];

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Any value, which is kept and told.
    Free,
    /// Its value stays, and whoever changes it is told so.
    Fixed,
    /// Its value stays, and nobody is told.
    Ignored,
    /// One value.
    Only(&'static str),
    Encoding,
    DateStyle,
    Dialect,
    Time,
    Zone,
}

/// The settings of a session.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// What was set when the session began.
    defaults: BTreeMap<String, String>,
    changed: BTreeMap<String, String>,
}

impl Settings {
    pub(super) fn new(user: &str, dialect: Dialect) -> Self {
        let known = KNOWN.iter();
        let known = known.map(|(name, value, _)| ((*name).to_owned(), (*value).to_owned()));
        let mut defaults: BTreeMap<_, _> = known.collect();
        defaults.insert("session_authorization".to_owned(), user.to_owned());
        defaults.insert("curtail.dialect".to_owned(), dialect.to_string());
        Self {
            defaults,
            changed: BTreeMap::new(),
        }
    }

    /// The value of a setting.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let name = name.to_lowercase();
        let found = self.changed.get(&name).or_else(|| self.defaults.get(&name));
        found.map(String::as_str)
    }

    /// All settings, by name.
    pub(super) fn all(&self) -> Vec<(String, String)> {
        let mut all = self.defaults.clone();
        all.extend(self.changed.clone());
        all.into_iter().collect()
    }

    /// Changes a setting; `None` is its default. Returns what the client should know.
    pub(super) fn set(
        &mut self,
        name: &str,
        value: Option<&str>,
    ) -> Result<Option<&'static str>, Failure> {
        let name = name.to_lowercase();
        let known = KNOWN.iter().find(|(known, _, _)| *known == name);
        let Some((_, _, kind)) = known else {
            // Names with a point in them are for anybody.
            if !name.contains('.') {
                let message = format!("unrecognized configuration parameter \"{name}\"");
                return Err(Failure::new("42704", message));
            }
            self.put(name, value.map(str::to_owned));
            return Ok(None);
        };
        let Some(value) = value else {
            self.put(name, None);
            return Ok(None);
        };
        let (value, note) = accepted(*kind, &name, value)?;
        if let Some(value) = value {
            self.put(name, Some(value));
        }
        Ok(note)
    }

    /// Takes what the session begins with as its defaults.
    pub(super) fn settle(&mut self) {
        self.defaults.append(&mut self.changed);
    }

    /// Resets everything.
    pub(super) fn reset(&mut self) {
        self.changed.clear();
    }

    /// The settings that clients are told of, with their values.
    pub(super) fn reported(&self) -> Vec<(&'static str, String)> {
        let reported = REPORTED.iter();
        let reported =
            reported.map(|(name, shown)| (*shown, self.get(name).unwrap_or_default().to_owned()));
        reported.collect()
    }

    /// What statements are written in.
    pub(super) fn dialect(&self) -> Dialect {
        let told = self
            .get("curtail.dialect")
            .and_then(|name| name.parse().ok());
        told.unwrap_or(Dialect::Generic)
    }

    /// The longest that a statement may take.
    pub(super) fn timeout(&self) -> Option<Duration> {
        let told = self
            .get("statement_timeout")
            .and_then(|text| time(text).ok());
        told.filter(|time| !time.is_zero())
    }

    fn put(&mut self, name: String, value: Option<String>) {
        match value {
            Some(value) => self.changed.insert(name, value),
            None => self.changed.remove(&name),
        };
    }
}

/// The value as it is kept, if it is to change, and what the client should know.
fn accepted(
    kind: Kind,
    name: &str,
    value: &str,
) -> Result<(Option<String>, Option<&'static str>), Failure> {
    let wrong = |hint: &str| {
        let message = format!("invalid value for parameter \"{name}\": \"{value}\"");
        Err(Failure::new("22023", message).with_hint(hint))
    };
    let lower = value.trim().to_lowercase();
    match kind {
        Kind::Free => Ok((Some(value.to_owned()), None)),
        Kind::Fixed => {
            let message = format!("parameter \"{name}\" cannot be changed");
            Err(Failure::new("55P02", message))
        }
        Kind::Ignored => Ok((None, None)),
        Kind::Only(only) => match lower.as_str() {
            "true" | "yes" | "1" if only == "on" => Ok((None, None)),
            same if same == only => Ok((None, None)),
            _ => wrong(&format!("only {only} is possible")),
        },
        // Written with any signs in between, and by asyncpg within quotes.
        Kind::Encoding => match lower
            .replace(|c: char| !c.is_ascii_alphanumeric(), "")
            .as_str()
        {
            "utf8" | "unicode" => Ok((None, None)),
            _ => wrong("only UTF8 is possible"),
        },
        Kind::DateStyle => {
            let words: Vec<_> = lower
                .split([',', ' '])
                .filter(|word| !word.is_empty())
                .collect();
            let known = ["iso", "mdy", "dmy", "ymd", "us", "european"];
            if words.iter().all(|word| known.contains(word)) {
                Ok((None, None))
            } else {
                wrong("only ISO is possible")
            }
        }
        Kind::Dialect => match lower.parse::<Dialect>() {
            Ok(dialect) => Ok((Some(dialect.to_string()), None)),
            Err(_) => wrong("there are generic and trino"),
        },
        Kind::Time => match time(&lower) {
            Ok(_) => Ok((Some(lower), None)),
            Err(()) => wrong("write it as 5min, 30s or a number of milliseconds"),
        },
        Kind::Zone => match lower.as_str() {
            "utc" | "etc/utc" | "gmt" | "z" | "zulu" | "0" | "+00:00" | "local" => Ok((None, None)),
            _ => Ok((
                None,
                Some("times are told in UTC, whatever the time zone of the session"),
            )),
        },
    }
}

/// A time as `PostgreSQL` writes it: `5min`, `30s`, or a number of milliseconds.
fn time(text: &str) -> Result<Duration, ()> {
    let text = text.trim();
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: u32 = number.parse().map_err(|_| ())?;
    let unit = match unit.trim() {
        "" | "ms" => Duration::from_millis(1),
        "s" => Duration::from_secs(1),
        "min" => Duration::from_mins(1),
        "h" => Duration::from_hours(1),
        "d" => Duration::from_hours(24),
        _ => return Err(()),
    };
    unit.checked_mul(number).ok_or(())
}

/// The settings in the startup option `options`, as in `-c name=value --name=value`.
pub(super) fn of_options(text: &str) -> Vec<(String, String)> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => word.extend(characters.next()),
            character if character.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            character => word.push(character),
        }
    }
    words.push(word);
    let mut found = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let assignment = match word.strip_prefix("-c").or_else(|| word.strip_prefix("--")) {
            Some("") => words.next(),
            Some(rest) => Some(rest.to_owned()),
            None => None,
        };
        if let Some((name, value)) = assignment.as_deref().and_then(|text| text.split_once('=')) {
            found.push((name.replace('-', "_"), value.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_kept_and_reset() {
        let mut settings = Settings::new("ada", Dialect::Generic);
        settings.set("application_name", Some("first")).unwrap();
        settings.settle();
        settings.set("Application_Name", Some("psql")).unwrap();
        settings.set("statement_timeout", Some("5s")).unwrap();
        settings.set("curtail.dialect", Some("trino")).unwrap();
        settings.set("my.own", Some("x")).unwrap();
        assert_eq!(settings.get("application_name"), Some("psql"));
        assert_eq!(settings.timeout(), Some(Duration::from_secs(5)));
        assert_eq!(settings.dialect(), Dialect::Trino);
        assert_eq!(settings.get("MY.OWN"), Some("x"));
        settings.set("curtail.dialect", None).unwrap();
        assert_eq!(settings.dialect(), Dialect::Generic);
        settings.reset();
        assert_eq!(settings.timeout(), None);
        assert_eq!(settings.get("application_name"), Some("first"));
        assert_eq!(settings.get("session_authorization"), Some("ada"));
    }

    #[test]
    fn what_would_change_the_meaning_of_values_is_refused() {
        let mut settings = Settings::new("ada", Dialect::Generic);
        for (name, value, code) in [
            ("client_encoding", "LATIN1", "22023"),
            ("DateStyle", "German", "22023"),
            ("standard_conforming_strings", "off", "22023"),
            ("IntervalStyle", "iso_8601", "22023"),
            ("curtail.dialect", "oracle", "22023"),
            ("statement_timeout", "soon", "22023"),
            ("server_version", "9.0", "55P02"),
            ("no_such_setting", "1", "42704"),
        ] {
            let refused = settings.set(name, Some(value)).unwrap_err();
            assert_eq!(refused.code, code, "{name}");
        }
        assert!(
            settings
                .set("TimeZone", Some("Europe/Berlin"))
                .unwrap()
                .is_some()
        );
        assert_eq!(settings.get("timezone"), Some("UTC"));
        assert_eq!(settings.set("DateStyle", Some("ISO, DMY")), Ok(None));
    }

    #[test]
    fn options_of_the_startup_message() {
        let found =
            of_options("-c curtail.dialect=trino -cgeqo=off --statement-timeout=5s -x a\\ b");
        let expected = [
            ("curtail.dialect", "trino"),
            ("geqo", "off"),
            ("statement_timeout", "5s"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn every_setting_that_is_reported_is_known() {
        for (name, _) in REPORTED {
            assert!(KNOWN.iter().any(|(known, _, _)| *known == name), "{name}");
        }
    }
}
