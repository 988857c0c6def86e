//! What is known of an organisation's accounts, and what is told of them now.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::LinkedAccount;

/// Having been seen again is news after so long.
const NEWS: TimeDelta = TimeDelta::days(1);

/// All accounts that are known once `told` was told, by id: those that are told no more keep what was known of them, because
/// their costs are still there. `None` if there is nothing new.
pub(crate) fn merged(
    known: Vec<LinkedAccount>,
    told: &[LinkedAccount],
) -> Option<Vec<LinkedAccount>> {
    let known = known.into_iter();
    let mut all: BTreeMap<_, _> = known
        .map(|account| (account.account_id.clone(), account))
        .collect();
    let mut changed = false;
    for account in told {
        let before = all.insert(account.account_id.clone(), account.clone());
        changed |= before.is_none_or(|before| is_news(before, account));
    }
    changed.then(|| all.into_values().collect())
}

/// Whether `told` says anything of an account that was not known `before`.
fn is_news(before: LinkedAccount, told: &LinkedAccount) -> bool {
    let late = told.seen_at - before.seen_at >= NEWS;
    let same = LinkedAccount {
        seen_at: told.seen_at,
        ..before
    };
    late || same != *told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: &str, name: &str, seen_at: &str) -> LinkedAccount {
        LinkedAccount {
            account_id: id.to_owned(),
            name: Some(name.to_owned()),
            email: None,
            status: Some("ACTIVE".to_owned()),
            joined_at: None,
            seen_at: seen_at.parse().unwrap(),
        }
    }

    #[test]
    fn those_that_left_stay_as_they_were() {
        let left = account("1", "left", "2026-10-01T00:00:00Z");
        let known = vec![account("2", "old", "2026-10-01T00:00:00Z"), left.clone()];
        let told = [
            account("3", "new", "2026-10-01T01:00:00Z"),
            account("2", "renamed", "2026-10-01T01:00:00Z"),
        ];
        let all = merged(known, &told).unwrap();
        assert_eq!(all, [left, told[1].clone(), told[0].clone()]);
    }

    #[test]
    fn the_same_is_news_a_day_later() {
        let known = vec![account("1", "a", "2026-10-01T00:00:00Z")];
        let told = |name, at| merged(known.clone(), &[account("1", name, at)]);
        assert_eq!(told("a", "2026-10-01T23:59:59Z"), None);
        assert!(told("a", "2026-10-02T00:00:00Z").is_some());
        assert!(told("b", "2026-10-01T00:00:01Z").is_some());
        assert_eq!(merged(known.clone(), &[]), None, "nobody is told");
        assert_eq!(merged(Vec::new(), &[]), None);
    }
}
