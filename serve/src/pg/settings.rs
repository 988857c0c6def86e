//! The settings of a session, as `SET` and `SHOW` know them.

mod known;
mod quantity;
mod startup;

use std::{collections::BTreeMap, time::Duration};

use curtail_engine::Dialect;

use self::quantity::Unit;
use super::{
    catalog::Setting,
    fail::{Failure, Level},
};

pub(super) use startup::of_options;

/// The version of `PostgreSQL` that clients are told.
pub(super) const VERSION: &str = "16.6";
/// How long a statement may take.
const TIMEOUT: &str = "statement_timeout";

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

/// The settings of a session.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// The longest that a statement may take, in milliseconds, whatever is set.
    most: Option<i64>,
    /// What was set when the session began.
    defaults: BTreeMap<String, String>,
    changed: BTreeMap<String, String>,
}

impl Settings {
    /// What a session of `user` begins with; `most` is the longest that its statements may take.
    pub(super) fn new(user: &str, dialect: Dialect, most: Option<Duration>) -> Self {
        let known = known::all().iter();
        let known = known.map(|known| (known.name.to_owned(), known.default.to_owned()));
        let mut defaults: BTreeMap<_, _> = known.collect();
        let most = most.map(|most| i64::try_from(most.as_millis()).unwrap_or(i64::MAX));
        defaults.insert("session_authorization".to_owned(), user.to_owned());
        defaults.insert("curtail.dialect".to_owned(), dialect.to_string());
        defaults.insert(
            TIMEOUT.to_owned(),
            Unit::Milliseconds.tell(most.unwrap_or_default()),
        );
        Self {
            most,
            defaults,
            changed: BTreeMap::new(),
        }
    }

    /// The same, where the server knows another value than what is usual.
    #[must_use]
    pub(super) fn knowing(mut self, name: &str, value: String) -> Self {
        self.defaults.insert(name.to_owned(), value);
        self
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

    /// All settings as the catalog lists them.
    pub(super) fn listed(&self) -> Vec<Setting> {
        let all = self.all().into_iter();
        let listed = all.map(|(name, value)| {
            let known = known::named(&name);
            let unit = known.map_or(Unit::One, known::Known::unit);
            let number = unit.read(&value).filter(|_| unit != Unit::One);
            Setting {
                value: number.map_or(value, |number| number.to_string()),
                unit: Some(unit.name()).filter(|unit| !unit.is_empty()),
                kind: known.map_or("string", known::Known::vartype),
                context: known.map_or("user", known::Known::context),
                name,
            }
        });
        listed.collect()
    }

    /// Changes a setting; `None` is its default. Returns what the client should know.
    pub(super) fn set(
        &mut self,
        name: &str,
        value: Option<&str>,
    ) -> Result<Option<String>, Failure> {
        let name = name.to_lowercase();
        let Some(known) = known::named(&name) else {
            // Names with a point in them are for anybody.
            if !name.contains('.') {
                return Err(unknown(&name));
            }
            self.put(name, value.map(str::to_owned));
            return Ok(None);
        };
        let Some(value) = value else {
            self.put(name, None);
            return Ok(None);
        };
        // Whoever becomes who they are changes nothing.
        let current = match name.as_str() {
            "role" => self.get("session_authorization"),
            name => self.get(name),
        };
        let current = current.unwrap_or_default();
        let (mut value, mut note) = known.accepts(value, current)?;
        if name == TIMEOUT
            && let Some(most) = self.most
        {
            let asked = value
                .as_deref()
                .and_then(|told| Unit::Milliseconds.read(told));
            if asked.is_some_and(|asked| asked == 0 || asked > most) {
                let most = Unit::Milliseconds.tell(most);
                note = Some(format!(
                    "statement_timeout is {most}, the most for this user"
                ));
                value = Some(most);
            }
        }
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
            .get(TIMEOUT)
            .and_then(|told| Unit::Milliseconds.read(told));
        let told = told.and_then(|told| u64::try_from(told).ok());
        told.filter(|told| *told > 0).map(Duration::from_millis)
    }

    /// Whether a client wants to hear of notices of this level.
    pub(super) fn wants(&self, level: Level) -> bool {
        match self.get("client_min_messages") {
            Some("error") => false,
            Some("warning") => level == Level::Warning,
            _ => true,
        }
    }

    fn put(&mut self, name: String, value: Option<String>) {
        match value {
            Some(value) => self.changed.insert(name, value),
            None => self.changed.remove(&name),
        };
    }
}

/// An error if there is no setting of this name.
pub(super) fn is_there(name: &str) -> Result<(), Failure> {
    let name = name.to_lowercase();
    if name.contains('.') || known::named(&name).is_some() {
        return Ok(());
    }
    Err(unknown(&name))
}

/// There is no setting of this name.
pub(super) fn unknown(name: &str) -> Failure {
    let message = format!("unrecognized configuration parameter \"{name}\"");
    Failure::new("42704", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_kept_and_reset() {
        let mut settings = Settings::new("ada", Dialect::Generic, None);
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
        let mut settings = Settings::new("ada", Dialect::Generic, None);
        for (name, value, code) in [
            ("client_encoding", "LATIN1", "22023"),
            ("DateStyle", "German", "22023"),
            ("standard_conforming_strings", "off", "22023"),
            ("IntervalStyle", "iso_8601", "22023"),
            ("curtail.dialect", "oracle", "22023"),
            ("statement_timeout", "soon", "22023"),
            ("statement_timeout", "-1", "22023"),
            ("extra_float_digits", "4", "22023"),
            ("client_min_messages", "loud", "22023"),
            ("jit", "perhaps", "22023"),
            ("work_mem", "much", "22023"),
            ("TimeZone", "Nosuch/Zone", "22023"),
            ("server_version", "9.0", "55P02"),
            ("log_statement", "all", "42501"),
            ("role", "bob", "42501"),
            ("session_authorization", "bob", "42501"),
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
    fn what_clients_set_is_quietly_kept() {
        let mut settings = Settings::new("ada", Dialect::Generic, None);
        for (name, value, told) in [
            ("enable_seqscan", "false", "off"),
            ("work_mem", "65536", "64MB"),
            ("lock_timeout", "60000", "1min"),
            ("random_page_cost", "1.1", "1.1"),
            ("synchronous_commit", "0", "off"),
            ("plan_cache_mode", "force_custom_plan", "force_custom_plan"),
            ("transaction_timeout", "0", "0"),
            ("role", "none", "none"),
            ("session_authorization", "ada", "ada"),
        ] {
            assert_eq!(settings.set(name, Some(value)), Ok(None), "{name}");
            assert_eq!(settings.get(name), Some(told), "{name}");
        }
    }

    #[test]
    fn a_statement_takes_no_longer_than_its_user_may() {
        let most = Duration::from_secs(7);
        let mut settings = Settings::new("ada", Dialect::Generic, Some(most));
        assert_eq!(settings.get(TIMEOUT), Some("7s"));
        for longer in ["0", "1h"] {
            let note = settings.set(TIMEOUT, Some(longer)).unwrap();
            assert!(note.unwrap().contains("7s"), "{longer}");
            assert_eq!(settings.get(TIMEOUT), Some("7s"), "{longer}");
        }
        assert_eq!(settings.set(TIMEOUT, Some("500")), Ok(None));
        assert_eq!(settings.timeout(), Some(Duration::from_millis(500)));
        settings.reset();
        assert_eq!(settings.timeout(), Some(most));
    }

    #[test]
    fn every_setting_that_is_reported_is_known() {
        for (name, _) in REPORTED {
            assert!(known::named(name).is_some(), "{name}");
        }
    }
}
