//! The page `/health`.

use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::Health;

/// Whether the store can be read, and how old what is served is. Why it cannot be read is for the log: the page may be seen by anyone.
pub(super) fn page(health: &Health) -> Value {
    let now = Utc::now();
    let ingested = health.periods.iter().map(|period| period.ingested_at).max();
    let used = health
        .periods
        .iter()
        .filter_map(|period| period.last_usage)
        .max();
    let told = |time: chrono::DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let ago = |time: chrono::DateTime<Utc>| (now - time).num_seconds();
    let status = if health.failure.is_none() {
        "ok"
    } else {
        "failing"
    };
    json!({
        "status": status,
        "version": env!("CARGO_PKG_VERSION"),
        "store": {
            "reachable": health.failure.is_none(),
            "looked_seconds_ago": health.looked.as_secs(),
        },
        "serving": {
            "generation": health.generation,
            "opened_at": told(health.opened),
            "billing_periods": health.periods.len(),
            "ingested_at": ingested.map(told),
            "ingested_seconds_ago": ingested.map(ago),
            "last_usage_at": used.map(told),
            "last_usage_seconds_ago": used.map(ago),
        },
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_failure_shows_and_its_reason_does_not() {
        let health = Health {
            failure: Some("s3://secret-bucket: access denied".to_owned()),
            looked: Duration::from_secs(3),
            opened: Utc::now(),
            generation: 2,
            periods: Vec::new(),
        };
        let page = page(&health);
        assert_eq!(page["status"], "failing");
        assert_eq!(page["store"]["reachable"], false);
        assert_eq!(page["serving"]["ingested_at"], Value::Null);
        assert!(!page.to_string().contains("secret-bucket"));
    }
}
